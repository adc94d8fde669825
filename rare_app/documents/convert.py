"""Word files, e-books and web pages to text, with markitdown's converters."""

import html
import re
import zipfile
from pathlib import Path
from typing import Any

from rare_app.documents.clean import clean_characters
from rare_app.documents.detect import Format
from rare_app.documents.draft import Draft, OnPage, plain_pages
from rare_app.documents.errors import (
    CorruptFileError,
    DocumentError,
    EmptyFileError,
    EncryptedFileError,
    TooLargeFileError,
    TooManyPagesError,
    show_name,
)
from rare_app.documents.parts import LONGEST_PART, cut_into_parts
from rare_app.documents.text import decode
from rare_app.documents.types import PageKind
from rare_app.settings import Settings

_LARGEST_UNPACKED = 1 << 30  # bytes that a container may hold in all
_MOST_MEMBERS = 50_000
_LARGEST_RATIO = 1000  # XML shrinks to a hundredth at best
_SMALLEST_BOMB = 32 << 20

# Links and pictures would only add addresses; words are not escaped, so that quotes stay verbatim.
_MARKDOWN_OPTIONS: dict[str, Any] = {
    "strip": ["a", "img"],
    "escape_asterisks": False,
    "escape_underscores": False,
}
_PICTURE = re.compile(r"!\[[^\]\n]*\]\([^)\n]*\)")
_DATA_ADDRESS = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=]{20,}")
_META_CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?\s*([\w.:-]+)", re.IGNORECASE)


def convert(path: Path, *, name: str, kind: Format, settings: Settings, on_page: OnPage) -> Draft:
    """Read a Word file, an e-book or a web page. Nothing is fetched from anywhere.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        What the user calls it, for messages.
    kind : Format
        ``DOCX``, ``EPUB`` or ``HTML``.
    settings : Settings
        ``maximum_pages`` is used.
    on_page : callable
        Called once for every page.

    Returns
    -------
    Draft
        Chapters as pages; else parts of at most about 20,000 characters.

    Raises
    ------
    EncryptedFileError, CorruptFileError, EmptyFileError, TooLargeFileError, TooManyPagesError
        The sentence names the file and the way out.
    """
    title = ""
    page_kind: PageKind = "part"
    try:
        if kind in (Format.DOCX, Format.EPUB):
            title = _inspect_container(path, name=name)
        if kind == Format.EPUB:
            page_kind = "chapter"
            pages, title = _read_chapters(path)
        elif kind == Format.DOCX:
            pages = [_read_docx(path)]
        else:
            text, title = _read_html(path.read_bytes(), name=name)
            pages = [text]
    except (DocumentError, MemoryError):
        raise
    except Exception as error:
        raise CorruptFileError(
            f"{show_name(name)} is damaged or incomplete: open it in the program it was made with, "
            "save it anew and add that."
        ) from error
    pages = [_clean(page) for page in pages]
    if not any(page for page in pages):
        raise EmptyFileError(f"{show_name(name)} holds no text: add a file with text.")
    if any(len(page) > LONGEST_PART for page in pages):
        # The number of a part would no longer be that of a chapter.
        page_kind = "part"
    if page_kind == "part":
        pages = [part for page in pages if page for part in _cut(page)]
    if len(pages) > settings.maximum_pages:
        raise TooManyPagesError(
            f"{show_name(name)} has {len(pages):,} {page_kind}s, more than the "
            f"{settings.maximum_pages:,} allowed: split it into smaller files, or raise the option "
            "“maximum_pages”."
        )
    for number in range(1, len(pages) + 1):
        on_page(number, len(pages))
    return Draft(media_type=kind, page_kind=page_kind, pages=plain_pages(pages), title=title)


def _clean(text: str) -> str:
    """Take out pictures and data, then make characters uniform."""
    text = _DATA_ADDRESS.sub("", _PICTURE.sub("", text))
    return clean_characters(text, keep_indentation=True).strip("\n")


