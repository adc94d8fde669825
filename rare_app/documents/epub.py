"""E-books (EPUB): chapters in the order of the book, with their titles from its contents."""

import posixpath
import zipfile
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from rare_app.documents.container import check_container, parse_xml
from rare_app.documents.detect import Format
from rare_app.documents.draft import Draft, OnPage
from rare_app.documents.errors import (
    CorruptFileError,
    DocumentError,
    EmptyFileError,
    show_name,
)
from rare_app.documents.html import HtmlText, decode_html, read_html_text, read_html_tree
from rare_app.documents.html_found import Found
from rare_app.documents.parts import LONGEST_PART, cut_page, number_pages
from rare_app.documents.types import Block, Page, PageKind
from rare_app.settings import Settings


def read_epub(path: Path, *, name: str, settings: Settings, on_page: OnPage) -> Draft:
    """Read an e-book.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        What the user calls it, for messages.
    settings : Settings
        ``maximum_pages`` is used.
    on_page : callable
        Called once for every page when all is done.

    Returns
    -------
    Draft
        Chapters as pages; parts where a chapter is longer than about 20,000 characters.

    Raises
    ------
    CorruptFileError, EmptyFileError, EncryptedFileError, TooLargeFileError, TooManyPagesError
        The sentence names the file and the way out.
    """
    try:
        check_container(path, name=name)
        with zipfile.ZipFile(path) as container:
            book = _Book(container, name=name)
            found = [book.chapter(member) for member in book.spine]
            pages = tuple(
                _with_title(one.page, book.titles.get(member, ""))
                for one, member in zip(found, book.spine, strict=True)
            )
    except (DocumentError, MemoryError):
        raise
    except Exception as error:
        raise CorruptFileError(
            f"{show_name(name)} is damaged or incomplete: get a complete copy and add that."
        ) from error
    if not any(page.text for page in pages):
        raise EmptyFileError(f"{show_name(name)} holds no text: add a file with text.")
    kind: PageKind = "chapter"
    if any(len(page.text) > LONGEST_PART for page in pages):
        # The number of a part would no longer be that of a chapter.
        kind = "part"
        pages = tuple(part for page in pages if page.text for part in cut_page(page))
    return Draft(
        media_type=Format.EPUB,
        page_kind=kind,
        pages=number_pages(
            pages, kind=kind, name=name, most=settings.maximum_pages, on_page=on_page
        ),
        title=book.title,
        notes=_sum_notes(found),
    )


class _Book:
    """What an e-book's package says of itself.

    Attributes
    ----------
    title : str
    spine : list of str
        Names of the chapters' members in reading order.
    titles : dict of str to str
        Their titles by the table of contents.
    """

    def __init__(self, container: zipfile.ZipFile, *, name: str) -> None:
        self._container = container
        self._name = name
        self._members = frozenset(container.namelist())
        root = parse_xml(container.read("META-INF/container.xml"))
        package = next(str(one.get("full-path")) for one in root.iter("{*}rootfile"))
        self._folder = posixpath.dirname(package)
        tree = parse_xml(container.read(package))
        self.title = str(tree.findtext(".//{http://purl.org/dc/elements/1.1/}title") or "").strip()
        items = {str(one.get("id")): one for one in tree.iter("{*}item")}
        references = [items.get(str(one.get("idref"))) for one in tree.iter("{*}itemref")]
        self.spine = list(
            dict.fromkeys(
                member
                for one in references
                if one is not None and (member := self._member(str(one.get("href", ""))))
            )
        )
        self.titles: dict[str, str] = {}
        for one in items.values():
            if "nav" in str(one.get("properties", "")).split():
                self._read_nav(self._member(str(one.get("href", ""))))
            elif one.get("media-type") == "application/x-dtbncx+xml":
                self._read_ncx(self._member(str(one.get("href", ""))))

    def chapter(self, member: str) -> HtmlText:
        """Read a chapter, as XML if it is well-formed, else as a browser would."""
        data = self._container.read(member)
        try:
            root = parse_xml(data)
        except etree.XMLSyntaxError:
            return read_html_text(decode_html(data, name=self._name), name=self._name)
        if next(root.iter(etree.Entity), None) is not None:
            # Entities such as &nbsp; are defined outside the file; HTML knows them all.
            return read_html_text(decode_html(data, name=self._name), name=self._name)
        for element in root.iter():
            if isinstance(element.tag, str):
                element.tag = element.tag.rpartition("}")[2]
        return read_html_tree(root, name=self._name)

    def _member(self, href: str, *, folder: str | None = None) -> str:
        """Give the member that an address names; empty if the book has none."""
        base = self._folder if folder is None else folder
        target = unquote(href.partition("#")[0])
        name = posixpath.normpath(posixpath.join(base, target))
        return name if target and name in self._members else ""

    def _read_nav(self, member: str) -> None:
        """Read the contents of EPUB 3."""
        tree = parse_xml(self._container.read(member)) if member else None
        for nav in tree.iter("{*}nav") if tree is not None else ():
            if "toc" not in str(nav.get("{http://www.idpf.org/2007/ops}type", "toc")).split():
                continue
            for link in nav.iter("{*}a"):
                self._name_chapter(member, str(link.get("href", "")), "".join(link.itertext()))

    def _read_ncx(self, member: str) -> None:
        """Read the contents of EPUB 2."""
        tree = parse_xml(self._container.read(member)) if member else None
        for point in tree.iter("{*}navPoint") if tree is not None else ():
            content, label = point.find("{*}content"), point.find("{*}navLabel")
            if content is not None and label is not None:
                href = str(content.get("src", ""))
                self._name_chapter(member, href, "".join(label.itertext()))

    def _name_chapter(self, contents: str, href: str, title: str) -> None:
        member = self._member(href, folder=posixpath.dirname(contents))
        title = " ".join(title.split())
        if member and title:
            self.titles.setdefault(member, title)


def _with_title(page: Page, title: str) -> Page:
    """Put the title of the contents above a chapter that does not begin with it."""
    opening = " ".join(page.text[: 2 * len(title) + 200].replace("#", " ").split()).lower()
    if not title or not page.text or title.lower() in opening:
        return page
    before = f"# {title}"
    shift = len(before) + 2
    moved = [replace(one, start=one.start + shift, end=one.end + shift) for one in page.blocks]
    heading = Block("heading", 0, len(before), 1)
    return replace(page, text=f"{before}\n\n{page.text}", blocks=(heading, *moved))


def _sum_notes(found: list[HtmlText]) -> tuple[str, ...]:
    """Add up what was not read in all chapters."""
    total = Found()
    for one in found:
        total.add(one.found)
    return tuple(total.sentences())
