"""Web pages (HTML), as they are shown; also the chapters of e-books and the bodies of mails."""

import re
from dataclasses import dataclass
from pathlib import Path

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from rare_app.documents.detect import Format
from rare_app.documents.draft import Draft, OnPage
from rare_app.documents.errors import EmptyFileError, TooLargeFileError, show_name
from rare_app.documents.flow import FlowWriter
from rare_app.documents.html_blocks import BlockReader
from rare_app.documents.html_found import Found
from rare_app.documents.parts import cut_page, number_pages
from rare_app.documents.text import decode
from rare_app.documents.types import Page
from rare_app.settings import Settings

_META_CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]+encoding=[\"']([\w.:-]+)", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


@dataclass(frozen=True, slots=True)
class HtmlText:
    """What a web page shows.

    Attributes
    ----------
    page : Page
        All of it, of any length.
    title : str
        As the page states it; may be empty.
    found : Found
        What else is there.
    cut : bool
        Whether the end is missing, since the page is nested too deep.
    """

    page: Page
    title: str
    found: Found
    cut: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What was not read, a sentence each."""
        too_deep = "The page is nested too deep: what stands behind its deepest part is missing."
        return (*self.found.sentences(), too_deep) if self.cut else tuple(self.found.sentences())


def read_html(path: Path, *, name: str, settings: Settings, on_page: OnPage) -> Draft:
    """Read a web page. Nothing is fetched from anywhere.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        What the user calls it, for messages.
    settings : Settings
        ``maximum_pages`` is used.
    on_page : callable
        Called once for every part when all is done.

    Returns
    -------
    Draft
        Parts of at most about 20,000 characters.

    Raises
    ------
    EmptyFileError, TooLargeFileError, TooManyPagesError, UnsupportedFileError
        The sentence names the file and the way out.
    """
    found = read_html_text(decode_html(path.read_bytes(), name=name), name=name)
    if not found.page.text:
        raise EmptyFileError(f"{show_name(name)} holds no text: add a file with text.")
    pages = number_pages(
        cut_page(found.page), kind="part", name=name, most=settings.maximum_pages, on_page=on_page
    )
    return Draft(
        media_type=Format.HTML, page_kind="part", pages=pages, title=found.title, notes=found.notes
    )


def read_html_text(source: str, *, name: str, marks_quotes: bool = False) -> HtmlText:
    """Read a web page's source.

    Parameters
    ----------
    source : str
    name : str
        What the user calls the file, for messages.
    marks_quotes : bool
        Whether lines of block quotes begin with ``>``, as in mails.

    Raises
    ------
    TooLargeFileError
        It has a table that is too large.
    """
    # lxml refuses a declared encoding in text that is decoded already.
    source = _DECLARATION.sub("", source).replace("\x00", "")
    if not source.strip():
        return HtmlText(FlowWriter().page(), "", Found())
    parser = HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = document_fromstring(source, parser=parser)
    except etree.ParserError:  # nothing but comments
        return HtmlText(FlowWriter().page(), "", Found())
    cut = any("Excessive depth" in one.message for one in parser.error_log)
    return read_html_tree(root, name=name, cut=cut, marks_quotes=marks_quotes)


def read_html_tree(
    root: etree._Element, *, name: str, cut: bool = False, marks_quotes: bool = False
) -> HtmlText:
    """Read a page that is parsed already.

    Parameters
    ----------
    root : element
        ``html`` or another element, without namespace.
    name : str
        What the user calls the file, for messages.
    cut : bool
        Whether the parser gave up before the end.
    marks_quotes : bool
        See :func:`read_html_text`.

    Raises
    ------
    TooLargeFileError
        It has a table that is too large.
    """
    writer = FlowWriter()
    found = Found()
    body = root.find("body")
    try:
        reader = BlockReader(writer, root, found, marks_quotes=marks_quotes)
        reader.read(body if body is not None else root)
    except OverflowError as error:
        raise TooLargeFileError(
            f"{show_name(name)} has {error}, more than can be read: split it into smaller files."
        ) from error
    title = next(root.iter("title"), None)
    stated = " ".join("".join(title.itertext()).split()) if title is not None else ""
    return HtmlText(writer.page(), stated, found, cut)


def decode_html(data: bytes, *, name: str) -> str:
    """Decode a web page by its byte order mark, by what it states, or by its statistics.

    Raises
    ------
    UnsupportedFileError
        The bytes are not text in any known encoding.
    """
    stated = _DECLARED.match(data[:200].lstrip()) or _META_CHARSET.search(data[:4096])
    if stated and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode(stated.group(1).decode("ascii"))
        except (LookupError, ValueError):
            pass
    return decode(data, name=name)
