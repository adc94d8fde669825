"""Text recognition: where words stand on a picture of a page, what they are, and how surely.

RapidOCR runs PaddleOCR's small models on the CPU. They lie in its package and are named by their
files, so that nothing is ever looked for on the network. They know Latin letters with accents and
umlauts, Greek, Chinese and Japanese; not Cyrillic, Arabic, Hebrew or Korean.
"""

import importlib.util
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rare_app.documents.scripts import is_ideographic
from rare_app.documents.word_gaps import Gaps, measure_gaps, mend_spaces

_DETECTED_AT = 1600
"""Longest side in pixels at which words are looked for; they are read at full size."""
_SURELY_UPRIGHT = 0.88
"""Mean certainty from which a page is taken to be upright without trying."""
_TRIED = 5
"""Lines that are read upside down for comparison."""
_UPRIGHT_CROP = 1.5
"""Height over width from which a narrow box may hold a line that runs up or down."""
_TALL = 2.5
"""Times the usual height of a line that such a box must have: a lone digit is narrow too."""
_WIDEST_CROP = 80
"""Width over height at most; what is longer is no line of text."""
_WIDE_GAP = 1.3
"""A gap of as many heights between two words parts a line: it is a column's."""
_THREADS = 2

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word, or one character of a script without spaces.

    Attributes
    ----------
    text : str
    left, top, width, height : float
        Its box as shares (0–1) of the picture as it was given.
    certainty : float
        Probability of its least sure character, in [0, 1].
    joined : bool
        Whether no space stands before it.
    """

    text: str
    left: float
    top: float
    width: float
    height: float
    certainty: float
    joined: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """Words on one line without a wide gap; edges in pixels of the page turned upright."""

    words: tuple[Word, ...]
    left: float
    top: float
    right: float
    bottom: float

    @property
    def text(self) -> str:
        """The words with the spaces between them."""
        return "".join(("" if one.joined else " ") + one.text for one in self.words).strip()

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Where its middle is from above, in pixels."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class _Read:
    """A box of the detector (four corners, clockwise from the text's upper left) as it was read."""

    corners: Points
    text: str
    certainties: Sequence[float]
    centres: Sequence[float]

    @property
    def certainty(self) -> float:
        return float(np.mean(self.certainties)) if self.certainties else 0.0


def can_recognise() -> bool:
    """Whether the packages and models that recognition needs are installed."""
    return importlib.util.find_spec("cv2") is not None and all(
        one is not None and one.is_file() for one in _models()
    )


def recognise(picture: Any) -> list[Segment]:
    """Recognise the words of a page.

    The page is turned upright by right angles where it is read much more surely so, and a small
    tilt is taken out of the segments' edges.

    Parameters
    ----------
    picture : PIL.Image.Image
        In mode RGB; at most some 3,000 pixels a side (:mod:`rare_app.documents.pictures`).

    Returns
    -------
    list of Segment
        In no order; empty where there is no text.
    """
    begun = time.perf_counter()
    try:
        given = np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])
        turns, found = _read_upright(given)
        return [
            segment
            for read, level in zip(found, _level([one.corners for one in found]), strict=True)
            for segment in _segments(read, level, turns=turns, shape=given.shape)
        ]
    finally:
        _spent["seconds"] += time.perf_counter() - begun


_spent = {"seconds": 0.0}


def seconds_spent() -> float:
    """Give the seconds that this process has spent on recognition so far."""
    return _spent["seconds"]


def _models() -> tuple[Path | None, Path | None]:
    """Files of the detector and the recogniser; ``None`` without the package."""
    package = importlib.util.find_spec("rapidocr")
    if package is None or package.origin is None:
        return None, None
    folder = Path(package.origin).parent / "models"
    return folder / "PP-OCRv6_det_small.onnx", folder / "PP-OCRv6_rec_small.onnx"


