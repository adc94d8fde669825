"""The tables of a passage, cell by cell, as the reader of files has written them (Markdown)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rare_app.reader import Sentence

_CELL = re.compile(r"(?<!\\)\|")
_ABOVE = 2
_RULE = re.compile(r"\|(?:\s*:?-{3,}:?\s*\|)+\s*$")


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a table's row.

    Attributes
    ----------
    column : str
        What the column is called; empty where the table does not say.
    text : str
        What stands in the cell; empty for a blank one.
    start, end : int
        Where it stands in the passage, in characters.
    """

    column: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of a table, and where its line stands in the passage."""

    cells: tuple[GridCell, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a passage, or the part of it that stands there.

    Attributes
    ----------
    columns : tuple of str
    rows : tuple of GridRow
    above : str
        Title and unit, as they stand right above the column heads; may be empty.
    """

    columns: tuple[str, ...]
    rows: tuple[GridRow, ...]
    above: str = ""


def grids_in(text: str, head: str = "") -> list[Grid]:
    """Find the tables of a passage.

    Parameters
    ----------
    text : str
        The passage's own words.
    head : str
        Title, unit and column heads of the table inside which it begins; may be empty.

    Returns
    -------
    list of Grid
        In order; those without column heads are left out.
    """
    grids: list[Grid] = []
    columns: tuple[str, ...] = ()
    above = ""
    rows: list[GridRow] = []
    lines = [(-1, line) for line in head.split("\n")] if head else []
    position = 0
    for line in text.split("\n"):
        lines.append((position, line))
        position += len(line) + 1
    for number, (start, line) in enumerate(lines):
        cells = _cells(line)
        if not cells or _RULE.match(line):
            if not cells and start >= 0:
                _close(grids, columns, rows, above)
                columns = ()
            continue
        if number + 1 < len(lines) and _RULE.match(lines[number + 1][1]):
            _close(grids, columns, rows, above)
            columns = tuple(cell for cell, _, _ in cells)
            above = _above([line for _, line in lines[:number]])
        elif columns and start >= 0:
            named = zip(columns, cells, strict=False)
            rows.append(
                GridRow(
                    tuple(
                        GridCell(name, cell, start + begin, start + end)
                        for name, (cell, begin, end) in named
                    ),
                    start,
                    start + len(line),
                )
            )
    _close(grids, columns, rows, above)
    return grids


def tables_of(
    texts: Sequence[str], heads: Sequence[str], sentences: Sequence[Sentence]
) -> list[tuple[Grid, dict[int, GridRow]]]:
    """Find the tables of some passages, and which of their sentences begin in which row.

    Parameters
    ----------
    heads : sequence of str
        Heads of the tables inside which the passages begin; empty where they are not known.
    sentences : sequence of Sentence
        Those of the passages.

    Returns
    -------
    list of (Grid, dict of int to GridRow)
        The rows by the positions of the sentences.
    """
    found = []
    for passage, text in enumerate(texts):
        own = [(at, one.start) for at, one in enumerate(sentences) if one.passage == passage]
        for grid in grids_in(text, heads[passage] if heads else ""):
            rows = {
                at: row for row in grid.rows for at, start in own if row.start <= start < row.end
            }
            found.append((grid, rows))
    return found


def head_lines(text: str) -> frozenset[int]:
    """Give where the lines with column heads of a text's tables, and the rules below, begin."""
    found, position, before = set(), 0, 0
    for line in text.split("\n"):
        if _RULE.match(line):
            found |= {before, position}
        before, position = position, position + len(line) + 1
    return frozenset(found)


def _close(grids: list[Grid], columns: Sequence[str], rows: list[GridRow], above: str) -> None:
    if columns and rows:
        grids.append(Grid(tuple(columns), tuple(rows), above))
    rows.clear()


def _above(lines: Sequence[str]) -> str:
    """Give the lines that touch the column heads: title and unit, two at most."""
    told: list[str] = []
    for line in reversed(lines[-_ABOVE:]):
        if not line.strip() or line.startswith(("#", "|")):
            break
        told.insert(0, line.strip())
    return ", ".join(told)


def is_negative(cell: str) -> bool:
    """Whether a cell is a figure in brackets, which in accounts is one below zero."""
    inside = cell[1:-1]
    bracketed = cell.startswith("(") and cell.endswith(")")
    opens = inside[:1].isdigit() or inside[:1] in ("$", "€", "£", "¥")
    return bracketed and opens and inside[-1:].isdigit()


def _cells(line: str) -> list[tuple[str, int, int]]:
    """Cut a row into its cells with their places in the line; empty for another line."""
    bars = [match.start() for match in _CELL.finditer(line)]
    if len(bars) < 2 or bars[0] != 0 or line[bars[-1] + 1 :].strip():
        return []
    found = []
    for left, right in pairwise(bars):
        cell = line[left + 1 : right]
        start = left + 1 + len(cell) - len(cell.lstrip())
        found.append((cell.strip(), start, start + len(cell.strip())))
    return found
