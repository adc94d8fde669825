"""Find where the passages say what a claim says: exact, then fuzzy, then by meaning.

Citations are found by code and never trusted to the model. A claim counts as supported when the
words it is aligned with carry it and hold every number that it names.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from rare_app.evidence import sentence_spans
from rare_app.library import Passage
from rare_app.reasoning.lines import unwrap
from rare_app.reasoning.types import Citation, Claim
from rare_app.words import content_words

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to unit-length vectors, shape (texts, dimension)."""

SUPPORTED_FROM = 0.6
"""Score from which a claim counts as supported."""
_FUZZY_FROM = 88.0
_SIMILAR_FROM = 0.55

_NUMBER = re.compile(r"\d[\d.,]*\d|\d")


@dataclass(frozen=True, slots=True)
class _Span:
    """A place in a passage, and how well it carries the claim."""

    passage: int
    start: int
    end: int
    score: float


def find_quote(quote: str, passages: Sequence[Passage]) -> Citation | None:
    """Find a quote in the passages: word for word, white space and capitals aside.

    Returns
    -------
    Citation or None
        The first passage that holds it; ``None`` for a quote that stands in no passage.
    """
    for i, passage in enumerate(passages):
        if (span := _find_exact(quote, passage.text)) is not None:
            return _cite(passages, _Span(i, *span, score=1.0))
    return None


def cite(passages: Sequence[Passage], *, passage: int, start: int, end: int) -> Citation:
    """Cite a span of a passage; offsets count from the passage's first character."""
    cited = passages[passage]
    return Citation(
        passage=passage,
        document=cited.document,
        page=cited.page,
        start=cited.start + start,
        end=cited.start + end,
        quote=cited.text[start:end],
    )


def align_claim(
    claim: str,
    passages: Sequence[Passage],
    *,
    question: str = "",
    quoted: Sequence[Citation] = (),
    embed: Embed | None = None,
    most: int = 2,
) -> Claim:
    """Tie a claim to the words of the passages that it rests on.

    Parameters
    ----------
    claim : str
        One sentence of the answer, or a short answer such as a name or a number.
    question : str
        Tells apart the places where a short answer stands more than once.
    quoted : sequence of Citation
        What the reasoning quoted: these places come first.
    embed : callable, optional
        For the comparison by meaning; left out, only words are compared.
    most : int
        Most citations.
    """
    spans = _sentence_spans(passages)
    if not spans or not claim.strip():
        return Claim(text=claim, supported=False, score=0.0)
    places = [
        _score(claim, question, i, start, end, passages[i].text, quoted) for i, start, end in spans
    ]
    best = max(place.score for place in places)
    if best < SUPPORTED_FROM and embed is not None:
        places = _by_meaning(claim, places, passages, embed)
    places.sort(key=lambda place: (-place.score, place.passage, place.start))
    best = places[0].score
    chosen: list[_Span] = []
    for place in places:
        if place.score < min(SUPPORTED_FROM, best) or place.score < best - 0.15:
            break
        if len(chosen) < most and not any(_same_words(place, one, passages) for one in chosen):
            chosen.append(place)
    score = round(min(best, 1.0), 3)
    supported = score >= SUPPORTED_FROM
    citations = tuple(_cite(passages, place) for place in chosen) if supported else ()
    return Claim(text=claim, supported=supported, score=score, citations=citations)


def _score(
    claim: str,
    question: str,
    passage: int,
    start: int,
    end: int,
    text: str,
    quoted: Sequence[Citation],
) -> _Span:
    """Score one sentence of a passage for a claim.

    The score is the share of the claim's content words that the sentence holds; a claim that
    stands in it word for word scores at least 0.9. A number of the claim that the sentence lacks
    keeps the score under the threshold. Up to 0.1 more, for ties, comes from the question's words
    and from what the reasoning quoted.
    """
    sentence = text[start:end]
    words = _content_words(claim)
    inside = _content_words(sentence)
    share = len(words & inside) / len(words) if words else 0.0
    exact = _find_exact(claim.rstrip(".!? "), sentence)
    if exact is not None:
        share = max(share, 0.9)
    elif fuzz.partial_ratio(claim.lower(), sentence.lower()) >= _FUZZY_FROM and len(claim) >= 24:
        share = max(share, 0.85)
    if not _numbers(claim) <= _numbers(sentence):
        share = min(share, SUPPORTED_FROM - 0.2)
    tie = 0.0
    if share >= SUPPORTED_FROM:
        asked = _content_words(question)
        tie += 0.05 * len(asked & _content_words(text)) / len(asked) if asked else 0.0
        tie += 0.02 * len(asked & inside) / len(asked) if asked else 0.0
        mentioned = [one.quote for one in quoted if one.passage == passage]
        if any(quote in sentence or sentence in quote for quote in mentioned):
            tie += 0.03
        share = min(share, 0.9) + tie
    if exact is not None and len(claim) >= 24:
        start, end = start + exact[0], start + exact[1]
    return _Span(passage, start, end, share)


def _by_meaning(
    claim: str, places: list[_Span], passages: Sequence[Passage], embed: Embed
) -> list[_Span]:
    """Raise the score of sentences that mean the same, where the numbers agree."""
    texts = [passages[place.passage].text[place.start : place.end] for place in places]
    vectors = embed([claim, *texts])
    similar = vectors[1:] @ vectors[0]
    raised = []
    for place, text, cosine in zip(places, texts, similar, strict=True):
        score = place.score
        if cosine >= _SIMILAR_FROM and _numbers(claim) <= _numbers(text):
            # Cosine 0.55 to 1 is laid on 0.4 to 1; words in common weigh as much as meaning.
            meaning = 0.4 + 0.6 * (float(cosine) - _SIMILAR_FROM) / (1 - _SIMILAR_FROM)
            score = max(score, 0.5 * meaning + 0.5 * max(score, meaning))
        raised.append(_Span(place.passage, place.start, place.end, score))
    return raised


def _sentence_spans(passages: Sequence[Passage]) -> list[tuple[int, int, int]]:
    return [
        (i, start, end)
        for i, passage in enumerate(passages)
        for start, end in sentence_spans(unwrap(passage.text))
    ]


def _find_exact(needle: str, text: str) -> tuple[int, int] | None:
    """Span of the needle in the text, white space and capitals aside, at word borders."""
    words = needle.split()
    if not words:
        return None
    # The model is shown our own tags with "‹" for "<" and may quote them so.
    pattern = r"\s+".join(re.escape(word).replace("‹", "[<‹]") for word in words)
    left = r"(?<!\w)" if words[0][0].isalnum() else ""
    right = r"(?![\w])" if words[-1][-1].isalnum() else ""
    found = re.search(left + pattern + right, text, re.IGNORECASE)
    return found.span() if found else None


def _content_words(text: str) -> set[str]:
    return set(content_words(text))


def _numbers(text: str) -> set[str]:
    return {match[0].replace(",", "").rstrip(".") for match in _NUMBER.finditer(text)}


def _same_words(one: _Span, other: _Span, passages: Sequence[Passage]) -> bool:
    """Whether two places hold the same words (overlapping chunks repeat them)."""
    return (
        passages[one.passage].text[one.start : one.end].split()
        == passages[other.passage].text[other.start : other.end].split()
    )


def _cite(passages: Sequence[Passage], span: _Span) -> Citation:
    return cite(passages, passage=span.passage, start=span.start, end=span.end)
