"""What a format's reader hands back before it becomes a document."""

from collections.abc import Callable
from dataclasses import dataclass

from rare_app.documents.types import PageKind

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
    pages : tuple of str
        Clean text of every page in order; a page without text is empty.
    title : str
        The title that the file states, as it stands there; may be empty or nonsense.
    notes : tuple of str
        One sentence each.
    """

    media_type: str
    page_kind: PageKind
    pages: tuple[str, ...]
    title: str = ""
    notes: tuple[str, ...] = ()


def ignore_page(done: int, total: int) -> None:
    """Stand in for a progress callback where the caller gave none."""
