"""The first passages read again with the question: what a sentence says counts, not likeness."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from rare_app.library.types import Passage

Judge = Callable[[str, Sequence[str]], Sequence[float]]
"""Question and texts to one figure a text, in nats: how likely it is that the text answers."""

READER_WEIGHT = 0.12
"""What a nat of the reader is worth, in units of cosine similarity (docs/retrieval.md)."""
LEAST_NATS = -10.0
"""Below this nothing gets worse: a passage that surely does not answer is one as any other."""


def rerank(
    question: str, passages: Sequence[Passage], *, first: int, judge: Judge
) -> list[Passage]:
    """Order the first passages anew by score plus :data:`READER_WEIGHT` times the judge's nats.

    The places are handed out anew, the scores are not: the passage that comes first has the best
    score of all, and so on, so that what the score says of the question (whether the documents
    speak of it at all) stays as it was.

    Parameters
    ----------
    passages : sequence of Passage
        Best first.
    first : int
        How many are read again; those behind keep their places.
    """
    head = list(passages[:first])
    if len(head) < 2:
        return list(passages)
    nats = np.asarray(judge(question, [one.text for one in head]), dtype=np.float64)
    scores = np.array([one.score for one in head])
    order = np.argsort(-(scores + READER_WEIGHT * np.maximum(nats, LEAST_NATS)), kind="stable")
    chosen = [
        replace(head[int(at)], score=place.score) for at, place in zip(order, head, strict=True)
    ]
    return [*chosen, *passages[first:]]
