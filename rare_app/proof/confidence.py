"""How likely an answer is right, by what is known once it is written.

Two things tell, and each tells what the other does not: how much of what the reader expects is in
the answer (low where the wrong words were taken), and how model and reader saw the first decision,
to quote or to refuse (low where the passages hold no answer at all). They are joined by a logistic
regression, whose weights ``python -m benchmarks.confidence`` fits and the model's profile holds
(docs/proof.md).
"""

import math

from rare_app.model import ConfidenceNumbers
from rare_app.proof.calibration import logistic
from rare_app.types import Decision

_SOFT = 1e-3
"""Keeps the logit finite."""


def recall_logit(expected: float) -> float:
    """Log-odds of an expected recall, in nats, finite at 0 and 1, too."""
    return math.log((expected + _SOFT) / (1 - expected + _SOFT))


def confidence(
    expected: float | None, decision: Decision | None, numbers: ConfidenceNumbers
) -> float | None:
    """Give the probability that an answer is right.

    Parameters
    ----------
    expected : float or None
        Expected recall of its words, in [0, 1].
    decision : Decision or None
        What the rule between answering and refusing went by.
    numbers : ConfidenceNumbers
        The model's own, from its profile.

    Returns
    -------
    float or None
        In (0, 1); ``None`` where the reader cannot tell what to expect.
    """
    if expected is None:
        return None
    logit = recall_logit(expected)
    if decision is None or decision.reader_log_odds is None or not math.isfinite(decision.log_odds):
        return logistic(numbers.bias_alone + numbers.expected_alone * logit)
    said = numbers.model * decision.log_odds + numbers.reader * decision.reader_log_odds
    return logistic(numbers.bias + numbers.expected * logit + said)
