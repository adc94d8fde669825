"""Tables in the text of a passage: which figure stands in which row and column."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rare_app.evidence.sentences import Span
from rare_app.evidence.table_rows import MONTH, YEAR, Row, lines_of, read_bars, read_line

_DATE = re.compile(
    rf"\b{MONTH}\s\d{{1,2}},?\s(?:19|20)\d\d|\b\d{{1,2}}\s{MONTH}\s(?:19|20)\d\d", re.I
)
_DAY = re.compile(rf"\b{MONTH}\s+\d{{1,2}}\b", re.I)
_QUARTER = re.compile(r"\b(?:Q[1-4]|[1-4]Q|FY|fiscal(?: year)?)\s?(?:19|20)\d\d\b", re.I)
_LENGTH = re.compile(
    r"\b(?:three|six|nine|twelve|\d{1,2}) (?:months|weeks) ended\b|\b(?:quarter|year)s? ended\b",
    re.I,
)
_UNIT = re.compile(r"\bin (?:[a-z.$]+ )?(thousand|million|billion)s\b", re.I)
_SINGLE = re.compile(r"\bper\b|\bpercent|%|\brate$|\bratios?\b", re.I)
_TOTAL = re.compile(r"(?:sub)?totals?\b", re.I)
_GAP = re.compile(r"\s{2,}")
_RULE = re.compile(r"[|\s:—-]+")
_LONGEST_HEADING, _HEADINGS, _GROUP_LINES = 16, 10, 2


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a table.

    Attributes
    ----------
    start, end : int
        Where it stands in the passage, in characters.
    line : (int, int)
        Where its row stands.
    row : str
        The row's label.
    group : str
        The lines above some rows that name what they have in common; may be empty.
    column : str
        What the column is called, mostly a period; empty where that cannot be told.
    caption : str
        The line above the table, with the one date of all its columns; may be empty.
    unit : str
        ``thousand``, ``million``, ``billion``, or empty for a figure that is meant as it stands.
    """

    start: int
    end: int
    line: Span
    row: str
    group: str
    column: str
    caption: str
    unit: str


