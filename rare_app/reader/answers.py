"""The likeliest answers inside some sentences, as the reader sees them."""

import heapq
import math
from collections.abc import Sequence

from rare_app.reader.reader import Word

LONGEST = 60
"""Most word pieces of an answer: a sentence may be what was asked for."""
COUNT = 80
"""Answers that are looked at; those behind hold next to nothing."""

Place = tuple[int, int, int]
LikelyAnswer = tuple[int, int, int, float]
"""Passage, start, end (characters) and share (0–1)."""


def likely_answers(
    words: Sequence[Word],
    *,
    texts: Sequence[str],
    within: Sequence[Place],
    least: float = 0.0,
) -> list[LikelyAnswer]:
    """List the likeliest answers, made of whole words.

    Parameters
    ----------
    words : sequence of Word
        In their order.
    texts : sequence of str
        The passages.
    within : sequence of (passage, start, end)
        Where to look, in characters.
    least : float
        Share below which an answer is left out.

    Returns
    -------
    list of (passage, start, end, share)
        Likeliest first. The share is the probability of the first piece
        times that of the last one (0–1, over all pieces of all passages).
    """
    found: list[tuple[float, int, int, int]] = []
    lowest = math.log(least) if least else -math.inf
    for passage, start, end in within:
        own = [one for one in words if one.passage == passage and start <= one.start < end]
        if not own or _most(own) < lowest:
            continue
        text = texts[passage]
        for number, first in enumerate(own):
            if not _starts_word(text, first.start):
                continue
            for last in own[number : number + LONGEST]:
                likely = first.opens + last.closes >= lowest
                if likely and last.end <= end and _ends_word(text, last.end):
                    found.append((first.opens + last.closes, passage, first.start, last.end))
    best = heapq.nlargest(COUNT, set(found))
    return [(passage, start, end, math.exp(value)) for value, passage, start, end in best]


def _most(words: Sequence[Word]) -> float:
    """Bound the log-share of any span of some words, in nats."""
    return max(one.opens for one in words) + max(one.closes for one in words)


def _starts_word(text: str, at: int) -> bool:
    return at == 0 or not (text[at - 1].isalnum() and text[at].isalnum())


def _ends_word(text: str, at: int) -> bool:
    return at >= len(text) or not (text[at - 1].isalnum() and text[at].isalnum())
