"""The words of a PDF's page with their places, and its rules, as PDFium tells them.

All places are in points from the page's upper left as it is seen; text that is turned by right
angles has them in a frame that is turned with it, so that lines always run from left to right.
"""

import ctypes
import math
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rare_app.documents.pdf_rules import Matrix, Rule, read_rules

MOST_CHARACTERS = 600_000
"""Characters of a page that are read; the rest is left out."""
_HYPHENS = (0x2, 0xFFFE)
"""What PDFium makes of a hyphen at a line's end."""
_BOLD_WEIGHT = 600
_RAISED = 0.8
"""A raised character smaller than so much of its word is a mark or an exponent."""
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LONGEST_NAME = 200
_RISE, _DEPTH = 0.7, 0.22
"""How far letters reach above and below their line, in sizes of their font."""


@dataclass(slots=True)
class Word:
    """A word with its box in points; `size` is the height of its font's line."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool = False

    def has_mark(self, top: float, bottom: float) -> bool:
        """Whether a figure between two heights is raised and small: a mark, or an exponent."""
        return bottom - top < _RAISED * self.size and bottom < self.bottom - 0.1 * self.size


@dataclass(frozen=True, slots=True)
class Frame:
    """The words that run in one direction, packed: a document may have millions.

    Attributes
    ----------
    turns : int
        By how many right angles the frame is turned anticlockwise against the page as it is seen;
        -1 for words at any other angle, whose places mean nothing.
    texts : str
        The words, a line each.
    numbers : array of float
        Left, top, right, bottom, size and whether it is bold (0 or 1), for every word.
    width, height : float
        The page in this frame, in points.
    """

    turns: int
    texts: str
    numbers: "array[float]"
    width: float
    height: float

    def words(self) -> list[Word]:
        """Unpack the words, in the file's order."""
        one = self.numbers
        return [
            Word(text, one[at], one[at + 1], one[at + 2], one[at + 3], one[at + 4], one[at + 5] > 0)
            for text, at in zip(self.texts.split("\n"), range(0, len(one), 6), strict=True)
        ]


@dataclass(frozen=True, slots=True)
class PageWords:
    """What PDFium tells of a page.

    Attributes
    ----------
    frames : tuple of Frame
        The one with most words first.
    rules : tuple of Rule
        In the frame of the page as it is seen.
    matrix : Matrix
        From the file's coordinates to points on the page as it is seen.
    width, height : float
        Of the page as it is seen, in points.
    unknown : float
        Share of the characters for which the file gives no letter.
    """

    frames: tuple[Frame, ...]
    rules: tuple[Rule, ...]
    matrix: Matrix
    width: float
    height: float
    unknown: float


def read_page_words(page: Any) -> PageWords:
    """Read a page of PDFium's.

    Raises
    ------
    pypdfium2.PdfiumError
        The page has no text that can be read.
    """
    width, height = page.get_size()
    matrix = _page_matrix(page, width, height)
    text_page = page.get_textpage()
    try:
        words, unknown = _collect(text_page, matrix, width, height)
    finally:
        text_page.close()
    frames = sorted(
        (_pack(turns, own, width, height) for turns, own in words.items()),
        key=lambda one: -len(one.numbers),
    )
    rules = read_rules(page, matrix)
    return PageWords(tuple(frames), tuple(rules), matrix, width, height, unknown)


def turn_box(
    box: Sequence[float], turns: int, width: float, height: float
) -> tuple[float, float, float, float]:
    """Turn a box of the page as it is seen into a frame that is turned against it."""
    left, top, right, bottom = box
    if turns == 1:
        return height - bottom, left, height - top, right
    if turns == 2:
        return width - right, height - bottom, width - left, height - top
    if turns == 3:
        return top, width - right, bottom, width - left
    return left, top, right, bottom


def apply(
    matrix: Matrix, left: float, bottom: float, right: float, top: float
) -> tuple[float, float, float, float]:
    """Map a box of the file's coordinates: left, top, right and bottom as the page is seen."""
    a, b, c, d, e, f = matrix
    xs = (a * left + c * bottom + e, a * right + c * top + e)
    ys = (b * left + d * bottom + f, b * right + d * top + f)
    if b or c:
        xs = (*xs, a * left + c * top + e, a * right + c * bottom + e)  # type: ignore[assignment]
        ys = (*ys, b * left + d * top + f, b * right + d * bottom + f)  # type: ignore[assignment]
    return min(xs), min(ys), max(xs), max(ys)


def _page_matrix(page: Any, width: float, height: float) -> Matrix:
    """Find how a page is seen, from its box and rotation, by asking where three points go."""
    import pypdfium2.raw as pdfium

    grid = 1_000_000
    found = []
    for x, y in ((0, 0), (100, 0), (0, 100)):
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(
            page, 0, 0, grid, grid, 0, x, y, ctypes.byref(across), ctypes.byref(down)
        )
        found.append((across.value / grid * width, down.value / grid * height))
    (e, f), (ax, ay), (cx, cy) = found
    numbers = [(ax - e) / 100, (ay - f) / 100, (cx - e) / 100, (cy - f) / 100]
    # A page is turned by right angles and not stretched: what is nearly 0 is rounding.
    a, b, c, d = (0.0 if abs(one) < 0.01 else one for one in numbers)
    return a, b, c, d, e, f


