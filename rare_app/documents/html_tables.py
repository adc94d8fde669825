"""The cells of a web page's table, laid out by their spans."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field

from lxml import etree

from rare_app.documents.flow import Recorder
from rare_app.documents.tables import Cell, Table

_MOST_COLUMNS = 1000  # that a cell may cover (the standard's own limit)
_LONGEST_ROW_NAME = 60


@dataclass(slots=True)
class Laid:
    """A table's cells.

    Attributes
    ----------
    cells : list of Cell
    kept : list of list of Recorder
        What stands in them, row by row.
    heads : int
        How many of the first rows the page calls heads; -1 where it calls cells of other rows so.
    caption : str
    hidden : int
        Rows and cells that are not shown and hold something.
    inner : list of (name of the row, Table)
        Tables inside cells.
    notes : list of str
    stray : list of element
        What stands in the table outside its rows.
    """

    cells: list[Cell] = field(default_factory=list)
    kept: list[list[Recorder]] = field(default_factory=list)
    heads: int = 0
    caption: str = ""
    hidden: int = 0
    inner: list[tuple[str, Table]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stray: list[etree._Element] = field(default_factory=list)


def lay_out(
    table: etree._Element,
    hidden: Container[etree._Element],
    read: Callable[[etree._Element], Recorder],
) -> Laid:
    """Lay out a table's cells.

    Parameters
    ----------
    table : element
    hidden : container of element
        Elements that are not shown.
    read : callable
        Reads the content of a cell.
    """
    laid = Laid()
    rows: list[tuple[etree._Element, bool]] = []
    for row, in_head in _rows(table, hidden, laid.stray):
        if row in hidden:
            laid.hidden += bool("".join(row.itertext()).strip())
        else:
            rows.append((row, in_head))
    caption = table.find("caption")
    if caption is not None and caption not in hidden:
        laid.caption = read(caption).text
    taken: dict[int, int] = {}  # by column, the first row that a cell from above leaves free
    opening = True
    for number, (row, in_head) in enumerate(rows):
        kept: list[Recorder] = []
        column = 0
        parts = [one for one in row if one.tag in ("td", "th")]
        for part in parts:
            if part in hidden:
                laid.hidden += bool("".join(part.itertext()).strip())
                continue
            while taken.get(column, 0) > number:
                column += 1
            columns = min(_MOST_COLUMNS, _span(part.get("colspan")))
            down = _span(part.get("rowspan"), zero=len(rows))
            down = min(down, len(rows) - number)
            recorder = read(part)
            kept.append(recorder)
            laid.cells.append(Cell(number, column, recorder.text, down, columns))
            label = kept[0].text[:_LONGEST_ROW_NAME]
            laid.inner += [(label, one) for one in recorder.tables]
            laid.notes += recorder.notes
            for one in range(column, column + columns):
                taken[one] = number + down
            column += columns
        laid.kept.append(kept)
        filled = [part for part in parts if part.tag == "th" or "".join(part.itertext()).strip()]
        all_heads = bool(filled) and all(part.tag == "th" for part in filled)
        # Further down, a single head over all columns names a group of rows.
        opening = opening and (in_head or (all_heads and (len(parts) > 1 or number == 0)))
        laid.heads += opening
    if laid.heads >= len(rows):
        laid.heads = 1
    elif not laid.heads and next(table.iter("th"), None) is not None:
        laid.heads = -1
    return laid


def _rows(
    table: etree._Element, hidden: Container[etree._Element], stray: list[etree._Element]
) -> Iterator[tuple[etree._Element, bool]]:
    """Give the rows as they are shown, heads first and foot last, and whether each is a head."""
    groups: dict[str, list[etree._Element]] = {"thead": [], "tbody": [], "tfoot": []}
    inside = [(child, "tbody") for child in reversed(table)]
    while inside:
        one, group = inside.pop()
        if one.tag == "tr":
            groups[group].append(one)
        elif one.tag in groups and one not in hidden:
            inside += [(child, str(one.tag)) for child in reversed(one)]
        elif one.tag == "form":  # a parser leaves it where browsers do not
            inside += [(child, group) for child in reversed(one)]
        elif isinstance(one.tag, str) and one.tag not in ("caption", "colgroup", "col"):
            stray.append(one)
    for name in ("thead", "tbody", "tfoot"):
        for row in groups[name]:
            yield row, name == "thead"


def _span(text: str | None, *, zero: int = 1) -> int:
    """Read a span; 0 is “to the end”."""
    if not text or not text.strip().isdecimal() or len(text) > 6:
        return 1
    return int(text) or zero
