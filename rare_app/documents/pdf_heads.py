"""What stands above the rows of a table without rules: the names of its columns, title, unit."""

from collections.abc import Sequence
from itertools import pairwise

from rare_app.documents.pdf_columns import Column, Columns, is_value
from rare_app.documents.pdf_lines import Line, Run
from rare_app.documents.pdf_rules import Rule

MOST_HEADS = 6
_FAR = 2.6
"""Line heights between two lines of a head, or between head and rows, at most."""
_LARGER = 1.25
"""A line so many times as large as the rows is a heading."""
_LONGEST_NAME = 12
"""Words of a column's name."""


def count_heads(lines: Sequence[Line], columns: Columns, *, first: Line) -> tuple[int, int]:
    """Count the lines right above a table's first row that belong to it.

    Parameters
    ----------
    lines : sequence of Line
        What stands above the first row, from the top down.
    first : Line
        The first row that has figures.

    Returns
    -------
    heads : int
        Lines that name columns; 0 where none do.
    groups : int
        Lines between these and the first row, which name a group of rows.
    """
    heads = groups = 0
    below = first
    left = columns.label.left if columns.label else columns.others[0].left
    right = max(columns.others[-1].right, first.right)
    for count, line in enumerate(reversed(lines[-MOST_HEADS:]), start=1):
        if (
            below.top - line.bottom > _FAR * below.size
            or line.size > _LARGER * first.size
            or line.runs[0].content is not None
        ):
            break
        if names_rows(line, columns):
            if not heads:
                groups = count
        elif _names_columns(line, columns, left, right):
            heads = count - groups
        else:
            break
        below = line
    return (heads, groups) if heads else (0, 0)


def names_rows(line: Line, columns: Columns) -> bool:
    """Whether a line stands above the names of the rows alone."""
    run = line.runs[0]
    return (
        len(line.runs) == 1
        and run.content is None
        and (run.right <= columns.left or run.left < columns.left - 4 * run.size)
        and len(run.text.split()) <= _LONGEST_NAME
        and not run.text.endswith(".")
        and (run.left + run.right) / 2 < columns.left
    )


def _names_columns(line: Line, columns: Columns, left: float, right: float) -> bool:
    if any(run.content is not None or len(run.text.split()) > _LONGEST_NAME for run in line.runs):
        return False
    beside = [run for run in line.runs if run.right > columns.left]
    if not beside:
        return False
    if len(line.runs) == 1:
        run = line.runs[0]
        middle = (run.left + run.right) / 2
        centred = abs(middle - (left + right) / 2) < 0.06 * (right - left)
        starts = run.left >= columns.left - 0.25 * (right - columns.left)
        return starts and middle > columns.left and not (centred and columns.label is not None)
    # Prose has no gaps, or goes on past the last column.
    return line.right <= right + 3 * line.size and not any(is_value(run.text) for run in beside)


def lay_out_heads(
    lines: Sequence[Line], columns: Columns, rules: Sequence[Rule]
) -> tuple[list[list[str]], str]:
    """Lay out the lines of a head as rows of cells.

    A name that spans columns stands in each; of names that stand above each other and span the
    same columns, the lower goes on the upper one.

    Returns
    -------
    rows : list of list of str
    unit : str
        What stands in brackets above the names of the rows, such as “(in millions)”.
    """
    rows: list[list[str]] = []
    spans: list[list[tuple[int, int] | None]] = []
    unit = ""
    # From the lowest line up: a name further up is centred above the names below it.
    spots = list(columns.others)
    for at, line in reversed(list(enumerate(lines))):
        row = [""] * columns.count
        held: list[tuple[int, int] | None] = [None] * columns.count
        found = _spans(line, columns, spots, rules, lowest=at + 1 == len(lines))
        for run, (first, last) in zip(line.runs, found, strict=True):
            if first == 0 and columns.label is not None and _in_brackets(run.text):
                unit = f"{run.text} {unit}".strip()
                continue
            for column in range(first, last + 1):
                row[column] = f"{row[column]} {run.text}".strip()
                held[column] = (first, last)
            spot = first - int(columns.label is not None)
            if first == last and spot >= 0:
                spots[spot] = Column(run.left, run.right)
        rows.insert(0, row)
        spans.insert(0, held)
    for upper in range(len(rows) - 1):
        for column, span in enumerate(spans[upper]):
            if span is not None and spans[upper + 1][column] == span:
                rows[upper + 1][column] = f"{rows[upper][column]} {rows[upper + 1][column]}"
                rows[upper][column] = ""
    return [row for row in rows if any(row)], unit


