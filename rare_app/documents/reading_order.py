"""Put lines of a page where they are read: a file may write a table's head after the table."""

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pypdf import PageObject

LONGEST_RUN = 6
"""Lines that are moved together at most."""
MOST_LINES = 1000
"""A page of more lines, such as a map with its labels, keeps the file's order."""
TOP_FROM = 0.92
"""Share of a page's height from which a line is a header."""
_ASCENT, _DESCENT = 0.8, 0.2
"""What a line takes above and below its baseline, in font sizes."""
_APART = 2.5
"""Font sizes between two baselines from which the second begins something else."""
_LEAST_RISE = 2.0
"""Font sizes that a run begins above the line before it; parts of a formula rise by less."""
_SLACK = 0.15
"""Font sizes by which two lines may overlap and still be two."""
_WORD = re.compile(r"[^\W\d_]{3}")
"""What a run has that is more than a figure's label or a piece of a formula."""


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of a page's text, and where it stands.

    Attributes
    ----------
    text : str
        The line, without its end.
    base : float or None
        Height of its baseline above the page's lower edge, in points; ``None`` where it is empty or
        not known.
    size : float
        Size of its letters, in points.
    """

    text: str
    base: float | None = None
    size: float = 0.0

    @property
    def top(self) -> float:
        """Height of its upper edge, in points."""
        return (self.base or 0.0) + (_ASCENT - _SLACK) * self.size

    @property
    def bottom(self) -> float:
        """Height of its lower edge, in points."""
        return (self.base or 0.0) - (_DESCENT - _SLACK) * self.size


def extract_in_reading_order(page: "PageObject") -> str:
    """Extract a page's text in the file's order, late lines moved to where they stand.

    Some programs write the head of a table, or a page's header, after all else. Such lines are put
    back when nothing else stands beside them (:func:`in_reading_order`). A page whose letters are
    turned, or whose places cannot be told, keeps the file's order.

    Raises
    ------
    Exception
        As :meth:`pypdf.PageObject.extract_text` does.
    """
    pieces: list[tuple[str, float | None, float]] = []

    def note(text: str, cm: Any, tm: Any, _font: Any, size: float) -> None:
        if not text:
            return
        place = None
        upright = not (tm[1] or tm[2] or cm[1] or cm[2]) and tm[3] * cm[3] > 0
        if text.strip() and upright:
            place = tm[5] * cm[3] + cm[5]
        pieces.append((text, place, abs(size * tm[3] * cm[3])))

    text: str = page.extract_text(visitor_text=note)
    told = all(place is not None or not piece.strip() for piece, place, _ in pieces)
    whole = "".join(piece for piece, _, _ in pieces) == text
    if not told or not whole:
        return text
    # Of the text of forms (charts) the places on the page are not told: it is no header.
    floor = TOP_FROM * float(page.mediabox.top) if _has_written_forms(page) else -math.inf
    return "\n".join(line.text for line in in_reading_order(_lines(pieces), floor=floor))


def _has_written_forms(page: "PageObject") -> bool:
    """Whether a page shows forms that hold text."""
    try:
        objects = _held(_held(page, "/Resources"), "/XObject")
        shown = [_held(objects, name) for name in objects]
        forms = [one for one in shown if one.get("/Subtype") == "/Form"]
        return any("/Font" in _held(form, "/Resources") for form in forms)
    except Exception:  # noqa: BLE001 - a broken form: then no place is relied on
        return True


def _held(holder: Any, name: str) -> Any:
    held = holder.get(name)
    return held.get_object() if held is not None else {}


def in_reading_order(lines: Sequence[PlacedLine], *, floor: float = -math.inf) -> list[PlacedLine]:
    """Move lines that come late to the place where they stand.

    A run of at most :data:`LONGEST_RUN` lines is moved when it begins above the line before it,
    ends where the next line stands elsewhere, and lies whole between two lines that follow each
    other, all before them above it and all behind them below. So a second column is never moved:
    it stands beside the first.

    Parameters
    ----------
    lines : sequence of PlacedLine
        In the file's order.
    floor : float
        Lines below this height, in points, stay.

    Returns
    -------
    list of PlacedLine
        All of them.
    """
    if len(lines) > MOST_LINES:
        return [*lines]
    placed: list[PlacedLine] = []
    at = 0
    while at < len(lines):
        for end in range(min(at + LONGEST_RUN, len(lines)), at, -1):
            if (lines[end - 1].base or 0.0) < floor:
                continue
            place = _place(placed, lines[at:end], _first_known(lines, end))
            if place is not None:
                placed[place:place] = lines[at:end]
                at = end
                break
        else:
            placed.append(lines[at])
            at += 1
    return placed


def _place(
    placed: Sequence[PlacedLine], run: Sequence[PlacedLine], after: PlacedLine | None
) -> int | None:
    """Where among the lines before it a run belongs; ``None`` where it may stay."""
    known = [line for line in run if line.base is not None]
    before = next((line for line in reversed(placed) if line.base is not None), None)
    if before is None or not known or known[0] is not run[0] or known[-1] is not run[-1]:
        return None
    if not _descends(known) or _rise(before, known[0]) < _LEAST_RISE:
        return None
    if not any(_WORD.search(line.text) for line in run):
        return None
    if after is not None and not _apart(known[-1], after):
        return None
    known_at = [(i, line) for i, line in enumerate(placed) if line.base is not None]
    above = [i for i, line in known_at if line.bottom >= known[0].top]
    below = [i for i, line in known_at if line.top <= known[-1].bottom]
    if len(above) + len(below) < len(known_at):
        return None
    place = above[-1] + 1 if above else 0
    return place if below and place <= below[0] else None


def _first_known(lines: Sequence[PlacedLine], at: int) -> PlacedLine | None:
    """Give the first line from a place on that stands somewhere."""
    return next((line for line in itertools.islice(lines, at, None) if line.base is not None), None)


def _descends(run: Sequence[PlacedLine]) -> bool:
    """Whether each line stands right under the one before."""
    return all(
        lower.top <= upper.bottom and not _apart(upper, lower)
        for upper, lower in itertools.pairwise(run)
    )


def _rise(lower: PlacedLine, upper: PlacedLine) -> float:
    """How many font sizes the second line stands above the first."""
    up = (upper.base or 0.0) - (lower.base or 0.0)
    return up / (max(upper.size, lower.size) or 1.0)


def _apart(upper: PlacedLine, lower: PlacedLine) -> bool:
    """Whether the second line does not go on below the first."""
    return not 0 <= _rise(lower, upper) < _APART


def _lines(pieces: Sequence[tuple[str, float | None, float]]) -> list[PlacedLine]:
    """Cut the pieces into lines; a line stands where its first piece with letters does."""
    lines: list[PlacedLine] = []
    text, base, size = "", None, 0.0
    for piece, place, points in pieces:
        for number, part in enumerate(piece.split("\n")):
            if number:
                lines.append(PlacedLine(text, base, size))
                text, base, size = "", None, 0.0
            text += part
            if base is None and part.strip():
                base, size = place, points
    return [*lines, PlacedLine(text, base, size)]
