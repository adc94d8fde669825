"""Which rows of a table name its columns, and whether it is a table at all."""

import re
from collections.abc import Sequence

from rare_app.documents.clean import is_figure
from rare_app.documents.flow import Recorder
from rare_app.documents.tables import Cell, Table, make_grid

MOST_CELLS = 4_000_000
"""Rows times columns of a table that is still read."""

_YEAR = re.compile(r"(?:1[89]|2[01])\d\d")
_MOST_PAIRS = 12  # rows of a table without heads that pairs names with values
_LONG_CELL = 400  # characters of a cell in a table of one row that only serves the layout


def count_heads(cells: Sequence[Cell], *, marked: int = 0, styled: bool = False) -> int:
    """Count the rows that name the columns.

    Parameters
    ----------
    cells : sequence of Cell
    marked : int
        How many rows the file itself calls heads; -1 where it says that there are none.
    styled : bool
        Whether the first row looks different from the second.

    Returns
    -------
    int
        Less than the number of rows. A merged cell of the first row takes the rows below it along:
        one that covers several columns needs the next row to name them.
    """
    height = max((cell.row + 1 for cell in cells), default=0)
    width = max((cell.column + cell.columns for cell in cells), default=0)
    first = [cell for cell in cells if cell.row == 0]
    if height < 2 or not first or marked < 0:
        return 0
    heads = marked
    if not marked:
        if any(_is_value(cell.text) for cell in first) or width < 2:
            return 0
        if width == 2 and not styled and height <= _MOST_PAIRS and not _names_values(cells):
            return 0  # names with what belongs to them, side by side
        heads = 1
    if heads == 1:
        heads = max(cell.rows for cell in first)
        if heads == 1 and any(1 < cell.columns < width for cell in first):
            following = [cell.text for cell in cells if cell.row == 1]
            heads = 1 if any(_is_value(text) for text in following) else 2
    return heads if heads < height else min(marked, height - 1)


def split_title(cells: Sequence[Cell]) -> tuple[str, list[Cell]]:
    """Take off a first row that is one cell over the whole width: the table's title."""
    width = max((cell.column + cell.columns for cell in cells), default=0)
    first = [cell for cell in cells if cell.row == 0 and cell.text.strip()]
    height = max((cell.row + 1 for cell in cells), default=0)
    if len(first) != 1 or width < 2 or first[0].columns < width or height < 3:
        return "", list(cells)
    below = [
        Cell(cell.row - 1, cell.column, cell.text, cell.rows, cell.columns)
        for cell in cells
        if cell.row > 0
    ]
    return first[0].text, below


def serves_layout(kept: Sequence[Sequence[Recorder]]) -> bool:
    """Whether what looks like a table only sets blocks side by side.

    Parameters
    ----------
    kept : sequence of sequence of Recorder
        What stands in the cells, row by row.
    """
    filled = [cell for row in kept for cell in row if cell.calls]
    if len(filled) <= 1 or any(cell.has_heading for cell in filled):
        return True
    rows = [row for row in kept if any(cell.calls for cell in row)]
    nested = sum(bool(cell.tables) for cell in filled)
    if len(rows) == 1:
        return nested > 0 or any(len(cell.text) > _LONG_CELL for cell in filled)
    return 2 * nested >= len(filled) or (nested > 0 and max(len(row) for row in rows) == 1)


def make_table(
    cells: Sequence[Cell], *, marked: int = 0, styled: bool = False, title: str = ""
) -> Table:
    """Make a table of the cells that a file states, with as many heads as it seems to have.

    Raises
    ------
    OverflowError
        It has more than :data:`MOST_CELLS` places.
    """
    over, below = split_title(cells)
    height = max((cell.row + 1 for cell in below), default=0)
    width = max((cell.column + cell.columns for cell in below), default=0)
    if height * width > MOST_CELLS:
        raise OverflowError(f"a table of {height:,} rows and {width:,} columns")
    if over and marked > 0:
        marked -= 1
    heads = count_heads(below, marked=marked, styled=styled and not over)
    return Table(
        make_grid(below, heads=heads), heads=heads, title=title or over, unit=over if title else ""
    )


def _is_value(text: str) -> bool:
    return is_figure(text) and not _YEAR.fullmatch(text.strip())


def _names_values(cells: Sequence[Cell]) -> bool:
    """Whether the second column holds figures below a first cell that is none."""
    values = [cell.text for cell in cells if cell.column == 1 and cell.row > 0 and cell.text]
    labels = [cell.text for cell in cells if cell.column == 0]
    if any(label.rstrip().endswith(":") for label in labels):
        return False
    return bool(values) and 2 * sum(map(is_figure, values)) > len(values)
