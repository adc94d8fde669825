"""The columns of a table without rules: which cells of its rows stand below each other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from rare_app.documents.clean import is_figure
from rare_app.documents.pdf_lines import Line, Run

_OPENS = re.compile(r"[$€£¥(\s-]+|[A-Z]{1,3}[$€£¥]")
_CLOSES = re.compile(r"[)%*\s]+")
_STARTS_FIGURE = re.compile(r"[(\d—–.-]")
_APART = re.compile(r"(?<=[$€£¥(−-])\s+(?=[\d(.—–])|(?<=[\d)—–])\s+(?=[)%])")
_YEAR = re.compile(r"(?:19|20)\d\d")
_MEASURE = re.compile(r"\(?[$€£¥+−–-]?\d[\d.,]*\)? ?[^\W\d]{1,12}\.?")
_MOST_CONFLICTS = 0.1
"""Share of a table's rows that may have two cells in one column."""


@dataclass(slots=True)
class Column:
    """A stretch across the page in which a table's cells stand."""

    left: float
    right: float

    def shared(self, run: Run) -> float:
        """Points that a run shares with the column."""
        return min(self.right, run.right) - max(self.left, run.left)


@dataclass(frozen=True, slots=True)
class Columns:
    """A table's columns.

    Attributes
    ----------
    label : Column or None
        That of the rows' names, where it is not one of the others.
    others : tuple of Column
    """

    label: Column | None
    others: tuple[Column, ...]

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.others) + (self.label is not None)

    @property
    def left(self) -> float:
        """Where the columns beside the names begin."""
        if self.label is None:
            return self.others[1].left if len(self.others) > 1 else self.others[0].left
        return self.others[0].left

    def places(self, runs: Sequence[Run]) -> list[int]:
        """Give the indices of the columns of a row's cells; of two in one column, one gives way."""
        found = [self._place(run, first=not at) for at, run in enumerate(runs)]
        shift = int(self.label is not None)
        for at, (before, after) in enumerate(pairwise(found)):
            if before != after or before < shift:
                continue
            left_free = before > shift and (at == 0 or found[at - 1] < before - 1)
            last = at + 2 == len(found)
            right_free = after + 1 < self.count and (last or found[at + 2] > after + 1)
            if left_free and not (right_free and self._leans_right(runs[at + 1], after - shift)):
                found[at] -= 1
            elif right_free:
                found[at + 1] += 1
        return found

    def _leans_right(self, run: Run, at: int) -> bool:
        return (run.left + run.right) / 2 > (self.others[at].left + self.others[at].right) / 2

    def _place(self, run: Run, *, first: bool) -> int:
        shift = int(self.label is not None)
        if first and shift and run.left < self.others[0].left - 1 and not is_figure(run.text):
            return 0
        best = max(range(len(self.others)), key=lambda at: self.others[at].shared(run))
        return best + shift


def join_figures(line: Line) -> Line:
    """Join what belongs to one figure: currency signs, brackets and per cent signs set apart."""
    runs: list[Run] = []
    for run in line.runs:
        last = runs[-1] if runs else None
        if (
            last is not None
            and run.content is None
            and last.content is None
            and (
                (_OPENS.fullmatch(last.text) and _STARTS_FIGURE.match(run.text))
                or (_CLOSES.fullmatch(run.text) and last.text[-1:].isdigit())
                or (run.text in ("%", ")%") and last.text[-1:] in (")", "—"))
            )
        ):
            runs[-1] = Run(
                last.text + run.text,
                last.left,
                min(last.top, run.top),
                run.right,
                max(last.bottom, run.bottom),
                max(last.size, run.size),
                last.bold and run.bold,
            )
        else:
            runs.append(run)
    for at, run in enumerate(runs):
        if is_figure(run.text) and _APART.search(run.text):
            text = _APART.sub("", run.text)
            runs[at] = Run(
                text, run.left, run.top, run.right, run.bottom, run.size, run.bold, run.content
            )
    return Line(runs)


def is_value(text: str) -> bool:
    """Whether a cell holds a figure that is not a year, if with its unit: “8 years”."""
    return (is_figure(text) and not _YEAR.fullmatch(text)) or bool(_MEASURE.fullmatch(text))


def find_columns(rows: Sequence[Line]) -> Columns | None:
    """Find the columns of rows, each of which has a figure.

    Returns
    -------
    Columns or None
        ``None`` where the cells do not stand below each other.
    """
    firsts = [line.runs[0] for line in rows if not is_figure(line.runs[0].text)]
    cells = [run for line in rows for at, run in enumerate(line.runs) if at or is_figure(run.text)]
    best: tuple[int, tuple[Column, ...]] | None = None
    for most in sorted({0, 1, 2, len(rows) // 10}):
        if most and most * 4 > len(rows):
            break
        found = _clusters(cells, most=most)
        conflicts = _conflicts(rows, found)
        if found and (best is None or conflicts < best[0]):
            best = conflicts, found
        if best and not best[0]:
            break
    if best is None or best[0] > _MOST_CONFLICTS * len(rows):
        return None
    others = best[1]
    if not firsts:
        return Columns(None, others)
    left = median(one.left for one in firsts)
    if len(others) > 1 and others[0].left <= left + 2 * firsts[0].size:
        return Columns(None, (Column(min(left, others[0].left), others[0].right), *others[1:]))
    right = max(one.right for one in firsts)
    label = Column(min(one.left for one in firsts), min(right, others[0].left))
    return Columns(label, others)


def _clusters(cells: Sequence[Run], *, most: int) -> tuple[Column, ...]:
    """Stretches that more than so many cells cover, parted by what fewer cover."""
    edges = sorted(
        edge for one in cells for edge in ((one.left, 1), (max(one.right, one.left + 1), -1))
    )
    found: list[Column] = []
    count = 0
    for x, step in edges:
        before, count = count, count + step
        if before <= most < count:
            found.append(Column(x, x))
        elif count <= most < before:
            found[-1].right = x
    return tuple(one for one in found if one.right - one.left > 1)


def _conflicts(rows: Sequence[Line], columns: Sequence[Column]) -> int:
    """Count the rows that have two cells in one column."""
    if not columns:
        return len(rows)
    conflicts = 0
    for line in rows:
        runs = [run for at, run in enumerate(line.runs) if at or is_figure(run.text)]
        places = [max(range(len(columns)), key=lambda at: columns[at].shared(one)) for one in runs]
        conflicts += len(set(places)) < len(places)
    return conflicts
