"""Parting a page of a PDF into columns of text, which are read one after the other."""

from collections.abc import Sequence
from itertools import pairwise

from rare_app.documents.clean import is_figure
from rare_app.documents.pdf_lines import Line, Run, lines_of

_LEAST_COLUMN_LINES = 4
_DEEPEST = 4
_MOST_GUTTERS = 4
_NARROWEST_GUTTER = 5.0
_MOST_EDGE_LINES = 2
_EDGE = 1.2
"""Line heights between the columns of a page and what is printed above and below them, at least."""
_MOST_FIGURE_LINES = 0.05
"""Share of the lines of two columns that may have figures on both sides, as tables have."""

_SAME_LINE, _MOSTLY = 0.15, 0.6
"""Share of a line's height by which two lines beside each other may differ and be one row's, and
share of lines that must differ by more."""


def in_columns(runs: Sequence[Run], *, depth: int = 0) -> list[list[Line]]:
    """Part a page into flows that are read one after the other: columns of text, and what is not.

    Two columns are parted by white space that several lines have in common, with running text on
    both sides: what stands beside figures or short words is a table and stays together.

    Returns
    -------
    list of list of Line
        In reading order.
    """
    lines = lines_of(runs)
    gutter = _find_gutter(lines) if depth < _DEEPEST else None
    if gutter is None:
        return [lines] if lines else []
    if not depth:
        above, lines, below = _part_edges(lines)
        bands = [(False, above), *_bands(lines, gutter), (False, below)]
    else:
        bands = _bands(lines, gutter)
    flows: list[list[Line]] = []
    for columned, band in bands:
        if not columned:
            flows += [band] if band else []
            continue
        for side in (True, False):
            own = [run for line in band for run in line.runs if (run.right <= gutter) is side]
            flows += in_columns(own, depth=depth + 1)
    return flows


def _part_edges(lines: Sequence[Line]) -> tuple[list[Line], list[Line], list[Line]]:
    """Part the first and last lines that stand far from all others: those of no column."""
    gaps = [
        (after.top - before.bottom) / max(before.size, after.size)
        for before, after in pairwise(lines)
    ]
    first = max((at + 1 for at in range(_MOST_EDGE_LINES) if gaps[at] > _EDGE), default=0)
    last = len(lines) - max(
        (at + 1 for at in range(_MOST_EDGE_LINES) if gaps[-1 - at] > _EDGE), default=0
    )
    return list(lines[:first]), list(lines[first:last]), list(lines[last:])


def _find_gutter(lines: Sequence[Line]) -> float | None:
    """Find the middle of the white space between two columns of running text."""
    edges = [
        edge
        for line in lines
        for before, after in pairwise(line.runs)
        if after.left - before.right >= _NARROWEST_GUTTER
        for edge in ((before.right, 1), (after.left, -1))
    ]
    if len(edges) < 2 * _LEAST_COLUMN_LINES:
        return None
    spaces: list[tuple[int, float]] = []  # how many lines leave it free, its middle
    count, since = 0, 0.0
    for x, step in sorted(edges):
        if count >= _LEAST_COLUMN_LINES and x > since:
            spaces.append((count, (since + x) / 2))
        count, since = count + step, x
    middle = (min(line.left for line in lines) + max(line.right for line in lines)) / 2
    tried: list[float] = []
    for _, x in sorted(spaces, key=lambda one: (-one[0], abs(one[1] - middle))):
        if any(abs(x - other) < 20 for other in tried):
            continue
        if len(tried) == _MOST_GUTTERS:
            break
        tried.append(x)
        if any(columned for columned, _ in _bands(lines, x)):
            return x
    return None


def _bands(lines: Sequence[Line], gutter: float) -> list[tuple[bool, list[Line]]]:
    """Part lines from the top down into those in columns beside a gutter and all others."""
    bands: list[tuple[bool, list[Line]]] = []
    open_band: list[Line] = []

    def close(*, followed: bool) -> None:
        rest: list[Line] = []
        if followed:
            rest = _split_tail(open_band, gutter)
        body = open_band[: len(open_band) - len(rest)]
        columned = _are_columns(body, gutter)
        for kind, part in ((columned, body), (False, rest)):
            if part and bands and not kind and not bands[-1][0]:
                bands[-1][1].extend(part)
            elif part:
                bands.append((kind, part))
        open_band.clear()

    for line in lines:
        if any(run.left < gutter < run.right for run in line.runs):
            close(followed=True)
            if bands and not bands[-1][0]:
                bands[-1][1].append(line)
            else:
                bands.append((False, [line]))
        else:
            open_band.append(line)
    close(followed=False)
    return bands


def _split_tail(band: Sequence[Line], gutter: float) -> list[Line]:
    """Lines at a band's end that open what follows: on the left alone, after some white space."""
    at = len(band)
    while at and band[at - 1].right <= gutter:
        at -= 1
    for start in range(max(at, 1), len(band)):
        if band[start].top - band[start - 1].bottom > 0.5 * band[start].size:
            return list(band[start:])
    return []


def _are_columns(band: Sequence[Line], gutter: float) -> bool:
    both = sum(line.left < gutter < line.right for line in band)
    if both < _LEAST_COLUMN_LINES:
        return False
    rows = sum(
        any(is_figure(run.text) and run.right <= gutter for run in line.runs)
        and any(is_figure(run.text) and run.left >= gutter for run in line.runs)
        for line in band
    )
    if rows > _MOST_FIGURE_LINES * both:
        return False
    sides = [
        [[run for run in line.runs if (run.right <= gutter) is side] for line in band]
        for side in (True, False)
    ]
    own_lines = _stand_on_own_lines(*sides)
    return all(_is_prose(side, ragged=own_lines) for side in sides)


def _stand_on_own_lines(left: Sequence[Sequence[Run]], right: Sequence[Sequence[Run]]) -> bool:
    """Whether lines beside each other mostly end at other heights, as a table's cells do not."""
    beside = [(one, other) for one, other in zip(left, right, strict=True) if one and other]
    apart = sum(
        abs(max(run.bottom for run in one) - max(run.bottom for run in other))
        > _SAME_LINE * min(one[0].size, other[0].size)
        for one, other in beside
    )
    return apart >= _MOSTLY * len(beside)


def _is_prose(lines: Sequence[Sequence[Run]], *, ragged: bool) -> bool:
    """Whether one side of a gutter is running text: lines of several words that fill its width.

    Parameters
    ----------
    ragged : bool
        Whether short lines will do: lists and headings.
    """
    held = [line for line in lines if line]
    if len(held) < _LEAST_COLUMN_LINES:
        return False
    left = min(line[0].left for line in held)
    right = max(line[-1].right for line in held)
    words = [word for line in held for run in line for word in run.text.split()]
    figures = sum(is_figure(word) for word in words)
    full = sum(line[-1].right - line[0].left >= 0.55 * (right - left) for line in held)
    filled = ragged or 2 * full >= len(held)
    return len(words) >= 3 * len(held) and figures <= 0.25 * len(words) and filled
