"""Pseudo-relevance feedback: the first passages' own words are asked for too."""

import math

from rare_app.lab.strategies.types import Search
from rare_app.library.query import words_of
from rare_app.library.types import Passage

FIRST = 4
"""Passages that are taken to be relevant."""
BACKGROUND = 30
"""Passages that a word is compared with: one that stands in all of them tells nothing."""
WORDS = 6
"""Words that are added."""
WEIGHT = 0.5
"""What the second search counts for, against the first."""


def expand_by_feedback(question: str, k: int, search: Search) -> list[Passage]:
    """Search, add the words that mark the first passages, and search again.

    A word's weight is how often the first passages hold it times how rare it is among those found
    (after Rocchio 1971; RM3 weighs alike). Both searches' scores are added up.
    """
    found = search(question, max(k, BACKGROUND))
    background = [set(words_of(one.text)) for one in found]
    known = set(words_of(question))
    weights: dict[str, float] = {}
    for words in background[:FIRST]:
        for word in words - known:
            holding = sum(word in other for other in background)
            rarity = math.log((len(background) + 1) / holding)
            weights[word] = weights.get(word, 0.0) + rarity
    added = [word for word, _ in sorted(weights.items(), key=lambda one: (-one[1], one[0]))[:WORDS]]
    if not added:
        return found[:k]
    again = {
        one.chunk_id: one for one in search(f"{question} {' '.join(added)}", max(k, BACKGROUND))
    }
    scores = {one.chunk_id: one.score for one in found}
    everything = {**again, **{one.chunk_id: one for one in found}}
    least = min((one.score for one in found), default=0.0)

    def score(chunk_id: int) -> float:
        second = again[chunk_id].score if chunk_id in again else 0.0
        return scores.get(chunk_id, least) + WEIGHT * second

    return [everything[one] for one in sorted(everything, key=lambda one: (-score(one), one))][:k]
