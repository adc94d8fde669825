"""How likely an answer is right, by what is known once it is written.

Several things tell, each what the others do not: how much of what the reader expects is in the
answer, and how far the passages carry it (little where the wrong words were taken), and how model
and reader saw the first decision, to answer or to refuse (little where the passages hold no answer
at all). They are joined by a logistic regression, whose weights ``python -m benchmarks.confidence``
fits and the model's profile holds (docs/proof.md).
"""

import math
from collections.abc import Mapping

from rare_app.model import ConfidenceNumbers
from rare_app.proof.calibration import logistic
from rare_app.types import Decision

SIGNS = ("expected", "model", "reader", "carried")
"""What an answer's confidence may go by."""
_SOFT = 1e-3
"""Keeps a logit finite."""


def logit(share: float) -> float:
    """Log-odds of a share in [0, 1], in nats, finite at 0 and 1, too."""
    return math.log((share + _SOFT) / (1 - share + _SOFT))


def signs_of(
    expected: float | None, decision: Decision | None, *, carried: float | None = None
) -> dict[str, float]:
    """Name what is known of an answer, in nats each; what is not known is left out.

    Parameters
    ----------
    expected : float or None
        Expected recall of its words, in [0, 1].
    decision : Decision or None
        What the rule between answering and refusing went by.
    carried : float or None
        The proof's score of the sentence that answers, in [0, 1].
    """
    signs = {} if expected is None else {"expected": logit(expected)}
    reader = decision.reader_log_odds if decision else None
    if decision and reader is not None and math.isfinite(decision.log_odds):
        signs |= {"model": decision.log_odds, "reader": reader}
    if carried is not None:
        signs["carried"] = logit(carried)
    return signs


def confidence(signs: Mapping[str, float], numbers: ConfidenceNumbers) -> float | None:
    """Give the probability that an answer is right.

    Parameters
    ----------
    signs : mapping of str to float
        See :func:`signs_of`.
    numbers : ConfidenceNumbers
        The model's own, from its profile.

    Returns
    -------
    float or None
        In (0, 1); ``None`` where a sign that counts is not known.
    """
    if "expected" not in signs:
        return None
    weights = {name: getattr(numbers, name) for name in SIGNS}
    if "reader" not in signs:
        return logistic(numbers.bias_alone + numbers.expected_alone * signs["expected"])
    if any(weight and name not in signs for name, weight in weights.items()):
        return None
    return logistic(numbers.bias + sum(weights[name] * value for name, value in signs.items()))
