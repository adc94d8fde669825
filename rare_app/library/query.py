"""A question as the index of words is asked: words, codes, numbers with units, phrases."""

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from rare_app.library.abbreviations import Abbreviations
from rare_app.library.scripts import pairs_of, space_out, without_runs
from rare_app.words import STOP_WORDS

_LONGEST = 200
"""Terms of a question that are looked up; a pasted page of text has thousands."""
_PHRASES = 8
"""Quoted phrases that are looked up."""

_TOKEN = re.compile(r"[^\W_]\S*[^\W_]|[^\W_]")
_WORD = re.compile(r"\w+")
_PIECE = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['’]s$")
_OUTSIDE = re.compile(r"[()\[\]{}<>\"“”„«»;!?…]+|--+|—|–")
_CODE = re.compile(r"(?=\S*\d)\S*[^\W_]\S*[^\w\s]\S*[^\W_]|[^\W\d_]&[^\W\d_]", re.UNICODE)
_NUMBER = re.compile(r"\d{1,3}(?:[,.\u2009'’]\d{3})+(?:[.,]\d+)?$")
_MEASURE = re.compile(r"(\d+(?:[.,]\d+)*)([^\W\d_]{1,4})$")
_NUMERAL = re.compile(r"\d+(?:[.,]\d+)*$")
_BRACKETED = re.compile(r"\d+(?:\.\d+)*(?:\([^\W_]{1,4}\))+")
_EDGES = ".,;:!?()[]{}<>'\"“”„‘’«»"
_QUOTED = re.compile(r"\"([^\"]{2,200})\"|“([^“”]{2,200})”|„([^“”„]{2,200})[“”]|«([^«»]{2,200})»")

UNITS = frozenset(
    """
    a ah bar bpm c cm db dl f ft g gb ghz h hp hz iu j k kb kcal kg khz kj km kpa kv kva kw kwh l lb
    m ma mb mg mhz min mj ml mm mmhg mmol mol mpa ms mv mw n nm ns oz pa ppm psi rpm s t tb v va w
    wh µg µl µm µs
    """.split()  # noqa: SIM905 - a long list of words reads better so
)
"""Units that documents write with or without a blank after the number."""


ASKING = frozenset(
    """
    according article articles describe described describes detail detailed details document
    documents file filed filing filings latest mention mentioned mentions newest outline outlined
    outlines paper papers passage passages provide provided provides recent report reported reports
    say says state stated states text texts
    """.split()  # noqa: SIM905 - a long list of words reads better so
)
"""Words that speak of the documents as documents: a report's formalities are full of them."""


@dataclass(frozen=True, slots=True)
class Query:
    """What of a question is looked up in the index of words.

    Attributes
    ----------
    words : tuple of str
        Words that say what is asked; of scripts without blanks, pairs of neighbouring signs.
    forms : tuple of str
        Codes, numbers, measures and hyphenated words as documents may write them.
    pairs : tuple of str
        Words that follow one another in the question, as phrases.
    phrases : tuple of str
        What the question has between quotation marks: passages that hold it go first.
    others : tuple of (str, tuple of str)
        Abbreviations with what they stand for, and the other way round.
    """

    words: tuple[str, ...]
    forms: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    others: tuple[tuple[str, tuple[str, ...]], ...] = ()


def words_of(text: str) -> list[str]:
    """List the words of a text that say what it is about, each once, in order."""
    words = _WORD.findall(text.lower())
    kept = [word for word in words if len(word) > 1 and word not in STOP_WORDS]
    return list(dict.fromkeys(kept))[:_LONGEST]


def parse_query(
    question: str,
    *,
    spoken_for: frozenset[str] = frozenset(),
    codes: frozenset[str] = frozenset(),
    abbreviations: Abbreviations | None = None,
) -> Query:
    """Take a question apart.

    - Words: those of :func:`words_of`.
    - Codes (``E11.9``, ``ICD-10``, ``§ 4.2(b)``, ``R&D``): as a phrase, in this order, besides.
    - Numbers: ``40,215`` also as ``40215``.
    - Units: ``5 mg`` also as ``5mg`` and the other way round.
    - Hyphens: ``follow-up`` also as ``followup``.
    - Scripts without blanks: every pair of neighbouring signs.

    Parameters
    ----------
    question : str
        As asked.
    spoken_for : frozenset of str
        Words that name a document of the collection: they say where to look, not what for. A
        question of nothing else keeps them.
    codes : frozenset of str
        Codes, in lower case, that say what kind of document is meant: “10-q”.
    abbreviations : Abbreviations, optional
        What the documents abbreviate: ``R&D`` also as ``research and development``.
    """
    plain = without_runs(question)
    bare = " ".join(one for one in plain.split() if one.strip(_EDGES).lower() not in codes)
    plain = bare if words_of(bare) else plain
    known = words_of(plain)
    # A question of nothing else ("What does the report say?") keeps them.
    idle = spoken_for | ASKING
    idle = next((own for own in (idle, spoken_for) if set(known) - own), frozenset[str]())
    words = [*pairs_of(question), *(one for one in known if one not in idle)]
    tokens = [
        _POSSESSIVE.sub("", token) for token in _TOKEN.findall(_OUTSIDE.sub(" ", plain.lower()))
    ]
    forms = [form for token in tokens for form in _forms(token)]
    for number, unit in itertools.pairwise(tokens):
        if unit in UNITS and _NUMERAL.match(number):
            forms += [f"{number}{unit}", f"{number} {unit}"]
    forms += [" ".join(_PIECE.findall(code)) for code in _BRACKETED.findall(plain.lower())]
    pairs = [
        f"{first} {second}"
        for first, second in itertools.pairwise(_WORD.findall(plain.lower()))
        if not {first, second} & (STOP_WORDS | idle)
    ]
    phrases = [next(filter(None, found)) for found in _QUOTED.findall(question)][:_PHRASES]
    spaced = [
        " ".join(_PIECE.findall(space_out(one) or one))
        for one in phrases
        if words_of(one) or space_out(one)
    ]
    return Query(
        _first(words),
        _first(one for one in forms if not idle.issuperset(one.split())),
        _first(pairs),
        _first(spaced),
        tuple(
            (_as_phrase(given), tuple(map(_as_phrase, others)))
            for given, others in (abbreviations or Abbreviations()).other_forms(plain)
        ),
    )


def _as_phrase(text: str) -> str:
    return " ".join(_PIECE.findall(text))


def _first(found: Iterable[str]) -> tuple[str, ...]:
    """Keep each once, and no more than are looked up."""
    return tuple(dict.fromkeys(found))[:_LONGEST]


def _forms(token: str) -> list[str]:
    """List other ways in which a document may write a token."""
    pieces = _PIECE.findall(token)
    if measure := _MEASURE.match(token):
        number, unit = measure.groups()
        return [" ".join([*_PIECE.findall(number), unit])] if unit in UNITS else []
    if len(pieces) < 2:
        return []
    whole = " ".join(pieces)
    if _NUMBER.match(token):
        return [whole, "".join(pieces)]
    if _CODE.fullmatch(token):
        return [whole, "".join(pieces)] if "-" in token else [whole]
    if "-" in token and all(piece.isalpha() for piece in pieces):
        return [whole, "".join(pieces)]
    return []
