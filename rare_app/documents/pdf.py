"""PDF files, page by page: words and places from PDFium, everything else from pypdf."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rare_app.documents.clean import clean_characters
from rare_app.documents.detect import Format
from rare_app.documents.draft import Draft, OnPage
from rare_app.documents.errors import (
    CorruptFileError,
    EmptyFileError,
    EncryptedFileError,
    TooManyPagesError,
    show_name,
)
from rare_app.documents.hyphens import count_words
from rare_app.documents.pdf_fields import Piece
from rare_app.documents.pdf_headings import Outline, name_headings, read_outline
from rare_app.documents.pdf_layout import Marks, edge_lines, lay_out
from rare_app.documents.pdf_lines import Line
from rare_app.documents.pdf_marks import read_marks, unread_parts
from rare_app.documents.pdf_textless import holds_picture, refuse_textless
from rare_app.documents.pdf_words import PageWords, read_page_words
from rare_app.documents.pdf_write import write_page
from rare_app.documents.running import EDGE_LINES, find_running_lines, same_running, without_number
from rare_app.documents.scans import describe, recognise_pdf
from rare_app.documents.types import Page
from rare_app.settings import Settings

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

_PAGES_SEARCHED_FOR_PICTURES = 20
_MOST_UNKNOWN = 0.5
"""Share of a page's characters without a letter from which PDFium's text is worth nothing."""
_MOST_RUNNING = 8
"""Different headers and footers that are told of a document."""


@dataclass(slots=True)
class _Sheet:
    """A page while the document is being read."""

    words: PageWords | None = None
    marks: Marks = field(default_factory=Marks)
    plain: str = ""  # its text as pypdf gives it, where PDFium gives none
    failed: bool = False
    top: list[Line] = field(default_factory=list)
    bottom: list[Line] = field(default_factory=list)


def read_pdf(path: Path, *, name: str, settings: Settings, on_page: OnPage) -> Draft:
    """Read the text of a PDF.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        What the user calls it, for messages.
    settings : Settings
        ``maximum_pages`` is used; it is checked before any text is extracted.
    on_page : callable
        Called after every page.

    Returns
    -------
    Draft
        Pages of blocks in reading order; what runs through the document stands on the first page
        alone. A page that fails is empty and noted.

    Raises
    ------
    EncryptedFileError, CorruptFileError, EmptyFileError, TooManyPagesError, ScannedFileError
        The sentence names the file and the way out.
    """
    with path.open("rb") as stream:
        reader = _open(stream, name=name)
        pages = _collect_pages(reader, name=name, maximum=settings.maximum_pages)
        sheets: list[_Sheet] = []
        with _PdfiumPages(path) as seen:
            for number, page in enumerate(pages, start=1):
                sheets.append(_read_sheet(page, seen, number))
                on_page(number, len(pages))
        failed = [number for number, one in enumerate(sheets, start=1) if one.failed]
        if len(failed) == len(pages):
            raise CorruptFileError(
                f"{show_name(name)} is damaged (none of its pages can be read): get a complete "
                "copy, or print it to a new PDF, and add that."
            )
        outline = read_outline(reader)
        labels = _read_labels(reader, len(pages))
        written = _write(sheets, outline=outline, labels=labels, keeping=False)
        scanned, left_out = recognise_pdf(
            path, texts=[_own_text(page) for page in written], settings=settings, on_page=on_page
        )
        if not scanned and not _hold_text(written):
            pictured = any(holds_picture(page) for page in pages[:_PAGES_SEARCHED_FOR_PICTURES])
            # All text may have been taken for running lines: then those lines are the document.
            written = _write(sheets, outline=outline, labels=labels, keeping=True)
            if pictured or not _hold_text(written):
                refuse_textless(name=name, count=len(pages), pictured=pictured, settings=settings)
        written = [
            replace(scanned[page.number], label=page.label) if page.number in scanned else page
            for page in written
        ]
        title = _read_title(reader)
        notes = [
            *_make_notes([page.text for page in written], failed=failed),
            *unread_parts(reader),
            *describe(scanned.values(), left_out=left_out),
        ]
    return Draft(
        media_type=Format.PDF,
        page_kind="page",
        pages=tuple(written),
        title=title,
        notes=tuple(notes),
    )


class _PdfiumPages:
    """The pages of a file as PDFium sees them; none where it cannot open the file."""

    def __init__(self, path: Path) -> None:
        import pypdfium2

        try:
            self._document = pypdfium2.PdfDocument(path)
        except Exception:  # noqa: BLE001 - pypdf has opened the file, so its text is read there
            self._document = None

    def __enter__(self) -> "_PdfiumPages":
        return self

    def __exit__(self, *_: object) -> None:
        if self._document is not None:
            self._document.close()

    def words(self, number: int) -> PageWords | None:
        """Read a page by its 1-based number; ``None`` where that fails."""
        if self._document is None:
            return None
        try:
            page = self._document[number - 1]
            try:
                return read_page_words(page)
            finally:
                page.close()
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - the page is read by pypdf instead
            return None


def _read_sheet(page: "PageObject", seen: _PdfiumPages, number: int) -> _Sheet:
    """Read a page with PDFium, with pypdf where that gives nothing."""
    sheet = _Sheet(words=seen.words(number))
    if sheet.words is not None:
        sheet.marks = Marks(*read_marks(page, sheet.words.matrix))
        if sheet.words.frames and sheet.words.unknown <= _MOST_UNKNOWN:
            sheet.top, sheet.bottom = edge_lines(sheet.words, most=EDGE_LINES)
            return sheet
    try:
        sheet.plain = clean_characters(page.extract_text())
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - one broken page must not lose the document
        sheet.failed = sheet.words is None
    if sheet.words is not None and (sheet.plain or not sheet.words.frames):
        sheet.words = replace(sheet.words, frames=())
    return sheet


def _write(
    sheets: Sequence[_Sheet], *, outline: Outline, labels: Sequence[str], keeping: bool
) -> list[Page]:
    """Write the pages; `keeping` leaves running headers and footers where they are."""
    top = [[line.text for line in one.top] for one in sheets]
    bottom = [[line.text for line in one.bottom] for one in sheets]
    counts = [(0, 0)] * len(sheets) if keeping else find_running_lines(top, bottom)
    told: Counter[str] = Counter()
    shown: dict[str, str] = {}
    pages: list[list[Piece]] = []
    for sheet, (first, last) in zip(sheets, counts, strict=True):
        hidden = [*sheet.top[:first], *sheet.bottom[:last]]
        for line in hidden:
            key = same_running(line.text)
            told[key] += 1
            shown.setdefault(key, without_number(line.text))
        pages.append(_lay_out(sheet, hidden))
    name_headings(pages, outline)
    texts = [piece.text for page in pages for piece in page if piece.text]
    words = count_words(texts)
    running = [
        shown[key] for key, count in told.most_common(_MOST_RUNNING) if key != "#" and count > 2
    ]
    opening: list[Piece] = next((page for page in pages if page), [])
    opening += [Piece("running", line, (0.0, 0.0, 0.0, 0.0)) for line in running]
    return [
        write_page(
            at + 1,
            page,
            fields=sheets[at].marks.fields,
            size=_size(sheets[at]),
            words=words,
            label=labels[at],
        )
        for at, page in enumerate(pages)
    ]


def _size(sheet: _Sheet) -> tuple[float, float]:
    return (1.0, 1.0) if sheet.words is None else (sheet.words.width, sheet.words.height)


def _lay_out(sheet: _Sheet, hidden: Sequence[Line]) -> list[Piece]:
    boxes = [(one.left, one.top, one.right, one.bottom) for one in hidden]
    pieces = [] if sheet.words is None else lay_out(sheet.words, sheet.marks, hidden=boxes)
    plain = [
        Piece("paragraph", part, (0.0, 0.0, 0.0, 0.0), lines=part.count("\n") + 1)
        for part in sheet.plain.split("\n\n")
        if part.strip()
    ]
    return plain + pieces


def _hold_text(pages: Sequence[Page]) -> bool:
    return any(any(c.isalnum() for c in _own_text(page)) for page in pages)


def _own_text(page: Page) -> str:
    """Give a page's text without what is told of running headers and footers."""
    own = (page.text[one.start : one.end] for one in page.blocks if one.kind != "running")
    return "\n".join(own)


