"""A quoted row of a table with the names of its columns, put into the reasoning by code."""

from collections.abc import Iterator, Mapping, Sequence

from rare_app.library import Passage
from rare_app.model import QuotedSpan
from rare_app.prompt import as_read, neutralise
from rare_app.skills.cell_check import best_cell, is_named
from rare_app.skills.grids import Grid, GridCell, GridRow, grids_in, is_negative

BLANK = "(blank)"
"""What stands for a cell that holds nothing."""
_LONGEST_ABOVE = 120
LONGEST = 600
"""Characters of a row that is spelled out; a longer one would take the room of the reasoning."""


def spell_rows(question: str, quoted: Sequence[QuotedSpan], passages: Sequence[Passage]) -> str:
    """Write what the cells of quoted rows are called, and which one the question names.

    Parameters
    ----------
    question : str
    quoted : sequence of QuotedSpan
        Quotes by their passages and offsets.
    passages : sequence of Passage

    Returns
    -------
    str
        ``(Results, thousand euros: Branch: Porto; Q1 · plan: 290; Q1 · actual: (blank))``, one for
        each row of a table with column heads that a quote holds, and behind an arrow the cell whose
        column the question's words fit best, if one does, then with the title and unit; empty where
        there is no row.
    """
    spelled = (
        spell(row, grid.above, named=best_cell(question, row))
        for grid, row in _rows(quoted, passages)
    )
    return " ".join(filter(None, spelled))


def open_cells(
    question: str, quoted: Sequence[QuotedSpan], passages: Sequence[Passage]
) -> Mapping[str, GridCell]:
    """Give the cells of a quoted row among which the question's words tell no one apart.

    Returns
    -------
    mapping of str to GridCell
        By the names of their columns, for the model to choose from; empty where there are fewer
        than two, where two have one name or one is very long, where the quotes hold several rows,
        and for a row that is not spelled out.
    """
    rows = list(_rows(quoted, passages))
    if len(rows) != 1:
        return {}
    ((_, row),) = rows
    cells = [cell for cell in row.cells[1:] if cell.column]
    named = {neutralise(cell.column): cell for cell in cells}
    whole = len(named) == len(row.cells) - 1 > 1 and bool(spell(row))
    whole = whole and max(map(len, named)) <= _LONGEST_ABOVE
    return named if whole and best_cell(question, row) is None else {}


def names_a_blank(
    question: str,
    quoted: Sequence[QuotedSpan],
    passages: Sequence[Passage],
    chosen: GridCell | None = None,
) -> bool:
    """Tell whether a quoted row has nothing where the question asks.

    Parameters
    ----------
    chosen : GridCell, optional
        The cell that the model names; else the one whose column the question's words fit best.
    """
    for grid, row in _rows(quoted, passages):
        cell = chosen if chosen in row.cells else best_cell(question, row)
        others = (one for one in grid.rows if one is not row)
        if cell is not None and not cell.text:
            return not any(is_named(question, one, grid) for one in others)
    return False


def _rows(
    quoted: Sequence[QuotedSpan], passages: Sequence[Passage]
) -> Iterator[tuple[Grid, GridRow]]:
    """Give the rows that quotes hold or touch, with their tables."""
    for quote in quoted:
        passage = passages[quote.text]
        for grid in grids_in(as_read(passage.text), passage.head):
            for row in grid.rows:
                if row.start < quote.end and quote.start < row.end:
                    yield grid, row


def spell(row: GridRow, above: str = "", *, named: GridCell | None = None) -> str:
    """Write a row's cells with their columns' names; empty for a row that is too long.

    Parameters
    ----------
    above : str
        Title and unit of the table.
    named : GridCell, optional
        The cell that the question names.
    """
    cells = [_spell_cell(cell) for cell in row.cells]
    start = f"{above.rstrip(':')}: " if above and len(above) <= _LONGEST_ABOVE else ""
    spelled = f"({'' if named else start}{'; '.join(cells)})"
    if len(spelled) > LONGEST:
        return ""
    return neutralise(f"{spelled} → {start}{_spell_cell(named)}" if named else spelled)


def spell_value(cell: GridCell) -> str:
    """Write what stands in a cell; a figure in brackets is below zero."""
    text = cell.text or BLANK
    return f"-{text.strip('()')}" if is_negative(text) else text


def _spell_cell(cell: GridCell) -> str:
    return f"{cell.column}: {spell_value(cell)}" if cell.column else spell_value(cell)
