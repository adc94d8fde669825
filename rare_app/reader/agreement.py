"""Which of the likeliest answers agrees best with all of them."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from rare_app.reader.answers import LikelyAnswer
from rare_app.words import answer_words

STEEPNESS = 20.0
"""Nats that one unit of expected F1 is worth: 0.05 more of it is e times the share."""


def share_by_agreement(
    answers: Sequence[LikelyAnswer], *, texts: Sequence[str]
) -> list[LikelyAnswer]:
    """Share the answers' probability out anew, by how well each agrees with all.

    Where the answer is a clause, its likeliest edges are spread over many places, and the
    likeliest span is often a fragment. Instead of the likeliest answer the one of the highest
    expected gain counts (minimum Bayes risk: Kumar and Byrne 2004, section 2), and the gain is
    token-F1 (Rajpurkar et al. 2016, section 6.1): of the shares p the expected F1 of an answer a is
    the sum over all answers b of p(b) · F1(a, b), divided by that of p(b). Answers of the same
    words are one, written as the likeliest of them is.

    Parameters
    ----------
    answers : sequence of (passage, start, end, share)
    texts : sequence of str
        The passages.

    Returns
    -------
    list of (passage, start, end, share)
        Best first. The shares add up to what they added up to before.
    """
    alike: dict[tuple[str, ...], list[LikelyAnswer]] = {}
    for one in answers:
        passage, start, end, _ = one
        alike.setdefault(tuple(answer_words(texts[passage][start:end])), []).append(one)
    if not alike:
        return []
    shares = np.array([sum(share for *_, share in own) for own in alike.values()])
    if not shares.any():  # so unlikely that they are no numbers any more
        return [*answers]
    places = [max(own, key=lambda one: one[3])[:3] for own in alike.values()]
    bags = [Counter(words) for words in alike]
    votes = shares / shares.sum()
    gains = np.array([[_f1(one, other) for other in bags] for one in bags]) @ votes
    weights = np.exp(STEEPNESS * (gains - gains.max()))
    weights *= shares.sum() / weights.sum()
    order = np.argsort(-weights, kind="stable").tolist()
    return [(*places[i], float(weights[i])) for i in order]


def _f1(one: Counter[str], other: Counter[str]) -> float:
    common = (one & other).total()
    return 2 * common / (one.total() + other.total()) if common else 0.0
