"""Tables that a PDF sets without rules: figures below each other, names beside and above them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rare_app.documents.clean import is_figure
from rare_app.documents.pdf_columns import Columns, find_columns, is_value, join_figures
from rare_app.documents.pdf_heads import MOST_HEADS, count_heads, is_bracketed
from rare_app.documents.pdf_lines import Line
from rare_app.documents.pdf_names import name_columns
from rare_app.documents.pdf_rules import Rule, Stroke, split_rules
from rare_app.documents.tables import Table

_FAR = 2.6
"""Line heights between two rows, at most."""
_LONGEST_CELL, _LONGEST_LATER, _LONGEST_LABEL = 6, 12, 24
"""Words of a cell beside a row's name in the first row and in later ones, and of that."""
_MOST_BETWEEN = 4
"""Lines without figures between two rows that have some."""
_MOST_COLUMNS = 40
_LEAST_FILLED = 0.8
"""Share of the cells that hold something in a table whose rows have no names."""
_LEADERS = re.compile(r"\.{4,}|(?:\. ){4,}|…{2,}")
_NUMBERED = re.compile(r"\w{2,12}\.? \d{1,3}(?:\.\d+)*\b")
_LONGEST_TITLE = 20
_TOUCHING = 0.6
"""Points between the pieces of a rule below names; the rules of two columns are further apart."""


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table, and which of the lines it takes up: from `start` on, before `end`."""

    table: Table
    start: int
    end: int


def find_tables(lines: Sequence[Line], rules: Sequence[Rule]) -> list[FoundTable]:
    """Find the tables among the lines of a flow.

    A table has at least two rows with figures in the same columns. Lists of contents, prose and
    lists are none; when in doubt, there is no table.

    Parameters
    ----------
    lines : sequence of Line
        From the top down.
    rules : sequence of Rule
        In the same frame: a name that spans columns may be underlined.
    """
    lines = [join_figures(line) for line in lines]
    across, _ = split_rules(rules, gap=_TOUCHING)
    found: list[FoundTable] = []
    at = since = 0
    while at < len(lines):
        if not _is_row(lines[at], _LONGEST_CELL):
            at += 1
            continue
        end = _end_of_rows(lines, at)
        table = None
        for stop in _stops(lines, at, end):
            table = _build(lines, since, at, stop, across)
            if table is not None:
                found.append(table)
                at = since = table.end
                break
        if table is None:
            at = end
    return found


def _is_row(line: Line, longest: int = _LONGEST_LATER) -> bool:
    """Whether a line is a name with figures beside it, its cells of so many words at most."""
    if len(line.runs) < 2 or any(run.content is not None for run in line.runs):
        return False
    first, *rest = line.runs
    return (
        any(is_value(run.text) for run in rest)
        and all(len(run.text.split()) <= longest for run in rest)
        and len(first.text.split()) <= _LONGEST_LABEL
    )


def _is_total(line: Line, left: float) -> bool:
    """Whether a line is figures alone, at the place of the columns."""
    return line.left >= left and all(is_value(run.text) for run in line.runs)


def _end_of_rows(lines: Sequence[Line], at: int) -> int:
    """Index after the last line of the rows that begin with one."""
    left = lines[at].runs[1].left
    end = at + 1
    for index in range(at + 1, len(lines)):
        line = lines[index]
        if line.top - lines[index - 1].bottom > _FAR * line.size or index - end >= _MOST_BETWEEN:
            break
        if _is_row(line):
            if not is_figure(line.runs[0].text):
                left = min(left, line.runs[1].left)
            end = index + 1
        elif _is_total(line, left - 2 * line.size):
            end = index + 1
        elif not _is_between(line, left):
            break
    return end


def _is_between(line: Line, left: float) -> bool:
    """Whether a line may stand between rows: the name of a group, or a part of a row's name."""
    run = line.runs[0]
    words = len(run.text.split())
    return (
        len(line.runs) == 1
        and run.content is None
        and run.left < left
        and (run.right <= left + run.size or (words <= 10 and not run.text.endswith(".")))
        and words <= _LONGEST_LABEL
    )


def _stops(lines: Sequence[Line], at: int, end: int) -> list[int]:
    """Where a table may end: as late as possible, else before a line that has no figures."""
    inner = [
        index
        for index in range(at + 2, end)
        if not _is_row(lines[index]) and not is_figure(lines[index].runs[0].text)
    ]
    return [end, *inner[::-1][:3]]


def _build(
    lines: Sequence[Line], since: int, at: int, end: int, rules: Sequence[Stroke]
) -> FoundTable | None:
    rows = [line for line in lines[at:end] if len(line.runs) > 1 or is_figure(line.text)]
    columns = find_columns(rows)
    if columns is None or not 2 <= columns.count <= _MOST_COLUMNS:
        return None
    heads, groups = count_heads(
        lines[max(since, at - MOST_HEADS) : at], columns, first=lines[at], rules=rules
    )
    top = at - groups
    given = heads
    heads = _true_heads(lines[top - given : top], columns)
    named, unit = name_columns(lines[top - given : top - given + heads], columns, rules)
    bold = not named and not groups and _opens_bold(rows, columns)
    if not _is_table(rows, columns, heads=bool(named) or bold):
        return None
    while end < len(lines) and _goes_on(lines[end - 1], lines[end], columns):
        end += 1
    start = top - given
    above, title = start, ""
    if not unit and above > since and _is_above(lines[above - 1], lines[above]):
        text = lines[above - 1].text
        if is_bracketed(text):
            above, unit = above - 1, text
    if above > since and _is_title(lines[above - 1], lines[above]):
        above, title = above - 1, lines[above - 1].text
    body = _read_rows(lines[top - given + heads : end], columns)
    cells = tuple(tuple(row) for row in ([named, *body] if named else body))
    table = Table(cells, heads=int(bool(named) or bold), title=title, unit=unit)
    return FoundTable(table, above, end)


