"""The shapes of a read file: page, document, chunk."""

from dataclasses import dataclass
from typing import Literal

PageKind = Literal["page", "slide", "sheet", "chapter", "part"]
"""What one page of the source is called; ``part`` for formats without pages."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of text.

    Attributes
    ----------
    number : int
        1-based number of the page in the file.
    text : str
        The page's text after cleaning. All character spans refer to this text.
    """

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read.

    Attributes
    ----------
    name : str
        What the user calls it: the file's name, or its path below the folder that was added.
    content_hash : str
        SHA-256 of the file's bytes, 64 hexadecimal digits. The document's identity.
    media_type : str
        What the content is, e.g. ``application/pdf``; found from the bytes, not the suffix.
    title : str
        The document's own title, or the file's name without its suffix.
    page_kind : PageKind
        What one page is called in this format.
    pages : tuple of Page
        All pages in order, those without text included (empty ``text``).
    notes : tuple of str
        What the user should know, e.g. "3 of 20 pages hold no text". One sentence each.
    """

    name: str
    content_hash: str
    media_type: str
    title: str
    page_kind: PageKind
    pages: tuple[Page, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of one page, small enough for the embedder. A chunk never crosses a page.

    Attributes
    ----------
    ordinal : int
        0-based position of the chunk in the document.
    page : int
        1-based page number.
    start, end : int
        Half-open character span in the page's text: ``page.text[start:end] == chunk.text``.
    text : str
        The chunk's text, exactly as it stands on the page.
    section : str
        The headings that the chunk stands under, outermost first, joined by " › "; may be empty.
    """

    ordinal: int
    page: int
    start: int
    end: int
    text: str
    section: str
