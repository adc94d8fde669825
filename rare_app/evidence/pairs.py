"""Two rows of a table out of which something is worked out: a share, a ratio, a difference."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rare_app.evidence.periods import dates_in, years_in
from rare_app.evidence.rows import what_of

PairOperation = Literal["percentage", "ratio", "difference", "sum"]

_SHARE = r"(?:percentage|percent|share|proportion|fraction|part|portion)"
_IS = (
    r"(?:was|were|is|are|came from|comes from|come from|did|does|do|went to|consist(?:s|ed)? of"
    r"|comprise[sd]?)"
)
_MORE = re.compile(
    r"\b(?:averages?|mean|changed?|increased?|decreased?|respective(?:ly)?|both"
    r"|percentage difference)\b",
    re.IGNORECASE,
)
_PATTERNS: Sequence[tuple[PairOperation, str]] = (
    ("percentage", rf"\b(?:what|which|how much) {_SHARE} of (?P<b>.+?) {_IS} (?P<a>.+)"),
    ("percentage", rf"\b{_IS} (?P<a>.+?) as an? {_SHARE} of (?P<b>.+)"),
    ("ratio", r"\bratio of (?P<a>.+?) (?:to|over) (?P<b>.+)"),
    ("ratio", r"\bproportion of (?P<a>.+?) (?:to|over|relative to|in|out of) (?P<b>.+)"),
    ("percentage", rf"\b{_SHARE} of (?P<a>.+?) (?:to|over|relative to|out of) (?P<b>.+)"),
    ("difference", r"\bdifference between (?P<a>.+?) and (?P<b>.+)"),
    ("sum", r"\b(?:sum|total) of (?P<a>.+?) and (?P<b>.+)"),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two things of which a question asks how they compare, or what they make together."""

    operation: PairOperation
    first: str
    second: str


def pair_of(question: str) -> Pair | None:
    """Say which two things a question sets against each other; ``None`` where it does not.

    A difference or a sum of two times is one of a row's columns, and no pair; a change of shares,
    or an average of some, is more than a pair.
    """
    if _MORE.search(question):
        return None
    for operation, pattern in _PATTERNS:
        found = re.search(pattern, question, re.IGNORECASE)
        if not found or not all(what_of(one) for one in found.group("a", "b")):
            continue
        times = max(len(years_in(question)), len(dates_in(question)))
        if operation in ("difference", "sum") and times > 1:
            continue
        return Pair(operation, *found.group("a", "b"))
    return None