def _collect(
    text_page: Any, matrix: Matrix, width: float, height: float
) -> tuple[dict[int, list[Word]], float]:
    """Put characters together to words, for each direction in which they run."""
    words: dict[int, list[Word]] = {}
    fonts = _Fonts(text_page)
    count = unknown = 0
    last: Word | None = None
    last_turns = 0
    for index, code, angle, box in _characters(text_page):
        if box is None:
            last = None
            continue
        count += 1
        unknown += code in (0, 0xFFFD)
        turns = _quarter_turns(angle, matrix)
        shallow = not angle and fonts.is_shallow(index)
        placed = apply(matrix, *(_deepen(text_page, index, box) if shallow else box))
        if placed[2] < 0 or placed[3] < 0 or placed[0] > width or placed[1] > height:
            last = None  # outside the page, where nobody sees it
            continue
        left, top, right, bottom = turn_box(placed, turns, width, height)
        letter = "-" if code in _HYPHENS else chr(code)
        if last is not None and turns == last_turns and _follows(last, left, top, right, bottom):
            last.text += letter.translate(SUPERSCRIPTS) if last.has_mark(top, bottom) else letter
            last.left, last.right = min(last.left, left), max(last.right, right)
            last.top, last.bottom = min(last.top, top), max(last.bottom, bottom)
            continue
        last = Word(letter, left, top, right, bottom, bottom - top, fonts.is_bold(index))
        last_turns = turns
        words.setdefault(turns, []).append(last)
    return words, unknown / max(1, count)


def _characters(
    text_page: Any,
) -> Iterator[tuple[int, int, float, tuple[float, float, float, float] | None]]:
    """List index, code, angle (radians) and box of each character; no box for white space."""
    import pypdfium2.raw as pdfium

    code_of, box_of = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox
    angle_of = pdfium.FPDFText_GetCharAngle
    rect = pdfium.FS_RECTF()
    where = ctypes.byref(rect)
    high = 0
    for index in range(min(text_page.count_chars(), MOST_CHARACTERS)):
        code = code_of(text_page, index)
        if 0xD800 <= code < 0xDC00:  # the first half of a character beyond the basic plane
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        if code in (0x20, 0x0A, 0x0D, 0x09, 0xA0) or (code > 0x7F and chr(code).isspace()):
            yield index, code, 0.0, None
        elif box_of(text_page, index, where) and (rect.right > rect.left or rect.top > rect.bottom):
            yield (
                index,
                code if code < 0xF0000 else 0xFFFD,  # beyond are letters of the file's own
                angle_of(text_page, index),
                (rect.left, rect.bottom, rect.right, rect.top),
            )


def _quarter_turns(angle: float, matrix: Matrix) -> int:
    """By how many right angles text is turned anticlockwise, as the page is seen; -1 for others."""
    a, b, *_ = matrix
    seen = angle + math.atan2(-b, a)
    turns = seen / (math.pi / 2)
    nearest = round(turns)
    return nearest % 4 if abs(turns - nearest) < 0.06 else -1


def _follows(word: Word, left: float, top: float, right: float, bottom: float) -> bool:
    """Whether a character goes on a word: on its line and close by, or of the same sign."""
    height = min(word.bottom - word.top, bottom - top)
    shared = min(word.bottom, bottom) - max(word.top, top)
    if shared < 0.5 * height:
        return False
    if right <= word.right and left >= word.left:  # one sign may stand for several letters
        return True
    backwards = unicodedata.bidirectional(word.text[-1]) in ("R", "AL")
    gap = word.left - right if backwards else left - word.right
    return -0.6 * word.size <= gap <= 0.25 * word.size


def _deepen(
    text_page: Any, index: int, box: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    """Make a character's box as high as its line, where its font does not tell how deep that is."""
    import pypdfium2.raw as pdfium

    x, y, matrix = ctypes.c_double(), ctypes.c_double(), pdfium.FS_MATRIX()
    if not (
        pdfium.FPDFText_GetCharOrigin(text_page, index, ctypes.byref(x), ctypes.byref(y))
        and pdfium.FPDFText_GetMatrix(text_page, index, ctypes.byref(matrix))
    ):
        return box
    size = abs(matrix.d) * pdfium.FPDFText_GetFontSize(text_page, index)
    left, bottom, right, top = box
    return left, min(bottom, y.value - _DEPTH * size), right, max(top, y.value + _RISE * size)


class _Fonts:
    """Tells of characters what their font does; each font is asked once."""

    def __init__(self, text_page: Any) -> None:
        self._page = text_page
        self._known: dict[int, tuple[bool, bool]] = {}

    def is_bold(self, index: int) -> bool:
        """Whether a character is bold."""
        return self._of(index)[0]

    def is_shallow(self, index: int) -> bool:
        """Whether the font does not tell how far its letters reach below the line."""
        return self._of(index)[1]

    def _of(self, index: int) -> tuple[bool, bool]:
        import pypdfium2.raw as pdfium

        text_object = pdfium.FPDFText_GetTextObject(self._page, index)
        font = pdfium.FPDFTextObj_GetFont(text_object) if text_object else None
        if not font:
            return False, False
        key = ctypes.cast(font, ctypes.c_void_p).value or 0
        if key not in self._known:
            buffer = ctypes.create_string_buffer(_LONGEST_NAME)
            pdfium.FPDFFont_GetBaseFontName(font, buffer, _LONGEST_NAME)
            name = buffer.value.lower()
            heavy = pdfium.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT
            bold = heavy or any(one in name for one in (b"bold", b"black", b"heavy"))
            depth = ctypes.c_float()
            told = pdfium.FPDFFont_GetDescent(font, 1000.0, ctypes.byref(depth))
            self._known[key] = bold, bool(told) and not depth.value
        return self._known[key]


def _pack(turns: int, words: Sequence[Word], width: float, height: float) -> Frame:
    numbers = array("f")
    for one in words:
        numbers.extend((one.left, one.top, one.right, one.bottom, one.size, float(one.bold)))
    if turns % 2:
        width, height = height, width
    return Frame(turns, "\n".join(one.text for one in words), numbers, width, height)
