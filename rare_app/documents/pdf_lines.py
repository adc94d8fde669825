"""From the words of a PDF's page to its lines in reading order, by where they stand."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol, TypeVar

from rare_app.documents.clean import clean_characters, is_figure
from rare_app.documents.pdf_words import Word

GAP = 0.7
"""A gap of so many line heights between two words of a line parts runs: cells or columns."""
_WIDE = 1.3
"""A gap of more line heights is no space of a justified line."""
_JOINED = 0.08
"""Words closer than so many line heights are one: the file drew its letters apart."""
_MOST_OPEN = 40
"""Lines that a word is compared with; more stand at one height only on a hostile page."""
_LEAST_COLUMN_LINES = 4
_DEEPEST = 4
_MOST_GUTTERS = 4
_NARROWEST_GUTTER = 5.0
_LETTERS_APART = 10
_MOST_FIGURE_LINES = 0.05
"""Share of the lines of two columns that may have figures on both sides, as tables have."""
_SIGNS = frozenset("$€£¥")


class Placed(Protocol):
    """Something with a box."""

    left: float
    top: float
    right: float
    bottom: float


P = TypeVar("P", bound=Placed)


@dataclass(slots=True)
class Run:
    """Words of one line that stand together.

    Attributes
    ----------
    text : str
        Clean.
    left, top, right, bottom, size : float
        In points; `size` is the height of the line of its longest word.
    bold : bool
        Whether every word is.
    content : object
        What stands in this place, where it is not plain text: a table, a form field.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool = False
    content: object = None


@dataclass(slots=True)
class Line:
    """Runs that stand beside each other, in reading order."""

    runs: list[Run] = field(default_factory=list)

    @property
    def left(self) -> float:
        """Its left edge."""
        return min(one.left for one in self.runs)

    @property
    def right(self) -> float:
        """Its right edge."""
        return max(one.right for one in self.runs)

    @property
    def top(self) -> float:
        """Its upper edge."""
        return min(one.top for one in self.runs)

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return max(one.bottom for one in self.runs)

    @property
    def size(self) -> float:
        """Height of the line of its longest run."""
        return max(self.runs, key=lambda one: len(one.text)).size

    @property
    def bold(self) -> bool:
        """Whether every run is bold."""
        return all(one.bold for one in self.runs)

    @property
    def text(self) -> str:
        """Its text, two spaces where a wide gap parts its runs."""
        parts = [self.runs[0].text]
        for before, after in pairwise(self.runs):
            wide = after.left - before.right > _WIDE * min(before.size, after.size)
            parts.append(f"  {after.text}" if wide else f" {after.text}")
        return "".join(parts)


def side_by_side(items: Iterable[P]) -> list[list[P]]:
    """Put together what stands at one height: lists from the top down, each from left to right.

    An item belongs to the list with which it shares half of the lower one's height.
    """
    found: list[list[P]] = []
    spans: list[tuple[float, float]] = []
    opened: list[int] = []
    for item in sorted(items, key=lambda one: (one.top + one.bottom, one.left)):
        height = item.bottom - item.top
        best, most = -1, 0.0
        opened = [at for at in opened if spans[at][1] > item.top][-_MOST_OPEN:]
        for at in opened:
            top, bottom = spans[at]
            shared = min(bottom, item.bottom) - max(top, item.top)
            share = shared / max(0.1, min(height, bottom - top))
            if share >= 0.5 and share > most:
                best, most = at, share
        if best < 0:
            opened.append(len(found))
            found.append([item])
            spans.append((item.top, item.bottom))
        else:
            found[best].append(item)
            top, bottom = spans[best]
            # The tallest word tells where the line runs; a raised figure does not move it.
            if height > bottom - top:
                spans[best] = (item.top, item.bottom)
    order = sorted(range(len(found)), key=lambda at: spans[at][0] + spans[at][1])
    return [sorted(found[at], key=lambda one: one.left) for at in order]


def runs_of(words: Sequence[Word], *, breaks: Callable[[Word, Word], bool]) -> list[Run]:
    """Put words together to runs.

    Parameters
    ----------
    words : sequence of Word
        Of a page or a part of it.
    breaks : callable
        Whether something parts two neighbours of a line besides a gap.
    """
    runs: list[Run] = []
    for line in side_by_side(words):
        part: list[Word] = []
        for word in line:
            if part and (
                word.left - max(one.right for one in part[-3:])
                > GAP * min(word.size, part[-1].size)
                or breaks(part[-1], word)
            ):
                runs += _part_sign(part)
                part = []
            part.append(word)
        if part:
            runs.append(make_run(part))
    return [one for one in runs if one.text]


def _part_sign(words: list[Word]) -> list[Run]:
    """Make a run of words; a currency sign behind a figure belongs to the figure that follows."""
    if (
        len(words) > 1
        and words[-1].text in _SIGNS
        and (is_figure(words[-2].text) or words[-2].text in (")", "%", ")%"))
    ):
        return [make_run(words[:-1]), make_run(words[-1:])]
    return [make_run(words)]


def make_run(words: Sequence[Word]) -> Run:
    """Write words of one line, which are given from left to right, as a run."""
    return Run(
        write_words(words),
        words[0].left,
        min(one.top for one in words),
        max(one.right for one in words),
        max(one.bottom for one in words),
        max(words, key=lambda one: len(one.text)).size,
        all(one.bold for one in words),
    )


