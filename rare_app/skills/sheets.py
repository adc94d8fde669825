"""The pages that passages stand on, put together where a list runs over the end of one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rare_app.library import Passage
from rare_app.prompt import as_read
from rare_app.reader import opens_with_mark
from rare_app.skills.surroundings import Sheet

PageText = Callable[[int, int], str | None]
"""Gives the text of a document's page by their keys; ``None`` where there is no such page."""


@dataclass(frozen=True, slots=True)
class BoundSheet:
    """A sheet, and where its pages begin in it.

    Attributes
    ----------
    sheet : Sheet
    document_id : int
    pages : tuple of (int, int)
        1-based page numbers, and the offset of each.
    """

    sheet: Sheet
    document_id: int
    pages: tuple[tuple[int, int], ...]


def bind_sheets(passages: Sequence[Passage], page_text: PageText) -> list[BoundSheet]:
    """Read the pages of some passages, each once, with the next one where that opens with an item.

    Parameters
    ----------
    passages : sequence of Passage
        One whose page is not known, such as a given one, is a sheet by itself.
    """
    texts: dict[tuple[int, int], str] = {}

    def read(document: int, page: int) -> str:
        key = (document, page)
        if key not in texts:
            texts[key] = as_read(page_text(document, page) or "") if page > 0 else ""
        return texts[key]

    opening: dict[tuple[int, int], list[int]] = {}
    alone: list[BoundSheet] = []
    for number, one in enumerate(passages):
        own = read(one.document_id, one.page)
        if not own:
            sheet = Sheet(as_read(one.text), ((number, 0),))
            alone.append(BoundSheet(sheet, one.document_id, ()))
            continue
        before = one.page - 1
        first = before if opens_with_mark(own) and read(one.document_id, before) else one.page
        opening.setdefault((one.document_id, first), []).append(number)
    bound = []
    for (document, first), numbers in opening.items():
        text = read(document, first)
        pages: tuple[tuple[int, int], ...] = ((first, 0),)
        if opens_with_mark(following := read(document, first + 1)):
            pages = (*pages, (first + 1, len(text) + 1))
            text = f"{text}\n{following}"
        at = dict(pages)
        places = tuple((i, at[passages[i].page] + passages[i].start) for i in numbers)
        bound.append(BoundSheet(Sheet(text, places), document, pages))
    return [*bound, *alone]
