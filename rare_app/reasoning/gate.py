"""Quote or refuse: the first decision of a completion, taken by a calibrated rule."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rare_app.model import LanguageModel
from rare_app.reasoning.prompt import QUOTE_OPEN, REFUSAL_THOUGHTS


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


USUAL_SHARE = 0.72
"""Share that the likeliest spans have in all where the passages answer: the median on data."""
_LEAST_SHARE = 0.01
"""Added to a share, so that one of 0 is finite in nats."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Quotes where model and reader together find a quote likelier than a refusal.

    That is where ``log-odds + reader · reader's log-odds + spans · log(share / usual share) +
    offset > 0``, all in nats; the share is what the likeliest spans hold of all that could be the
    answer. Without a reader the model's own log-odds decide alone.
    """

    reader: float
    spans: float
    offset: float

    def quotes(
        self, *, log_odds: float, reader_log_odds: float | None, span_share: float | None
    ) -> bool:
        """Whether the completion is to open with a quote; otherwise it is a refusal."""
        if reader_log_odds is None:
            return log_odds > 0
        return self.total(log_odds, reader_log_odds, span_share) > 0

    def total(self, log_odds: float, reader_log_odds: float, span_share: float | None) -> float:
        """Add up what speaks for a quote, in nats; a share of ``None`` adds nothing."""
        usual = math.log(USUAL_SHARE + _LEAST_SHARE)
        sure = 0.0 if span_share is None else math.log(span_share + _LEAST_SHARE) - usual
        return log_odds + self.reader * reader_log_odds + self.spans * sure + self.offset
