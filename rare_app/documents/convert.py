"""Office files, e-books, web pages and tables to text, with markitdown's converters."""

import csv
import html
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
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
_SLIDE_MARK = re.compile(r"<!-- Slide number: \d+ -->")
_PICTURE = re.compile(r"!\[[^\]\n]*\]\([^)\n]*\)")
_DATA_ADDRESS = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=]{20,}")
_META_CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?\s*([\w.:-]+)", re.IGNORECASE)


def convert(path: Path, *, name: str, kind: Format, settings: Settings, on_page: OnPage) -> Draft:
    """Read an Office file, an e-book, a web page or a table. Nothing is fetched from anywhere.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        What the user calls it, for messages.
    kind : Format
        What it is; neither PDF nor plain text.
    settings : Settings
        ``maximum_pages`` is used.
    on_page : callable
        Called once for every page.

    Returns
    -------
    Draft
        Slides, sheets or chapters as pages; else parts of at most about 20,000 characters.

    Raises
    ------
    EncryptedFileError, CorruptFileError, EmptyFileError, TooLargeFileError, TooManyPagesError
        The sentence names the file and the way out.
    """
    title = ""
    page_kind: PageKind = "part"
    try:
        if kind in (Format.DOCX, Format.PPTX, Format.XLSX, Format.EPUB):
            title = _inspect_container(path, name=name)
        if kind == Format.PPTX:
            page_kind, pages = "slide", _read_slides(path)
        elif kind == Format.XLSX:
            page_kind, pages = "sheet", _read_sheets(path)
        elif kind == Format.EPUB:
            page_kind = "chapter"
            pages, title = _read_chapters(path)
        elif kind == Format.DOCX:
            pages = [_read_docx(path)]
        elif kind == Format.CSV:
            pages = [_read_csv(decode(path.read_bytes(), name=name))]
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
    if page_kind != "slide" and any(len(page) > LONGEST_PART for page in pages):
        # The number of a part would no longer be that of a sheet or chapter.
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


def _read_slides(path: Path) -> list[str]:
    from markitdown import StreamInfo
    from markitdown.converters import PptxConverter

    with path.open("rb") as stream:
        result = PptxConverter().convert(stream, StreamInfo(extension=".pptx"), **_MARKDOWN_OPTIONS)
    return _SLIDE_MARK.split(str(result.markdown))[1:]


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


def _read_csv(text: str) -> str:
    """Make a table of comma-, semicolon- or tab-separated values.

    markitdown knows commas only, and a semicolon file would become one column.
    """
    sample = "\n".join(text[:10_000].split("\n", 20)[:20])
    try:
        dialect: Any = csv.Sniffer().sniff(sample, delimiters=",;\t|")
        delimiter = str(dialect.delimiter)
    except csv.Error:
        delimiter = max(",;\t|", key=sample.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return text  # a quotation mark that never ends: better as it stands than not at all
    return make_table(rows)


def _read_sheets(path: Path) -> list[str]:
    """All sheets of a workbook, each a table under its name.

    With openpyxl itself: markitdown goes through pandas, which turns whole numbers into
    fractions and empty cells into NaN.
    """
    from openpyxl import load_workbook

    workbook = load_workbook(path, data_only=True, read_only=True)
    try:
        sheets = []
        for sheet in workbook.worksheets:
            # Some programs state a wrong size, and openpyxl would believe it.
            sheet.reset_dimensions()
            rows = [[_show_cell(cell) for cell in row] for row in sheet.iter_rows()]
            table = make_table(rows)
            sheets.append(f"## {sheet.title}\n\n{table}" if table else "")
    finally:
        workbook.close()
    return sheets


def _show_cell(cell: Any) -> str:
    """Write a cell's value as a reader would."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return (
            value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
        )
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float | int):
        percent = "%" in str(getattr(cell, "number_format", "") or "")
        return f"{value * 100:.10g}%" if percent else f"{value:.15g}"
    return str(value)


def make_table(rows: Iterable[Sequence[str]]) -> str:
    """Write rows as a Markdown table, empty rows and empty last columns left out.

    Parameters
    ----------
    rows : iterable of sequence of str
        Cells; the first row with content becomes the head.

    Returns
    -------
    str
        One line a row; empty when no cell holds anything.
    """
    filled = [
        [" ".join(cell.replace("|", "\\|").split()) for cell in row]
        for row in rows
        if any(cell.strip() for cell in row)
    ]
    if not filled:
        return ""
    width = max(max(i + 1 for i, cell in enumerate(row) if cell) for row in filled)
    used = [any(len(row) > column and row[column] for row in filled) for column in range(width)]
    lines = []
    for row in filled:
        cells = [
            row[column] if column < len(row) else "" for column in range(width) if used[column]
        ]
        lines.append("| " + " | ".join(cells) + " |")
    lines.insert(1, "|" + " --- |" * sum(used))
    return "\n".join(lines)
