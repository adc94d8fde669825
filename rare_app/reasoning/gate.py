"""Quote or refuse: the first decision of a completion, taken by a calibrated rule."""

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


@dataclass(frozen=True, slots=True)
class Gate:
    """Quotes where ``log-odds + reader · reader's log-odds + offset > 0``, all in nats.

    Without a reader the model's own log-odds decide alone.
    """

    reader: float
    offset: float

    def quotes(self, *, log_odds: float, reader_log_odds: float | None) -> bool:
        """Whether the completion is to open with a quote; otherwise it is a refusal."""
        if reader_log_odds is None:
            return log_odds > 0
        return log_odds + self.reader * reader_log_odds + self.offset > 0
