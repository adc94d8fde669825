"""Finding the tables of a sheet: where each stands, its title, and which rows name its columns."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rare_app.documents.sheet import Box, Grid
from rare_app.documents.sheet_heads import cells_in, count_heads, numeric_columns, spread_heads
from rare_app.documents.tables import Cell, Table, make_grid

_SAMPLE = 60  # rows that tell whether a column holds labels
_LONGEST_TITLE = 3  # lines above a table that are its title and unit; more are text
_FARTHEST_TITLE = 3  # rows between a title and its table
_FARTHEST_ROWS = 2  # blank rows inside a table
_DEEPEST = 8
_SHORTEST_REMARK = 40  # characters of a line below a table that is no row of it
_REMARK = re.compile(r"[*†‡¹]|.*(?::\s|\.$)", re.DOTALL)  # what marks a shorter one
_FEWEST_ROWS = 2  # of a table above another one
_SHORT_SAMPLE = 8
_LARGEST = 100_000  # places of a table that may be mostly blank
_SPARSE = 50  # places for each cell from which a larger range is no table


@dataclass(frozen=True, slots=True)
class Found:
    """A part of a sheet: a table, or lines of text (`table` is ``None``).

    Attributes
    ----------
    box : Box
        Where it stands, in the grid's numbers; of a table with its title.
    top : int
        Row of the first row of the table's grid.
    """

    box: Box
    text: str = ""
    table: Table | None = None
    top: int = 0


class _Part(NamedTuple):
    """Rows and columns between blank ones; `heads` where the file tells them."""

    box: Box
    heads: int | None = None


def find_tables(
    grid: Grid,
    *,
    tables: Sequence[tuple[Box, int]] = (),
    head_ends: Iterable[int] = (),
    single: bool = False,
) -> list[Found]:
    """Find what stands on a sheet, in reading order.

    Tables stand apart by blank rows or columns, or are named by the file. The lines above a table
    that hold one text each are its title and its unit.

    Parameters
    ----------
    grid : Grid
    tables : sequence of (Box, int)
        Named tables in the grid's numbers, and how many of their first rows name the columns.
    head_ends : iterable of int
        Rows that are told to be the last that name columns, in the grid's numbers.
    single : bool
        Whether all is one table, blank rows and columns or not.

    Returns
    -------
    list of Found
    """
    named = [(box, heads) for box, heads in tables if 0 <= box.top <= box.bottom < grid.height]
    lines = sorted(grid.cells.keys() | grid.covered.keys())
    free = {} if single else {row: grid.columns(row) for row in lines}
    for box, _ in named:
        for row in range(box.top, box.bottom + 1):
            if row in free:
                free[row] = free[row] - set(range(box.left, box.right + 1))
    parts = [_Part(box, heads) for box, heads in named]
    if single:
        parts.append(_Part(Box(min(grid.cells, default=0), 0, grid.height - 1, grid.width - 1)))
    else:
        parts += [_Part(box) for box in _cut(grid, free, depth=0)]
    if named:
        parts.sort(key=lambda part: (part.box.top, part.box.left))
    ends = frozenset(head_ends)
    found: list[Found] = []
    title: _Part | None = None
    for part in parts:
        if title is not None and not _is_title_of(title.box, part.box):
            found.append(_text(grid, title.box))
            title = None
        if _is_text(grid, part):
            if title is not None:
                found.append(_text(grid, title.box))
            title = part
            continue
        for one in [part] if single else _tables_in(grid, part):
            found += _read_part(grid, one, title=title, head_ends=ends)
            title = None
    return [*found, _text(grid, title.box)] if title is not None else found


def _cut(grid: Grid, columns: dict[int, set[int]], *, depth: int) -> list[Box]:
    """Cut rows and their columns at blank rows and columns, until none is left."""
    boxes: list[Box] = []
    for run in _runs_of_rows(grid, columns):
        used = sorted(set[int]().union(*(columns[row] for row in run)))
        groups: list[tuple[int, int]] = []
        for column in used:
            if groups and column == groups[-1][1] + 1:
                groups[-1] = (groups[-1][0], column)
            else:
                groups.append((column, column))
        groups = _join_groups(grid, run, groups)
        if len(groups) == 1 or depth == _DEEPEST:
            boxes.append(Box(run[0], used[0], run[-1], used[-1]))
            continue
        for first, last in groups:
            part = {row: {c for c in columns[row] if first <= c <= last} for row in run}
            boxes += _cut(grid, {row: some for row, some in part.items() if some}, depth=depth + 1)
    return boxes


def _runs_of_rows(grid: Grid, columns: dict[int, set[int]]) -> list[list[int]]:
    """Give rows that follow one another; those of a table that goes on below a blank row too."""
    runs: list[list[int]] = []
    for row, held in columns.items():
        if not held:
            continue
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    joined: list[list[int]] = []
    for run in runs:
        near = joined and run[0] - joined[-1][-1] - 1 <= _FARTHEST_ROWS
        if near and _goes_on(grid, columns, joined[-1], run):
            joined[-1] += run
        else:
            joined.append(run)
    return joined


def _goes_on(
    grid: Grid, columns: dict[int, set[int]], run: Sequence[int], after: Sequence[int]
) -> bool:
    """Whether the rows after a blank one belong to the table above: figures under figures."""
    used = set[int]().union(*(columns[row] for row in run))
    numeric = numeric_columns(grid, run[1:], used)
    first = next((row for row in after if len(columns[row]) > 1), None)
    if not numeric or first is None or not columns[first] <= used:
        return False
    cells = grid.cells.get(first, {})
    kinds = [cells[column].kind for column in numeric if column in cells]
    return "text" not in kinds and bool(kinds)


def _join_groups(
    grid: Grid, run: Sequence[int], groups: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Join columns that have no labels of their own to the table on their left."""
    joined: list[tuple[int, int]] = [groups[0]]
    for first, last in groups[1:]:
        labels = [grid.cells.get(row, {}).get(first) for row in run[1 : _SAMPLE + 1]]
        labelled = any(cell is not None and cell.kind == "text" for cell in labels)
        if labelled or not any(labels):
            joined.append((first, last))
        else:
            joined[-1] = (joined[-1][0], last)
    return joined


