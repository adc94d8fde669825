"""Writing sheets and tables as pages: a page a sheet, parts where one is long."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from openpyxl.utils import get_column_letter

from rare_app.documents.detect import Format
from rare_app.documents.draft import Draft, OnPage
from rare_app.documents.errors import (
    TooLargeFileError,
    TooManyPagesError,
    show_name,
)
from rare_app.documents.parts import LONGEST_PART, cut_into_parts
from rare_app.documents.sheet import MOST_CELLS, Box, Grid, Sheet, SheetNote
from rare_app.documents.sheet_tables import Found, find_tables
from rare_app.documents.tables import LONGEST_HEAD, Table, is_group
from rare_app.documents.types import BlockKind, Page, PageKind
from rare_app.documents.write_page import PageWriter
from rare_app.settings import Settings

_WIDEST = 64
"""Columns of a table that are written side by side; a wider one is cut into bands."""
_MOST_NAMED = 10
"""Hidden rows, columns or sheets that are named."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows of a table that fit on a page.

    Attributes
    ----------
    table : Table
    first, last : int
        Rows of the whole table's grid that it holds, both included; heads do not count.
    columns : range
        Columns of the whole table that it holds, besides the first.
    length : int
        Characters that it takes, about.
    """

    table: Table
    first: int
    last: int
    columns: range
    length: int


class PagesWriter:
    """Writes blocks to pages of bounded length and begins a new page when one is full.

    Parameters
    ----------
    name : str
        What the user calls the file, for messages.
    maximum : int
        Pages that are allowed.

    Raises
    ------
    TooManyPagesError
        From every method that writes.
    """

    def __init__(self, *, name: str, maximum: int) -> None:
        self._name = name
        self._maximum = maximum
        self._pages: list[Page] = []
        self._writer: PageWriter | None = None
        self._title = ""
        self._size = 0
        self._part = 0
        self.cut = False

    def begin(self, title: str) -> None:
        """Begin a page for a sheet; its name stands above every part of it."""
        self._end()
        self._title, self._part = title, 0
        self._open()

    def add(self, kind: BlockKind, text: str) -> None:
        """Add a block of text, cut where it is longer than a page."""
        for part in cut_into_parts(text) if len(text) > LONGEST_PART else [text]:
            self._make_room(len(part)).add(kind, part)

    def add_table(self, table: Table) -> Iterator[Slice]:
        """Add a table, cut where it is longer than a page; gives each slice once it is added."""
        for one in slices(table):
            self._make_room(one.length).add_table(one.table)
            yield one

    def pages(self) -> tuple[Page, ...]:
        """Give all pages."""
        self._end()
        return tuple(self._pages)

    def _open(self) -> PageWriter:
        if len(self._pages) >= self._maximum:
            raise TooManyPagesError(
                f"{show_name(self._name)} has more than the {self._maximum:,} pages allowed: split "
                "it into smaller files, or raise the option “maximum_pages”."
            )
        self._writer = PageWriter()
        self._part += 1
        self._size = 0
        if self._title:
            self._writer.add("heading", self._title, level=2)
        return self._writer

    def _make_room(self, length: int) -> PageWriter:
        writer = self._writer or self._open()
        if self._size and self._size + length > LONGEST_PART:
            self._end()
            self.cut = True
            writer = self._open()
        self._size += length
        return writer

    def _end(self) -> None:
        if self._writer is None:
            return
        label = self._title
        if self._part > 1 and label:
            label = f"{label}, part {self._part}"
        number = len(self._pages) + 1
        page = self._writer.page(number, label=label)
        # The name of a sheet without anything on it is no text.
        empty = all(block.kind == "heading" for block in page.blocks)
        self._pages.append(Page(number, "", label=label) if empty else page)
        self._writer = None


def slices(table: Table) -> Iterator[Slice]:
    """Cut a table into slices that fit on a page, each with the heads and its group of rows."""
    width = len(table.rows[0]) if table.rows else 0
    for left in range(1, max(2, width), _WIDEST - 1):
        columns = range(left, min(width, left + _WIDEST - 1))
        band = table
        if width > _WIDEST:
            rows = tuple((row[0], *row[columns.start : columns.stop]) for row in table.rows)
            band = replace(table, rows=rows)
        yield from _slices_of(band, columns)


def _slices_of(table: Table, columns: range) -> Iterator[Slice]:
    heads = table.rows[: table.heads]
    each = sum(_length(row) for row in heads)
    frame = len(table.title) + len(table.unit) + 2 * each
    # Where heads are long each row says them, see write_table.
    more = each if each > LONGEST_HEAD else 0
    room = max(LONGEST_PART // 2, LONGEST_PART - frame)
    carried: tuple[str, ...] | None = None
    group = carried
    first, size = table.heads, 0
    for number in range(table.heads, len(table.rows) + 1):
        ends = number == len(table.rows)
        row = () if ends else table.rows[number]
        length = 0 if ends else _length(row) + more
        if ends or (size and size + length > room):
            rows = heads + ((carried,) if carried else ()) + table.rows[first:number]
            yield Slice(replace(table, rows=rows), first, number - 1, columns, frame + size)
            first, size = number, 0
            carried = None if is_group(row) else group
        size += length
        group = row if is_group(row) else group


def _length(row: Sequence[str]) -> int:
    return sum(map(len, row)) + 3 * len(row) + 3


def write_sheets(
    sheets: Iterable[Sheet],
    *,
    kind: Format,
    name: str,
    settings: Settings,
    on_page: OnPage,
    hidden: Sequence[str] = (),
) -> Draft:
    """Write the sheets of a file.

    Parameters
    ----------
    sheets : iterable of Sheet
        Those in view, in order; each is let go before the next is asked for.
    kind : Format
    name : str
        What the user calls the file, for messages.
    settings : Settings
        ``maximum_pages`` is used.
    on_page : callable
        Called once a sheet with the pages written; how many there will be is not known.
    hidden : sequence of str
        Names of hidden sheets.

    Returns
    -------
    Draft
        A page a sheet, or parts where a sheet is longer than a page may be.

    Raises
    ------
    TooLargeFileError, TooManyPagesError
        The sentence names the file and the way out.
    """
    writer = PagesWriter(name=name, maximum=settings.maximum_pages)
    notes: list[str] = []
    left = MOST_CELLS
    for number, sheet in enumerate(sheets, start=1):
        left -= sum(map(len, sheet.cells.values()))
        if left < 0:
            raise TooLargeFileError(
                f"{show_name(name)} holds more than {MOST_CELLS:,} filled cells: split it into "
                "smaller files and add those."
            )
        notes += write_sheet(sheet, writer)
        on_page(number, number)
    pages = writer.pages()
    if hidden:
        more = " and others" if len(hidden) > _MOST_NAMED else ""
        names = ", ".join(f"“{one}”" for one in hidden[:_MOST_NAMED])
        noun, verb = ("sheet", "was") if len(hidden) == 1 else ("sheets", "were")
        notes.insert(0, f"The hidden {noun} {names}{more} {verb} not read.")
    page_kind: PageKind = "part" if writer.cut else "sheet"
    return Draft(media_type=kind, page_kind=page_kind, pages=pages, notes=tuple(notes))


def write_sheet(sheet: Sheet, writer: PagesWriter) -> list[str]:
    """Write a sheet: its tables and texts, and its notes, each after what it belongs to.

    Returns
    -------
    list of str
        What was not read, a sentence each.
    """
    grid = Grid(sheet)
    tables = [(grid.box(box), heads) for box, heads in sheet.tables]
    ends = {grid.box(Box(row, 0, row, 0)).top for row in sheet.head_ends}
    notes = [(place, note) for note in sheet.notes if (place := grid.place(note.row, note.column))]
    notes.sort(key=lambda one: one[0])
    writer.begin(sheet.name)
    for found in find_tables(grid, tables=tables, head_ends=ends):
        if found.table is None:
            writer.add("paragraph", found.text)
            inside = [one for one in notes if _within(found.box, *one[0])]
            _add_notes(writer, inside, "", "")
        else:
            inside = _write_table(writer, found, notes)
        notes = [one for one in notes if one not in inside] if inside else notes
    _add_notes(writer, notes, "", "")
    for shape in sheet.shapes:
        writer.add("paragraph", shape)
    return _left_out(sheet)


def _within(box: Box, row: int, column: int) -> bool:
    return box.top <= row <= box.bottom and box.left <= column <= box.right


_Placed = tuple[tuple[int, int], SheetNote]


def _write_table(writer: PagesWriter, found: Found, notes: Sequence[_Placed]) -> list[_Placed]:
    """Write a table and the notes on its cells; gives those notes."""
    table = found.table
    if table is None:
        return []
    inside = [one for one in notes if _within(found.box, *one[0])]
    names = table.columns if table.heads else ()
    waiting = list(inside)
    for part in writer.add_table(table):
        last = found.top + part.last
        for one in list(waiting):
            row, column = one[0][0] - found.top, one[0][1] - found.box.left
            if one[0][0] <= last and (column == 0 or column in part.columns):
                waiting.remove(one)
                in_body = table.heads <= row < len(table.rows)
                row_name = table.rows[row][0] if in_body else ""
                _add_notes(writer, [one], row_name, names[column] if column < len(names) else "")
    _add_notes(writer, waiting, "", "")
    return inside


def _add_notes(writer: PagesWriter, notes: Sequence[_Placed], row: str, column: str) -> None:
    for _, note in notes:
        where = [f"cell {get_column_letter(note.column + 1)}{note.row + 1}"]
        where += [f"row “{row}”"] if row else []
        where += [f"column “{column}”"] if column else []
        who = [f"by {note.author}"] if note.author else []
        said = ", ".join([" ".join(["Comment", *who, "on", where[0]]), *where[1:]])
        date = f", {note.date}" if note.date else ""
        writer.add("note", f"[{said}{date}] {' '.join(note.text.split())}")


def _left_out(sheet: Sheet) -> list[str]:
    """Say what of a sheet was not read."""
    rows = [row for row in sorted(sheet.hidden_rows) if row in sheet.cells]
    last = max((max(row) for row in sheet.cells.values() if row), default=-1)
    filled = {column for row in sheet.cells.values() for column in row}
    columns = [
        column
        for first, end in sorted(sheet.hidden_columns)
        for column in range(first, min(end, last) + 1)
        if column in filled
    ]
    said = []
    if rows:
        names = _runs([(row, str(row + 1)) for row in rows])
        said.append(f"The hidden {'row' if len(rows) == 1 else 'rows'} {names}")
    if columns:
        names = _runs([(column, get_column_letter(column + 1)) for column in columns])
        said.append(f"The hidden {'column' if len(columns) == 1 else 'columns'} {names}")
    if sheet.pictures:
        said.append("1 picture" if sheet.pictures == 1 else f"{sheet.pictures} pictures")
    one = (len(rows) == 1, len(columns) == 1, sheet.pictures == 1)
    single = [flag for flag, held in zip(one, (rows, columns, sheet.pictures), strict=True) if held]
    return [
        f"{what} of the sheet “{sheet.name}” {'was' if alone else 'were'} not read."
        for what, alone in zip(said, single, strict=True)
    ]


def _runs(numbered: Sequence[tuple[int, str]]) -> str:
    """Name what follows one another by its ends: “5–9, 12”."""
    runs: list[list[tuple[int, str]]] = []
    for one in numbered:
        if runs and one[0] == runs[-1][-1][0] + 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    shown = [run[0][1] if len(run) == 1 else f"{run[0][1]}–{run[-1][1]}" for run in runs]
    return ", ".join(shown[:_MOST_NAMED]) + (" and others" if len(shown) > _MOST_NAMED else "")
