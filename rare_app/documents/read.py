"""Reading one file into a document, in this process."""

import hashlib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from rare_app.documents.detect import PICTURES, Format, detect_format
from rare_app.documents.draft import Draft, ignore_page
from rare_app.documents.errors import (
    CorruptFileError,
    DocumentError,
    EmptyFileError,
    TooLargeFileError,
    UnsupportedFileError,
    plain_name,
    show_name,
)
from rare_app.documents.title import choose_title
from rare_app.documents.types import Document
from rare_app.settings import Settings

READER_VERSION = 5
"""Raised when files are read so differently that those of a library are to be read anew."""

_MEBIBYTE = 1 << 20
_READERS = {
    Format.PDF: ("pdf", "read_pdf"),
    Format.DOCX: ("docx", "read_docx"),
    Format.PPTX: ("pptx", "read_pptx"),
    Format.XLSX: ("xlsx", "read_xlsx"),
    Format.ODT: ("odt", "read_odt"),
    Format.ODS: ("ods", "read_ods"),
    Format.RTF: ("rtf", "read_rtf"),
    Format.EPUB: ("epub", "read_epub"),
    Format.HTML: ("html", "read_html"),
    Format.CSV: ("delimited", "read_csv"),
    Format.EML: ("mail", "read_eml"),
    Format.MBOX: ("mail", "read_mbox"),
    Format.MSG: ("mail", "read_msg"),
    Format.MARKDOWN: ("markdown", "read_markdown"),
    Format.TEXT: ("text", "read_text"),
    **dict.fromkeys(PICTURES, ("scans", "read_picture")),
}
"""The module and function that read a format: called with the path, and ``name``, ``settings`` and
``on_page`` by name; they give a :class:`Draft`. A new format is a file and a line here."""


def read_document(
    path: Path,
    *,
    name: str,
    settings: Settings,
    on_page: Callable[[int, int], None] | None = None,
) -> Document:
    """Read a file into pages of clean text.

    Runs in this process without a limit of time or memory: the app reads through
    :class:`rare_app.documents.worker.ReaderWorker` instead.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        What the user calls it; its suffix breaks ties between kinds of text.
    settings : Settings
        ``maximum_file_mb``, ``maximum_pages`` and ``read_memory_mb`` are used.
    on_page : callable, optional
        Called with the pages done and the pages in all.

    Returns
    -------
    Document
        At least one of its pages holds text.

    Raises
    ------
    DocumentError
        The file cannot be read. Which subclass tells why; the message names the file and the
        way out.
    """
    shown = show_name(name)
    try:
        size = _check_size(path, name=name, maximum=settings.maximum_file_mb * _MEBIBYTE)
        with path.open("rb") as file:
            content_hash = hashlib.file_digest(file, "sha256").hexdigest()
        draft = _read_draft(path, name=name, settings=settings, on_page=on_page or ignore_page)
    except DocumentError:
        raise
    except OSError as error:
        raise DocumentError(
            f"{shown} cannot be opened ({error.strerror or error}): check that it exists and that "
            "you may read it."
        ) from error
    except MemoryError as error:
        raise TooLargeFileError(
            f"{shown} needs more memory to read than the {settings.read_memory_mb:,} MiB allowed: "
            "split it into smaller files, or raise the option “read_memory_mb”."
        ) from error
    except Exception as error:
        raise CorruptFileError(
            f"{shown} cannot be read, its content seems to be damaged: open it in the program it "
            "was made with, save it anew and add that."
        ) from error
    if not any(page.text.strip() for page in draft.pages):
        holds = "holds white space only" if size < 1000 else "holds no text"
        raise EmptyFileError(f"{shown} {holds}: add a file with text.")
    return Document(
        name=plain_name(name),
        content_hash=content_hash,
        media_type=str(draft.media_type),
        title=choose_title(draft.title, name=name),
        page_kind=draft.page_kind,
        pages=draft.pages,
        notes=draft.notes,
        attachments=draft.attachments,
    )


def _check_size(path: Path, *, name: str, maximum: int) -> int:
    """Size in bytes, refused when there is nothing or too much."""
    shown = show_name(name)
    if path.is_dir():
        raise UnsupportedFileError(f"{shown} is a folder: add the files inside.")
    size = path.stat().st_size
    if not path.is_file():
        raise UnsupportedFileError(f"{shown} is not a file: add an ordinary file.")
    if size == 0:
        raise EmptyFileError(f"{shown} is empty (0 bytes): get a complete copy and add that.")
    if size > maximum:
        raise TooLargeFileError(
            f"{shown} has {size / _MEBIBYTE:,.0f} MiB, more than the {maximum // _MEBIBYTE:,} "
            "allowed: split it into smaller files, or raise the option “maximum_file_mb”."
        )
    return size


def _read_draft(
    path: Path, *, name: str, settings: Settings, on_page: Callable[[int, int], None]
) -> Draft:
    """Hand the file to the reader of its format; readers load their libraries when called."""
    module, function = _READERS[detect_format(path, name=name)]
    read = getattr(import_module(f"rare_app.documents.{module}"), function)
    draft: Draft = read(path, name=name, settings=settings, on_page=on_page)
    return draft