def _is_text(grid: Grid, part: _Part) -> bool:
    """Whether a part is lines of text, one cell a row."""
    rows = range(part.box.top, part.box.bottom + 1)
    return part.heads is None and all(len(cells_in(grid, row, part.box)) <= 1 for row in rows)


def _is_title_of(title: Box, box: Box) -> bool:
    short = title.bottom - title.top < _LONGEST_TITLE
    near = 0 < box.top - title.bottom <= _FARTHEST_TITLE + 1
    return short and near and title.left <= box.right and box.left <= title.right + 1


def _lines(grid: Grid, box: Box) -> list[str]:
    rows = (cells_in(grid, row, box) for row in range(box.top, box.bottom + 1))
    return [" ".join(cell.text for _, cell in row) for row in rows if row]


def _text(grid: Grid, box: Box) -> Found:
    return Found(box, text="\n".join(_lines(grid, box)))


def _read_part(
    grid: Grid, part: _Part, *, title: _Part | None, head_ends: frozenset[int]
) -> list[Found]:
    """Read a part that holds a table: its title, heads and rows, and the remarks below it."""
    box = part.box
    if _is_sparse(grid, box):
        return [*([_text(grid, title.box)] if title else []), _text(grid, box)]
    above = _lines(grid, title.box) if title else []
    top = _first_row(grid, box) if part.heads is None else box.top
    above += _lines(grid, box._replace(bottom=top - 1))
    bottom = box.bottom
    while part.heads is None and bottom > top + 1 and _is_remark(grid, bottom, box):
        bottom -= 1
    body = Box(top, box.left, bottom, box.right)
    whole = Box(title.box.top if title else box.top, box.left, bottom, box.right)
    texts = []
    if len(above) > _LONGEST_TITLE:
        texts.append(Found(whole._replace(bottom=top - 1), text="\n".join(above)))
        above = []
    heads = part.heads if part.heads is not None else count_heads(grid, body, head_ends)
    table = _make_table(grid, body, heads=heads, above=above)
    after = Box(bottom + 1, box.left, box.bottom, box.right)
    remarks = [_text(grid, after)] if after.top <= after.bottom else []
    return [*texts, Found(whole, table=table, top=top), *remarks]


