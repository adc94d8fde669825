"""From signs to a probability: logistic regression whose coefficients stand in one small file."""

import functools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("proof.json")
"""Coefficients, thresholds and how they were fitted (``python -m benchmarks.proof --fit``)."""
_NOTHING_SHARED = 0.02
"""Most that a claim can reach of whose words and numbers the passage holds none."""


def logistic(nats: float) -> float:
    """Probability in (0, 1) of log-odds in nats."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, nats))))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the signs, in nats for one unit of each sign, and the thresholds.

    Attributes
    ----------
    sentence, short, short_unread : mapping of str to float
        Weights by sign, and ``offset``: for sentences, for short answers that a reader has looked
        for, and for short answers without one.
    supported_from, weak_from : float
        Probabilities from which a claim is supported, or at least weak.
    """

    sentence: Mapping[str, float]
    short: Mapping[str, float]
    short_unread: Mapping[str, float]
    supported_from: float
    weak_from: float

    def probability(self, signs: Mapping[str, float], *, short: bool, read: bool) -> float:
        """Probability in (0, 1) that a claim with these signs is supported.

        Parameters
        ----------
        short : bool
            Whether it was checked together with its question.
        read : bool
            Whether a reader has looked for it.
        """
        weights = (self.short if read else self.short_unread) if short else self.sentence
        nats = weights["offset"] + sum(
            weight * signs[name] for name, weight in weights.items() if name != "offset"
        )
        chance = logistic(nats)
        if not signs["words_passage"] and not signs["numbers_held"]:
            return min(chance, _NOTHING_SHARED)  # likeness of meaning alone carries nothing
        if short and signs["number_nowhere"]:
            return min(chance, 0.9 * self.weak_from)  # a number that stands nowhere is not weak
        return chance


@functools.lru_cache(maxsize=1)
def shipped() -> Calibration:
    """Give the calibration that comes with the app."""
    return read_calibration(FILE)


def read_calibration(path: Path) -> Calibration:
    """Read a calibration from its file."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return Calibration(
        sentence=data["sentence"],
        short=data["short"],
        short_unread=data["short_unread"],
        supported_from=data["supported_from"],
        weak_from=data["weak_from"],
    )