@lru_cache(maxsize=1)
def _engine() -> Any:
    import cv2
    from rapidocr import RapidOCR

    cv2.setNumThreads(_THREADS)
    detector, recogniser = _models()
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Global.max_side_len": 1 << 15,
            "Global.use_vertical_padding": False,
            "Global.return_word_box": True,
            "EngineConfig.onnxruntime.intra_op_num_threads": _THREADS,
            "Det.model_path": str(detector),
            "Det.limit_type": "max",
            "Det.limit_side_len": _DETECTED_AT,
            "Rec.model_path": str(recogniser),
            "Rec.rec_batch_num": 4,
        }
    )


def _read_upright(given: NDArray[np.uint8]) -> tuple[int, list[_Read]]:
    """Read a page; give by how many quarter turns (anticlockwise) it had to be turned."""
    boxes = _detect(given)
    lengths = [max(_size(one)) for one in boxes]
    lying = sum(
        length
        for one, length in zip(boxes, lengths, strict=True)
        if _size(one)[1] > _UPRIGHT_CROP * _size(one)[0]
    )
    turns = int(lying > 0.6 * sum(lengths)) if boxes else 0
    page = np.ascontiguousarray(np.rot90(given, turns))
    if turns:
        boxes = _detect(page)
    found = _read(page, boxes)
    if _mean(found) >= _SURELY_UPRIGHT or not found:
        return turns, found
    longest = sorted(found, key=lambda one: -_size(one.corners)[0])[:_TRIED]
    over = _read(page, [one.corners[[2, 3, 0, 1]] for one in longest])
    if _mean(over) > _mean(longest):
        turns += 2
        page = np.ascontiguousarray(np.rot90(given, turns))
        found = _read(page, _detect(page))
    return turns, found


def _mean(found: Sequence[_Read]) -> float:
    """Mean certainty of all characters."""
    every = [one for read in found for one in read.certainties]
    return float(np.mean(every)) if every else 0.0


def _detect(page: NDArray[np.uint8]) -> list[Points]:
    """Find boxes that hold text, each as four corners in pixels, clockwise from the upper left."""
    found = _engine()(page, use_det=True, use_cls=False, use_rec=False)
    boxes = getattr(found, "boxes", None)
    return [] if boxes is None else [np.asarray(box, dtype=np.float64) for box in boxes]


def _size(corners: Points) -> tuple[float, float]:
    """Width and height of a box."""
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    return float(max(sides[0], sides[2])), float(max(sides[1], sides[3]))


def _read(page: NDArray[np.uint8], boxes: Sequence[Points]) -> list[_Read]:
    """Read what stands in boxes; boxes without a character are left out."""
    if not boxes:
        return []
    usual = float(np.median([min(_size(one)) for one in boxes]))
    turned = [_along(one, usual) for one in boxes]
    # The engine would also give boxes of words, but it pairs them with the wrong certainties.
    cuts = [_cut(page, one) for one in turned]
    done = _engine().recognize_txt(cuts)
    found: list[_Read] = []
    gaps: list[Gaps] = []
    for corners, cut, said, info in zip(turned, cuts, done.txts, done.word_results, strict=True):
        text = " ".join(said.split())
        columns = [column for word in info.word_cols for column in word]
        centres = [(column + 0.5) / info.line_txt_len for column in columns]
        sure = [
            one for one, letter in zip(info.confs or (), said, strict=False) if not letter.isspace()
        ]
        if len(centres) == len(sure) == len(text.replace(" ", "")) > 0:
            found.append(_Read(corners, text, sure, centres))
            gaps.append(measure_gaps(text, centres, cut))
    texts = mend_spaces([one.text for one in found], gaps)
    return [replace(one, text=text) for one, text in zip(found, texts, strict=True)]


def _along(corners: Points, usual: float) -> Points:
    """Let the corners of a line that runs downwards begin where its text does."""
    width, height = _size(corners)
    lies = height > _UPRIGHT_CROP * width and height > _TALL * usual
    return corners[[1, 2, 3, 0]] if lies else corners


def _cut(page: NDArray[np.uint8], corners: Points) -> NDArray[np.uint8]:
    """Cut a box out and make it level."""
    import cv2

    width, height = (max(4, round(one)) for one in _size(corners))
    width = min(width, _WIDEST_CROP * height)
    aims = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    bend = cv2.getPerspectiveTransform(corners.astype(np.float32), aims)
    cut = cv2.warpPerspective(
        page, bend, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cut, dtype=np.uint8)


