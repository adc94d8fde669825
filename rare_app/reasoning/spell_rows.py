"""A quoted row of a table with the names of its columns, put into the reasoning by code."""

from collections.abc import Iterator, Sequence

from rare_app.evidence import Grid, GridCell, GridRow, grids_in, is_negative
from rare_app.library import Passage
from rare_app.model import QuotedSpan
from rare_app.reasoning.cell_check import best_cell, is_named
from rare_app.reasoning.prompt import as_read, neutralise

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


def names_a_blank(question: str, quoted: Sequence[QuotedSpan], passages: Sequence[Passage]) -> bool:
    """Tell whether a question names one row and one column of quoted rows, and nothing is there."""
    named = (
        best_cell(question, row)
        for grid, row in _rows(quoted, passages)
        if is_named(question, row, grid)
    )
    return any(cell is not None and not cell.text for cell in named)


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


def _spell_cell(cell: GridCell) -> str:
    text = cell.text or BLANK
    if is_negative(text):
        text = f"-{text.strip('()')}"
    return f"{cell.column}: {text}" if cell.column else text
