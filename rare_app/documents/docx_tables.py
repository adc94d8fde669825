"""Tables of Word files."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from rare_app.documents.docx_changes import changed_by, day_of
from rare_app.documents.docx_parts import W, is_on, local, number, value
from rare_app.documents.docx_text import not_filled_in
from rare_app.documents.flow import Recorder, Sink, write_grid
from rare_app.documents.table_heads import make_table, serves_layout
from rare_app.documents.tables import Cell

_MOST_COLUMNS = 1000  # that a cell may claim to cover; Word allows 63
_LONGEST_ROW_NAME = 60


@dataclass(slots=True)
class _Cell:
    """A cell while its table is read."""

    row: int
    column: int
    columns: int
    kept: Recorder
    bold: bool
    rows: int = 1


def read_table(
    table: etree._Element, sink: Sink, read_blocks: Callable[[etree._Element, Recorder], None]
) -> None:
    """Read a table as if all changes were accepted.

    Parameters
    ----------
    table : element
        A ``w:tbl``.
    sink : Sink
        Takes the table, the tables inside it, then its notes; the blocks of its cells where it
        only sets them side by side.
    read_blocks : callable
        Reads the content of a cell into a recorder.

    Raises
    ------
    OverflowError
        It is too large.
    """
    cells, heads, notes = _read_cells(table, read_blocks)
    rows: dict[int, list[Recorder]] = {}
    for one in cells:
        rows.setdefault(one.row, []).append(one.kept)
    if serves_layout(list(rows.values())):
        for one in cells:
            one.kept.replay(sink)
        for note in notes:
            sink.add("note", note)
        return
    first = [one for one in cells if one.row == 0 and one.kept.calls]
    second = [one for one in cells if one.row == 1 and one.kept.calls]
    side = [one for one in cells if one.column == 0 and one.kept.calls]
    styled = bool(first) and all(one.bold for one in first) and not all(o.bold for o in second)
    if not heads and not styled and all(one.bold for one in side) and len(side) > 1:
        heads = -1  # bold names stand at the side, not on top
    grid = make_table(
        [Cell(one.row, one.column, one.kept.text, one.rows, one.columns) for one in cells],
        marked=heads,
        styled=styled,
    )
    names = {row: kept[0].text[:_LONGEST_ROW_NAME] for row, kept in rows.items()}
    inner = [(names[one.row], nested) for one in cells for nested in one.kept.tables]
    told = [_with_row(note, names[one.row]) for one in cells for note in one.kept.notes]
    write_grid(sink, grid, inner=inner, notes=[*told, *notes])


def _read_cells(
    table: etree._Element, read_blocks: Callable[[etree._Element, Recorder], None]
) -> tuple[list[_Cell], int, list[str]]:
    """Give the cells, how many rows the file calls heads, and notes on whole rows."""
    cells: list[_Cell] = []
    notes: list[str] = []
    above: dict[int, _Cell] = {}  # cells that go on downwards, by column
    row = heads = 0
    for element, _ in _inside(table, "tr"):
        own = element.find(W + "trPr")
        kept_above, above = above, {}
        column = min(_MOST_COLUMNS, number(value(own, "gridBefore"), 0))
        deleted = own.find(W + "del") if own is not None else None
        texts: list[str] = []
        for part, control in _inside(element, "tc"):
            look = part.find(W + "tcPr")
            if look is not None and look.find(W + "cellDel") is not None:
                continue
            columns = min(_MOST_COLUMNS, max(1, number(value(look, "gridSpan"), 1)))
            merged = look.find(W + "vMerge") if look is not None else None
            opened = kept_above.get(column)
            if merged is not None and merged.get(W + "val") != "restart" and opened is not None:
                opened.rows += deleted is None
                above[column] = opened
            else:
                kept = Recorder()
                if control is None:
                    read_blocks(part, kept)
                else:
                    kept.add("paragraph", not_filled_in(control))
                texts.append(kept.text)
                cell = _Cell(row, column, columns, kept, _is_bold(part))
                if deleted is None:
                    cells.append(cell)
                if merged is not None:
                    above[column] = cell
            column += columns
        if deleted is not None:
            above = kept_above
            notes.append(_row_note(deleted, "deleted", texts))
            continue
        inserted = own.find(W + "ins") if own is not None else None
        if inserted is not None:
            notes.append(_row_note(inserted, "inserted", texts[:1]))
        heads += bool(is_on(own, "tblHeader")) and heads == row
        row += 1
    return cells, heads, notes


def _inside(
    element: etree._Element, name: str
) -> Iterator[tuple[etree._Element, etree._Element | None]]:
    """Give rows or cells, also those within content controls; with each an unfilled control."""
    for child in element:
        kind = local(child)
        if kind == name:
            yield child, None
        elif kind == "sdt":
            own, content = child.find(W + "sdtPr"), child.find(W + "sdtContent")
            if content is not None:
                for found, control in _inside(content, name):
                    yield found, own if is_on(own, "showingPlcHdr") else control
        elif kind in ("customXml", "ins", "moveTo"):
            yield from _inside(child, name)


def _is_bold(cell: etree._Element) -> bool:
    """Whether all that stands in a cell is bold."""
    runs = [run for run in cell.iter(W + "r") if run.find(W + "t") is not None]
    return bool(runs) and all(is_on(run.find(W + "rPr"), "b") for run in runs)


def _row_note(change: etree._Element, what: str, texts: list[str]) -> str:
    who = changed_by(str(change.get(W + "author", "")), day_of(change.get(W + "date")))
    row = " | ".join(texts)
    return f"[Was changed{who}: the row “{row}” was {what}]"


def _with_row(note: str, row: str) -> str:
    """Say in a note on which row of the table it is: before the sentence, or in its label."""
    if not row or not note.startswith("["):
        return note
    label, mark, rest = note.partition("]" if not note.startswith("[Was") else ": ")
    return f"{label}, row “{row}”{mark}{rest}" if mark else note
