"""Which documents a question names, by the words of their names and by “the latest”."""

import re
from collections.abc import Iterable, Mapping

from rare_app.library.query import words_of

_RECENT = re.compile(
    r"\b(?:latest|newest|most recent|most current|most up-to-date)\b", re.IGNORECASE
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_PART = re.compile(r"(?<![^\W_])(?:q|h|quarter|half)[ _-]?([1-4])(?![^\W_])", re.IGNORECASE)
_MONTH = re.compile(r"(?<=(?:19|20)\d\d)[-_. ]?(0[1-9]|1[0-2])(?:[-_. ]?([0-3]\d))?(?!\d)")
_DIGITS = re.compile(r"\d+")
_WITH_DIGIT = re.compile(r"[^\s,;:]*\d[^\s,;:]*")
_PIECE = re.compile(r"[^\W_]+")
_LATEST = "\0latest"


def naming_words(names: Iterable[str], titles: Iterable[str]) -> frozenset[str]:
    """Collect the words that name documents: those of names, and numbers and codes of titles."""
    codes = (code for title in titles for code in _WITH_DIGIT.findall(title.lower()))
    return frozenset(word for name in names for word in words_of(name)) | frozenset(
        piece for code in codes for piece in _PIECE.findall(code)
    )


def period_of(name: str) -> tuple[int, int, int] | None:
    """Read (year, quarter or month, day) from a document's name; ``None`` without a year."""
    year = _YEAR.search(name)
    if year is None:
        return None
    if part := _PART.search(name):
        return int(year[0]), int(part[1]), 0
    if month := _MONTH.search(name):
        return int(year[0]), int(month[1]), int(month[2] or 0)
    return int(year[0]), 0, 0


def latest_of(names: Mapping[int, str]) -> set[int]:
    """Find the latest of each series: documents whose names differ in their digits alone."""
    series: dict[str, list[tuple[tuple[int, int, int], int]]] = {}
    for document_id, name in names.items():
        if period := period_of(name):
            series.setdefault(_DIGITS.sub("#", name.lower()), []).append((period, document_id))
    found: set[int] = set()
    for one in series.values():
        newest = max(period for period, _ in one)
        if any(period != newest for period, _ in one):
            found.update(document_id for period, document_id in one if period == newest)
    return found


def named_documents(question: str, names: Mapping[int, str]) -> dict[int, float]:
    """Say how far a question names each document.

    Parameters
    ----------
    names : mapping of int to str
        Documents' names without their suffixes.

    Returns
    -------
    dict of int to float
        The share of a name's words that the question holds, over the largest such share; documents
        without such a word are left out. “The latest” counts as a word of the newest document of a
        series (:func:`latest_of`).
    """
    asked = set(words_of(question))
    words = {document_id: set(words_of(name)) for document_id, name in names.items()}
    if _RECENT.search(question):
        asked.add(_LATEST)
        for document_id in latest_of(names):
            words[document_id].add(_LATEST)
    shares = {
        document_id: len(name & asked) / len(name)
        for document_id, name in words.items()
        if name & asked
    }
    most = max(shares.values(), default=1.0)
    return {document_id: share / most for document_id, share in shares.items()}
