"""The straight lines that a page of a PDF draws: rules of tables, underlines."""

import ctypes
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_MOST_OBJECTS = 20_000
_DEEPEST_FORM = 4
_THINNEST = 2.5
"""Points up to which a filled rectangle counts as a rule."""
_SHORTEST_RULE = 4.0

Matrix = tuple[float, float, float, float, float, float]
Rule = tuple[float, float, float, float]
"""A line from left to right or from top to bottom: left, top, right, bottom."""
NEAR = 2.5
"""Points within which two rules meet or are one."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A rule along one direction: where it lies across it, from where to where along it."""

    at: float
    start: float
    end: float

    def covers(self, position: float) -> bool:
        """Whether it reaches a place along it."""
        return self.start - NEAR <= position <= self.end + NEAR


def read_rules(page: Any, matrix: Matrix) -> list[Rule]:
    """List the straight lines that are drawn across or down the page, thin rectangles included."""
    import pypdfium2.raw as pdfium

    rules: list[Rule] = []
    budget = Counter(left=_MOST_OBJECTS)

    def read(count: int, get: Any, seen: Matrix, depth: int) -> None:
        for index in range(count):
            if budget["left"] <= 0:
                return
            budget["left"] -= 1
            one = get(index)
            kind = pdfium.FPDFPageObj_GetType(one)
            if kind == pdfium.FPDF_PAGEOBJ_PATH:
                rules.extend(_rules_of(one, _product(_matrix_of(one), seen), budget))
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST_FORM:
                read(
                    pdfium.FPDFFormObj_CountObjects(one),
                    lambda at, form=one: pdfium.FPDFFormObj_GetObject(form, at),
                    _product(_matrix_of(one), seen),
                    depth + 1,
                )

    read(
        pdfium.FPDFPage_CountObjects(page),
        lambda at: pdfium.FPDFPage_GetObject(page, at),
        matrix,
        0,
    )
    return rules


def _matrix_of(page_object: Any) -> Matrix:
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(page_object, ctypes.byref(matrix))
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _product(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def _rules_of(path: Any, matrix: Matrix, budget: "Counter[str]") -> Iterator[Rule]:
    """Give the rules that a path draws: its stroked lines, or itself where it is a thin box."""
    import pypdfium2.raw as pdfium

    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, ctypes.byref(fill), ctypes.byref(stroke))
    if not (fill.value or stroke.value):
        return
    a, b, c, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float, bool]] = []
    count = pdfium.FPDFPath_CountSegments(path)
    for index in range(min(count, max(0, budget["left"]))):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        moves = pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO
        points.append((a * x.value + c * y.value + e, b * x.value + d * y.value + f, moves))
        if pdfium.FPDFPathSegment_GetClose(segment):
            start = next((one for one in reversed(points) if one[2]), points[0])
            points.append((start[0], start[1], False))
    budget["left"] -= count
    yield from _lines_of(points, stroked=bool(stroke.value))


def _lines_of(points: Sequence[tuple[float, float, bool]], *, stroked: bool) -> Iterator[Rule]:
    shapes: list[list[tuple[float, float]]] = []
    for x, y, moves in points:
        if moves or not shapes:
            shapes.append([])
        shapes[-1].append((x, y))
    for shape in shapes:
        xs, ys = [x for x, _ in shape], [y for _, y in shape]
        left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
        thin = min(right - left, bottom - top) <= _THINNEST
        if thin and max(right - left, bottom - top) >= _SHORTEST_RULE:
            yield left, top, right, bottom
        elif stroked:
            for (x1, y1), (x2, y2) in pairwise(shape):
                flat = min(abs(x1 - x2), abs(y1 - y2)) <= 0.5
                if flat and max(abs(x1 - x2), abs(y1 - y2)) >= _SHORTEST_RULE:
                    yield min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def split_rules(rules: Iterable[Rule], *, gap: float = NEAR) -> tuple[list[Stroke], list[Stroke]]:
    """Part rules into those across the page and those down it, pieces of one joined.

    Parameters
    ----------
    gap : float
        Points between two pieces of one rule, at most.
    """
    across: list[Stroke] = []
    down: list[Stroke] = []
    for left, top, right, bottom in rules:
        if right - left >= bottom - top:
            across.append(Stroke((top + bottom) / 2, left, right))
        else:
            down.append(Stroke((left + right) / 2, top, bottom))
    return _joined(across, gap), _joined(down, gap)


def _joined(strokes: list[Stroke], gap: float) -> list[Stroke]:
    joined: list[Stroke] = []
    lanes: list[list[Stroke]] = []
    for one in sorted(strokes, key=lambda one: one.at):
        if lanes and one.at - lanes[-1][0].at <= gap:
            lanes[-1].append(one)
        else:
            lanes.append([one])
    for lane in lanes:
        open_one: Stroke | None = None
        for one in sorted(lane, key=lambda one: one.start):
            if open_one is not None and one.start <= open_one.end + gap:
                open_one = Stroke(open_one.at, open_one.start, max(open_one.end, one.end))
            else:
                if open_one is not None:
                    joined.append(open_one)
                open_one = one
        if open_one is not None:
            joined.append(open_one)
    return joined
