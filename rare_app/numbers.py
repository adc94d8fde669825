"""Numbers as documents write them, in any locale: 65,775 · 65.775 · 1 680,40 · 12,5."""

import re
from collections.abc import Iterable
from decimal import Decimal

FIGURE = re.compile(r"\d(?:[\d.,'’ \u00a0\u202f]*\d)?")
"""Digits with whatever may separate them."""

_SEPARATOR = re.compile(r"[.,'’ \u00a0\u202f]")
_SPACE = re.compile(r"[ \u00a0\u202f]+")
_POINTS = ".,"


def readings(figure: str) -> frozenset[Decimal]:
    """Give what a written figure may mean: “65.775” is 65775 in one locale and 65.775 in another.

    Parameters
    ----------
    figure : str
        Digits and separators, without sign or unit; see :data:`FIGURE`.

    Returns
    -------
    frozenset of Decimal
        One value, or two where a single point or comma stands before three digits; empty for what
        is no number (“2.3.4”).
    """
    groups, marks = _SEPARATOR.split(figure), _SEPARATOR.findall(figure)
    if not all(part.isdecimal() for part in groups):
        return frozenset()
    whole = "".join(groups)
    found: set[Decimal] = set()
    if _are_thousands(groups, marks):
        found.add(Decimal(whole))
    if marks and marks[-1] in _POINTS and marks[-1] not in marks[:-1]:
        before = groups[:-1]
        if _are_thousands(before, marks[:-1]):
            found.add(Decimal(f"{''.join(before)}.{groups[-1]}"))
    return frozenset(found)


def figures_in(text: str) -> list[frozenset[Decimal]]:
    """Give the readings of each figure of a text, in order; what is no number is left out."""
    found: list[frozenset[Decimal]] = []
    for one in FIGURE.findall(text):
        whole = readings(one)
        apart = [readings(part.strip(".,")) for part in _SPACE.split(one)] if not whole else [whole]
        found += [values for values in apart if values]  # “2021, 2022” are two
    return found


def has_new_figure(said: str, texts: Iterable[str]) -> bool:
    """Tell whether a text has a figure that none of some others has, in any locale's form."""
    known = {value for text in texts for one in figures_in(text) for value in one}
    return any(not one & known for one in figures_in(said))


def _are_thousands(groups: list[str], marks: list[str]) -> bool:
    """Whether these are a whole number's groups: three digits behind one and the same mark."""
    return len(set(marks)) <= 1 and all(len(part) == 3 for part in groups[1:])
