"""Which document is an older version of which, and which are about different things.

Names, titles, dates and numbers tell; nothing is understood of what the documents say.
"""

import calendar
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath

from rare_app.library.periods import periods_in

FIRST_CHARACTERS = 400
"""Of a document's first page, in which its date is looked for."""

_VERSION = re.compile(
    r"(?<![^\W_])(?:v|ver|version|rev|revision)[ ._-]?(\d{1,3}(?:\.\d{1,3})*)(?![^\W_]|\.\d)",
    re.IGNORECASE,
)
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if number}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?:19|20)\d\d"
_DATE = re.compile(
    rf"(?<!\d)(?P<y1>{_YEAR})(?P<s>[-_. ]?)(?P<m1>0[1-9]|1[0-2])(?P=s)(?P<d1>[0-3]\d)(?!\d)"
    rf"|(?<![^\W_])(?P<d2>\d{{1,2}})(?:st|nd|rd|th|\.)?[ _-](?P<m2>{_MONTH})"
    rf"\.?,?[ _-](?P<y2>{_YEAR})"
    rf"|(?<![^\W_])(?P<m3>{_MONTH})\.?[ _-](?P<d3>\d{{1,2}}),?[ _-](?P<y3>{_YEAR})"
    rf"|(?<![\d.])(?P<d4>[0-3]?\d)\.(?P<m4>[01]?\d)\.(?P<y4>{_YEAR})"
    rf"|(?<![^\W_])(?P<m5>{_MONTH})[ _-](?P<y5>{_YEAR})"
    rf"|(?<!\d)(?P<y6>{_YEAR})(?!\d)",
    re.IGNORECASE,
)
_REPLY = re.compile(r"^(?:[^\W\d_]{1,4}:\s*)+")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+")

Date = tuple[int, ...]
"""Year, month and day, as far as they are told."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What tells a document from others.

    Attributes
    ----------
    name, title : frozenset of str
        Words, without dates and versions; no title where it says no more than the name.
    numbers : tuple of str
        Those of the name that are neither date nor version.
    version : tuple of int
        Empty where none is told.
    dates : tuple of Date
        Those of the name; else those of title and first lines, in order.
    parts : frozenset of str
        Quarters and halves of years that the name tells.
    owners : frozenset of str
        Words that name the companies it is of.
    """

    name: frozenset[str]
    title: frozenset[str]
    numbers: tuple[str, ...]
    version: tuple[int, ...]
    dates: tuple[Date, ...]
    parts: frozenset[str]
    owners: frozenset[str]


@lru_cache(maxsize=20_000)
def edition_of(
    name: str, title: str, first: str = "", owners: frozenset[str] = frozenset()
) -> Edition:
    """Read what tells a document from others.

    Parameters
    ----------
    name, title : str
    first : str
        How its first page begins; only :data:`FIRST_CHARACTERS` of it are looked at.
    owners : frozenset of str
        Words that name the companies it is of.
    """
    path = PurePath(name)
    stem = str(path.with_suffix("")) if path.suffix else name
    bare_title = _REPLY.sub("", title)
    first = first[:FIRST_CHARACTERS]
    versions = [_VERSION.search(text) for text in (stem, title, first)]
    version = next((tuple(map(int, one[1].split("."))) for one in versions if one), ())
    own = "" if title.lower() == path.stem.lower() else bare_title
    rest = _DATE.sub(" ", _VERSION.sub(" ", stem))
    return Edition(
        name=_words(_REPLY.sub("", stem)),
        title=_words(own),
        numbers=tuple(_NUMBER.findall(rest)),
        version=version,
        dates=_dates(stem) or _dates(f"{title}\n{first}"),
        parts=periods_in(stem).parts,
        owners=owners,
    )


def is_same_work(one: Edition, other: Edition) -> bool:
    """Tell whether two documents are versions of the same one.

    Their names are the same but for dates and versions, or one has a word more (a copy) and their
    titles are the same. Reports of quarters are none: each stands for its own time. Neither are
    documents of different companies, nor numbered ones (“offer 1”, “offer 2”).
    """
    if one.owners and other.owners and not one.owners & other.owners:
        return False
    if one.parts or other.parts or one.numbers != other.numbers:
        return False
    titled = bool(one.title and other.title)
    if titled and one.title != other.title:
        return False
    if one.name and one.name == other.name:
        return True
    alike = (one.title or one.name) == (other.title or other.name)
    nested = bool(one.name and other.name) and (one.name <= other.name or other.name <= one.name)
    return alike and nested and bool(one.title or other.title)


def is_older(one: Edition, other: Edition) -> bool:
    """Tell whether the first is surely an older version of the same document as the second."""
    if not is_same_work(one, other):
        return False
    if one.version and other.version and one.version != other.version:
        return one.version < other.version
    if not one.dates or not other.dates:
        return False
    # Of a document that names the version that it replaces, the later date is its own.
    for mine, theirs in ((one.dates[0], other.dates[0]), (max(one.dates), max(other.dates))):
        exact = min(len(mine), len(theirs))
        if mine[:exact] != theirs[:exact]:
            return mine[:exact] < theirs[:exact]
    return False


def are_apart(one: Edition, other: Edition) -> bool:
    """Tell whether two documents are of one kind and about different things, as three offers are.

    They are of different companies, or of what they are called something is the same, and each has
    a word or number that the other lacks.
    """
    if is_same_work(one, other):
        return False
    if one.owners and other.owners and not one.owners & other.owners:
        return True
    if one.parts != other.parts and one.name == other.name:
        return True
    mine, theirs = one.name | one.title, other.name | other.title
    if not mine & theirs:
        return False
    if one.name == other.name and one.numbers != other.numbers:
        return True
    return bool(mine - theirs and theirs - mine)


def newest_of(editions: Collection[Edition], among: Edition) -> Edition | None:
    """Find the newest of those that are newer versions of a document; ``None`` without one."""
    newest: Edition | None = None
    for one in editions:
        if is_older(among, one) and (newest is None or is_older(newest, one)):
            newest = one
    return newest


def _words(text: str) -> frozenset[str]:
    """Give the words of a name or title, without those of dates and versions."""
    rest = _DATE.sub(" ", _VERSION.sub(" ", text))
    return frozenset(word for word in _WORD.findall(rest.lower()) if len(word) > 1)


def _dates(text: str) -> tuple[Date, ...]:
    """List the dates of a text, in order."""
    found: list[Date] = []
    for one in _DATE.finditer(text):
        told = {key[0]: value for key, value in one.groupdict().items() if value and key != "s"}
        month = told.get("m", "")
        number = int(month) if month.isdecimal() else _MONTHS.get(month.lower(), 0)
        date = [int(told["y"])]
        if 1 <= number <= 12:
            date.append(number)
            if "d" in told:
                date.append(int(told["d"]))
        found.append(tuple(date))
    return tuple(found)
