"""What is said of the sentences of some passages, as evidence for a question."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rare_app.reader.headings import is_heading
from rare_app.reader.reader import Sentence, Word

HEADING_NATS = 5.0
"""Nats that a heading's score is lowered by: no data set has any, pages are full of them."""


@dataclass(frozen=True, slots=True)
class Guidance:
    """What is said of the sentences of some passages.

    Attributes
    ----------
    sentences : tuple of Sentence
        All sentences, in order.
    scores : array of float32, shape (sentences,)
        Nats; what counts is by how much they differ.
    words : tuple of Word
        How well an answer could start or end at each word piece; empty without a reader.
    answers_log_odds : float or None
        How much likelier it is that the best sentence answers than that none does, in nats, with
        the reader's own shift; ``None`` where there is no reader to tell. (The log-sum of all grows
        with the number of sentences shown.) Likeness to the question tells which sentence it is,
        and not whether any answers: it is left out, and shared words speak against it, as do
        opposites.
    """

    sentences: tuple[Sentence, ...]
    scores: NDArray[np.float32]
    answers_log_odds: float | None = None
    words: tuple[Word, ...] = ()


def mark_headings(texts: Sequence[str], sentences: Sequence[Sentence]) -> NDArray[np.float32]:
    """Mark the headings among the sentences of some passages, 1 or 0."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for one in sentences:
        spans.setdefault(one.passage, []).append((one.start, one.end))
    marks = [
        is_heading(texts[passage], own, number)
        for passage, own in spans.items()
        for number in range(len(own))
    ]
    return np.array(marks, dtype=np.float32)