def _read_labels(reader: "PdfReader", count: int) -> list[str]:
    """Give each page's number as the file has it; empty where it is the page's place."""
    try:
        labels = list(reader.page_labels)
    except Exception:  # noqa: BLE001 - broken labels only cost the labels
        labels = []
    labels += [""] * (count - len(labels))
    return ["" if one == str(at) else one for at, one in enumerate(labels[:count], start=1)]


def _open(stream: Any, *, name: str) -> "PdfReader":
    """Open a PDF, with the empty password where one is asked for."""
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, WrongPasswordError

    locked = EncryptedFileError(
        f"{show_name(name)} is protected by a password: save a copy without it and add that."
    )
    try:
        reader = PdfReader(stream)
        # Many files are encrypted against changes only and open with the empty password.
        if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
            raise locked
        return reader
    except EncryptedFileError:
        raise
    except (
        FileNotDecryptedError,
        WrongPasswordError,
        DependencyError,
        NotImplementedError,
    ) as error:
        raise locked from error
    except MemoryError:
        raise
    except Exception as error:
        raise _damaged(name) from error


def _collect_pages(reader: "PdfReader", *, name: str, maximum: int) -> list["PageObject"]:
    """All pages, after a look at the stated number, which is cheap."""
    shown = show_name(name)
    stated = 0
    try:
        root: Any = reader.root_object
        stated = int(root["/Pages"].get_object().get("/Count", 0))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - the page tree itself tells below
        stated = 0
    if stated <= maximum:
        try:
            pages = list(reader.pages)
        except MemoryError:
            raise
        except Exception as error:
            raise _damaged(name) from error
        stated = len(pages)
    if stated > maximum:
        raise TooManyPagesError(
            f"{shown} has {stated:,} pages, more than the {maximum:,} allowed: split it into "
            "smaller files, or raise the option “maximum_pages”."
        )
    if not pages:
        raise EmptyFileError(f"{shown} has no pages: check that it opens in a viewer.")
    return pages