def _true_heads(lines: Sequence[Line], columns: Columns) -> int:
    """Count the lines of a head above its first row of words, which has a name as heads do."""
    label = columns.label
    last: Line | None = None
    for at, line in enumerate(lines):
        run = line.runs[0]
        if label is None or run.left > label.left + 2 * run.size or run.text.startswith("("):
            continue
        if last is not None and len(line.runs) > 1 and line.top - last.bottom > 0.3 * line.size:
            return at
        last = line
    return len(lines)


def _opens_bold(rows: Sequence[Line], columns: Columns) -> bool:
    """Whether the first row names the columns, figures or not: it alone is bold."""
    first, *others = rows
    full = len(first.runs) == columns.count and not is_value(first.runs[0].text)
    return full and first.bold and len(others) > 1 and not any(one.bold for one in others)


def _is_table(rows: Sequence[Line], columns: Columns, *, heads: bool) -> bool:
    """Whether rows with columns are a table, not a list of contents or chance."""
    leaders = sum(bool(_LEADERS.search(line.text)) for line in rows)
    if 3 * leaders > len(rows):
        return False
    if len(rows) == 1:  # a table of one row is named on both sides, and full
        row = rows[0]
        values = sum(is_value(run.text) for run in row.runs[1:])
        full = len(row.runs) == columns.count > 2 and 2 * values >= columns.count - 1
        return heads and full and row.text[0].isalpha()
    # Figures and letters about a drawing have no names beside them, and most columns are free.
    labels = [line.runs[0].text for line in rows]
    least = 1 if heads else 2
    named = sum(not is_figure(one) and sum(map(str.isalpha, one)) >= least for one in labels)
    filled = sum(len(line.runs) for line in rows) / (len(rows) * columns.count)
    if 2 * named < len(rows) and (not heads or filled < _LEAST_FILLED):
        return False
    # Whole numbers that only grow, and no other figure: a list of contents.
    last = [line.runs[-1].text for line in rows]
    numbers = [int(one) for one in last if one.isdigit() and len(one) < 5]
    single = all(sum(is_value(run.text) for run in line.runs[1:]) < 2 for line in rows)
    if single and len(numbers) == len(last) and numbers == sorted(numbers) and numbers[-1] < 1900:
        return False
    return columns.count > 2 or heads or len(rows) > 2


def _is_above(line: Line, below: Line) -> bool:
    return (
        len(line.runs) == 1
        and line.runs[0].content is None
        and below.top - line.bottom <= _FAR * below.size
    )


def _is_title(line: Line, below: Line) -> bool:
    """Whether a line is a table's title, and no heading of its own and no prose."""
    text = line.text
    if not _is_above(line, below) or len(text.split()) > _LONGEST_TITLE:
        return False
    if text.endswith((".", ":", ",", ";")) and not _NUMBERED.match(text):
        return False
    plain = not line.bold and line.size <= 1.08 * below.size
    return bool(_NUMBERED.match(text)) or (plain and len(text.split()) <= 12 and text[0].isupper())


def _goes_on(row: Line, line: Line, columns: Columns) -> bool:
    """Whether the name of the last row goes on in the line below it."""
    return (
        len(line.runs) == 1
        and line.runs[0].content is None
        and line.right <= columns.left
        and (line.text[0].islower() or line.text[0] == "(")
        and line.top - row.bottom <= 0.4 * line.size
        and len(line.text.split()) <= 10
    )


def _read_rows(lines: Sequence[Line], columns: Columns) -> list[list[str]]:
    """Write the rows; names that take up several lines are put together."""
    firsts = [line.runs[0] for line in lines if not is_figure(line.runs[0].text)]
    limit = max(
        (line.runs[0].right for line in lines if len(line.runs) > 1 and line.runs[0] in firsts),
        default=0.0,
    )
    rows: list[list[str]] = []
    names: list[Line] = []  # lines that name a group, or begin the name of the next row
    last: Line | None = None
    for line in lines:
        if len(line.runs) == 1 and not is_figure(line.text):
            lower = line.text[0].islower() or line.text[0] == "("
            near = last is not None and line.top - last.bottom <= 0.5 * line.size
            if lower and near and rows and not names:
                rows[-1][0] = f"{rows[-1][0]} {line.text}".strip()
                last = line
                continue
            names.append(line)
            last = line
            continue
        row = [""] * columns.count
        for place, run in zip(columns.places(line.runs), line.runs, strict=True):
            row[place] = f"{row[place]} {run.text}".strip()
        while names and _begins_name(names[-1], line, row, limit=limit):
            row[0] = f"{names.pop().text} {row[0]}".strip()
        rows += [[one.text, *[""] * (columns.count - 1)] for one in names]
        rows.append(row)
        names, last = [], line
    return rows + [[one.text, *[""] * (columns.count - 1)] for one in names]


def _begins_name(name: Line, line: Line, row: Sequence[str], *, limit: float) -> bool:
    """Whether a line without figures begins the name of the row below it."""
    if name.text.endswith(":") or line.top - name.bottom > 0.6 * line.size:
        return False
    if not row[0]:  # the figures stand beside the middle of a name of several lines
        return name.bottom > line.top
    if row[0][0].islower() or name.text.endswith((",", "-", "–", "—", "(", "&")):
        return True
    if name.bold != line.runs[0].bold:
        return False
    first = line.runs[0]
    word = (first.right - first.left) * len(row[0].split()[0]) / max(1, len(first.text))
    return (
        name.right + word + 0.25 * line.size > max(limit, first.right)
        and len(name.text.split()) > 3
    )
