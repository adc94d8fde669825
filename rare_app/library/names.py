"""Which documents a question names: by words of their names, by their company, by their period."""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rare_app.library.periods import (
    RECENT,
    THROUGH_TIME,
    Periods,
    latest_of,
    period_of,
    periods_in,
    set_apart,
)
from rare_app.library.query import words_of

_FIRST = 3000
"""Characters of a document's first page in which its owner is looked for."""
_WITH_DIGIT = re.compile(r"[^\s,;:]*\d[^\s,;:]*")
_CODE = re.compile(r"(?<![^\W_])(?=[\w.-]*\d)(?=[\w.-]*[^\W\d_])\w+(?:[.-]\w+)*")
_PIECE = re.compile(r"[^\W_]+")
_SHORT_NUMBER = re.compile(r"\d{1,3}")
_FORM = (
    r"(?:Corporation|Corp|Incorporated|Inc|Limited|Ltd|LLC|L\.L\.C|PLC|plc|GmbH|AG|SE|S\.A|N\.V"
    r"|B\.V|KG|KGaA|Oyj?|ASA?|AB|A/S|S\.p\.A|Pty|CORPORATION|CORP|INCORPORATED|INC|LIMITED|LTD)"
)
_COMPANY = re.compile(rf"((?:[^\W\d_a-zß-ÿ][\w&’'.-]*,?[ \t]+){{1,4}}){_FORM}(?![^\W_])")
_NAMED = re.compile(r"(?:(?<=\S)\s+[\"“‘'(]?|^\W*(?=\w+['’]))([^\W\d_a-z]\w+)")
_MOST_JOINED = 3
"""Neighbouring words of a question that a name may write as one: “American Express”."""
PERIOD = 0.4
"""What the period says of whether a document is meant; its other words say the rest."""
_COMMON = frozenset(
    ["and", "company", "for", "form", "group", "holding", "holdings", "international", "the"]
)


def words_of_name(name: str) -> list[str]:
    """List the words of a document's name, without those of its period.

    “ALPHA_2023Q4_EARNINGS” has “alpha” and “earnings”.
    """
    return words_of(set_apart(name, periods=False))


def naming_words(names: Iterable[str], titles: Iterable[str]) -> frozenset[str]:
    """Collect the words that name documents: those of names, and numbers and codes of titles."""
    codes = (code for title in titles for code in _WITH_DIGIT.findall(title.lower()))
    return frozenset(word for name in names for word in words_of(set_apart(name))) | frozenset(
        piece for code in codes for piece in _PIECE.findall(code)
    )


def owners_of(title: str, first_page: str) -> set[str]:
    """Find the words that name the companies of a title or first page: “intel”.

    A company is what stands before its legal form (“INTEL CORPORATION”, “Siemens AG”).
    """
    return {
        word
        for company in _COMPANY.findall(f"{title}\n{first_page[:_FIRST]}")
        for word in _PIECE.findall(company.lower())
        if len(word) > 2 and word not in _COMMON
    }


@dataclass(frozen=True, slots=True)
class Named:
    """What a question names.

    Attributes
    ----------
    fit : dict of int to float
        Every document, in [-1, 0]: 0 for those that are named best; 0 for all where none is named.
    best : frozenset of int
        Those that are named best; empty where none is named.
    """

    fit: dict[int, float]
    best: frozenset[int]


