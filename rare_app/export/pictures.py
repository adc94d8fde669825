"""Pictures of cited pages, with the cited words marked, for exports."""

import io
from collections.abc import Iterable, Sequence

from PIL import Image, ImageDraw

from rare_app.documents import DRAWN, Page
from rare_app.export.types import Picture
from rare_app.library import Library, StoredDocument
from rare_app.pages import Box, PageViewer, find_again

_WIDEST = 1100
"""Pixels of a picture's width: 130 to the inch on A4, enough to read."""
_FILL, _EDGE = (255, 213, 74, 110), (217, 154, 0, 255)

Span = tuple[int, int, str]
"""Start and end in the page's text, and the words that are to stand there."""


class PagePictures:
    """Draws the pages that answers cite. Each page is drawn once.

    Parameters
    ----------
    library : Library
        Holds the documents and their files.
    pages : PageViewer
        Draws a page and finds words on it.
    """

    def __init__(self, *, library: Library, pages: PageViewer) -> None:
        self._library = library
        self._pages = pages

    def kind(self, name: str, *, collection: str | None) -> str:
        """Tell what a page of a document is called; "page" for one that is gone."""
        found = self._find(name, collection)
        return found[0].page_kind if found else "page"

    def draw(
        self, name: str, *, page: int, spans: Sequence[Span], collection: str | None
    ) -> Picture | None:
        """Draw a page and mark words on it.

        Parameters
        ----------
        name : str
            The document's name.
        page : int
            1-based page number.
        spans : sequence of Span
            Of the page's text; words that no longer stand there are not marked.

        Returns
        -------
        Picture or None
            ``None`` for a format without pages, for a document that is gone or was replaced by
            another one, and for a page that cannot be drawn.
        """
        for document in self._find(name, collection):
            read = self._library.page(document.document_id, page)
            path = self._library.original(document)
            if document.media_type not in DRAWN or read is None or path is None:
                continue
            views = [
                self._pages.view(path, page=read, start=start, end=end)
                for start, end in _places(read, spans)
            ]
            drawn = [view for view in views if view is not None]
            if drawn:
                boxes = [box for view in drawn for box in view.boxes]
                said = "the cited words marked" if boxes else "the cited words are not marked"
                label = f"{document.page_kind.capitalize()} {page} of {name}, {said}"
                return mark_page(drawn[0].png, boxes, alt=label)
        return None

    def _find(self, name: str, collection: str | None) -> list[StoredDocument]:
        return [one for one in self._library.documents(collection=collection) if one.name == name]


def _places(page: Page, spans: Iterable[Span]) -> list[tuple[int, int]]:
    """Find words where they stand on a page now: it may have been read anew since."""
    texts = {page.number: page.text}
    found = (
        find_again(words, page=page.number, start=start, pages=page.number, page_text=texts.get)
        for start, _, words in spans
    )
    return [(start, end) for _, start, end in filter(None, found)]


def mark_page(png: bytes, boxes: Iterable[Box], *, alt: str) -> Picture:
    """Draw boxes over a page's picture, as a marker pen would, and bring it to its size."""
    page = Image.open(io.BytesIO(png)).convert("RGB")
    if page.width > _WIDEST:
        height = max(1, round(page.height * _WIDEST / page.width))
        page = page.resize((_WIDEST, height), Image.Resampling.LANCZOS)
    draw = ImageDraw.Draw(page, "RGBA")
    for box in boxes:
        left, top = box.left * page.width, box.top * page.height
        right, bottom = left + box.width * page.width, top + box.height * page.height
        draw.rectangle((left - 2, top - 2, right + 2, bottom + 2), fill=_FILL, outline=_EDGE)
    stream = io.BytesIO()
    page.save(stream, format="PNG", optimize=True)
    return Picture(png=stream.getvalue(), width=page.width, height=page.height, alt=alt)
