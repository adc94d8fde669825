"""Rows and columns of recognised words, by geometry alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rare_app.documents.recognise import Segment

_SAME_ROW = 0.5
"""Share of a segment's height that must lie level with a row."""
_FREE = 1.0
"""Least width of the space between two columns, in line heights."""

Row = list[Segment]


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows that stand in columns: per row the segments of each column; the gaps' middles."""

    rows: tuple[tuple[tuple[Segment, ...], ...], ...]
    gaps: tuple[float, ...]


def find_rows(segments: Sequence[Segment]) -> list[Row]:
    """Group segments that stand level, from above; each row from the left."""
    rows: list[Row] = []
    for one in sorted(segments, key=lambda one: one.middle):
        for row in rows[-4:]:
            top = float(np.mean([other.top for other in row]))
            bottom = float(np.mean([other.bottom for other in row]))
            shared = min(bottom, one.bottom) - max(top, one.top)
            beside = all(
                one.left >= o.right - o.height or one.right <= o.left + o.height for o in row
            )
            if beside and shared > _SAME_ROW * min(one.height, bottom - top):
                row.append(one)
                break
        else:
            rows.append([one])
    for row in rows:
        row.sort(key=lambda one: one.left)
    return sorted(rows, key=lambda row: float(np.mean([one.middle for one in row])))


def group(rows: Sequence[Row]) -> Iterator[Row | Columns]:
    """Find the rows that stand in columns; all others are given as they are.

    Parameters
    ----------
    rows : sequence of list of Segment
        From above; each from the left.
    """
    at = 0
    while at < len(rows):
        end = _run(rows, at)
        gaps = _gaps(rows[at:end])
        if end - at < 2 or not gaps:
            yield rows[at]
            at += 1
            continue
        yield _join_heads(
            Columns(tuple(_in_columns(row, gaps) for row in rows[at:end]), tuple(gaps))
        )
        at = end


def _join_heads(part: Columns) -> Columns:
    """Join a column that has a name alone to the one beside it that has all but a name.

    So stand figures that are set to the right below names that are set to the left.
    """
    columns = list(zip(*part.rows, strict=True))
    gaps = list(part.gaps)
    at = 0
    while at < len(gaps):
        named = [bool(column[0]) and not any(column[1:]) for column in columns[at : at + 2]]
        nameless = [not column[0] for column in columns[at : at + 2]]
        if named in ([True, False], [False, True]) and any(nameless):
            left, right = columns[at : at + 2]
            columns[at : at + 2] = [tuple(a + b for a, b in zip(left, right, strict=True))]
            del gaps[at]
        at += 1
    return Columns(tuple(zip(*columns, strict=True)), tuple(gaps))


def _run(rows: Sequence[Row], first: int) -> int:
    """Follow columns downwards from a row; give the number of the row after their last."""
    free = _free(rows[first])
    if not free:
        return first + 1
    end = full = first + 1
    step = 0.0
    for number in range(first + 1, len(rows)):
        row = rows[number]
        down = middle_of(row) - middle_of(rows[number - 1])
        height = max(one.height for one in row)
        if step and down > max(3 * step, 4 * height):
            break
        left = _common(free, row)
        if not left or (len(free) > 1 and 2 * len(left) <= len(free)):
            break
        alone = len(row) == 1
        if alone and down > 2.2 * height and down > 1.3 * step > 0:
            break
        free, end = free if alone else left, number + 1
        step = min(step or down, down)
        full = end if not alone else full
    return end if full > first + 1 else first + 1


def middle_of(row: Row) -> float:
    """Give where a row's middle is from above, in pixels."""
    return float(np.mean([one.middle for one in row]))


def _free(row: Row) -> list[tuple[float, float]]:
    """Spaces between the segments of a row that are wide enough for columns."""
    spaces = [(a.right, b.left) for a, b in pairwise(row)]
    least = _FREE * float(np.median([one.height for one in row]))
    return [(a, b) for a, b in spaces if b - a >= least]


def _common(free: Sequence[tuple[float, float]], row: Row) -> list[tuple[float, float]]:
    """Give what a row leaves of spaces."""
    least = 0.5 * float(np.median([one.height for one in row]))
    found = []
    for start, end in free:
        pieces = [(start, end)]
        for one in row:
            pieces = [
                piece
                for a, b in pieces
                for piece in ((a, min(b, one.left)), (max(a, one.right), b))
                if piece[1] - piece[0] > 0
            ]
        widest = max(pieces, key=lambda piece: piece[1] - piece[0], default=(0.0, 0.0))
        if widest[1] - widest[0] >= least:
            found.append(widest)
    return found


def _gaps(rows: Sequence[Row]) -> list[float]:
    """Give the middles of the gaps between columns.

    The first rows may hold heads that span columns: they are left out if more columns show then.
    A row of one segment names a group of rows, and may be as long as it likes.
    """
    best: list[float] = []
    for skipped in range(3):
        body = [row for row in rows[skipped:] if len(row) > 1]
        if skipped and len(body) < 3:
            break
        found = _between([one for row in body for one in row])
        if len(found) > len(best):
            best = found
    return best


def _between(segments: Sequence[Segment]) -> list[float]:
    """Give the middles of what no segment covers from above to below."""
    least = 0.5 * float(np.median([one.height for one in segments])) if segments else 0.0
    found, reached = [], None
    for one in sorted(segments, key=lambda one: one.left):
        if reached is not None and one.left - reached >= least:
            found.append((reached + one.left) / 2)
        reached = one.right if reached is None else max(reached, one.right)
    return found


def _in_columns(row: Row, gaps: Sequence[float]) -> tuple[tuple[Segment, ...], ...]:
    """Put the segments of a row into columns; one over several columns stands in its first."""
    cells: list[list[Segment]] = [[] for _ in range(len(gaps) + 1)]
    for one in row:
        cells[sum(gap <= one.left for gap in gaps)].append(one)
    return tuple(map(tuple, cells))
