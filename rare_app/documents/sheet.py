"""A sheet as its program shows it, whatever the format it comes from."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

MOST_CELLS = 5_000_000
"""Filled cells of a file that are read; one with more is refused."""
_MOST_SPANNED = 1_000_000
_LONGEST_FIGURE = 40
_FIGURE = re.compile(
    r"[-+−(]?\s?(?:[^\W\d_]{3}\s|[€$£¥])?\s?\d[\d.,'’   ]*(?:\s?(?:%|[€$£¥]|[^\W\d_]{3}))?\)?-?"
)
_DAY = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{1,4}(?:[ T]\d{1,2}:\d{2}.*)?")

Kind = Literal["text", "number", "date"]


class Shown(NamedTuple):
    """A cell as it is shown.

    Attributes
    ----------
    text : str
    kind : str
        What its value is; an amount with a unit is a number too.
    bold : bool
    """

    text: str
    kind: Kind = "text"
    bold: bool = False


class Box(NamedTuple):
    """A range of cells, 0-based, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


class SheetNote(NamedTuple):
    """A comment on a cell: where it stands, who wrote it and when (may be empty), and its text."""

    row: int
    column: int
    author: str
    date: str
    text: str


Rows = dict[int, dict[int, Shown]]
"""Cells by row and column; blank ones are left out."""


@dataclass(slots=True)
class Sheet:
    """What a file says about one sheet.

    Attributes
    ----------
    name : str
    cells : Rows
    merged : list of Box
    hidden_rows : set of int
    hidden_columns : list of (int, int)
        First and last of each run.
    tables : list of (Box, int)
        Ranges that the file calls a table, and how many of their first rows name the columns.
    head_ends : set of int
        Rows that are told to be the last that name columns: the upper row of a filter, the last
        that stays in view or is printed on every page.
    notes : list of SheetNote
    shapes : list of str
        Texts of boxes and titles of charts that lie on the sheet.
    pictures : int
        How many lie on the sheet.
    """

    name: str
    cells: Rows = field(default_factory=dict)
    merged: list[Box] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    tables: list[tuple[Box, int]] = field(default_factory=list)
    head_ends: set[int] = field(default_factory=set)
    notes: list[SheetNote] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)
    pictures: int = 0


class Grid:
    """The rows and columns of a sheet that are in view, numbered without gaps for hidden ones.

    Attributes
    ----------
    cells : Rows
    spans : dict of int to list of Box
        Merged cells by their first row, clipped to where something stands.
    covered : dict of int to set of int
        Columns by row where a merged cell reaches that holds something.
    """

    def __init__(self, sheet: Sheet) -> None:
        self._hidden_rows = sorted(sheet.hidden_rows)
        last_column = max((max(row) for row in sheet.cells.values() if row), default=-1)
        self._hidden_columns = sorted(
            {
                column
                for first, last in sheet.hidden_columns
                for column in range(first, min(last, last_column) + 1)
            }
        )
        hidden = set(self._hidden_columns)
        self.cells: Rows = {}
        for number in sorted(sheet.cells):
            if number not in sheet.hidden_rows:
                row = sheet.cells[number]
                kept = {self._column(c): row[c] for c in sorted(row) if c not in hidden}
                if kept:
                    self.cells[self._row(number)] = kept
        self.height = max(self.cells, default=-1) + 1
        self.width = max((max(row) for row in self.cells.values()), default=-1) + 1
        self.spans: dict[int, list[Box]] = {}
        self.covered: dict[int, set[int]] = {}
        self._span(sheet.merged)

    def box(self, box: Box) -> Box:
        """Give a range of the sheet in the grid's numbers."""
        return Box(
            self._row(box.top), self._column(box.left), self._row(box.bottom),
            self._column(box.right),
        )  # fmt: skip

    def place(self, row: int, column: int) -> tuple[int, int] | None:
        """Give a cell of the sheet in the grid's numbers; ``None`` for a hidden one."""
        found = self._row(row), self._column(column)
        hidden = _holds(self._hidden_rows, row) or _holds(self._hidden_columns, column)
        return None if hidden else found

    def columns(self, row: int) -> set[int]:
        """Give the columns of a row where something stands or reaches."""
        return set(self.cells.get(row, ())) | self.covered.get(row, set())

    def _row(self, number: int) -> int:
        return number - bisect_left(self._hidden_rows, number)

    def _column(self, number: int) -> int:
        return number - bisect_left(self._hidden_columns, number)

    def _span(self, merged: Iterable[Box]) -> None:
        left = _MOST_SPANNED
        for one in merged:
            box = self.box(one)
            box = box._replace(bottom=min(box.bottom, self.height - 1))
            box = box._replace(right=min(box.right, self.width - 1))
            area = (box.bottom - box.top + 1) * (box.right - box.left + 1)
            if area < 1 or area > left or box.left not in self.cells.get(box.top, {}):
                continue
            left -= area
            self.spans.setdefault(box.top, []).append(box)
            for row in range(box.top, box.bottom + 1):
                self.covered.setdefault(row, set()).update(range(box.left, box.right + 1))


def _holds(numbers: list[int], number: int) -> bool:
    at = bisect_left(numbers, number)
    return at < len(numbers) and numbers[at] == number


def kind_of(text: str) -> Kind:
    """Tell what a cell's text is where the file does not say."""
    if _DAY.fullmatch(text):
        return "date"
    return "number" if len(text) < _LONGEST_FIGURE and _FIGURE.fullmatch(text) else "text"
