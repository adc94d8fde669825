"""Which of the ranked passages are shown, and in what order; docs/retrieval.md says what it did."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from rare_app.library.types import Passage

CLOSE = 0.15
"""How much less than the best passage another document's best may score to be let in first."""

PageText = Callable[[int, int], str | None]
"""Document and page number to the page's text."""


def limit_document(
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


def join_neighbours(passages: Sequence[Passage], *, page_text: PageText) -> list[Passage]:
    """Join passages of one page that touch or overlap.

    The joined passage takes the place, the key and the score of its best part. Its text is that of
    no chunk: the explicit memory reads it when it is first shown.

    Parameters
    ----------
    passages : sequence of Passage
        Best first.
    page_text : callable
        Gives a page's text; where it is gone, its passages stay as they are.
    """
    joined: list[Passage] = []
    for passage in passages:
        page = page_text(passage.document_id, passage.page)
        place = (passage.document_id, passage.page)
        own = passage
        while page is not None:
            at = next(
                (
                    i
                    for i, one in enumerate(joined)
                    if (one.document_id, one.page) == place and _touch(page, one, own)
                ),
                None,
            )
            if at is None:
                break
            # What is now one may touch the next: a passage that fills a gap joins both sides.
            one = joined.pop(at)
            start, end = min(one.start, own.start), max(one.end, own.end)
            best = max(one, own, key=lambda part: part.score)
            own = replace(best, start=start, end=end, text=page[start:end])
        joined.append(own)
    return sorted(joined, key=lambda one: -one.score)


def best_last(passages: Sequence[Passage]) -> list[Passage]:
    """Put the best next to the question."""
    return list(reversed(passages))


def best_at_the_ends(passages: Sequence[Passage]) -> list[Passage]:
    """Put the best first, the second last, and so on inwards (Jin et al. 2024, section 4)."""
    return [*passages[::2], *reversed(passages[1::2])]


def as_read(passages: Sequence[Passage]) -> list[Passage]:
    """Put each document's passages in the order of its pages; the best's document comes first."""
    ranks: dict[int, int] = {}
    for passage in passages:
        ranks.setdefault(passage.document_id, len(ranks))
    return sorted(passages, key=lambda one: (ranks[one.document_id], one.page, one.start))


def _touch(page: str, one: Passage, other: Passage) -> bool:
    """Say whether nothing but white space lies between two spans of a page."""
    low, high = min(one.end, other.end), max(one.start, other.start)
    return high <= low or not page[low:high].strip()