def write_words(words: Sequence[Word]) -> str:
    """Write the words of a line, right to left where its letters run so."""
    if _runs_backwards(words):
        return clean_characters(" ".join(one.text for one in reversed(words)))
    gaps = [after.left - before.right for before, after in pairwise(words)]
    least = _JOINED * min(one.size for one in words)
    single = sum(len(one.text) == 1 and one.text.isalpha() for one in words)
    if len(words) >= _LETTERS_APART and single >= 0.8 * len(words):
        least = 1.6 * sorted(gaps)[len(gaps) // 2]  # letters set apart: “w i d e l y  s e t”
    parts = [words[0].text]
    for gap, word in zip(gaps, words[1:], strict=True):
        parts.append(word.text if gap < least else " " + word.text)
    text = "".join(parts)
    return text if text.isascii() and text.isprintable() else clean_characters(text)


def _runs_backwards(words: Sequence[Word]) -> bool:
    letters = [c for one in words for c in one.text if c.isalpha()]
    if all(c.isascii() for c in letters):
        return False
    backwards = sum(unicodedata.bidirectional(c) in ("R", "AL") for c in letters)
    return 2 * backwards > len(letters)


def lines_of(runs: Iterable[Run]) -> list[Line]:
    """Put runs together to lines, from the top down."""
    return [Line(list(one)) for one in side_by_side(runs)]


def in_columns(runs: Sequence[Run], *, depth: int = 0) -> list[list[Line]]:
    """Part a page into flows that are read one after the other: columns of text, and what is not.

    Two columns are parted by white space that several lines have in common, with running text on
    both sides: what stands beside figures or short words is a table and stays together.

    Returns
    -------
    list of list of Line
        In reading order.
    """
    lines = lines_of(runs)
    gutter = _find_gutter(lines) if depth < _DEEPEST else None
    if gutter is None:
        return [lines] if lines else []
    flows: list[list[Line]] = []
    for columned, band in _bands(lines, gutter):
        if not columned:
            flows.append(band)
            continue
        for side in (True, False):
            own = [run for line in band for run in line.runs if (run.right <= gutter) is side]
            flows += in_columns(own, depth=depth + 1)
    return flows


def _find_gutter(lines: Sequence[Line]) -> float | None:
    """Find the middle of the white space between two columns of running text."""
    edges = [
        edge
        for line in lines
        for before, after in pairwise(line.runs)
        if after.left - before.right >= _NARROWEST_GUTTER
        for edge in ((before.right, 1), (after.left, -1))
    ]
    if len(edges) < 2 * _LEAST_COLUMN_LINES:
        return None
    spaces: list[tuple[int, float]] = []  # how many lines leave it free, its middle
    count, since = 0, 0.0
    for x, step in sorted(edges):
        if count >= _LEAST_COLUMN_LINES and x > since:
            spaces.append((count, (since + x) / 2))
        count, since = count + step, x
    middle = (min(line.left for line in lines) + max(line.right for line in lines)) / 2
    tried: list[float] = []
    for _, x in sorted(spaces, key=lambda one: (-one[0], abs(one[1] - middle))):
        if any(abs(x - other) < 20 for other in tried):
            continue
        if len(tried) == _MOST_GUTTERS:
            break
        tried.append(x)
        if any(columned for columned, _ in _bands(lines, x)):
            return x
    return None


def _bands(lines: Sequence[Line], gutter: float) -> list[tuple[bool, list[Line]]]:
    """Part lines from the top down into those in columns beside a gutter and all others."""
    bands: list[tuple[bool, list[Line]]] = []
    open_band: list[Line] = []

    def close(*, followed: bool) -> None:
        rest: list[Line] = []
        if followed:
            rest = _split_tail(open_band, gutter)
        body = open_band[: len(open_band) - len(rest)]
        columned = _are_columns(body, gutter)
        for kind, part in ((columned, body), (False, rest)):
            if part and bands and not kind and not bands[-1][0]:
                bands[-1][1].extend(part)
            elif part:
                bands.append((kind, part))
        open_band.clear()

    for line in lines:
        if any(run.left < gutter < run.right for run in line.runs):
            close(followed=True)
            if bands and not bands[-1][0]:
                bands[-1][1].append(line)
            else:
                bands.append((False, [line]))
        else:
            open_band.append(line)
    close(followed=False)
    return bands


def _split_tail(band: Sequence[Line], gutter: float) -> list[Line]:
    """Lines at a band's end that open what follows: on the left alone, after some white space."""
    at = len(band)
    while at and band[at - 1].right <= gutter:
        at -= 1
    for start in range(max(at, 1), len(band)):
        if band[start].top - band[start - 1].bottom > 0.5 * band[start].size:
            return list(band[start:])
    return []


def _are_columns(band: Sequence[Line], gutter: float) -> bool:
    both = sum(line.left < gutter < line.right for line in band)
    if both < _LEAST_COLUMN_LINES:
        return False
    rows = sum(
        any(is_figure(run.text) and run.right <= gutter for run in line.runs)
        and any(is_figure(run.text) and run.left >= gutter for run in line.runs)
        for line in band
    )
    return rows <= _MOST_FIGURE_LINES * both and all(
        _is_prose([[run for run in line.runs if (run.right <= gutter) is side] for line in band])
        for side in (True, False)
    )


def _is_prose(lines: Sequence[Sequence[Run]]) -> bool:
    """Whether one side of a gutter is running text: lines of several words that fill its width."""
    held = [line for line in lines if line]
    if len(held) < _LEAST_COLUMN_LINES:
        return False
    left = min(line[0].left for line in held)
    right = max(line[-1].right for line in held)
    words = [word for line in held for run in line for word in run.text.split()]
    figures = sum(is_figure(word) for word in words)
    full = sum(line[-1].right - line[0].left >= 0.55 * (right - left) for line in held)
    return len(words) >= 3 * len(held) and figures <= 0.25 * len(words) and 2 * full >= len(held)
