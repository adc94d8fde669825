"""The marks that items of a list begin with: bullets, numbers and letters at a line's start."""

import re
from collections import Counter
from dataclasses import dataclass

_BULLET = r"[•◦▪‣●○■□➢·–—*-]"
_LETTERED = re.compile(
    rf"^[ \t]*(?:(?P<bullet>{_BULLET})(?:[ \t]+|[ \t]*\n[ \t]*)|(?P<round>o)[ \t]+"
    r"|(?P<open>\(?)(?P<ordinal>\d{1,2}|[ivxIVX]{1,4}|[a-zA-Z])(?P<close>[.)])[ \t]+)"
    r"(?=[^\n]*[^\W\d_])(?=[^\s|])",
    re.MULTILINE,
)
_ROMAN = {"i": 1, "v": 5, "x": 10}


@dataclass(frozen=True, slots=True)
class Mark:
    """What an item begins with.

    Attributes
    ----------
    line, at : int
        Where its line begins, and where it stands itself: lines may be indented.
    words : int
        Where the words behind it begin.
    style : str
        The bullet, or the signs around the number or letter and what it is: marks of one list have
        the same.
    numbers : frozenset of (str, int)
        What a number or letter may stand for: “i” is the first of the Roman ones or the ninth
        letter. Empty for a bullet.
    """

    line: int
    at: int
    words: int
    style: str
    numbers: frozenset[tuple[str, int]] = frozenset()

    def follows(self, other: "Mark") -> bool:
        """Whether it comes next after another one in a list."""
        if self.style != other.style:
            return False
        return not self.numbers or any(
            (kind, number - 1) in other.numbers for kind, number in self.numbers
        )


def find_marks(text: str) -> list[Mark]:
    """Find the marks of a text that have another one of their list before or behind them.

    One alone may be a dash, an initial, or a reference that happens to begin a line.
    """
    found = [_mark(match) for match in _LETTERED.finditer(text)]
    bullets = Counter(mark.style for mark in found if not mark.numbers)
    ordinals = {(mark.style, *one) for mark in found for one in mark.numbers}
    return [
        mark
        for mark in found
        if bullets[mark.style] > 1
        or any(
            (mark.style, kind, number + step) in ordinals
            for kind, number in mark.numbers
            for step in (-1, 1)
        )
    ]


def opens_with_mark(text: str) -> bool:
    """Whether a text begins with what may be an item's mark: a list goes on from page to page."""
    return _LETTERED.match(text) is not None


def _mark(match: re.Match[str]) -> Mark:
    line, words = match.start(), match.end()
    at = words - len(match[0].lstrip())
    if sign := match["bullet"] or match["round"]:
        return Mark(line, at, words, sign)
    said = match["ordinal"]
    numbers: set[tuple[str, int]] = set()
    if said.isdigit():
        numbers.add(("number", int(said)))
    else:
        if len(said) == 1:
            numbers.add(("letter", ord(said.lower()) - ord("a") + 1))
        if _ROMAN.keys() >= set(said.lower()):
            numbers.add(("roman", _roman(said.lower())))
    case = "A" if said.isupper() else "1" if said.isdigit() else "a"
    return Mark(line, at, words, f"{match['open']}{case}{match['close']}", frozenset(numbers))


def _roman(said: str) -> int:
    values = [_ROMAN[sign] for sign in said]
    return sum(
        -value if any(later > value for later in values[at + 1 :]) else value
        for at, value in enumerate(values)
    )
