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

from rare_app.documents.quads import (
    UPRIGHT,
    Points,
    along,
    cut_out,
    level,
    part_of,
    size_of,
    turn_back,
)
from rare_app.documents.scripts import is_ideographic
from rare_app.documents.word_gaps import Gaps, measure_gaps, mend_spaces

_DETECTED_AT = 1600
"""Longest side in pixels at which words are looked for; they are read at full size."""
_MOST_BOXES = 3000
"""Boxes of a page that are read; a page full of figures has a thousand and more."""
_SURELY_UPRIGHT = 0.88
"""Mean certainty from which a page is taken to be upright without trying."""
_TRIED = 5
"""Lines that are read upside down for comparison."""
_WIDE_GAP = 0.9
"""A gap of as many heights between two words parts a line: it is a column's."""
_THREADS = 2


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
            for read, lying in zip(found, level([one.corners for one in found]), strict=True)
            for segment in _segments(read, lying, turns=turns, shape=given.shape)
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
            "Det.max_candidates": _MOST_BOXES,
            "Rec.model_path": str(recogniser),
            "Rec.rec_batch_num": 4,
        }
    )


def _read_upright(given: NDArray[np.uint8]) -> tuple[int, list[_Read]]:
    """Read a page; give by how many quarter turns (anticlockwise) it had to be turned."""
    boxes = _detect(given)
    lengths = [max(size_of(one)) for one in boxes]
    lying = sum(
        length
        for one, length in zip(boxes, lengths, strict=True)
        if size_of(one)[1] > UPRIGHT * size_of(one)[0]
    )
    turns = int(lying > 0.6 * sum(lengths)) if boxes else 0
    page = np.ascontiguousarray(np.rot90(given, turns))
    if turns:
        boxes = _detect(page)
    found = _read(page, boxes)
    if _mean(found) >= _SURELY_UPRIGHT or not found:
        return turns, found
    longest = sorted(found, key=lambda one: -size_of(one.corners)[0])[:_TRIED]
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


def _read(page: NDArray[np.uint8], boxes: Sequence[Points]) -> list[_Read]:
    """Read what stands in boxes; boxes without a character are left out."""
    if not boxes:
        return []
    usual = float(np.median([min(size_of(one)) for one in boxes]))
    turned = [along(one, usual) for one in boxes]
    # The engine would also give boxes of words, but it pairs them with the wrong certainties.
    cuts = [cut_out(page, one) for one in turned]
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


def _segments(
    read: _Read, lying: Points, *, turns: int, shape: tuple[int, ...]
) -> Iterator[Segment]:
    """Part a line at its wide gaps."""
    width, height = size_of(read.corners)
    spans = list(_spans(read))
    words = [_word(read, span, turns=turns, shape=shape) for span in spans]
    first = 0
    for at in range(1, len(spans) + 1):
        wide = at == len(spans) or (spans[at][2] - spans[at - 1][3]) * width > _WIDE_GAP * height
        if wide:
            start, end = spans[first][2], spans[at - 1][3]
            corners = part_of(lying, start, end)
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
    corners = turn_back(part_of(read.corners, start, end), turns=turns, shape=shape)
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
