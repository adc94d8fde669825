"""Choose the next token from its logits."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class Sampler:
    """Greedy at temperature 0, else sampled from the likeliest tokens (nucleus sampling).

    Parameters
    ----------
    temperature : float
        0 takes the likeliest token.
    seed : int
        Makes sampling repeatable.
    nucleus : float
        Share of the probability that is kept (Holtzman et al. 2020, section 3.1).
    """

    def __init__(self, *, temperature: float, seed: int, nucleus: float = 0.95) -> None:
        self._temperature = temperature
        self._nucleus = nucleus
        self._random = np.random.default_rng(seed)

    def choose(self, logits: NDArray[np.float32]) -> int:
        """Choose a token.

        Parameters
        ----------
        logits : array of float32, shape (vocabulary,)
            A token with ``-inf`` is never chosen.
        """
        if self._temperature <= 0:
            return int(np.argmax(logits))
        scaled = (logits - logits.max()) / self._temperature
        probabilities = np.exp(scaled)
        probabilities /= probabilities.sum()
        order = np.argsort(-probabilities)
        inside = int(np.searchsorted(np.cumsum(probabilities[order]), self._nucleus)) + 1
        kept = order[:inside]
        weights = probabilities[kept] / probabilities[kept].sum()
        return int(self._random.choice(kept, p=weights))


def is_looping(tokens: Sequence[int], *, longest: int = 48, times: int = 3) -> bool:
    """Tell whether the end of the text repeats itself and will go on doing so.

    Parameters
    ----------
    longest : int
        Longest repeated piece that is looked for, in tokens.
    times : int
        How often a piece must stand in a row; pieces under eight tokens must repeat for at least
        24 tokens, so that "1, 1, 1" in a table is no loop.
    """
    for length in range(1, longest + 1):
        need = max(times, -(-24 // length)) * length
        if len(tokens) < need:
            continue
        tail = tokens[-need:]
        if all(tail[i] == tail[i + length] for i in range(need - length)):
            return True
    return False
