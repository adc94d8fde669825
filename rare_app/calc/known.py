"""Which numbers an expression may use: those that were quoted, asked or worked out before."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from rare_app.numbers import FIGURE, readings

CONSTANTS = frozenset(
    map(Decimal, [*range(13), 24, 30, 52, 60, 100, 360, 365, 1000, 1000000, 1000000000])
)
"""Numbers that need no source: small ones, those of the calendar, and powers of ten for units."""

_SHARES = ("%", "‰")


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is known.

    Attributes
    ----------
    value : Decimal
    unit : str
        A currency's sign, ``%``, or empty where nothing is known.
    source : int
        0-based position of the text that it stands in; -1 for results and constants.
    """

    value: Decimal
    unit: str = ""
    source: int = -1


@dataclass(frozen=True)
class Known:
    """The numbers of some texts, in the order of the texts.

    Parameters
    ----------
    texts : sequence of str
        Quotes first, then whatever else may lend numbers, such as the question.
    results : sequence of Number
        What was worked out before.
    """

    texts: Sequence[str] = ()
    results: Sequence[Number] = ()

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """All numbers of the texts, then the results."""
        found = [one for at, text in enumerate(self.texts) for one in _numbers(text, at)]
        return (*found, *self.results)

    @cached_property
    def written(self) -> frozenset[str]:
        """How the numbers may be written, without separators of thousands."""
        values = {one.value for one in self.numbers} | CONSTANTS
        return frozenset(form for value in values for form in _forms(abs(value)))

    def find(self, value: Decimal) -> Number | None:
        """Give the number that a value stands for: one with a unit, the latest; ``None``: none."""
        alike = [one for one in reversed(self.numbers) if abs(one.value) == value]
        if value in CONSTANTS:
            alike.append(Number(value))
        return max(alike, key=lambda one: bool(one.unit), default=None)

    def has_date(self, year: int, day: int) -> bool:
        """Whether a date's year and day stand in the texts; months are written in words, too."""
        values = {one.value for one in self.numbers}
        return Decimal(year) in values and Decimal(day) in values


def _numbers(text: str, source: int) -> Iterable[Number]:
    for match in FIGURE.finditer(text):
        unit = _unit(text[: match.start()], text[match.end() :])
        pieces = [match[0]] if readings(match[0]) else re.split(r"[\s,]+|-", match[0])
        for piece in pieces:
            yield from (Number(value, unit, source) for value in readings(piece.strip(".,")))
    for year, month, day in re.findall(r"(\d{4})-(\d{2})-(\d{2})", text):
        yield from (Number(Decimal(part), "", source) for part in (year, month, day))


def _unit(before: str, behind: str) -> str:
    """Give the percent or currency sign that stands right beside a number, in any language."""
    for sign in (behind.lstrip(" \u00a0")[:1], before.rstrip(" \u00a0")[-1:]):
        if sign in _SHARES or (sign and unicodedata.category(sign) == "Sc"):
            return sign
    return ""


def _forms(value: Decimal) -> set[str]:
    plain = f"{value:f}"
    return {plain, plain.rstrip("0").rstrip(".") if "." in plain else plain}
