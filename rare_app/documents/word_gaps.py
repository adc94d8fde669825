"""Spaces between recognised words, checked against the white between their letters.

The recogniser reads at a fixed height and loses a space now and then (“of25”), or sees one where
there is none (“98, 134” for 98,134), which makes another figure of it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rare_app.documents.scripts import is_ideographic

_INK = 0.05
"""Share of a column's height that is dark where it crosses a letter."""
_NEAR_SPACE, _NEAR_LETTERS = 0.4, 0.65
"""From the usual white between letters (0) to that of a space (1): from where a space is put in,
and below which one within a figure is taken out."""
_FEWEST = 8
"""Spaces of a page by which the white of one is known."""

Gaps = list[tuple[bool, float]]
"""For each letter but the last: is there a space after it, and the white as a share of height."""


def measure_gaps(text: str, centres: Sequence[float], cut: NDArray[np.uint8]) -> Gaps:
    """Measure the white after each letter of a line.

    Parameters
    ----------
    text : str
    centres : sequence of float
        Middles of its letters, spaces left out, as shares of the line's length.
    cut : array of uint8, shape (height, width, 3)
        The line's picture.
    """
    grey = cut.mean(axis=2)
    paper, ink = np.percentile(grey, 90), np.percentile(grey, 2)
    dark = np.clip((paper - grey) / max(paper - ink, 16.0), 0, 1).mean(axis=0)
    white = dark < np.percentile(dark, 10) + _INK
    edges = [round(centre * cut.shape[1]) for centre in centres]
    spaces = _spaces(text)
    return [
        (space, _longest(white[start:end]) / cut.shape[0])
        for space, start, end in zip(spaces, edges, edges[1:], strict=False)
    ]


def mend_spaces(texts: Sequence[str], gaps: Sequence[Gaps]) -> list[str]:
    """Put in and take out the spaces of a page's lines that its white speaks against.

    Parameters
    ----------
    texts : sequence of str
    gaps : sequence of Gaps
        Of each of them.
    """
    spaces = [width for line in gaps for space, width in line if space]
    if len(spaces) < _FEWEST:
        return list(texts)
    usual = float(np.median(spaces))
    return [_mend(text, line, usual) for text, line in zip(texts, gaps, strict=True)]


def _mend(text: str, gaps: Gaps, space: float) -> str:
    tight = [width for is_space, width in gaps if not is_space]
    between = float(np.median(tight)) if tight else 0.0
    if not tight or space < 2 * between:
        return text
    letters = text.replace(" ", "")
    mended = letters[0]
    for number, (is_space, width) in enumerate(gaps):
        share = (width - between) / (space - between)
        before, after = letters[number], letters[number + 1]
        if is_space:
            within = before in ".,’'" and after.isdigit() and letters[number - 1].isdigit()
            is_space = not (within and number > 0 and share < _NEAR_LETTERS)  # noqa: PLW2901
        elif _may_part(before, after):
            is_space = share > _NEAR_SPACE  # noqa: PLW2901
        mended += " " * is_space + after
    return mended


def _may_part(before: str, after: str) -> bool:
    """Whether words may meet here: a figure's own digits have much white round a 1."""
    if is_ideographic(before) or is_ideographic(after):
        return False
    return (
        after.isdigit() != before.isdigit()
        if before.isalnum() and after.isalnum()
        else (before in "%€$£.,;:)" and after.isalpha())
    )


def _spaces(text: str) -> list[bool]:
    """Whether a space follows each letter."""
    return [
        after == " " for letter, after in zip(text, f"{text[1:]}x", strict=True) if letter != " "
    ]


def _longest(white: NDArray[np.bool_]) -> int:
    """Give the length of the longest run of white columns."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], white.astype(np.int8), [0]))))
    return int((edges[1::2] - edges[::2]).max()) if edges.size else 0
