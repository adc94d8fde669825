"""How sure a figure is: bootstrap intervals over cases."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
SHARE = 0.95

Rows = NDArray[np.float64]
Statistic = Callable[[Rows], float]


def interval(
    rows: Sequence[float] | Sequence[Sequence[float]] | Rows,
    statistic: Statistic = lambda rows: float(np.mean(rows)),
    *,
    resamples: int = RESAMPLES,
    share: float = SHARE,
    seed: int = 0,
) -> tuple[float, float] | None:
    """Give the percentile bootstrap interval of a figure (Efron 1979).

    Parameters
    ----------
    rows : array, shape (cases,) or (cases, columns)
        What the figure is made of, a row for each case.
    statistic : callable
        Maps resampled rows to the figure; default their mean.
    resamples : int
        How often the cases are drawn anew, with replacement.
    share : float
        Share of the resampled figures that lie inside.
    seed : int
        Makes it repeatable.

    Returns
    -------
    tuple of float or None
        Low and high end, to four digits; ``None`` without cases.
    """
    values = np.asarray(rows, dtype=np.float64)
    if not len(values):
        return None
    random = np.random.default_rng(seed)
    found = [
        statistic(values[random.integers(0, len(values), len(values))]) for _ in range(resamples)
    ]
    low, high = np.nanquantile(found, [(1 - share) / 2, (1 + share) / 2])
    return round(float(low), 4), round(float(high), 4)


def ratio(rows: Rows) -> float:
    """Divide the sum of the first column by the sum of the second."""
    whole = rows[:, 1].sum()
    return float(rows[:, 0].sum() / whole) if whole else float("nan")


def macro_f1(rows: Rows) -> float:
    """Mean F1 over the classes that are expected.

    Parameters
    ----------
    rows : array, shape (cases, 2)
        Expected and given class as numbers; -1 for no choice given.
    """
    expected, given = rows[:, 0], rows[:, 1]
    scores = []
    for label in np.unique(expected):
        hits = np.sum((expected == label) & (given == label))
        scores.append(2 * hits / (np.sum(expected == label) + np.sum(given == label)))
    return float(np.mean(scores))
