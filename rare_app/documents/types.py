"""The shapes of a read file: document, page, block, chunk."""

from dataclasses import dataclass
from typing import Literal

PageKind = Literal["page", "slide", "sheet", "chapter", "part", "message"]
"""What one page of the source is called; ``part`` for formats without pages."""

BlockKind = Literal["heading", "paragraph", "item", "table", "note", "field", "caption", "running"]
"""What a block is: a heading, running text, an item of a list, a table, a note (footnote, comment,
annotation, speaker note), a form field with its label, a caption, a page header or footer."""

DOUBTFUL_BELOW = 0.8
"""Certainty of a recognised word below which its figures may be misread (docs/scans.md)."""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a page in reading order; blocks do not overlap.

    Attributes
    ----------
    kind : BlockKind
    start, end : int
        Half-open character span in the page's text.
    level : int
        Of a heading, 1 for the outermost; of an item, how deep it stands (0 for the outermost).
    head : str
        Of a table: title, unit and column heads, a line each, as they stand above its first row;
        whatever shows a later row shows them too. Empty for a table without heads.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    head: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where some words stand that the file's own text does not tell: recognised words, form fields.

    Attributes
    ----------
    start, end : int
        Half-open character span in the page's text.
    left, top, width, height : float
        The box, as shares (0–1) of the page's width and height from its upper left.
    certainty : float
        How surely they were recognised, in [0, 1]; 1 for what was read, not recognised.
    """

    start: int
    end: int
    left: float
    top: float
    width: float
    height: float
    certainty: float = 1.0


@dataclass(frozen=True, slots=True)
class Page:
    """One page of text.

    Attributes
    ----------
    number : int
        1-based number of the page in the file.
    text : str
        The page's text after cleaning: a view of its blocks, tables as Markdown. All character
        spans refer to this text.
    blocks : tuple of Block
        What the text consists of, in order; empty where the format tells no structure.
    label : str
        The number that is printed on the page or that the file gives it, e.g. ``iv``; empty where
        it is `number`.
    places : tuple of Place
        Boxes of words that a viewer cannot find in the file.
    """

    number: int
    text: str
    blocks: tuple[Block, ...] = ()
    label: str = ""
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that another file holds, e.g. a mail; it becomes a document of its own.

    Attributes
    ----------
    name : str
        What it is called inside the other file; one line without folders.
    data : bytes
        The whole file.
    """

    name: str
    data: bytes


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
    attachments : tuple of Attachment
        The files that it holds, in order.
    """

    name: str
    content_hash: str
    media_type: str
    title: str
    page_kind: PageKind
    pages: tuple[Page, ...]
    notes: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()


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
    head : str
        Where the chunk begins inside a table: the table's title, unit and column heads, and the
        group of rows that goes on, so that no row is read without them.
    """

    ordinal: int
    page: int
    start: int
    end: int
    text: str
    section: str
    head: str = ""

    @property
    def whole(self) -> str:
        """Head and text: what is embedded and searched."""
        return f"{self.head}\n{self.text}" if self.head else self.text
