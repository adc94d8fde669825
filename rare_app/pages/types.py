"""The shapes of a page that is shown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A part of one line, as shares (0–1) of the page's width and height from its upper left."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PageView:
    """A page with the place of some quoted words.

    Attributes
    ----------
    png : bytes
        The page as it is seen, rotation applied.
    width, height : int
        Of the picture, in pixels.
    boxes : tuple of Box
        The quoted words, a box a line; empty where they were not found.
    text : str
        What stands in the boxes, as the file has it.
    """

    png: bytes
    width: int
    height: int
    boxes: tuple[Box, ...]
    text: str
