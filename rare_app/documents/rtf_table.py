"""Rows of an RTF table as a grid: the right edges of cells tell the columns."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rare_app.documents.tables import Cell, Table, make_grid

_MOST_CELLS = 2000
"""Edges of a row that are kept."""


@dataclass(slots=True)
class RowShape:
    """What a row's definition says.

    Attributes
    ----------
    edges : list of int
        Right edges of the cells, in twips.
    merged : list of str
        Of each cell: ``right`` where it goes on from the cell to its left, ``down`` where it goes
        on from the one above, else empty.
    is_head : bool
        Whether the row is repeated at the top of every page.
    """

    edges: list[int] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    is_head: bool = False
    _next: str = ""

    def note(self, word: str, number: int | None) -> None:
        """Take in a control word; others than those of rows are passed over."""
        if word == "trhdr":
            self.is_head = True
        elif word == "clmrg":
            self._next = "right"
        elif word == "clvmrg":
            self._next = "down"
        elif word == "cellx" and number is not None and len(self.edges) < _MOST_CELLS:
            self.edges.append(number)
            self.merged.append(self._next)
            self._next = ""


@dataclass(frozen=True, slots=True)
class Row:
    """The texts of a row's cells, and its definition."""

    cells: tuple[str, ...]
    shape: RowShape


def make_table(rows: Sequence[Row]) -> Table:
    """Lay the rows out; without marked head rows the first one names the columns."""
    edges = sorted({edge for row in rows for edge in row.shape.edges})
    column_of = {edge: number for number, edge in enumerate(edges)}
    heads = 0
    while heads < len(rows) and rows[heads].shape.is_head:
        heads += 1
    heads = heads or int(len(rows) > 1)
    found: list[Cell] = []
    above: dict[int, int] = {}
    for number, row in enumerate(rows):
        column, down = 0, dict(above)
        above = {}
        for at, text in enumerate(row.cells):
            shape = row.shape
            known = at < len(shape.edges)
            following = column_of[shape.edges[at]] + 1 if known else column + 1
            merged = shape.merged[at] if known else ""
            if merged == "right" and found and found[-1].row == number:
                found[-1] = _wider(found[-1], following - found[-1].column)
            elif merged == "down" and column in down:
                above[column] = down[column]
                found[down[column]] = _taller(found[down[column]])
            else:
                above[column] = len(found)
                found.append(Cell(number, column, text, columns=max(1, following - column)))
            column = max(column + 1, following)
    return Table(rows=make_grid(found, heads=heads), heads=heads)


def _wider(cell: Cell, columns: int) -> Cell:
    return Cell(cell.row, cell.column, cell.text, cell.rows, max(cell.columns, columns))


def _taller(cell: Cell) -> Cell:
    return Cell(cell.row, cell.column, cell.text, cell.rows + 1, cell.columns)
