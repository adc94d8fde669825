"""Tables as grids: merged cells filled, heads of several rows joined, blank cells kept as blank."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LONGEST_HEAD = 400
"""Characters of a table's column heads from which every row says its columns by itself."""
JOINT = " · "
"""Stands between the heads of a column, outermost first."""
_MOST_CELLS = 20_000_000
_MOST_SPANNED = 1_000_000
"""Cells that are filled by spans in all; one that would fill more stands in its first alone."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table as a file states it.

    Attributes
    ----------
    row, column : int
        0-based place of its upper left corner.
    text : str
    rows, columns : int
        How many it covers.
    """

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A grid of cells, a text each; a blank cell is empty.

    Attributes
    ----------
    rows : tuple of tuple of str
        All rows have the same length.
    heads : int
        How many of the first rows name the columns; may be 0.
    title, unit : str
        What stands above the table; may be empty.
    """

    rows: tuple[tuple[str, ...], ...]
    heads: int = 1
    title: str = ""
    unit: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns: the heads of each, outermost first, joined; repeated ones once."""
        heads = self.rows[: self.heads]
        return tuple(
            JOINT.join(dict.fromkeys(cell for cell in column if cell))
            for column in zip(*heads, strict=True)
        )


def make_grid(cells: Iterable[Cell], *, heads: int) -> tuple[tuple[str, ...], ...]:
    """Lay cells out as rows, each merged cell's text where it spans.

    A merged cell of a head is filled into all its columns. Below the heads, one that covers more
    than one row is filled into its rows; one that covers several columns stands in the first alone,
    since it says a thing once (the name of a group of rows, a total).

    Parameters
    ----------
    cells : iterable of Cell
        In any order; of two that cover the same place the first counts.
    heads : int
        How many of the first rows name the columns.

    Returns
    -------
    tuple of tuple of str
        Rows of the same length.

    Raises
    ------
    ValueError
        The grid would have more than twenty million cells.
    """
    found: dict[tuple[int, int], str] = {}
    height = width = filled = 0
    for cell in cells:
        text = " ".join(cell.text.split())
        down, across = max(1, cell.rows), max(1, cell.columns) if cell.row < heads else 1
        filled += down * across
        if filled > _MOST_SPANNED:  # a file can claim any span
            filled -= down * across
            down = across = 1
        height, width = max(height, cell.row + 1), max(width, cell.column + 1)
        if not text:
            continue
        height, width = max(height, cell.row + down), max(width, cell.column + across)
        for row in range(cell.row, cell.row + down):
            for column in range(cell.column, cell.column + across):
                found.setdefault((row, column), text)
    if height * width > _MOST_CELLS:
        raise ValueError(f"a table of {height:,} rows and {width:,} columns is too large")
    return tuple(
        tuple(found.get((row, column), "") for column in range(width)) for row in range(height)
    )


def trimmed(table: Table) -> Table:
    """Leave out rows and columns that hold nothing.

    A column with a head and no other cell stays: its blanks say something.
    """
    width = max((len(row) for row in table.rows), default=0)
    rows = [(*row, *[""] * (width - len(row))) for row in table.rows]
    used = [any(row[column].strip() for row in rows) for column in range(width)]
    kept = [
        (number < table.heads, tuple(cell for cell, use in zip(row, used, strict=True) if use))
        for number, row in enumerate(rows)
        if any(cell.strip() for cell in row)
    ]
    return Table(
        rows=tuple(row for _, row in kept),
        heads=sum(is_head for is_head, _ in kept),
        title=table.title,
        unit=table.unit,
    )


def write_table(table: Table) -> tuple[str, str]:
    """Write a table as text.

    Returns
    -------
    text : str
        Title and unit, a line each, then the table in Markdown, a line a row. Where the column
        heads are too long to be repeated, every row is a line that says its columns.
    head : str
        The lines above the first row: what a later row is shown with.
    """
    table = trimmed(table)
    if not table.rows:
        return "", ""
    above = [line for line in (table.title.strip(), table.unit.strip()) if line]
    body = table.rows[table.heads :]
    if not table.heads:
        return "\n".join([*above, *map(_line, body)]), "\n".join(above)
    names = table.columns
    lines = [_line(names), "|" + " --- |" * len(names)]
    if len(lines[0]) > LONGEST_HEAD:
        return "\n".join([*above, *(_record(names, row) for row in body)]), "\n".join(above)
    head = "\n".join([*above, *lines])
    return "\n".join([head, *map(_line, body)]), head


def is_group(row: Sequence[str]) -> bool:
    """Whether a row names the rows that follow: a text in its first cell and nothing else."""
    return bool(row and row[0].strip()) and not any(cell.strip() for cell in row[1:])


def cells_of(line: str) -> tuple[str, ...]:
    """Give the cells of a row as :func:`write_table` writes it; none for another line."""
    if len(line) < 2 or not (line.startswith("|") and line.endswith("|")):
        return ()
    return tuple(cell.strip() for cell in line[1:-1].replace("\\|", "¦").split("|"))


def _line(row: Sequence[str]) -> str:
    return "| " + " | ".join(_clean(cell) for cell in row) + " |"


def _record(names: Sequence[str], row: Sequence[str]) -> str:
    """Write a row as its columns' names with its cells; blank cells are left out."""
    pairs = zip(names, row, strict=True)
    return "; ".join(
        f"{_clean(name)}: {_clean(cell)}" if name else _clean(cell) for name, cell in pairs if cell
    )


def _clean(cell: str) -> str:
    return " ".join(cell.replace("|", "\\|").split())
