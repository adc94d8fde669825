"""What a format's reader hands back before it becomes a document."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rare_app.documents.types import Attachment, Page, PageKind

OnPage = Callable[[int, int], None]
"""Called with the pages done and the pages in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The text of a file, page by page, without the file's identity.

    Attributes
    ----------
    media_type : str
        What the content is.
    page_kind : PageKind
        What one page is called.
    pages : tuple of Page
        Every page in order; a page without text is empty.
    title : str
        The title that the file states, as it stands there; may be empty or nonsense.
    notes : tuple of str
        One sentence each.
    attachments : tuple of Attachment
        The files that it holds, in order.
    """

    media_type: str
    page_kind: PageKind
    pages: tuple[Page, ...]
    title: str = ""
    notes: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()


def plain_pages(texts: Iterable[str]) -> tuple[Page, ...]:
    """Make pages of texts, numbered from 1, where nothing else is known of them."""
    return tuple(Page(number=number, text=text) for number, text in enumerate(texts, start=1))


def ignore_page(done: int, total: int) -> None:
    """Stand in for a progress callback where the caller gave none."""
