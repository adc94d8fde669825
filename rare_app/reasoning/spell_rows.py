"""A quoted row of a table with the names of its columns, put into the reasoning by code."""

from collections.abc import Sequence

from rare_app.evidence import GridRow, grids_in, is_negative
from rare_app.library import Passage
from rare_app.model import QuotedSpan
from rare_app.reasoning.prompt import as_read, neutralise

BLANK = "(blank)"
"""What stands for a cell that holds nothing."""
_LONGEST_ABOVE = 120
LONGEST = 600
"""Characters of a row that is spelled out; a longer one would take the room of the reasoning."""


def spell_rows(quoted: Sequence[QuotedSpan], passages: Sequence[Passage]) -> str:
    """Write what the cells of quoted rows are called.

    Parameters
    ----------
    quoted : sequence of QuotedSpan
        Quotes by their passages and offsets.
    passages : sequence of Passage

    Returns
    -------
    str
        ``(Results, thousand euros: Branch: Porto; Q1 · plan: 290; Q1 · actual: (blank))``, one for
        each row of a table with column heads that a quote holds; empty where there is none.
    """
    written: list[str] = []
    for quote in quoted:
        passage = passages[quote.text]
        for grid in grids_in(as_read(passage.text), passage.head):
            written += [
                spelled
                for row in grid.rows
                if row.start < quote.end
                and quote.start < row.end
                and (spelled := spell(row, grid.above))
            ]
    return " ".join(written)


def spell(row: GridRow, above: str = "") -> str:
    """Write a row's cells with their columns' names; empty for a row that is too long.

    Parameters
    ----------
    above : str
        Title and unit of the table.
    """
    cells = []
    for cell in row.cells:
        text = cell.text or BLANK
        if is_negative(text):
            text = f"-{text.strip('()')}"
        cells.append(f"{cell.column}: {text}" if cell.column else text)
    start = f"{above.rstrip(':')}: " if above and len(above) <= _LONGEST_ABOVE else ""
    spelled = f"({start}{'; '.join(cells)})"
    return neutralise(spelled) if len(spelled) <= LONGEST else ""
