"""Periods that questions and names of documents hold, and the newest document of a series."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
RECENT = re.compile(
    r"\b(?:latest|newest|most recent|most current|most up-to-date)\b", re.IGNORECASE
)
THROUGH_TIME = re.compile(
    r"\b(?:previous(?:ly)?|prior|earlier|preceding|before|compare[ds]?|comparison|versus|vs|since"
    r"|trends?|year[- ](?:over|on)[- ]year|over (?:time|the years)|history|historical)\b",
    re.IGNORECASE,
)
"""Words of a question that asks for more than one period."""
_PART = re.compile(
    r"(?<![^\W_])(?:(?P<kind>q|h|quarter|half)[ _-]?(?P<number>[1-4])(?![^\W_])"
    r"|(?P<before>[1-4])(?P<short>[qh])(?![^\W\d_])"
    r"|(?P<ordinal>first|second|third|fourth|1st|2nd|3rd|4th|last|final)[ _-]"
    r"(?:fiscal[ _-])?(?P<long>quarter|half)(?![^\W_]))",
    re.IGNORECASE,
)
_MONTH = re.compile(r"(?<=(?:19|20)\d\d)[-_. ]?(0[1-9]|1[0-2])(?:[-_. ]?([0-3]\d))?(?!\d)")
_SHORT_YEAR = re.compile(r"\b(?:FY|F\.Y\.)\s?['’]?(\d\d)\b", re.IGNORECASE)
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?:[-_. ]?(?:0[1-9]|1[0-2])(?:[-_. ]?[0-3]\d)?)?(?!\d)")
_JOINT = re.compile(
    r"_|(?<=(?<!\d)(?:19|20)\d\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=(?:19|20)\d\d(?!\d))"
    r"|(?<=[qh][1-4])(?=(?:19|20)\d\d(?!\d)|FY)",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "final": 4}


@dataclass(frozen=True, slots=True)
class Periods:
    """The years and parts of years that a text names.

    Attributes
    ----------
    years : frozenset of int
    parts : frozenset of str
        Quarters and halves, ``q1`` to ``q4``, ``h1`` and ``h2``.
    """

    years: frozenset[int]
    parts: frozenset[str]


def set_apart(text: str, *, periods: bool = True) -> str:
    """Put blanks for underscores, and between years, quarters and the words that they are tied to.

    Parameters
    ----------
    periods : bool
        Whether years, dates and quarters are kept.
    """
    apart = _JOINT.sub(" ", text)
    return apart if periods else _SHORT_YEAR.sub(" ", _PART.sub(" ", _DATE.sub(" ", apart)))


def periods_in(text: str) -> Periods:
    """Read the periods that a question or a name holds: “Q3 2023”, “2023Q4”, “third quarter”."""
    text = set_apart(text)
    parts = set()
    for found in _PART.finditer(text):
        kind = (found["kind"] or found["short"] or found["long"])[0].lower()
        number = found["number"] or found["before"]
        if number is None:
            ordinal = found["ordinal"].lower()
            number = str(_ORDINALS.get(ordinal) or ordinal[0])
            number = "2" if kind == "h" and number == "4" else number
        parts.add(f"{kind}{number}")
    years = {int(one) for one in YEAR.findall(text)}
    years |= {2000 + int(one) for one in _SHORT_YEAR.findall(text)}
    return Periods(frozenset(years), frozenset(parts))


def earliest_year(question: str) -> int | None:
    """Give the earliest year that a question names; ``None`` where it names none."""
    return min(periods_in(question).years, default=None)


def period_of(name: str) -> tuple[int, int, int] | None:
    """Read (year, quarter or month, day) from a document's name; ``None`` without a year."""
    year = YEAR.search(name)
    if year is None:
        return _compact(name)
    if parts := sorted(periods_in(name).parts):
        return int(year[0]), int(parts[0][1]), 0
    return _compact(name) or (int(year[0]), 0, 0)


def _compact(name: str) -> tuple[int, int, int] | None:
    """Read a date of digits alone: ``2021-07-31``, ``20230415``."""
    found = re.search(r"(?<!\d)(?:19|20)\d\d", name)
    if found is None:
        return None
    if month := _MONTH.search(name, found.start()):
        return int(found[0]), int(month[1]), int(month[2] or 0)
    return None


def series_of(names: Mapping[int, str]) -> list[list[int]]:
    """Group documents whose names differ in their digits alone; those without a twin are left out.

    Parameters
    ----------
    names : mapping of int to str
        Documents' names without their suffixes.
    """
    series: dict[str, list[int]] = {}
    for document_id, name in names.items():
        series.setdefault(_DIGITS.sub("#", name.lower()), []).append(document_id)
    return [own for own in series.values() if len(own) > 1]


def latest_of(names: Mapping[int, str]) -> set[int]:
    """Find the latest of each series (:func:`series_of`)."""
    found: set[int] = set()
    for own in series_of(names):
        dated = [(period, one) for one in own if (period := period_of(names[one]))]
        if not dated:
            continue
        newest = max(period for period, _ in dated)
        if any(period != newest for period, _ in dated):
            found.update(one for period, one in dated if period == newest)
    return found