def _first_row(grid: Grid, box: Box) -> int:
    """Give the row where a table begins below its title and unit."""
    top = box.top
    while top < box.bottom and _is_title_row(grid, top, box):
        top += 1
    # A title may have a remark beside it, if a line of one text stands between it and the heads.
    for row in range(top, min(top + _LONGEST_TITLE, box.bottom)):
        if any(cell.kind != "text" for _, cell in cells_in(grid, row, box)):
            break
        if _is_title_row(grid, row, box) and _is_above_heads(grid, row, box):
            top = row + 1
    return top


def _tables_in(grid: Grid, part: _Part) -> list[_Part]:
    """Cut a part where another table begins without a blank row: a title, then heads."""
    box = part.box
    starts = [box.top]
    if part.heads is None:
        for row in range(box.top + _FEWEST_ROWS, box.bottom - 1):
            fits = row - starts[-1] >= _FEWEST_ROWS and _is_title_row(grid, row, box)
            if fits and _is_above_heads(grid, row, box):
                starts.append(row)
    ends = [*(start - 1 for start in starts[1:]), box.bottom]
    return [
        part._replace(box=box._replace(top=start, bottom=end))
        for start, end in zip(starts, ends, strict=True)
    ]


def _is_above_heads(grid: Grid, row: int, box: Box) -> bool:
    """Whether texts follow in the next row over figures, so that they name columns."""
    rows = range(row + 2, min(row + 2 + _SHORT_SAMPLE, box.bottom + 1))
    numeric = numeric_columns(grid, rows, range(box.left, box.right + 1))
    cells = dict(cells_in(grid, row + 1, box))
    kinds = [cells[column].kind if column in cells else "" for column in numeric]
    filled = any(cell for cell in kinds) and any(dict(cells_in(grid, below, box)) for below in rows)
    return filled and len(cells) > 1 and set(kinds) == {"text"}


def _is_title_row(grid: Grid, row: int, box: Box) -> bool:
    """Whether a row above a table's heads holds one text, at its left or across all of it."""
    cells = cells_in(grid, row, box)
    if len(cells) != 1 or cells[0][0] != box.left or cells[0][1].kind != "text":
        return False
    spans = [span for span in grid.spans.get(row, ()) if span.left == box.left]
    return all(span.bottom == row for span in spans)


def _is_remark(grid: Grid, row: int, box: Box) -> bool:
    """Whether the last row of a table is a line of text below it."""
    held = cells_in(grid, row, box)
    if [column for column, _ in held] != [box.left]:
        return not held
    reaches = any(box.left < column <= box.right for column in grid.columns(row))
    text = held[0][1].text
    return reaches or len(text) >= _SHORTEST_REMARK or bool(_REMARK.match(text))


def _make_table(grid: Grid, box: Box, *, heads: int, above: Sequence[str]) -> Table:
    """Lay the cells of a table out, merged ones filled."""
    merged = []
    for span in (
        span for row in range(box.top, box.bottom + 1) for span in grid.spans.get(row, ())
    ):
        if box.left <= span.left <= box.right:
            size = (
                min(span.bottom, box.bottom) - span.top + 1,
                min(span.right, box.right) - span.left + 1,
            )
            text = grid.cells[span.top][span.left].text
            place = span.top - box.top, span.left - box.left
            merged.append(Cell(*place, text, rows=size[0], columns=size[1]))
    filled = make_grid(merged, heads=heads)
    rows = []
    for number in range(box.bottom - box.top + 1):
        row = [""] * (box.right - box.left + 1)
        for column, text in enumerate(filled[number] if number < len(filled) else ()):
            row[column] = text
        for column, cell in cells_in(grid, box.top + number, box):
            row[column - box.left] = " ".join(cell.text.split())
        rows.append(tuple(row))
    title, unit = (above[0] if above else ""), " ".join(above[1:])
    return Table(rows=spread_heads(tuple(rows), heads), heads=heads, title=title, unit=unit)


def _is_sparse(grid: Grid, box: Box) -> bool:
    """Whether a range has so few cells for its size that it is no table."""
    area = (box.bottom - box.top + 1) * (box.right - box.left + 1)
    if area <= _LARGEST:
        return False
    held = sum(len(cells_in(grid, row, box)) for row in range(box.top, box.bottom + 1))
    return area > _SPARSE * held
