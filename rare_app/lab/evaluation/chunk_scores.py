"""How well chunks fit the evidence, token by token: recall, precision, Precision-Omega, IoU."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Span = tuple[int, int, int]
"""Index of a text and a half-open span of its characters."""

CHUNK_COLUMNS = ("recall", "precision", "precision Ω", "IoU")
"""What :func:`score_chunks` gives, in its order."""


class TokenGrid:
    """The tokens of some texts, looked up by spans of characters.

    Spans say where a chunk stands, so text that is repeated elsewhere is never taken for it.

    Parameters
    ----------
    offsets : sequence of array of int64, shape (tokens, 2)
        Half-open character spans of each text's tokens.
    """

    def __init__(self, offsets: Sequence[NDArray[np.int64]]) -> None:
        self._offsets = offsets

    def tokens_of(self, span: Span) -> tuple[int, int]:
        """Range of the tokens that a span holds any character of."""
        text, start, end = span
        offsets = self._offsets[text]
        first = int(np.searchsorted(offsets[:, 1], start, side="right"))
        last = int(np.searchsorted(offsets[:, 0], end, side="left"))
        return first, max(first, last)

    def count(self, span: Span) -> int:
        """How many tokens a span holds."""
        first, last = self.tokens_of(span)
        return last - first

    def covered(self, spans: Sequence[Span]) -> set[tuple[int, int]]:
        """(text, token) of all tokens that any of some spans holds, each once."""
        return {(span[0], token) for span in spans for token in range(*self.tokens_of(span))}


def score_chunks(
    found: Sequence[Span], evidence: Sequence[Span], *, chunks: Sequence[Span], grid: TokenGrid
) -> tuple[float, float, float, float]:
    """Score the chunks that were found for one question (Smith and Troynikov 2024).

    With e the tokens of the evidence, each counted once, and r those of the chunks found, counted
    as often as overlapping chunks hold them: recall is |e ∩ r| / |e|, precision
    |e ∩ r| / |r|, IoU |e ∩ r| / (|e| + |r| - |e ∩ r|). Precision-Omega is the precision
    of all chunks that hold any of the evidence: the best that this way of cutting allows.

    Parameters
    ----------
    found : sequence of Span
        The chunks that were found.
    evidence : sequence of Span
        What answers the question; not empty.
    chunks : sequence of Span
        All chunks.

    Returns
    -------
    recall, precision, precision_omega, iou : float
        In [0, 1].
    """
    wanted = grid.covered(evidence)
    holding = [one for one in chunks if wanted & grid.covered([one])] if wanted else []
    hit = len(wanted & grid.covered(found))
    read = sum(map(grid.count, found))
    best = sum(map(grid.count, holding))
    return (
        hit / len(wanted) if wanted else 0.0,
        hit / read if read else 0.0,
        len(wanted & grid.covered(holding)) / best if best else 0.0,
        hit / (len(wanted) + read - hit) if wanted or read else 0.0,
    )