@dataclass(frozen=True, slots=True)
class _Header:
    """What the lines above some rows say of their columns."""

    names: tuple[tuple[str, ...], ...] = ()
    length: str = ""
    caption: str = ""
    unit: str = ""

    def column(self, number: int, *, of: int, last_is_percent: bool, paired: bool) -> str:
        """Name a column of a row that has so many; empty where the header does not fit.

        Under each name may stand a figure and its percentage (`paired`); else the names may stand
        once for each part of the table.
        """
        several = [names for names in self.names if len(names) > 1]
        fitting = (
            *(names[number // 2] for names in several if paired and of == 2 * len(names)),
            *(names[number] for names in self.names if len(names) == of),
            *(
                (*names, "change in percent")[number]
                for names in several
                if last_is_percent and len(names) == of - 1
            ),
            *(names[number % len(names)] for names in several if of % len(names) == 0),
        )
        return f"{self.length} {fitting[0]}".strip() if fitting else ""


@dataclass(frozen=True, slots=True)
class Tables:
    """What a passage holds of tables.

    Attributes
    ----------
    cells : tuple of Cell
        The figures in their order; without dashes, empty cells and rows that have no label.
    headings : tuple of (int, int)
        Where the lines stand that name rows or columns and hold no figure of their own.
    """

    cells: tuple[Cell, ...]
    headings: tuple[Span, ...]


@dataclass(slots=True)
class _Table:
    """Rows without prose between them, and the lines above any of them."""

    rows: list[tuple[Row, str, _Header]] = field(default_factory=list)
    headings: list[Span] = field(default_factory=list)

    @property
    def is_one(self) -> bool:
        """Whether these are two rows or two columns."""
        return len(self.rows) > 1 or any(len(row.figures) > 1 for row, _, _ in self.rows)


def read_tables(text: str, *, above: str = "") -> Tables:
    """Find the figures of the tables in a passage, and what their rows and columns are called.

    A row is a line that ends in figures, and a table has two rows or two columns. Columns are
    called by the dates, quarters or years in the lines above where there are as many of these as
    of figures, or by words that stand apart by wide gaps. Of a table in Markdown (bars between the
    cells) the first line names them.

    Parameters
    ----------
    text : str
        The passage.
    above : str
        What stands before it on its page: a passage may begin in the middle of a table.
    """
    whole = f"{above}\n{text}" if above else text
    shift = len(whole) - len(text)
    tables = [table for table in _tables(whole) if table.is_one]
    cells = (
        _moved(cell, -shift)
        for table in tables
        for row, group, header in table.rows
        if row.line[0] >= shift
        for cell in _cells(whole, row, group, header)
    )
    headings = (
        (start - shift, end - shift)
        for table in tables
        for start, end in table.headings
        if start >= shift
    )
    return Tables(tuple(cells), tuple(headings))


def rows_of(cells: Sequence[Cell]) -> list[list[Cell]]:
    """Put the figures of each line together."""
    found: dict[int, list[Cell]] = {}
    for cell in cells:
        found.setdefault(cell.line[0], []).append(cell)
    return list(found.values())


def _moved(cell: Cell, by: int) -> Cell:
    line = (cell.line[0] + by, cell.line[1] + by)
    return replace(cell, start=cell.start + by, end=cell.end + by, line=line)


def _tables(text: str) -> list[_Table]:
    tables = [_Table()]
    above: list[Span] = []
    group, header = "", _Header()
    names: tuple[str, ...] = ()
    grouped = False
    lines = lines_of(text)
    for index, (start, end) in enumerate(lines):
        line = text[start:end]
        barred = line[0] == "|"
        if barred and _is_ruled(text, lines, index):
            tables.append(_Table(headings=[*above, (start, end)]))
            header, names = _read_bar_header(text, above, line)
            above, group, grouped = [], "", False
            continue
        if barred and names and _RULE.fullmatch(line):
            continue
        names = names if barred else ()
        row = read_bars(text, start, end, names) if barred else read_line(text, start, end)
        if row is None and barred and names:
            label, *rest = _bar_cells(line)
            if label and not any(rest):
                group = f"{group} {label}".strip(" :") if grouped else label.strip(":")
                tables[-1].headings.append((start, end))
                grouped = True
        elif row is None and _is_prose(line):
            tables.append(_Table())
            above, group, header = [], "", _Header()
        elif row is None:
            above = [*above, (start, end)][-_HEADINGS:]
        else:
            grouped = False
            if above:
                header, group = _read_header([text[a:b] for a, b in above], header)
                tables[-1].headings += above
                above = []
            if row.label:
                tables[-1].rows.append((row, group, header))
            if _TOTAL.match(row.label):
                group = ""
    return tables


def _is_ruled(text: str, lines: Sequence[Span], index: int) -> bool:
    """Whether a line of bars names columns: the one below it is a rule."""
    following = text[slice(*lines[index + 1])] if index + 1 < len(lines) else ""
    return following.startswith("|") and "---" in following and bool(_RULE.fullmatch(following))


def _bar_cells(line: str) -> list[str]:
    return [one.strip() for one in line.strip("|").split("|")]


def _read_bar_header(
    text: str, above: Sequence[Span], line: str
) -> tuple[_Header, tuple[str, ...]]:
    """Read the lines above a table in bars, and the names of the columns beside the rows' names.

    Where the rows' names have a head that leaves a period open, the columns end it: “Three months
    ended September 30,” beside “2023”.
    """
    told = [text[a:b] for a, b in above]
    header, _ = _read_header([*told, line], _Header())
    first, *rest = (one.replace(" · ", " ") for one in _bar_cells(line))
    opens = bool(_LENGTH.search(first) or _DAY.search(first)) and not YEAR.search(first)
    names = tuple(
        f"{first} {one}" if opens and YEAR.search(one) and not _LENGTH.search(one) else one
        for one in rest
    )
    captions = [one for one in told if not _tells_columns(one)]
    caption = captions[-1].strip(":") if captions else ""
    return replace(header, caption=caption), names


def _is_prose(line: str) -> bool:
    words = len(line.split())
    return line[0] != "|" and (words > _LONGEST_HEADING or (words > 5 and line[-1] in ".;"))


def _read_header(above: Sequence[str], before: _Header) -> tuple[_Header, str]:
    """Read the lines above a row: what they say of the columns, and the group's name.

    Lines that name neither columns nor a unit leave those of the rows before as they are.
    """
    tells = [_tells_columns(line) for line in above]
    if not any(tells):
        return before, _group(above)
    first, last = tells.index(True), len(tells) - 1 - tells[::-1].index(True)
    group = _group(above[last + 1 :])
    caption = above[first - 1].strip(":") if first else ""
    told = above[first : last + 1]
    names = tuple(one for one in (*_periods("\n".join(told)), *_names(told)) if one)
    if len(names) == 1 and len(names[0]) == 1:  # one date of all columns
        caption = f"{caption} {names[0][0]}".strip()
    length = next((one[0] for line in told[::-1] if (one := _LENGTH.search(line))), "")
    unit = next((one[1].lower() for line in told if (one := _UNIT.search(line))), "")
    return _Header(names, length, caption, unit or before.unit), group


def _group(lines: Sequence[str]) -> str:
    """Name what rows have in common: “Net revenue: Client Computing” out of two lines above.

    “% of revenue” names columns.
    """
    return " ".join(line for line in lines[-_GROUP_LINES:] if "%" not in line).strip(":")


def _tells_columns(line: str) -> bool:
    return bool(
        line[0] == "|"
        or _UNIT.search(line)
        or _LENGTH.search(line)
        or _DAY.search(line)
        or YEAR.search(line)
        or len(_GAP.split(line)) > 1
    )


def _periods(header: str) -> list[tuple[str, ...]]:
    """List the dates, the quarters and the years that name columns."""
    dates = tuple(" ".join(one.split()) for one in _DATE.findall(header))
    rest = _DATE.sub(" ", header)
    quarters = tuple(_QUARTER.findall(rest))
    rest = _QUARTER.sub(" ", rest)
    days = tuple(" ".join(one.split()) for one in _DAY.findall(rest))
    years = tuple(YEAR.findall(rest))
    if len(days) == 1:
        days *= len(years)
    if days and len(days) == len(years):
        years = tuple(f"{day}, {year}" for day, year in zip(days, years, strict=True))
    return [dates, quarters, years]


def _names(lines: Sequence[str]) -> list[tuple[str, ...]]:
    """List the names of columns that stand apart by bars or wide gaps."""
    found = []
    for line in lines:
        if _RULE.fullmatch(line):
            continue
        if "|" in line:
            found.append(tuple(one.strip() for one in line.strip("|").split("|"))[1:])
        elif len(parts := _GAP.split(line)) > 1:
            found += [tuple(parts[1:]), tuple(parts)]
    return found


def _cells(text: str, row: Row, group: str, header: _Header) -> list[Cell]:
    """Name a row's figures."""
    count = len(row.figures)
    ends = [text[slice(*one)] if one else "" for one in row.figures]
    percent = ["%" in one for one in ends]
    last_is_percent = count > 1 and percent[-1] and not all(percent)
    paired = percent == [False, True] * (count // 2)
    found = []
    for number, (span, said) in enumerate(zip(row.figures, ends, strict=True)):
        if span is None or not any(sign.isdigit() for sign in said):
            continue
        column = (
            row.columns[number]
            if row.columns
            else header.column(number, of=count, last_is_percent=last_is_percent, paired=paired)
        )
        single = "%" in said or _SINGLE.search(f"{row.label} {group} {column}")
        unit = "" if single else header.unit
        found.append(Cell(*span, row.line, row.label, group, column, header.caption, unit))
    return found