def _level(boxes: Sequence[Points]) -> list[Points]:
    """Turn boxes by the page's tilt, so that its lines run level."""
    if not boxes:
        return []
    edges = np.array([one[1] - one[0] for one in boxes])
    lengths = np.hypot(edges[:, 0], edges[:, 1])
    angles = np.arctan2(edges[:, 1], edges[:, 0])
    order = np.argsort(angles)
    middle = order[np.searchsorted(np.cumsum(lengths[order]), lengths.sum() / 2)]
    cosine, sine = np.cos(angles[middle]), np.sin(angles[middle])
    return [one @ np.array([[cosine, -sine], [sine, cosine]]) for one in boxes]


def _segments(
    read: _Read, level: Points, *, turns: int, shape: tuple[int, ...]
) -> Iterator[Segment]:
    """Part a line at its wide gaps."""
    width, height = _size(read.corners)
    spans = list(_spans(read))
    words = [_word(read, span, turns=turns, shape=shape) for span in spans]
    first = 0
    for at in range(1, len(spans) + 1):
        wide = at == len(spans) or (spans[at][2] - spans[at - 1][3]) * width > _WIDE_GAP * height
        if wide:
            start, end = spans[first][2], spans[at - 1][3]
            corners = _slice(level, start, end)
            left, top = corners.min(axis=0)
            right, bottom = corners.max(axis=0)
            # A tilted box within a level page is no taller than its text.
            slack = max(0.0, (bottom - top - height) / 2)
            yield Segment(tuple(words[first:at]), left, top + slack, right, bottom - slack)
            first = at


def _spans(read: _Read) -> Iterator[tuple[int, int, float, float]]:
    """Give each word's characters, as offsets without spaces, and its ends as shares of the line.

    Characters of a script without spaces are words of their own.
    """
    advance = 1.0 / max(1, len(read.text))
    groups: list[list[int]] = []
    number, apart = 0, True
    for letter in read.text:
        if letter == " ":
            apart = True
            continue
        if apart or is_ideographic(letter):
            groups.append([])
        groups[-1].append(number)
        apart = is_ideographic(letter)
        number += 1
    for group in groups:
        first, last = read.centres[group[0]], read.centres[group[-1]]
        own = (last - first) / (len(group) - 1) if len(group) > 1 else advance
        half = min(own, 2 * advance) / 2
        yield group[0], group[-1] + 1, max(0.0, first - half), min(1.0, last + half)


def _word(
    read: _Read, span: tuple[int, int, float, float], *, turns: int, shape: tuple[int, ...]
) -> Word:
    first, last, start, end = span
    letters = read.text.replace(" ", "")
    corners = _turn_back(_slice(read.corners, start, end), turns=turns, shape=shape)
    size = np.array([shape[1], shape[0]], dtype=np.float64)
    low = np.clip(corners.min(axis=0) / size, 0, 1)
    high = np.clip(corners.max(axis=0) / size, 0, 1)
    # Where the text has a space before the word's first character, or begins.
    at = [i for i, letter in enumerate(read.text) if letter != " "][first]
    return Word(
        text=letters[first:last],
        left=float(low[0]),
        top=float(low[1]),
        width=float(high[0] - low[0]),
        height=float(high[1] - low[1]),
        certainty=float(min(read.certainties[first:last])),
        joined=at > 0 and read.text[at - 1] != " ",
    )


def _slice(corners: Points, start: float, end: float) -> Points:
    """Give the part of a box between two shares of its length."""
    above, below = corners[1] - corners[0], corners[2] - corners[3]
    return np.array(
        [
            corners[0] + start * above,
            corners[0] + end * above,
            corners[3] + end * below,
            corners[3] + start * below,
        ]
    )


def _turn_back(corners: Points, *, turns: int, shape: tuple[int, ...]) -> Points:
    """Give the places in the picture as it was given of places in the one that was turned."""
    height, width = shape[:2]
    x, y = corners[:, 0], corners[:, 1]
    turned = ((x, y), (width - y, x), (width - x, height - y), (y, height - x))[turns % 4]
    return np.stack(turned, axis=1)
