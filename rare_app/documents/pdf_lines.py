"""From the words of a PDF's page to its lines in reading order, by where they stand."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol, TypeVar

from rare_app.documents.clean import clean_characters, is_figure
from rare_app.documents.pdf_words import SUPERSCRIPTS, Word

GAP = 0.7
"""A gap of so many line heights between two words of a line parts runs: cells or columns."""
_WIDE = 1.3
"""A gap of more line heights is no space of a justified line."""
_JOINED = 0.08
"""Words closer than so many line heights are one: the file drew its letters apart."""
_MOST_OPEN = 40
"""Lines that a word is compared with; more stand at one height only on a hostile page."""
_SAME_LINE = 0.3
"""Share of the lower one's height that words one above the other have in common, if they are of one
line: a mark and what it is set on."""
_LETTERS_APART = 10
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

    An item belongs to the list with which it shares half of the lower one's height. What stands
    between two lines, the sign of an item of two lines, does not make them one.
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
            if share >= 0.5 and share > most and not _is_below(item, found[at]):
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


def _is_below(item: P, line: Sequence[P]) -> bool:
    """Whether an item stands under another one of a line that it is otherwise beside."""
    if _shared(item, line[0]) >= _SAME_LINE:
        return False
    return any(
        min(one.right, item.right) > max(one.left, item.left) and _shared(item, one) < _SAME_LINE
        for one in line
    )


def _shared(one: Placed, other: Placed) -> float:
    """Give the share of the lower one's height that two items have in common."""
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared / max(0.1, min(one.bottom - one.top, other.bottom - other.top))


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
    for gap, (before, word) in zip(gaps, pairwise(words), strict=True):
        if word.text.isdigit() and gap < 0.25 * before.size and before.has_mark(*_heights(word)):
            parts.append(word.text.translate(SUPERSCRIPTS))
        else:
            parts.append(word.text if gap < least else " " + word.text)
    text = "".join(parts)
    return text if text.isascii() and text.isprintable() else clean_characters(text)


def _heights(word: Word) -> tuple[float, float]:
    return word.top, word.bottom


def _runs_backwards(words: Sequence[Word]) -> bool:
    letters = [c for one in words for c in one.text if c.isalpha()]
    if all(c.isascii() for c in letters):
        return False
    backwards = sum(unicodedata.bidirectional(c) in ("R", "AL") for c in letters)
    return 2 * backwards > len(letters)


def lines_of(runs: Iterable[Run]) -> list[Line]:
    """Put runs together to lines, from the top down."""
    return [Line(list(one)) for one in side_by_side(runs)]
