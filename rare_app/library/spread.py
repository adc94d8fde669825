"""A limit on the passages that one document takes, where several have something to say."""

from collections import Counter
from collections.abc import Sequence

from rare_app.library.types import Passage

CLOSE = 0.15
"""How much less than the best passage another document's best may score to be let in first."""


def spread_out(
    passages: Sequence[Passage], *, k: int, most: int, close: float = CLOSE
) -> list[Passage]:
    """Take the first `k` passages, at most `most` of one document while others come close.

    Passages over the limit wait behind those of other documents that score within `close` of the
    best; where no other document comes close, nothing changes.

    Parameters
    ----------
    passages : sequence of Passage
        Best first.
    """
    if not passages:
        return []
    bar = passages[0].score - close
    taken: Counter[int] = Counter()
    first: list[Passage] = []
    waiting: list[Passage] = []
    for passage in passages:
        taken[passage.document_id] += 1
        over = taken[passage.document_id] > most
        (waiting if over or passage.score < bar else first).append(passage)
    rest = sorted(waiting, key=lambda one: -one.score)
    return sorted([*first, *rest][:k], key=lambda one: -one.score)
