"""PDF files, page by page, with pypdf."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rare_app.documents.clean import clean_characters, join_cells
from rare_app.documents.detect import Format
from rare_app.documents.draft import Draft, OnPage, plain_pages
from rare_app.documents.errors import (
    CorruptFileError,
    EmptyFileError,
    EncryptedFileError,
    ScannedFileError,
    TooManyPagesError,
    show_name,
)
from rare_app.documents.hyphens import count_words, rejoin
from rare_app.documents.reading_order import extract_in_reading_order
from rare_app.documents.running import drop_running_lines
from rare_app.documents.scans import describe, is_on, recognise_pdf, way_out
from rare_app.settings import Settings

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

_PAGES_SEARCHED_FOR_PICTURES = 20
_DEEPEST_FORM = 4


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
        One text a page, running headers and footers taken out. A page that fails is empty and
        noted.

    Raises
    ------
    EncryptedFileError, CorruptFileError, EmptyFileError, TooManyPagesError, ScannedFileError
        The sentence names the file and the way out.
    """
    with path.open("rb") as stream:
        reader = _open(stream, name=name)
        pages = _collect_pages(reader, name=name, maximum=settings.maximum_pages)
        raw: list[str] = []
        failed: list[int] = []
        for number, page in enumerate(pages, start=1):
            try:
                raw.append(clean_characters(extract_in_reading_order(page)))
            except MemoryError:
                raise
            except Exception:  # noqa: BLE001 - one broken page must not lose the document
                raw.append("")
                failed.append(number)
            on_page(number, len(pages))
        if len(failed) == len(pages):
            raise CorruptFileError(
                f"{show_name(name)} is damaged (none of its pages can be read): get a complete "
                "copy, or print it to a new PDF, and add that."
            )
        scanned, left_out = recognise_pdf(path, texts=raw, settings=settings, on_page=on_page)
        texts = _tidy(["" if n in scanned else text for n, text in enumerate(raw, start=1)])
        if not scanned and not any(any(c.isalnum() for c in text) for text in texts):
            pictured = any(_holds_picture(page) for page in pages[:_PAGES_SEARCHED_FOR_PICTURES])
            if not pictured and any(any(c.isalnum() for c in text) for text in raw):
                # All text was taken for running lines: then those lines are the document.
                texts = raw
            else:
                _refuse_textless(name=name, count=len(pages), pictured=pictured, settings=settings)
        title = _read_title(reader)
    read = tuple(scanned.get(page.number, page) for page in plain_pages(texts))
    return Draft(
        media_type=Format.PDF,
        page_kind="page",
        pages=read,
        title=title,
        notes=(
            *_make_notes([page.text for page in read], failed=failed),
            *describe(read, left_out=left_out),
        ),
    )


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


def _tidy(raw: Sequence[str]) -> list[str]:
    """Take out running lines and rejoin broken words, over the whole document."""
    texts = [join_cells(text) for text in drop_running_lines(raw)]
    words = count_words(texts)
    return [rejoin(text, words=words) for text in texts]


def _damaged(name: str) -> CorruptFileError:
    return CorruptFileError(
        f"{show_name(name)} is damaged or incomplete: get a complete copy, or open it in a viewer "
        "and print it to a new PDF, and add that."
    )


def _refuse_textless(*, name: str, count: int, pictured: bool, settings: Settings) -> None:
    """Say why there is no text: always raises."""
    shown = show_name(name)
    if pictured and is_on(settings):
        raise ScannedFileError(
            f"{shown} holds pictures only, and no text was recognised on them: scan it anew at 300 "
            "dpi, or add a file with text."
        )
    if pictured:
        raise ScannedFileError(
            f"{shown} holds pictures of pages only, no text: {way_out(settings)}"
        )
    holds = "its only page holds" if count == 1 else f"its {count:,} pages hold"
    raise EmptyFileError(
        f"{shown} cannot be searched because {holds} no text: if you see text in a viewer, run "
        "text recognition (OCR) on it and add the result."
    )


def _holds_picture(page: "PageObject") -> bool:
    """Whether a page shows a picture, directly or within a form."""
    try:
        # Inline pictures stand in the page's content between BI, ID and EI.
        content = page.get_contents()
        if content is not None and b"\nID" in content.get_data().replace(b" ID", b"\nID"):
            return True
        return any(_pictures_in(page.get("/Resources"), depth=0))
    except Exception:  # noqa: BLE001 - only words the refusal
        return False


def _pictures_in(resources: Any, *, depth: int) -> Iterator[bool]:
    """One True for every picture among a page's or form's resources."""
    objects = resources.get_object().get("/XObject") if resources is not None else None
    for item in objects.get_object().values() if objects is not None else ():
        entry = item.get_object()
        if entry.get("/Subtype") == "/Image":
            yield True
        elif entry.get("/Subtype") == "/Form" and depth < _DEEPEST_FORM:
            yield from _pictures_in(entry.get("/Resources"), depth=depth + 1)


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
