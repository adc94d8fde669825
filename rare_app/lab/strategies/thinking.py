"""Think before searching: what a passage that answers would say is searched for, too."""

from collections.abc import Callable

from rare_app.lab.strategies.types import Search, Strategy
from rare_app.library.types import Passage

Draft = Callable[[str], str]
"""Question to a few sentences that could stand in a passage which answers it."""

WEIGHT = 0.3
"""What the search for the thought is worth against that for the question."""


def think_first(draft: Draft, *, weight: float = WEIGHT) -> Strategy:
    """Make the strategy of a model that drafts (Yan et al. 2025, O1 Embedder; Gao et al. 2023).

    Both searches' scores are added up; a passage that only one of them finds has the least score
    of the other's. What the model makes up is searched for and never shown.

    Parameters
    ----------
    draft : callable
        Empty where the model had nothing to say: then the question is searched for alone.
    weight : float
        In [0, 1].
    """

    def search_with_thought(question: str, k: int, search: Search) -> list[Passage]:
        found = search(question, k)
        thought = draft(question)
        if not thought.strip() or not found:
            return found
        again = search(f"{question} {thought}", k)
        best = {one.chunk_id: one for one in (*again, *found)}
        scores = dict.fromkeys(best, 0.0)
        for ranking, share in ((found, 1 - weight), (again, weight)):
            known = {one.chunk_id: one.score for one in ranking}
            least = min(known.values(), default=0.0)
            for chunk_id in scores:
                scores[chunk_id] += share * known.get(chunk_id, least)
        return [best[one] for one in sorted(best, key=lambda one: (-scores[one], one))][:k]

    return search_with_thought
