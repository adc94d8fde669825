"""PDF files without text: pictures of pages, or nothing."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rare_app.documents.errors import EmptyFileError, ScannedFileError, show_name
from rare_app.documents.scans import is_on, way_out
from rare_app.settings import Settings

if TYPE_CHECKING:
    from pypdf import PageObject

_DEEPEST_FORM = 4


def refuse_textless(*, name: str, count: int, pictured: bool, settings: Settings) -> None:
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


def holds_picture(page: "PageObject") -> bool:
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
