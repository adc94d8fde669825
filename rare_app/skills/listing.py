"""Answers that are a list of the documents, as a whole and as it stands there."""

from collections.abc import Callable, Sequence

import numpy as np

from rare_app.library import Library, Passage
from rare_app.model import QuotedSpan
from rare_app.prompt import ANSWER_CLOSE, ANSWER_START, QUOTE_CLOSE, QUOTE_OPEN, as_read
from rare_app.proof import cite
from rare_app.reader import Guidance
from rare_app.skills.asked_list import AskedList, overlaps
from rare_app.skills.sheets import BoundSheet
from rare_app.types import Answer, Citation, Claim

MOST_ADDED = 3
"""Passages that are added for a list which was cut between chunks."""


def rest_of_list(asked: AskedList, quoted: Sequence[QuotedSpan]) -> tuple[QuotedSpan, ...]:
    """Give what of a list is not quoted yet, in its order."""
    known = [(one.text, one.start, one.end) for one in quoted]
    return tuple(
        QuotedSpan(text=place[0], start=place[1], end=place[2])
        for place in asked.places
        if not any(overlaps(place, other) for other in known)
    )


def list_completion(
    asked: AskedList, rest: Sequence[QuotedSpan], passages: Sequence[Passage]
) -> str:
    """Write the end of a completion whose reasoning has begun to quote a list.

    The quotes that are left, a line each, and the answer: what introduces the list, then its items
    with their numbers, or with dashes.
    """
    texts = (as_read(passages[one.text].text)[one.start : one.end] for one in rest)
    quotes = "".join(f"\n{QUOTE_OPEN}{text}{QUOTE_CLOSE}" for text in texts)
    return f"{quotes}{ANSWER_START}{_written(asked, passages)}{ANSWER_CLOSE}"


def list_in(answer: Answer, lists: Sequence[AskedList]) -> AskedList | None:
    """Find the list that an answer is among those that may be asked for, if it is one."""
    if not answer.answered:
        return None
    return next((one for one in lists if answer.answer == _written(one, answer.passages)), None)


def prove_list(
    asked: AskedList, answer: Answer, lists: Sequence[AskedList], prove: Callable[[str], Claim]
) -> tuple[Claim, ...]:
    """Say what an answer that is a list claims: what introduces it, and each item.

    They are the documents' own words, so each rests on its place. Another passage says otherwise
    only where it is of another list that is asked for, such as an older version's.

    Parameters
    ----------
    lists : sequence of AskedList
        All that may be asked for.
    prove : callable
        Finds what a claim rests on and what speaks against it.
    """
    others = [
        place
        for one in lists
        if one.is_sure and not set(one.places) & set(asked.places)
        for place in one.places
    ]
    return tuple(_claim(place, others, answer.passages, prove) for place in asked.places)


def _claim(
    place: tuple[int, int, int],
    others: Sequence[tuple[int, int, int]],
    passages: Sequence[Passage],
    prove: Callable[[str], Claim],
) -> Claim:
    passage, start, end = place
    text = " ".join(as_read(passages[passage].text)[start:end].split())
    against = tuple(
        one
        for one in (prove(text).contradicted_by if others else ())
        if any(overlaps(_place_of(one, passages), other) for other in others)
    )
    return Claim(
        text=text,
        supported=True,
        score=1.0,
        citations=(cite(passages, passage=passage, start=start, end=end),),
        status="contradicted" if against else "supported",
        contradicted_by=against,
    )


def _place_of(one: Citation, passages: Sequence[Passage]) -> tuple[int, int, int]:
    start = passages[one.passage].start
    return (one.passage, one.start - start, one.end - start)


def share_of_list(asked: AskedList, guidance: Guidance) -> float:
    """Give the probability, in [0, 1], that a list's sentences answer, among all sentences."""
    likely = np.exp(guidance.scores.astype(np.float64) - guidance.scores.max())
    own = [
        any(overlaps((one.passage, one.start, one.end), place) for place in asked.places)
        for one in guidance.sentences
    ]
    return float(likely[own].sum() / likely.sum())


def complete_list(
    lists: Sequence[AskedList],
    passages: Sequence[Passage],
    library: Library,
    sheets: Sequence[BoundSheet],
) -> tuple[Passage, ...]:
    """Add the passages that hold the rest of the list that is asked for.

    Parameters
    ----------
    lists : sequence of AskedList
        Those that are asked for, the likest first; the first one counts.
    sheets : sequence of BoundSheet
        The passages' pages.

    Returns
    -------
    tuple of Passage
        With at most :data:`MOST_ADDED` more behind.
    """
    if not lists or not lists[0].asked or not lists[0].missing:
        return tuple(passages)
    sheet = sheets[lists[0].sheet]
    document = library.document(sheet.document_id)
    at, known = dict(sheet.pages), {one.chunk_id for one in passages}
    added = [
        chunk
        for chunk in (library.chunks_of(document) if document else ())
        if chunk.page in at
        and chunk.chunk_id not in known
        and any(
            at[chunk.page] + chunk.start < end and start < at[chunk.page] + chunk.end
            for start, end in lists[0].missing
        )
    ]
    return (*passages, *added[:MOST_ADDED])


def _written(asked: AskedList, passages: Sequence[Passage]) -> str:
    return asked.written([as_read(one.text) for one in passages])
