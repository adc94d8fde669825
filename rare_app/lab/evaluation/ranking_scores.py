"""How good a ranking is: nDCG, recall and reciprocal rank of one question."""

import math
from collections.abc import Collection, Sequence


def discounted_gain(ranked: Sequence[int], relevant: Collection[int], *, k: int) -> float:
    """Give nDCG at `k` with relevance 0 or 1 (Järvelin and Kekäläinen 2002).

    Parameters
    ----------
    ranked : sequence of int
        Passages, best first.
    relevant : collection of int
        The passages that should be found.

    Returns
    -------
    float
        In [0, 1]; 0 where nothing is relevant.
    """
    gain = sum(1 / math.log2(at + 2) for at, one in enumerate(ranked[:k]) if one in relevant)
    most = sum(1 / math.log2(at + 2) for at in range(min(k, len(relevant))))
    return gain / most if most else 0.0


def recall_at(ranked: Sequence[int], relevant: Collection[int], *, k: int) -> float:
    """Give the share of the relevant passages among the first `k`; 0 where nothing is relevant."""
    return len(set(ranked[:k]) & set(relevant)) / len(relevant) if relevant else 0.0


def found_at(ranked: Sequence[int], relevant: Collection[int], *, k: int) -> float:
    """Say whether any relevant passage is among the first `k`, 1 or 0."""
    return float(any(one in relevant for one in ranked[:k]))


def reciprocal_rank(ranked: Sequence[int], relevant: Collection[int]) -> float:
    """Give 1 over the rank of the first relevant passage, 0 where none was ranked."""
    for rank, one in enumerate(ranked, start=1):
        if one in relevant:
            return 1 / rank
    return 0.0


COLUMNS = ("nDCG@10", "R@1", "R@5", "R@10", "R@20", "MRR", "found@8")
"""What :func:`score_ranking` gives, in its order."""


def score_ranking(ranked: Sequence[int], relevant: Collection[int]) -> tuple[float, ...]:
    """Score one question's ranking by each of :data:`COLUMNS`."""
    return (
        discounted_gain(ranked, relevant, k=10),
        *(recall_at(ranked, relevant, k=k) for k in (1, 5, 10, 20)),
        reciprocal_rank(ranked, relevant),
        found_at(ranked, relevant, k=8),
    )