def _damaged(name: str) -> CorruptFileError:
    return CorruptFileError(
        f"{show_name(name)} is damaged or incomplete: get a complete copy, or open it in a viewer "
        "and print it to a new PDF, and add that."
    )


def _read_title(reader: "PdfReader") -> str:
    try:
        return str((reader.metadata and reader.metadata.title) or "")
    except Exception:  # noqa: BLE001 - broken metadata only costs the title
        return ""


def _make_notes(texts: Sequence[str], *, failed: Sequence[int]) -> Iterator[str]:
    """Say which pages hold no text and which could not be read."""
    if failed:
        one = len(failed) == 1
        yield (
            f"Page{'' if one else 's'} {list_numbers(failed)} could not be read and "
            f"{'is' if one else 'are'} left out."
        )
    empty = [
        number
        for number, text in enumerate(texts, start=1)
        if not text.strip() and number not in set(failed)
    ]
    if empty:
        hold = "holds" if len(empty) == 1 else "hold"
        word = "page" if len(empty) == 1 else "pages"
        yield f"{len(empty)} of {len(texts)} pages {hold} no text ({word} {list_numbers(empty)})."


def list_numbers(numbers: Sequence[int], *, longest: int = 6) -> str:
    """Write page numbers for a reader, runs joined, e.g. ``1, 3–7 and 9``.

    Parameters
    ----------
    numbers : sequence of int
        Ascending page numbers, at least one.
    longest : int
        Runs named at most; the rest is “…”.

    Returns
    -------
    str
        The list in words.
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = [f"{a}" if a == b else f"{a}–{b}" for a, b in runs]
    if len(shown) > longest:
        return ", ".join(shown[:longest]) + ", …"
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + f" and {shown[-1]}"
