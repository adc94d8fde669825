"""Boxes of text on a picture that need not lie level: cut out, turned, measured."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

UPRIGHT = 1.5
"""Height over width from which a narrow box may hold a line that runs up or down."""
_TALL = 2.5
"""Times the usual height of a line that such a box must have: a lone digit is narrow too."""
_MOST_OFF = 0.05
"""Radians by which the page's tilt may differ from that of its boxes in the middle."""
_WIDEST_CUT = 80
"""Width over height at most; what is longer is no line of text."""

Points = NDArray[np.float64]
"""Four corners in pixels, shape (4, 2), clockwise from the text's upper left."""


def size_of(corners: Points) -> tuple[float, float]:
    """Width and height of a box."""
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    return float(max(sides[0], sides[2])), float(max(sides[1], sides[3]))


def along(corners: Points, usual: float) -> Points:
    """Let the corners of a line that runs downwards begin where its text does."""
    width, height = size_of(corners)
    lies = height > UPRIGHT * width and height > _TALL * usual
    return corners[[1, 2, 3, 0]] if lies else corners


def cut_out(page: NDArray[np.uint8], corners: Points) -> NDArray[np.uint8]:
    """Cut a box out and make it level."""
    import cv2

    width, height = (max(4, round(one)) for one in size_of(corners))
    width = min(width, _WIDEST_CUT * height)
    aims = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    bend = cv2.getPerspectiveTransform(corners.astype(np.float32), aims)
    cut = cv2.warpPerspective(
        page, bend, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cut, dtype=np.uint8)


def level(boxes: Sequence[Points]) -> list[Points]:
    """Turn boxes by the page's tilt, so that its lines run level."""
    if not boxes:
        return []
    angle = _tilt(boxes)
    cosine, sine = np.cos(angle), np.sin(angle)
    return [one @ np.array([[cosine, -sine], [sine, cosine]]) for one in boxes]


def _tilt(boxes: Sequence[Points]) -> float:
    """Find the angle at which most boxes share a line, near the one at which they lie, in radians.

    A short box tells its own angle badly, and in a table all may be short.
    """
    edges = np.array([one[1] - one[0] for one in boxes])
    lengths = np.hypot(edges[:, 0], edges[:, 1])
    angles = np.arctan2(edges[:, 1], edges[:, 0])
    order = np.argsort(angles)
    middle = order[np.searchsorted(np.cumsum(lengths[order]), lengths.sum() / 2)]
    centres = np.array([one.mean(axis=0) for one in boxes])
    grain = max(1.0, 0.25 * float(np.median([min(size_of(one)) for one in boxes])))
    best, sharpest = float(angles[middle]), 0.0
    for step in sorted(np.arange(-_MOST_OFF, _MOST_OFF, 0.001), key=abs):
        angle = angles[middle] + step
        down = centres[:, 1] * np.cos(angle) - centres[:, 0] * np.sin(angle)
        sharpness = 0.0
        for shift in (0.0, 0.5):
            at = np.floor((down - down.min()) / grain + shift).astype(int)
            sharpness += float((np.bincount(at, weights=lengths**0.5) ** 2).sum())
        if sharpness > 1.01 * sharpest:
            best, sharpest = float(angle), sharpness
    return best


def part_of(corners: Points, start: float, end: float) -> Points:
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


def turn_back(corners: Points, *, turns: int, shape: tuple[int, ...]) -> Points:
    """Give the places in the picture as it was given of places in the one that was turned."""
    height, width = shape[:2]
    x, y = corners[:, 0], corners[:, 1]
    turned = ((x, y), (width - y, x), (width - x, height - y), (y, height - x))[turns % 4]
    return np.stack(turned, axis=1)
