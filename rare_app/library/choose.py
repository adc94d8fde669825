"""Which of the ranked passages are given: those of several documents that are asked for at once."""

from collections.abc import Collection, Sequence

from rare_app.library.types import Passage


def choose(passages: Sequence[Passage], *, k: int, asked: Collection[int]) -> list[Passage]:
    """Give the first passages, the best one of each document that is asked for among them.

    “How did Apple's sales change?” asks for four quarterly reports, of which one holds the most
    passages that speak of sales.

    Parameters
    ----------
    passages : sequence of Passage
        Best first.
    k : int
        How many are given at most.
    asked : collection of int
        Keys of the documents that the question names alike; more than `k` are as good as none.
    """
    if not 2 <= len(asked) <= k:
        return list(passages[:k])
    best: dict[int, int] = {}
    for at, passage in enumerate(passages):
        if passage.document_id in asked:
            best.setdefault(passage.document_id, at)
    others = [at for at in range(len(passages)) if at not in best.values()]
    return [passages[at] for at in sorted([*best.values(), *others[: k - len(best)]])]
