"""Figures that are worked out of a table: a change, a percentage, an average, a sum, a ratio."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from rare_app.evidence.columns import choose_columns
from rare_app.evidence.operations import asks_how_much_less, is_total, operation_of
from rare_app.evidence.pairs import PairOperation
from rare_app.evidence.tables import Cell

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_CURRENCY = re.compile(r"[$€£¥]")
_NEGATIVE = re.compile(r"[(−–-]\s*[$€£¥]?\s*\d|[$€£¥]\s*[(−–-]")
_MORE_PLACES = 2
"""Decimal places of a ratio, and how many more an average may have than its figures."""


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """A figure that stands in no cell, and the cells that it comes from.

    Attributes
    ----------
    operands : tuple of Cell
        In the order of the formula.
    bare : str
        The figure without its unit: “-2,464”.
    written : str
        With unit and formula, as an answer says it: “-$2,464 million (41,990 - 44,454)”.
    """

    operands: tuple[Cell, ...]
    bare: str
    written: str


@dataclass(frozen=True, slots=True)
class _Figures:
    """Figures of one kind, the latest first: their values, and how they are written."""

    values: list[Decimal]
    percent: bool
    currency: str
    unit: str

    @property
    def shown(self) -> list[str]:
        return [_plain(value) + "%" * self.percent for value in self.values]


def work_out(question: str, row: Sequence[Cell], text: str) -> WorkedOut | None:
    """Work out what a question asks of one row.

    Parameters
    ----------
    question : str
    row : sequence of Cell
        The figures of the row.
    text : str
        The passage that they stand in.

    Returns
    -------
    WorkedOut or None
        ``None`` where nothing is to be worked out, where the columns that it takes are not all
        there, or where their figures are of different kinds. A row that is called a total is not
        added up: both years are asked for.
    """
    operation = operation_of(question)
    if operation is None or (operation == "sum" and is_total(row[0].row)):
        return None
    chosen = choose_columns(question, row, text, operation)
    less = asks_how_much_less(question)
    if less and operation == "change":
        chosen = chosen[::-1]
    figures = _read(chosen, [text] * len(chosen))
    if figures is None:
        return None
    if operation == "percentage change":
        said = _percentage_change(figures, less=less)
    elif operation == "change":
        said = _change(figures)
    else:
        said = _sum(figures, average=operation == "average")
    return WorkedOut(tuple(chosen), *said) if said else None


def work_out_pair(
    operation: PairOperation, first: Cell, second: Cell, texts: tuple[str, str]
) -> WorkedOut | None:
    """Work out how two figures compare, or what they make together.

    Parameters
    ----------
    first, second : Cell
        In the order of the question: the part, and the whole.
    texts : (str, str)
        The passages that they stand in.

    Returns
    -------
    WorkedOut or None
        ``None`` where they are of different kinds, or nothing can be divided.
    """
    figures = _read([first, second], texts)
    if figures is None:
        return None
    if operation in ("percentage", "ratio"):
        said = _ratio(figures, percentage=operation == "percentage")
    elif operation == "difference":
        said = _change(figures)
    else:
        said = _sum(figures, average=False)
    return WorkedOut((first, second), *said) if said else None


def _read(cells: Sequence[Cell], texts: Sequence[str]) -> _Figures | None:
    """Read two figures or more; ``None`` where they differ in unit or kind."""
    said = [text[one.start : one.end] for one, text in zip(cells, texts, strict=True)]
    units = {one.unit for one in cells}
    percent = {"%" in one for one in said}
    if len(cells) < 2 or len(units) > 1 or len(percent) > 1:
        return None
    currency = next((found[0] for one in said if (found := _CURRENCY.search(one))), "")
    return _Figures([_value(one) for one in said], percent.pop(), currency, units.pop())


def _percentage_change(figures: _Figures, *, less: bool) -> tuple[str, str] | None:
    """Give the share by which a figure changed; ``None`` across zero, where it says nothing."""
    new, old = figures.values
    if not old or (new < 0) != (old < 0):
        return None
    first, second = (old, new) if less else (new, old)
    bare = _plain(_rounded((first - second) / old * 100, 1)) + "%"
    terms = [_plain(one) + "%" * figures.percent for one in (first, second, old)]
    return bare, f"{bare} (({terms[0]} - {_closed(terms[1])}) / {_closed(terms[2])})"


def _ratio(figures: _Figures, *, percentage: bool) -> tuple[str, str] | None:
    """Divide; a percentage to one decimal place, a ratio to two."""
    part, whole = figures.values
    if not whole:
        return None
    if percentage:
        bare = _plain(_rounded(part / whole * 100, 1)) + "%"
    else:
        bare = _plain(_rounded(part / whole, _MORE_PLACES))
    return bare, f"{bare} ({figures.shown[0]} / {_closed(figures.shown[1])})"


def _change(figures: _Figures) -> tuple[str, str]:
    first, second = figures.values
    bare = _plain(first - second)
    unit = "percentage points" if figures.percent else figures.unit
    formula = f"{figures.shown[0]} - {_closed(figures.shown[1])}"
    return bare, f"{_with_unit(bare, figures.currency, unit)} ({formula})"


def _sum(figures: _Figures, *, average: bool) -> tuple[str, str]:
    result = sum(figures.values, Decimal(0))
    shown = figures.shown
    formula = " + ".join([shown[0], *map(_closed, shown[1:])])
    if average:
        places = max(_places(one) for one in figures.values) + _MORE_PLACES
        result = _rounded(result / len(figures.values), places)
        formula = f"({formula}) / {len(figures.values)}"
    bare = _plain(result) + "%" * figures.percent
    return bare, f"{_with_unit(bare, figures.currency, figures.unit)} ({formula})"


def _value(said: str) -> Decimal:
    """Read a figure; in brackets, or behind a minus, it is below zero."""
    found = _NUMBER.search(said)
    value = Decimal(found[0].replace(",", "")) if found else Decimal(0)
    return -value if _NEGATIVE.search(said) else value


def _places(value: Decimal) -> int:
    return max(0, -int(value.as_tuple().exponent))


def _rounded(value: Decimal, places: int) -> Decimal:
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return rounded.normalize() if rounded else Decimal(0)


def _plain(value: Decimal) -> str:
    """Write a number with commas between its thousands."""
    return f"{value:,f}"


def _closed(said: str) -> str:
    """Put a number below zero in brackets."""
    return f"({said})" if said.startswith("-") else said


def _with_unit(bare: str, currency: str, unit: str) -> str:
    sign, digits = ("-", bare[1:]) if bare.startswith("-") else ("", bare)
    return f"{sign}{currency}{digits} {unit}".rstrip()
