"""Neighbouring chunks of a page as one passage, where both were found."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from rare_app.library.types import Passage

PageText = Callable[[int, int], str | None]
"""Document and page number to the page's text."""


def join_neighbours(passages: Sequence[Passage], *, page_text: PageText) -> list[Passage]:
    """Join passages of one page that touch or overlap.

    The joined passage takes the place, the key and the score of its best part. Its text is that of
    no chunk, so the explicit memory does not know it: joining is for models that read their
    passages anew (docs/retrieval.md).

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
        start, end = passage.start, passage.end
        at = next(
            (
                i
                for i, one in enumerate(joined)
                if page is not None
                and (one.document_id, one.page) == (passage.document_id, passage.page)
                and _touch(page, one, start=start, end=end)
            ),
            None,
        )
        if at is None or page is None:
            joined.append(passage)
            continue
        one = joined[at]
        start, end = min(one.start, start), max(one.end, end)
        joined[at] = replace(one, start=start, end=end, text=page[start:end])
    return joined


def _touch(page: str, one: Passage, *, start: int, end: int) -> bool:
    """Say whether nothing but white space lies between a passage and a span of its page."""
    low, high = min(one.end, end), max(one.start, start)
    return high <= low or not page[low:high].strip()