def named_documents(
    question: str,
    names: Mapping[int, str],
    owners: Mapping[int, Collection[str]] | None = None,
) -> Named:
    """Say how far a question names each document.

    Words count by their rarity among the documents' names, so that a name's length says nothing; a
    short number counts beside another word of its name (“offer 2”), since alone it counts anything.
    A period counts :data:`PERIOD`, and so does “the latest” for the newest of a series
    (:func:`rare_app.library.periods.latest_of`), unless the question looks through time.

    Parameters
    ----------
    names : mapping of int to str
        Documents' names without their suffixes.
    owners : mapping of int to words, optional
        Words that name the companies of some documents (:func:`owners_of`); they count as words of
        the documents' names where the question writes them with a capital: who asks for general
        terms does not ask for General Electric.
    """
    words = {one: set(words_of_name(name)) for one, name in names.items()}
    asked = _asked_words(question)
    capitals = {one[1].lower() for one in _NAMED.finditer(question)}
    for one, own in (owners or {}).items():
        if one in words:
            words[one] |= capitals & set(own)
            asked |= capitals & set(own)
    fits = _word_fits({one: _telling(own & asked) for one, own in words.items()}, capitals)
    recent = RECENT.search(question) and not THROUGH_TIME.search(question)
    latest = latest_of(names) if recent else set()
    period = periods_in(question)
    total = {
        one: (1 - PERIOD) * fit
        + PERIOD * _period_fit(names[one], period, newest=one in latest if latest else None)
        for one, fit in fits.items()
    }
    top = max(total.values(), default=0.0)
    fit = {one: own - top for one, own in total.items()}
    told = any(fits.values()) or any(own < 0 for own in fit.values())
    return Named(fit, frozenset(one for one, own in fit.items() if told and own == 0))


def codes_of_kind(question: str, openings: Sequence[str]) -> frozenset[str]:
    """Find the codes of a question that say what kind of documents is meant: “10-Q”.

    They are those that more than half of the documents begin with; looked up, they would draw
    covers, footers and certifications.

    Parameters
    ----------
    openings : sequence of str
        How each of the documents that are meant begins.
    """
    held = [{one.lower() for one in _CODE.findall(text)} for text in openings]
    asked = {one.lower() for one in _CODE.findall(question)}
    return frozenset(one for one in asked if 2 * sum(one in own for own in held) > len(held))


def _asked_words(question: str) -> set[str]:
    """Give the words of a question, and its neighbouring words joined as names write them."""
    plain = set_apart(question)
    known = [one.lower() for one in _PIECE.findall(plain)]
    joined = {
        "".join(known[at : at + length])
        for length in range(2, _MOST_JOINED + 1)
        for at in range(len(known) - length + 1)
    }
    return set(words_of(plain)) | joined


def _telling(named: set[str]) -> set[str]:
    """Leave out short numbers that stand alone: “COVID-19” does not name “paper-19”."""
    return set() if all(_SHORT_NUMBER.fullmatch(one) for one in named) else named


def _word_fits(named: Mapping[int, Collection[str]], capitals: Collection[str]) -> dict[int, float]:
    """Say in [0, 1] how well the words that a question names each document by fit it.

    A document without a word that tells another one from it fits in full: asked for Intel and
    Microsoft, those of both do, however many there are of each. Only words with a capital tell
    companies apart; where there are none, their rarity does.

    Parameters
    ----------
    named : mapping of int to words
        The words of the question that name each document.
    capitals : collection of str
        Words of the question with a capital, in lower case.
    """
    holding = Counter(word for own in named.values() for word in own)
    rarity = {word: math.log((len(named) + 1) / count) for word, count in holding.items()}
    sums = {one: sum(rarity[word] for word in own) for one, own in named.items()}
    most = max(sums.values(), default=0.0) or 1.0
    proper = {one: frozenset(own) & frozenset(capitals) for one, own in named.items()}
    kinds = frozenset(own for own in proper.values() if own)
    whole = frozenset(own for own in kinds if not any(own < other for other in kinds))
    best = {own: max(total for one, total in sums.items() if proper[one] == own) for own in whole}
    return {one: total / best.get(proper[one], most) for one, total in sums.items()}


def _period_fit(name: str, asked: Periods, *, newest: bool | None) -> float:
    """Say in [0, 1] how well a name's period fits the one that is asked for; 0.5 for one unknown.

    Parameters
    ----------
    newest : bool, optional
        Whether the document is the newest of its series; ``None`` where that is not asked.
    """
    own, dated = periods_in(name), period_of(name)
    years = own.years | ({dated[0]} if dated else set())
    fits = [
        (1.0 if mine & wanted else 0.0) if mine else 0.5
        for mine, wanted in ((years, asked.years), (own.parts, asked.parts))
        if wanted
    ]
    if not fits and newest is not None:
        fits = [1.0 if newest else 0.0]
    return min(fits, default=0.5)
