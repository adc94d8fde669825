"""In which order the shapes of a slide are read, and which of them belong together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

_CLOSER = 0.6
"""Part of the gap around them up to which shapes belong together."""
_SHARE_OF_WIDEST = 0.6
"""Part of the widest gap from which another one of the same direction is cut at, too."""
_OVERLAP = 0.04
"""Part of a shape's size by which it may reach into its neighbour."""
_MOST_TOGETHER = 6
_LONGEST_TOGETHER = 400
_FEWEST_ROWS = 3
_MOST_SHAPES = 2000
_DEEPEST = 12


@dataclass(slots=True)
class Shape:
    """Something on a slide.

    Attributes
    ----------
    left, top, right, bottom : float
        In the slide's units.
    text : str
        What is read of it, to tell how long it is.
    content : object
        What the caller needs to write it.
    parts : list of Shape
        What a group, or a box with others on it, holds; may be empty.
    loose : bool
        Whether its text may stand in one paragraph with a neighbour's: not so lists and tables.
    """

    left: float
    top: float
    right: float
    bottom: float
    text: str = ""
    content: Any = None
    parts: "list[Shape]" = field(default_factory=list)
    loose: bool = True


@dataclass(slots=True)
class Cluster:
    """Shapes that are read together, in order; as rows of a table where they stand like one."""

    shapes: list[Shape]
    rows: list[list[Shape]] = field(default_factory=list)


def arrange(shapes: Sequence[Shape], *, area: float = 0.0) -> list[Cluster]:
    """Put shapes in reading order: by rows and columns, what stands close together at once.

    Parameters
    ----------
    shapes : sequence of Shape
    area : float
        Of the slide; a shape that covers less and has others on it holds them.

    Returns
    -------
    list of Cluster
    """
    if len(shapes) > _MOST_SHAPES:
        return [Cluster([shape]) for shape in sorted(shapes, key=_by_row)]
    return _arrange(_nest(list(shapes), area=area) if area else list(shapes), 0.0, 0)


def _nest(shapes: list[Shape], *, area: float) -> list[Shape]:
    """Give shapes that lie on another one to that one."""
    by_size = sorted(shapes, key=_size)
    kept: list[Shape] = []
    for number, shape in enumerate(by_size):
        holder = next(
            (
                other
                for other in by_size[number + 1 :]
                if other.loose and _size(other) < 0.6 * area and _lies_on(shape, other)
            ),
            None,
        )
        if holder is None or _size(holder) <= _size(shape):
            kept.append(shape)
        else:
            holder.parts.append(shape)
    return [shape for shape in kept if shape.text.strip() or shape.parts]


def _size(shape: Shape) -> float:
    return max(0.0, shape.right - shape.left) * max(0.0, shape.bottom - shape.top)


def _lies_on(shape: Shape, other: Shape) -> bool:
    wide = min(shape.right, other.right) - max(shape.left, other.left)
    high = min(shape.bottom, other.bottom) - max(shape.top, other.top)
    return wide > 0 and high > 0 and wide * high > 0.9 * _size(shape) > 0


def _by_row(shape: Shape) -> tuple[float, float]:
    return shape.top, shape.left


def _arrange(shapes: list[Shape], around: float, depth: int) -> list[Cluster]:
    """Cut shapes apart at the widest gaps; those with narrow gaps between them stay together."""
    if len(shapes) == 1:
        return _open(shapes[0], depth)
    rows = _as_rows(shapes)
    if rows:
        return [Cluster(sorted(shapes, key=_by_row), rows)]
    across, parts_across = _cut(shapes, lambda shape: (shape.left, shape.right))
    down, parts_down = _cut(shapes, lambda shape: (shape.top, shape.bottom))
    gap, parts = (down, parts_down) if down >= across else (across, parts_across)
    if around and gap <= _CLOSER * around and _are_short(shapes):
        return [Cluster(sorted(shapes, key=_by_row))]
    if len(parts) < 2 or depth >= _DEEPEST:
        return [one for shape in sorted(shapes, key=_by_row) for one in _open(shape, depth)]
    return [one for part in parts for one in _arrange(part, gap, depth + 1)]


def _open(shape: Shape, depth: int) -> list[Cluster]:
    """Give what a group holds: all of it at once where it is short and has no parts of its own."""
    if not shape.parts:
        return [Cluster([shape])]
    if depth >= _DEEPEST:
        return [Cluster([part]) for part in sorted(shape.parts, key=_by_row)]
    inner = _arrange(shape.parts, 0.0, depth + 1)
    own = [shape] if shape.text.strip() else []
    flat = [part for one in inner for part in one.shapes]
    single = all(len(one.shapes) == 1 for one in inner)
    if single and _are_short([*own, *flat]) and not any(part.parts for part in shape.parts):
        return [Cluster([*own, *flat])]
    return [*([Cluster(own)] if own else []), *inner]


def _are_short(shapes: Sequence[Shape]) -> bool:
    return (
        1 < len(shapes) <= _MOST_TOGETHER
        and all(shape.loose and not shape.parts for shape in shapes)
        and sum(len(shape.text) for shape in shapes) <= _LONGEST_TOGETHER
    )


def _cut(
    shapes: Sequence[Shape], ends: Callable[[Shape], tuple[float, float]]
) -> tuple[float, list[list[Shape]]]:
    """Cut at the widest gaps of one direction; gives the narrowest of them and the parts."""
    ordered = sorted(shapes, key=ends)
    gaps: list[float] = []
    reach = ends(ordered[0])[1]
    for shape in ordered[1:]:
        start, end = ends(shape)
        allowed = _OVERLAP * (end - start)
        gaps.append(max(0.0, start - reach) if start >= reach - allowed else -1.0)
        reach = max(reach, end)
    widest = max(gaps)
    if widest < 0:
        return -1.0, []
    parts = [[ordered[0]]]
    for gap, shape in zip(gaps, ordered[1:], strict=True):
        if gap >= max(0.0, _SHARE_OF_WIDEST * widest):
            parts.append([shape])
        else:
            parts[-1].append(shape)
    return widest, parts


def _as_rows(shapes: Sequence[Shape]) -> list[list[Shape]]:
    """Give the rows of shapes that stand like the cells of a table: aligned, evenly far apart."""
    if any(not shape.loose or shape.parts for shape in shapes):
        return []
    rows: list[list[Shape]] = []
    for shape in sorted(shapes, key=_by_row):
        height = shape.bottom - shape.top
        if rows and abs(shape.top - rows[-1][0].top) <= 0.25 * height:
            rows[-1].append(shape)
        else:
            rows.append([shape])
    width = len(rows[0])
    if len(rows) < _FEWEST_ROWS or width < 2 or any(len(row) != width for row in rows):
        return []
    rows = [sorted(row, key=lambda shape: shape.left) for row in rows]
    for column in zip(*rows, strict=True):
        lefts = [shape.left for shape in column]
        if max(lefts) - min(lefts) > 0.25 * min(shape.right - shape.left for shape in column):
            return []
    steps = [after[0].top - row[0].top for row, after in pairwise(rows)]
    return rows if max(steps) <= 1.3 * min(steps) else []
