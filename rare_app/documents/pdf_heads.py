"""What stands above the rows of a table without rules: the names of its columns, title, unit."""

from collections.abc import Sequence

from rare_app.documents.pdf_columns import Columns, is_value
from rare_app.documents.pdf_lines import Line
from rare_app.documents.pdf_rules import Stroke

MOST_HEADS = 12
_FAR = 2.6
"""Line heights between two lines of a head, or between head and rows, at most."""
_LARGER = 1.25
"""A line so many times as large as the rows is a heading."""
_LONGEST_NAME = 12
_SENTENCE = 7
"""Words up to which a line that ends with a full stop is no sentence."""
"""Words of a column's name."""


def count_heads(
    lines: Sequence[Line], columns: Columns, *, first: Line, rules: Sequence[Stroke]
) -> tuple[int, int]:
    """Count the lines right above a table's first row that belong to it.

    Parameters
    ----------
    lines : sequence of Line
        What stands above the first row, from the top down.
    first : Line
        The first row that has figures.
    rules : sequence of Stroke
        Across the page: one below a name tells which columns it stands above.

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
        elif (
            _names_columns(line, columns, left, right)
            or (heads and _is_stacked(line, below, columns))
            or _is_underlined(line, columns, right, rules)
            or (not heads and _is_unit(line, columns))
        ):
            heads = count - groups
        else:
            break
        below = line
    if not heads and groups > 1 and lines[-2].text.startswith("("):
        return 2, 0  # only the names of the rows have one, below the unit
    return (heads, groups) if heads else (0, 0)


def names_rows(line: Line, columns: Columns) -> bool:
    """Whether a line stands above the names of the rows alone."""
    run = line.runs[0]
    return (
        len(line.runs) == 1
        and run.content is None
        and (run.right <= columns.left or run.left < columns.left - 4 * run.size)
        and len(run.text.split()) <= _LONGEST_NAME
        and not (run.text.endswith(".") and len(run.text.split()) > _SENTENCE)
        and (run.left + run.right) / 2 < columns.left
    )


def is_bracketed(text: str) -> bool:
    """Whether a text stands in brackets, as “(in millions)” does."""
    return text.startswith("(") and text.endswith(")")


def _is_underlined(line: Line, columns: Columns, right: float, rules: Sequence[Stroke]) -> bool:
    """Whether rules run below a line and past both its ends, above some of the columns alone."""
    level = [one for one in rules if -0.5 <= (one.at - line.bottom) / line.size <= 0.6]
    start = min((one.start for one in level), default=line.left)
    end = max((one.end for one in level), default=line.right)
    return (
        len(line.runs) == 1
        and columns.left - 4 * line.size <= start <= line.left - line.size
        and line.right + line.size <= end <= right - line.size
    )


def _is_unit(line: Line, columns: Columns) -> bool:
    """Whether a line says in brackets, right above the figures, what they are in."""
    return len(line.runs) == 1 and is_bracketed(line.text) and line.left > columns.left


def _is_stacked(line: Line, below: Line, columns: Columns) -> bool:
    """Whether a line is one name that stands right above another one beside the rows' names."""
    run = line.runs[0]
    middle = (run.left + run.right) / 2
    return (
        len(line.runs) == 1
        and run.left > columns.left
        and len(run.text.split()) <= _LONGEST_NAME
        and any(abs(middle - (one.left + one.right) / 2) < run.size for one in below.runs)
    )


def _names_columns(line: Line, columns: Columns, left: float, right: float) -> bool:
    if any(run.content is not None or len(run.text.split()) > _LONGEST_NAME for run in line.runs):
        return False
    beside = [run for run in line.runs if run.right > columns.left]
    if not beside or len(line.runs) > columns.count:
        return False
    if len(line.runs) == 1:
        run = line.runs[0]
        middle = (run.left + run.right) / 2
        centred = abs(middle - (left + right) / 2) < 0.06 * (right - left)
        starts = run.left >= columns.left - 0.25 * (right - columns.left)
        return starts and middle > columns.left and not (centred and columns.label is not None)
    # Prose has no gaps, or goes on past the last column.
    return line.right <= right + 3 * line.size and not any(is_value(run.text) for run in beside)