def _in_brackets(text: str) -> bool:
    return text.startswith("(") and text.endswith(")")


def _spans(
    line: Line,
    columns: Columns,
    spots: Sequence[Column],
    rules: Sequence[Rule],
    *,
    lowest: bool,
) -> list[tuple[int, int]]:
    """Give first and last column that each run of a head stands above.

    `spots` are the columns beside the rows' names, or the names that stand below the line.
    """
    shift = int(columns.label is not None)
    others = spots
    own: list[tuple[int, int]] = []
    for run in line.runs:
        if shift and (run.left + run.right) / 2 < columns.left and run.right < others[0].left + 3:
            own.append((-1, -1))
            continue
        shared = [at for at, one in enumerate(others) if one.shared(run) > 0.5]
        if not shared:
            shared = [min(range(len(others)), key=lambda at: -others[at].shared(run))]
        own.append((shared[0], shared[-1]))
    found = []
    for at, (run, span) in enumerate(zip(line.runs, own, strict=True)):
        first, last = span
        if first < 0:
            found.append((0, 0))
            continue
        least = own[at - 1][1] + 1 if at and own[at - 1][1] >= 0 else 0
        most = own[at + 1][0] - 1 if at + 1 < len(own) else len(others) - 1
        if ruled := _ruled_span(run, columns, rules):
            first, last = max(least, ruled[0]), max(first, min(most, ruled[1]))
        elif not lowest:
            first, last = _widened(run, spots, span, least, most)
        found.append((first + shift, max(first, last) + shift))
    return found


def _ruled_span(run: Run, columns: Columns, rules: Sequence[Rule]) -> tuple[int, int] | None:
    """Columns above which the rule below a name runs, unless it runs below everything."""
    for left, top, right, bottom in rules:
        if (
            right - left > bottom - top
            and -0.5 * run.size <= top - run.bottom <= 0.6 * run.size
            and left <= run.left + 2
            and right >= run.right - 2
        ):
            held = [
                at
                for at, one in enumerate(columns.others)
                if left - 2 <= (one.left + one.right) / 2 <= right + 2
            ]
            if held and left > columns.left - 0.3 * (columns.others[-1].right - columns.left):
                return held[0], held[-1]
    return None


def _is_between(run: Run, others: Sequence[Column], at: int) -> bool:
    """Whether a name stands in the middle between its column and a neighbour of that."""
    own = others[at]
    flush = min(abs(run.right - own.right), abs(run.left - own.left)) < 0.6 * run.size
    if flush:
        return False
    middle = (run.left + run.right) / 2
    for before, after in pairwise(others[max(0, at - 1) : at + 2]):
        between = (before.right + after.left) / 2
        if abs(middle - between) < 0.2 * (after.right - before.left):
            return True
    return False


def _widened(
    run: Run, others: Sequence[Column], span: tuple[int, int], least: int, most: int
) -> tuple[int, int]:
    """Widen a span as long as the name stands nearer to its middle: names are centred."""
    first, last = span
    if first == last and not _is_between(run, others, first):
        return span

    def off(a: int, b: int) -> float:
        return abs((others[a].left + others[b].right) / 2 - (run.left + run.right) / 2)

    choices = [
        (off(a, b) + 0.02 * (others[b].right - others[a].left), a, b)
        for a in range(max(0, min(least, first)), first + 1)
        for b in range(last, max(most, last) + 1)
    ]
    best = min(choices)
    return (best[1], best[2]) if off(*span) - off(*best[1:]) > 0.5 * run.size else span
