"""Which of a table's first rows name its columns."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from rare_app.documents.sheet import Box, Grid, Shown

_SAMPLE = 60  # rows from which the kinds of a table's columns are told
_MOST_HEADS = 6
_MOST_ATTRIBUTES = 12  # rows of a list of names and values, which has no heads


def count_heads(grid: Grid, box: Box, head_ends: frozenset[int]) -> int:
    """Tell how many of a table's first rows name its columns.

    What the file tells goes first (`head_ends`), if no figures stand there; else rows of text
    above figures, and as many as merged cells and blanks tie together.
    """
    rows = list(range(box.top, box.bottom + 1))
    told = [row for row in rows[: _MOST_HEADS + 1] if row in head_ends]
    if told and told[0] < box.bottom:
        heads = told[0] - box.top + 1
        if not any(_is_data(grid, row, box, rows[heads:]) for row in rows[:heads]):
            return heads
    if len(rows) == 1 or _is_data(grid, rows[0], box, rows[1:]):
        return 0
    first = _cells(grid, rows[0], box)
    bold = all(cell.bold for cell in first) and not all(c.bold for c in _cells(grid, rows[1], box))
    heads = 1
    while heads < min(_MOST_HEADS, len(rows) - 1) and _is_next_head(grid, rows, box, heads):
        heads += 1
    short = heads == 1 and box.right - box.left == 1 and len(rows) <= _MOST_ATTRIBUTES
    return 0 if short and not bold and _are_attributes(grid, rows[1:], box.right) else heads


def _are_attributes(grid: Grid, rows: Sequence[int], column: int) -> bool:
    """Whether each row is a name and its value: values of several kinds, or none a number."""
    kinds = {cell.kind for row in rows if (cell := grid.cells.get(row, {}).get(column))}
    return kinds != {"number"} and (kinds != {"date"} or len(rows) == 1)


def _is_data(grid: Grid, row: int, box: Box, below: Sequence[int]) -> bool:
    """Whether a row has figures of the kind of those below it.

    Years and other numbers that count up one by one name columns.
    """
    cells = grid.cells.get(row, {})
    numeric = [column for column in numeric_columns(grid, below, _across(box)) if column in cells]
    kinds = [(cells[column], _kind_of(grid, below, column)) for column in numeric]
    same = [cell for cell, kind in kinds if cell.kind != "text" and cell.kind == kind]
    if not same:
        return any(cell.kind != "text" for cell in _cells(grid, row, box)) and not numeric
    figures = [cell.text for cell in same]
    if len(figures) < 2 or not all(text.isdigit() and len(text) < 5 for text in figures):
        return True
    years = all(1900 <= int(text) <= 2100 for text in figures)
    steps = {int(b) - int(a) for a, b in pairwise(figures)}
    return steps not in ({1}, {-1}) or not (years or len(figures) > 2)


def _kind_of(grid: Grid, rows: Sequence[int], column: int) -> str:
    kinds = [cell.kind for row in rows[:_SAMPLE] if (cell := grid.cells.get(row, {}).get(column))]
    return max(set(kinds), key=kinds.count) if kinds else ""


def _is_next_head(grid: Grid, rows: Sequence[int], box: Box, heads: int) -> bool:
    """Whether a row below a head names columns too: what is above it spans, or leaves blanks."""
    row, above = rows[heads], rows[heads - 1]
    if any(cell.kind != "text" for cell in _cells(grid, row, box)):
        years = numeric_columns(grid, rows[heads + 1 :], _across(box))
        if _is_data(grid, row, box, rows[heads + 1 :]) or not years:
            return False
    for span in (span for some in rows[:heads] for span in grid.spans.get(some, ())):
        inside = box.left <= span.left and span.right <= box.right
        if inside and (span.bottom >= row or (span.top == above and span.right > span.left)):
            return True
    numeric = numeric_columns(grid, rows[heads + 1 :], _across(box))
    cells, before = grid.cells.get(row, {}), grid.cells.get(above, {})
    named = [column for column in numeric if column in cells]
    # Without merged cells: texts over figures where the row above names not every column.
    blank_above = any(column not in before for column in cells)
    return bool(named) and (box.left not in cells or blank_above) and len(cells) > 1


def numeric_columns(grid: Grid, rows: Sequence[int], columns: Iterable[int]) -> list[int]:
    """Give the columns in which most cells are numbers or dates."""
    found = []
    sample = rows[:_SAMPLE]
    for column in sorted(columns):
        kinds = [cell.kind for row in sample if (cell := grid.cells.get(row, {}).get(column))]
        if sum(kind != "text" for kind in kinds) * 2 > len(kinds):
            found.append(column)
    return found


def spread_heads(rows: tuple[tuple[str, ...], ...], heads: int) -> tuple[tuple[str, ...], ...]:
    """Let a head that stands over several columns unmerged name them all.

    It reaches as far as the names below it are those that other heads have below them too.
    """
    if heads < 2 or not rows:
        return rows
    spread = list(rows)
    for number in range(heads - 1):
        below = spread[number + 1]
        times = Counter(below)
        row = list(spread[number])
        for column in range(1, len(row)):
            again = below[column] and times[below[column]] > 1
            if not row[column] and row[column - 1] and again:
                row[column] = row[column - 1]
        spread[number] = tuple(row)
    return tuple(spread)


def cells_in(grid: Grid, row: int, box: Box) -> list[tuple[int, Shown]]:
    """Give the filled cells of a row inside a range, with their columns."""
    return [
        (column, cell)
        for column, cell in grid.cells.get(row, {}).items()
        if box.left <= column <= box.right
    ]


def _cells(grid: Grid, row: int, box: Box) -> list[Shown]:
    return [cell for _, cell in cells_in(grid, row, box)]


def _across(box: Box) -> range:
    return range(box.left, box.right + 1)
