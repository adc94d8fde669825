"""Pages that are pictures: picture files, and pages of a PDF without text, are recognised."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rare_app.documents.detect import detect_format
from rare_app.documents.draft import Draft, OnPage
from rare_app.documents.errors import EmptyFileError, UnsupportedFileError, show_name
from rare_app.documents.pictures import LONGEST, count_pictures, draw_picture
from rare_app.documents.recognise import can_recognise, recognise
from rare_app.documents.scan_layout import write_scan
from rare_app.documents.types import DOUBTFUL_BELOW, Page
from rare_app.settings import Settings

MOST_PAGES = 1000
"""Pages of a file that are recognised; an hour or more on two cores."""
_DPI = 200
_FEW_LETTERS = 100
"""A page of a PDF with fewer, most of it a picture, is taken for a scan with a stamp on it."""
_MOSTLY = 0.5
_MORE = 2.0
"""Times as many letters as the file states must be recognised for such a page to be a scan."""


def is_on(settings: Settings) -> bool:
    """Whether text is recognised: the option is on, and the packages are installed."""
    return settings.recognise == "on" and can_recognise()


def read_picture(path: Path, *, name: str, settings: Settings, on_page: OnPage) -> Draft:
    """Recognise the text of a picture file, a page at a time.

    Parameters
    ----------
    path : Path
        A PNG, JPEG, TIFF, WebP or BMP file.
    name : str
        What the user calls it, for messages.
    settings : Settings
        ``recognise`` and ``maximum_pages`` are used.
    on_page : callable
        Called after every page.

    Raises
    ------
    UnsupportedFileError
        Recognition is off, or its packages are missing.
    CorruptFileError, TooLargeFileError, TooManyPagesError
        As :mod:`rare_app.documents.pictures` says.
    EmptyFileError
        No text was found on it.
    """
    kind = detect_format(path, name=name)
    if not is_on(settings):
        raise UnsupportedFileError(
            f"{show_name(name)} is a picture ({kind.name}): {way_out(settings)}"
        )
    total = count_pictures(path, name=name, maximum=settings.maximum_pages)
    pages = []
    for number in range(1, total + 1):
        if number <= MOST_PAGES:
            picture = draw_picture(path, number=number, name=name)
            pages.append(write_scan(recognise(picture), number=number))
        else:
            pages.append(Page(number, ""))
        on_page(number, total)
    if not any(page.text for page in pages):
        raise EmptyFileError(
            f"{show_name(name)} is a picture on which no text was recognised: scan it anew at 300 "
            "dpi, or add a file with text."
        )
    return Draft(
        media_type=kind,
        page_kind="page",
        pages=tuple(pages),
        notes=tuple(describe(pages, left_out=max(0, total - MOST_PAGES))),
    )


def recognise_pdf(
    path: Path, *, texts: Sequence[str], settings: Settings, on_page: OnPage
) -> tuple[dict[int, Page], int]:
    """Recognise the pages of a PDF that are pictures.

    Parameters
    ----------
    texts : sequence of str
        What the file itself states, page by page.
    on_page : callable
        Called after every recognised page with how many of them are done and there are.

    Returns
    -------
    pages : dict
        By their 1-based numbers; empty where recognition is off. A page without a word that could
        be recognised is not among them.
    left_out : int
        Scanned pages beyond `MOST_PAGES`.
    """
    import pypdfium2

    if not is_on(settings) or all(_letters(text) >= _FEW_LETTERS for text in texts):
        return {}, 0
    try:
        document = pypdfium2.PdfDocument(path)
        document.init_forms()
    except pypdfium2.PdfiumError:
        return {}, 0
    try:
        wanted = [
            number
            for number, text in enumerate(texts[: len(document)], start=1)
            if _is_scan(document, number, text)
        ]
        read = wanted[:MOST_PAGES]
        found = {}
        for done, number in enumerate(read, start=1):
            # One page that cannot be drawn must not lose the document.
            with contextlib.suppress(pypdfium2.PdfiumError, ValueError):
                page = write_scan(recognise(_draw(document, number)), number=number)
                if _letters(page.text) > _MORE * _letters(texts[number - 1]):
                    found[number] = page
            on_page(done, len(read))
        return found, len(wanted) - len(read)
    finally:
        document.close()


def describe(pages: Iterable[Page], *, left_out: int = 0) -> Iterator[str]:
    """Say how many pages were recognised, and how surely; one sentence each.

    Parameters
    ----------
    left_out : int
        Pages beyond the limit.
    """
    read = [page for page in pages if page.places]
    sure = [one.certainty for page in read for one in page.places]
    if sure:
        unsure = sum(
            one.certainty < DOUBTFUL_BELOW and any(map(str.isdigit, page.text[one.start : one.end]))
            for page in read
            for one in page.places
        )
        many = "1 page was" if len(read) == 1 else f"{len(read):,} pages were"
        figures = "1 figure" if unsure == 1 else f"{unsure:,} figures"
        doubt = f"; {figures} may be misread" if unsure else ""
        yield (
            f"{many} recognised from pictures, with a mean certainty of "
            f"{int(100 * sum(sure) / len(sure))}%{doubt}."
        )
    if left_out:
        yield (
            f"Only the first {MOST_PAGES:,} pages were recognised, {left_out:,} are left out: "
            "split the file to have all of it."
        )


def way_out(settings: Settings) -> str:
    """Say what to do with a picture that cannot be recognised here."""
    advice = "run text recognition (OCR) on it and add the PDF or text it makes"
    if settings.recognise == "off":
        return f"{advice}, or switch the option “recognise” on."
    return f"{advice}, or install the packages of requirements.txt."


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _is_scan(document: Any, number: int, text: str) -> bool:
    """Whether a page shows something and states no text, or hardly any on a picture."""
    import pypdfium2.raw as pdfium

    letters = _letters(text)
    if letters >= _FEW_LETTERS:
        return False
    try:
        page = document[number - 1]
        if not letters:
            return next(iter(page.get_objects(max_depth=1)), None) is not None
        width, height = page.get_width(), page.get_height()
        covered = 0.0
        for one in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
            left, bottom, right, top = one.get_bounds()
            covered += abs(right - left) * abs(top - bottom)
        return bool(covered >= _MOSTLY * width * height)
    except Exception:  # noqa: BLE001 - one broken page must not lose the document
        return False


def _draw(document: Any, number: int) -> Any:
    """Draw a page upright as the file turns it, its fields and annotations too."""
    page = document[number - 1]
    longest = max(page.get_size())
    scale = min(_DPI / 72, LONGEST / longest)
    return page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
