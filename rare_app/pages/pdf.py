"""A page of a PDF: its picture, and where its characters stand, with PDFium."""

import ctypes
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rare_app.pages.match import Range, find_quote_ranges
from rare_app.pages.types import Box, PageView

WIDTH = 1500
"""Wanted width of a picture in pixels."""
LONGEST = 4000
"""Most pixels of its longer side; a narrow strip of a page is made smaller."""
_GRID = 1_000_000
_SAME_LINE = 0.5
_LITTLE = 0.5
"""A sign of less than this part of a line's height (a comma) goes on it where it touches it."""
_APART = 2.5
"""A gap of as many line heights begins another box: it is a column's, not a word's."""
_TOUCHING = 0.12
"""Characters one above the other are of one line, turned, where no more than this is between."""


@dataclass(frozen=True, slots=True)
class Characters:
    """A page's characters, and where each stands (``None`` for those that are not drawn)."""

    text: str
    boxes: list[Box | None]


def view_pdf_page(
    path: Path, *, number: int, quote: str, before: str = "", after: str = ""
) -> PageView:
    """Draw a page and find some of its words.

    Parameters
    ----------
    path : Path
        The file.
    number : int
        1-based page number.
    quote, before, after : str
        The words, and the page's text round them (:func:`find_quote_ranges`).

    Raises
    ------
    ValueError
        There is no such page.
    pypdfium2.PdfiumError
        The file cannot be opened or drawn.
    """
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    try:
        document.init_forms()  # else what is filled in is not drawn
        if not 1 <= number <= len(document):
            raise ValueError(f"there is no page {number}")
        page = document[number - 1]
        characters, ranges = _find(page, quote=quote, before=before, after=after)
        width, height = page.get_size()
        scale = min(WIDTH / width, LONGEST / max(width, height))
        # Forms' fields and annotations are drawn too: a filled-in form says what is filled in.
        picture = page.render(scale=scale, may_draw_forms=True).to_pil()
        stream = io.BytesIO()
        picture.save(stream, format="PNG", compress_level=3)
        return PageView(
            png=stream.getvalue(),
            width=picture.width,
            height=picture.height,
            boxes=tuple(
                box
                for one in ranges
                for box in join_boxes(_drawn(characters, one), aspect=height / width)
            ),
            text=" ".join(characters.text[start:end] for start, end in ranges),
        )
    finally:
        document.close()


def _find(
    page: Any, *, quote: str, before: str, after: str
) -> tuple[Characters, list[tuple[int, int]]]:
    """Find a quote; on a page whose lines lie on their side, in the order of the unturned page."""
    characters = read_characters(page)
    ranges = find_quote_ranges(characters.text, quote, before=before, after=after)
    turned = page.get_rotation()
    if not ranges and turned:
        page.set_rotation(0)
        unturned = read_characters(page, quarter_turns=turned // 90)
        page.set_rotation(turned)
        found = find_quote_ranges(unturned.text, quote, before=before, after=after)
        if found:
            return unturned, found
    return characters, ranges


def _drawn(characters: Characters, range_: Range) -> list[Box]:
    return [box for box in characters.boxes[slice(*range_)] if box is not None]


def read_characters(page: Any, *, quarter_turns: int = 0) -> Characters:
    """List the characters of a page of PDFium's, in the order in which it reads them.

    Parameters
    ----------
    quarter_turns : int
        By how many right angles the page is to be seen turned, besides its own rotation.
    """
    import pypdfium2.raw as pdfium

    text_page = page.get_textpage()
    text: list[str] = []
    boxes: list[Box | None] = []
    edges = [ctypes.c_double() for _ in range(4)]
    left, right, bottom, top = edges
    for index in range(text_page.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        # A character beyond the basic plane comes as two halves of a surrogate pair.
        text.append(chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else " ")
        found = pdfium.FPDFText_GetCharBox(
            text_page, index, *(ctypes.byref(edge) for edge in edges)
        )
        drawn = found and (right.value > left.value or top.value > bottom.value)
        boxes.append(
            _on_page(page, quarter_turns, left.value, bottom.value, right.value, top.value)
            if drawn
            else None
        )
    return Characters("".join(text), boxes)


def _on_page(page: Any, turns: int, left: float, bottom: float, right: float, top: float) -> Box:
    """Turn a box of the file's coordinates into shares of the page as it is seen."""
    import pypdfium2.raw as pdfium

    across, down = [], []
    for x, y in ((left, bottom), (right, top)):
        device_x, device_y = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(
            page, 0, 0, _GRID, _GRID, turns, x, y, ctypes.byref(device_x), ctypes.byref(device_y)
        )
        across.append(device_x.value / _GRID)
        down.append(device_y.value / _GRID)
    return Box(
        left=min(across),
        top=min(down),
        width=abs(across[1] - across[0]),
        height=abs(down[1] - down[0]),
    )


def join_boxes(boxes: Sequence[Box], *, aspect: float) -> list[Box]:
    """Join the boxes of neighbouring characters to one for each line.

    Parameters
    ----------
    boxes : sequence of Box
        In the order of the text.
    aspect : float
        The page's height over its width, so that shares of the two can be compared.
    """
    lines: list[Box] = []
    for box in boxes:
        if lines and _goes_on(lines[-1], box, aspect):
            lines[-1] = _round(lines[-1], box)
        else:
            lines.append(box)
    return lines


def _goes_on(line: Box, box: Box, aspect: float) -> bool:
    """Whether a character goes on a line that runs across the page, or up or down on it."""
    across = _Extent(line.left, line.width).beside(_Extent(box.left, box.width))
    down = _Extent(line.top * aspect, line.height * aspect).beside(
        _Extent(box.top * aspect, box.height * aspect)
    )
    size = max(min(box.width, line.width), min(box.height, line.height) * aspect)
    # A gap is negative where the two share a stretch: a line goes on where they share most of one
    # direction and are near each other in the other.
    lower, higher = sorted((box.height * aspect, line.height * aspect))
    little = lower < _LITTLE * higher and across > -_SAME_LINE * min(box.width, line.width)
    level = -down >= (0.0 if little else _SAME_LINE * lower)
    upright = -across >= _SAME_LINE * min(box.width, line.width)
    return (level and across <= _APART * size) or (upright and down <= _TOUCHING * size)


@dataclass(frozen=True, slots=True)
class _Extent:
    """A stretch along one direction."""

    start: float
    length: float

    def beside(self, other: "_Extent") -> float:
        """Gap to another one; below 0 it is how much they share."""
        first, second = self.start + self.length, other.start + other.length
        return max(self.start, other.start) - min(first, second)


def _round(one: Box, other: Box) -> Box:
    left, top = min(one.left, other.left), min(one.top, other.top)
    right = max(one.left + one.width, other.left + other.width)
    bottom = max(one.top + one.height, other.top + other.height)
    return Box(left, top, right - left, bottom - top)
