"""Answers to questions for yes or no: what the documents say, and what that comes to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rare_app.evidence import Guidance, bare_item, overlaps, whether_of
from rare_app.library import Passage
from rare_app.reasoning.align import cite, find_quote
from rare_app.reasoning.kin import NO_KIN, Kin
from rare_app.reasoning.prompt import as_read
from rare_app.reasoning.types import Answer, Citation, Claim
from rare_app.reasoning.whether import Told, share_spoken_of, tell_whether

WITHIN_NATS = 4.0
"""How much less likely than the best sentence one may be and still have a say."""
MOST_LOOKED_AT, MOST_SHOWN = 6, 2
"""Sentences that are held against the question, and those shown where none says yes or no."""
DOUBT_BELOW = 0.6
"""Share of the question's words that the shown sentences must hold, so that they are no guess."""

Place = tuple[int, int, int]
"""Passage, start and end in characters."""

_REFERS_BACK = re.compile(
    r"^\W*(?:it|they|he|she|(?:this|these|those)(?=\s+(?:is|are|was|were|do|does|did|may|can|must"
    r"|shall|should|will|has|have|had|also|means?|includes?|applies|apply)\b))\b",
    re.IGNORECASE,
)
_WE = re.compile(r"\b(?:we|our|us)\b", re.IGNORECASE)
_STATED = re.compile(r"[.!?][\"”’)\]]*$")
_NUMBER = re.compile(r"^(?:\d{1,3}\.)+\d{1,3}\.?\s+(?=\S)")
"""A paragraph's number, which is no part of what it says."""
_CHOICE = re.compile(r"^\W*(yes|no|maybe)\b", re.IGNORECASE)
_OPENS = {
    ("yes", False): "Yes:",
    ("yes", True): "Yes, with conditions:",
    ("no", False): "No:",
    ("no", True): "No, with exceptions:",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a passage with what it needs to be understood, and what it says.

    Attributes
    ----------
    places : tuple of (int, int, int)
        Where it stands, and what it needs: passage, start and end in characters of that.
    text : str
        All of it, on one line.
    told : Told
        What it says to the question.
    share : float
        Share of the question's words that it and its document's names hold, in [0, 1].
    """

    places: tuple[tuple[int, int, int], ...]
    text: str
    told: Told
    share: float


def statements(
    question: str,
    passages: Sequence[Passage],
    guidance: Guidance,
    *,
    quoted: Sequence[Place],
    called: Sequence[str] = (),
) -> list[Statement]:
    """List the sentences that may say yes or no: those quoted first, then the likeliest others.

    Parameters
    ----------
    guidance : Guidance
        What the guide says of the question and these passages.
    quoted : sequence of (int, int, int)
        Passage, start and end of each quote.
    called : sequence of str
        What the document of each passage, and whoever says “we” there, is called.
    """
    if whether_of(question) is None or not guidance.sentences:
        return []
    own = [
        number
        for place in quoted
        for number, one in enumerate(guidance.sentences)
        if overlaps(place, (one.passage, one.start, one.end))
    ]
    order = [int(i) for i in np.argsort(-guidance.scores, kind="stable")]
    near = [i for i in order if guidance.scores[i] >= guidance.scores[order[0]] - WITHIN_NATS]
    looked_at = list(dict.fromkeys((*own, *near)))[: max(len(own), MOST_LOOKED_AT)]
    return [_statement(question, i, passages, guidance, called) for i in looked_at]


def _statement(
    question: str,
    number: int,
    passages: Sequence[Passage],
    guidance: Guidance,
    called: Sequence[str],
) -> Statement:
    one = guidance.sentences[number]
    passage, read = passages[one.passage], as_read(passages[one.passage].text)
    text = _line(read[one.start : one.end])
    lead = guidance.leads[number] if guidance.leads else ""
    names = f"{passage.title} {passage.section} {passage.document}"
    if called and _WE.search(text):
        names += f" {called[one.passage]}"
    places = [(one.passage, one.start, one.end)]
    opening = lead
    if lead:
        text = bare_item(text)
        introduced = find_quote(lead, passages)
        if introduced is not None:
            start = introduced.start - passages[introduced.passage].start
            end = introduced.end - passages[introduced.passage].start
            places.append((introduced.passage, start, end))
    elif number and _REFERS_BACK.match(text):
        before = guidance.sentences[number - 1]
        said = _line(read[before.start : before.end])
        near = "\n" not in read[before.end : one.start]
        if before.passage == one.passage and _STATED.search(said) and near:
            places.append((before.passage, before.start, before.end))
            opening = said
            names += f" {opening}"
    text, opening = _NUMBER.sub("", text), _NUMBER.sub("", opening)
    told = tell_whether(question, text, lead=lead, names=names)
    share = share_spoken_of(question, f"{lead} {text} {names}")
    return Statement(tuple(places), f"{opening} {text}".strip(), told, share)


def tells(
    question: str, passages: Sequence[Passage], guidance: Guidance, quoted: Sequence[Place]
) -> bool:
    """Whether one of the quotes says yes or no, so that no other is needed."""
    found = statements(question, passages, guidance, quoted=quoted)
    return any(
        one.told.verdict and any(overlaps(one.places[0], place) for place in quoted)
        for one in found
    )


def answer_whether(
    question: str,
    answer: Answer,
    guidance: Guidance,
    *,
    called: Sequence[str] = (),
    kin: Kin = NO_KIN,
) -> Answer | None:
    """Put what the documents say in the place of the model's bare yes or no.

    Parameters
    ----------
    guidance : Guidance
        What the guide says of the question and the answer's passages.
    called : sequence of str
        As for :func:`statements`.
    kin : Kin
        What newer versions say goes before what older ones said, which does not contradict it.

    Returns
    -------
    Answer or None
        With its claims; ``None`` where something else was asked, or nothing is known to answer.
    """
    quoted = [
        (one.passage, one.start - start, one.end - start)
        for one in answer.quotes
        for start in [answer.passages[one.passage].start]
    ]
    found = statements(question, answer.passages, guidance, quoted=quoted, called=called)
    if not answer.answered or not found:
        return None
    telling = [one for one in found if one.told.verdict]
    telling.sort(key=lambda one: kin.is_passed(*one.places[0][:2]))
    against, older = _differing(telling, kin)
    if telling and not against:
        first = telling[0]
        text = f"{_OPENS[str(first.told.verdict), first.told.limited]} {first.text}"
        before = [cited for one in older for cited in _cite(one, answer.passages)[:1]]
        claims = [
            replace(_claim(text, first, answer.passages), contradicted_by=tuple(before)),
        ]
        choice = str(first.told.verdict)
    else:
        of_quotes = [one for one in found if any(overlaps(one.places[0], at) for at in quoted)]
        shown = [telling[0], *against] if telling else _needed(question, of_quotes or found)
        claims = [_claim(one.text, one, answer.passages, against) for one in shown]
        match = _CHOICE.match(answer.answer)
        choice = match[1].lower() if match else ""
    return replace(
        answer,
        answer="\n".join(claim.text for claim in claims),
        claims=tuple(claims),
        choice=choice,
        doubtful=not telling and max(one.share for one in shown) < DOUBT_BELOW,
    )


def _differing(telling: Sequence[Statement], kin: Kin) -> tuple[list[Statement], list[Statement]]:
    """Find who says otherwise than the first, and who of an older version did."""
    if not telling:
        return [], []
    first = telling[0]
    at = first.places[0][0]
    differing = [
        one
        for one in telling
        if one.told.verdict != first.told.verdict
        and not (one.told.limited or first.told.limited)
        and (at, one.places[0][0]) not in kin.apart
    ]
    older = [one for one in differing if kin.is_older(*one.places[0][:2], than=at)]
    return [one for one in differing if one not in older][:1], older[:1]


def _needed(question: str, found: Sequence[Statement]) -> list[Statement]:
    """Take the first sentence, and a second one that holds words of the question which it lacks."""
    for other in found[1:MOST_SHOWN]:
        both = share_spoken_of(question, f"{found[0].text} {other.text}")
        if both > share_spoken_of(question, found[0].text):
            return [found[0], other]
    return list(found[:1])


def _claim(
    text: str, one: Statement, passages: Sequence[Passage], against: Sequence[Statement] = ()
) -> Claim:
    others = [other for other in against if other is not one]
    return Claim(
        text=text,
        supported=True,
        score=1.0,
        citations=_cite(one, passages),
        status="contradicted" if others else "supported",
        contradicted_by=tuple(place for other in others for place in _cite(other, passages)[:1]),
    )


def _cite(one: Statement, passages: Sequence[Passage]) -> tuple[Citation, ...]:
    return tuple(
        cite(passages, passage=passage, start=start, end=end) for passage, start, end in one.places
    )


def _line(text: str) -> str:
    return " ".join(text.split())