def _cut(page: str) -> list[str]:
    """Cut a long page; parts of a table that goes on repeat its name and its column heads."""
    parts = cut_into_parts(page)
    head = re.match(r"(?:## .+\n\n)?\|.*\|\n\|(?: ?-+ ?\|)+\n", page)
    if head is None or len(head.group()) > LONGEST_PART // 10:
        return parts
    return [parts[0], *(head.group() + part if part[:1] == "|" else part for part in parts[1:])]


def _inspect_container(path: Path, *, name: str) -> str:
    """Refuse containers that are locked or unpack to an absurd size; return the stated title."""
    shown = show_name(name)
    with zipfile.ZipFile(path) as container:
        members = container.infolist()
        if any(member.flag_bits & 1 for member in members):
            raise EncryptedFileError(
                f"{shown} is protected by a password: save a copy without it and add that."
            )
        unpacked = sum(member.file_size for member in members)
        absurd = any(
            member.file_size > _SMALLEST_BOMB
            and member.file_size > _LARGEST_RATIO * max(1, member.compress_size)
            for member in members
        )
        if unpacked > _LARGEST_UNPACKED or len(members) > _MOST_MEMBERS or absurd:
            raise TooLargeFileError(
                f"{shown} unpacks to {unpacked / (1 << 20):,.0f} MiB, which no ordinary document "
                "does: save it anew in the program it was made with, or split it, and add that."
            )
        names = set(container.namelist())
        if "META-INF/rights.xml" in names:
            raise EncryptedFileError(
                f"{shown} is protected by rights management (DRM): add a copy without protection."
            )
        if "META-INF/encryption.xml" in names:
            listed = container.read("META-INF/encryption.xml")
            # Only fonts may be scrambled in an open book.
            if re.search(rb"URI=[\"'][^\"']+\.x?html?[\"']", listed):
                raise EncryptedFileError(
                    f"{shown} is protected by rights management (DRM): add a copy without "
                    "protection."
                )
        if "docProps/core.xml" not in names:
            return ""
        core = container.read("docProps/core.xml").decode("utf-8", errors="replace")
    found = re.search(r"<dc:title[^>]*>([^<]*)</dc:title>", core)
    return html.unescape(found.group(1)) if found else ""


def _read_docx(path: Path) -> str:
    from markitdown import StreamInfo
    from markitdown.converters import DocxConverter

    with path.open("rb") as stream:
        result = DocxConverter().convert(stream, StreamInfo(extension=".docx"), **_MARKDOWN_OPTIONS)
    return str(result.markdown)


def _read_chapters(path: Path) -> tuple[list[str], str]:
    """Chapters of an e-book in reading order; its title."""
    from markitdown import StreamInfo
    from markitdown.converters import EpubConverter, HtmlConverter

    chapters: list[str] = []

    class Recorder(HtmlConverter):  # type: ignore[misc]
        """Notes each chapter, because the e-book's converter joins them without a mark."""

        def convert(self, *arguments: Any, **options: Any) -> Any:
            result = super().convert(*arguments, **options)
            chapters.append(str(result.markdown))
            return result

    converter = EpubConverter()
    converter._html_converter = Recorder()
    with path.open("rb") as stream:
        result = converter.convert(stream, StreamInfo(extension=".epub"), **_MARKDOWN_OPTIONS)
    return chapters, str(result.title or "")


def _read_html(data: bytes, *, name: str) -> tuple[str, str]:
    """Text and title of a web page."""
    from markitdown.converters import HtmlConverter

    stated = _META_CHARSET.search(data[:4096])
    text = ""
    if stated and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            text = data.decode(stated.group(1).decode("ascii"))
        except (LookupError, ValueError):
            text = ""
    source = text or decode(data, name=name)
    # What is not shown is not read.
    source = re.sub(
        r"<(script|style|noscript|template|svg|iframe)\b.*?</\1\s*>", " ", source, flags=re.S | re.I
    )
    result = HtmlConverter().convert_string(source, **_MARKDOWN_OPTIONS)
    return str(result.markdown), str(result.title or "")
