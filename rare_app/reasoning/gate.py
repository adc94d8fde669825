"""Quote or refuse: the first decision of a completion, taken by a calibrated rule."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rare_app.model import LanguageModel
from rare_app.reasoning.prompt import QUOTE_OPEN, REFUSAL_THOUGHTS
from rare_app.reasoning.types import Decision
from rare_app.settings import Settings


def quote_log_odds(model: LanguageModel, logits: NDArray[np.float32]) -> float:
    """Tell how much likelier the completion opens with a quote than with a refusal, in nats.

    Parameters
    ----------
    logits : array of float32, shape (vocabulary,)
        At the completion's first token.

    Returns
    -------
    float
        Infinite for a vocabulary in which both begin with the same token.
    """
    quote = model.tokenise(QUOTE_OPEN)[0]
    refusals = sorted({model.tokenise(text)[0] for text in REFUSAL_THOUGHTS} - {quote})
    if not refusals:
        return float("inf")
    return float(logits[quote] - np.logaddexp.reduce(logits[refusals].astype(np.float64)))


USUAL_EXPECTED = 0.59
"""Expected recall of the likeliest answer where the passages answer: the median on data."""
_LEAST_EXPECTED = 0.01
"""Added to an expected recall, so that one of 0 is finite in nats."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Quotes where model and reader together find a quote likelier than a refusal.

    That is where ``log-odds + reader · reader's log-odds + expected · log(expected recall / usual
    recall) + offset > 0``, all in nats. Without a reader the model's own log-odds decide alone.
    """

    reader: float
    expected: float
    offset: float

    @classmethod
    def of(cls, settings: Settings) -> "Gate":
        """Make the gate that the settings describe."""
        return cls(settings.gate_reader, settings.gate_expected, settings.gate_offset)

    def quotes(self, signs: Decision) -> bool:
        """Whether the completion is to open with a quote; otherwise it is a refusal."""
        if signs.reader_log_odds is None:
            return signs.log_odds > 0
        return self.total(signs) > 0

    def total(self, signs: Decision) -> float:
        """Add up what speaks for a quote, in nats; what is ``None`` adds nothing."""
        usual = math.log(USUAL_EXPECTED + _LEAST_EXPECTED)
        sure = 0.0 if signs.expected is None else math.log(signs.expected + _LEAST_EXPECTED) - usual
        return (
            signs.log_odds
            + self.reader * (signs.reader_log_odds or 0.0)
            + self.expected * sure
            + self.offset
        )
