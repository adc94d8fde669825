"""From recognised words to a page: reading order, paragraphs, headings and tables by geometry."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rare_app.documents.hyphens import count_words, rejoin
from rare_app.documents.recognise import Segment, Word
from rare_app.documents.scripts import is_ideographic
from rare_app.documents.tables import Table, write_table
from rare_app.documents.types import Page, Place
from rare_app.documents.write_page import PageWriter

_SAME_ROW = 0.5
"""Share of a segment's height that must lie level with a row."""
_FREE = 1.0
"""Least width of the space between two columns, in line heights."""
_PROSE = 22
"""Characters of the middle line of a column of running text, at least."""
_NEW_PARAGRAPH = 1.45
"""Times the usual step between lines from which a paragraph is over."""
_HEADING = 1.3
"""Times the usual height of a line from which a short one is a heading."""
_DEEPEST = 3
_ITEM = re.compile(r"(?:[-–•·▪◦*]|\(?\d{1,2}[.)]|\(?[a-z]\))\s")
_FIGURE = re.compile(r"\d")

Row = list[Segment]


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows that stand in columns: per row the segments of each column, in order."""

    rows: tuple[tuple[tuple[Segment, ...], ...], ...]


def write_scan(segments: Sequence[Segment], *, number: int) -> Page:
    """Write the text of a recognised page.

    Parameters
    ----------
    segments : sequence of Segment
        In any order.
    number : int
        1-based page number.

    Returns
    -------
    Page
        Every word has a place with its certainty.
    """
    writer = PageWriter(marked_up=False)
    if segments:
        usual = float(np.median([one.height for one in segments]))
        _write(writer, list(segments), usual=usual, depth=0)
    return writer.page(number)


def _write(writer: PageWriter, segments: list[Segment], *, usual: float, depth: int) -> None:
    """Write a region: columns of text one after the other, tables as tables, the rest as lines."""
    lines: list[Row] = []
    for part in group(_rows(segments)):
        if not isinstance(part, Columns):
            lines.append(part)
        elif not _is_table(part) and depth < _DEEPEST:
            _write_lines(writer, lines, usual=usual)
            lines = []
            for column in zip(*part.rows, strict=True):
                inside = [one for cell in column for one in cell]
                _write(writer, inside, usual=usual, depth=depth + 1)
        else:
            title = _take_title(lines, part)
            _write_lines(writer, lines, usual=usual)
            lines = []
            _write_table(writer, part, title=title)
    _write_lines(writer, lines, usual=usual)


def _rows(segments: Sequence[Segment]) -> list[Row]:
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
        end, gaps = _run(rows, at)
        if end - at < 2 or not gaps:
            yield rows[at]
            at += 1
            continue
        yield Columns(tuple(_in_columns(row, gaps) for row in rows[at:end]))
        at = end


def _run(rows: Sequence[Row], first: int) -> tuple[int, list[float]]:
    """Follow columns downwards from a row; give where they end and the middles of their gaps."""
    free = _free(rows[first])
    if not free:
        return first + 1, []
    taken = list(rows[first])
    end = full = first + 1
    step = 0.0
    for number in range(first + 1, len(rows)):
        row = rows[number]
        down = _middle(row) - _middle(rows[number - 1])
        height = max(one.height for one in row)
        if step and down > max(3 * step, 4 * height):
            break
        left = _common(free, row)
        if not left or (len(free) > 1 and 2 * len(left) <= len(free)):
            break
        alone = len(row) == 1
        if alone and down > 2.2 * height and down > 1.3 * step > 0:
            break
        free, end = _refined(left, taken, row), number + 1
        taken += row
        step = min(step or down, down)
        full = end if not alone else full
    # Lines of the first column alone belong to it if they are near; see _run's break above.
    return end if full > first + 1 else first + 1, [(a + b) / 2 for a, b in free]


def _middle(row: Row) -> float:
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


def _refined(
    free: list[tuple[float, float]], taken: Sequence[Segment], row: Row
) -> list[tuple[float, float]]:
    """Add the spaces of a row that no row above has filled: those had a blank there."""
    for space in _free(row):
        known = any(a < space[1] and space[0] < b for a, b in free)
        if not known:
            left = _common([space], list(taken))
            free = [*free, *left]
    return sorted(free)


def _in_columns(row: Row, gaps: Sequence[float]) -> tuple[tuple[Segment, ...], ...]:
    """Put the segments of a row into columns; one over several columns stands in its first."""
    cells: list[list[Segment]] = [[] for _ in range(len(gaps) + 1)]
    for one in row:
        cells[sum(gap <= one.left for gap in gaps)].append(one)
    return tuple(map(tuple, cells))


def _is_table(part: Columns) -> bool:
    """Whether columns are those of a table, and not running text set in columns."""
    for column in zip(*part.rows, strict=True):
        lengths = [sum(_width(one) for one in cell) for cell in column if cell]
        if len(lengths) < 3 or float(np.median(lengths)) < _PROSE:
            return True
    return False


def _width(segment: Segment) -> int:
    """Characters, an ideograph twice, as wide as it is."""
    return sum(1 + is_ideographic(letter) for letter in segment.text)


def _take_title(lines: list[Row], part: Columns) -> Row | None:
    """Take the line right above a table for its title, if it stands by itself."""
    if not lines:
        return None
    first = [one for cell in part.rows[0] for one in cell]
    height = float(np.median([one.height for one in first]))
    last = lines[-1]
    near = _middle(first) - _middle(last) < 4 * height
    alone = len(lines) < 2 or _middle(last) - _middle(lines[-2]) > 2 * height
    ends = _text(last).endswith((".", ",", ";"))
    return lines.pop() if near and alone and not ends else None


def _text(row: Sequence[Segment]) -> str:
    return " ".join(one.text for one in row)


def _write_table(writer: PageWriter, part: Columns, *, title: Row | None) -> None:
    kept = _joined_rows(part)
    rows = tuple(tuple(_text(cell) for cell in row) for row in kept)
    table = Table(rows=rows, heads=_heads(rows), title=_text(title) if title else "")
    text, _ = write_table(table)
    words = [word for one in title or () for word in one.words]
    words += [word for row in kept for cell in row for one in cell for word in one.words]
    writer.add_table(table, places=list(_find(text, words)))


def _joined_rows(part: Columns) -> list[tuple[tuple[Segment, ...], ...]]:
    """Join the lines of cells with running text: such a line has no other cell beside it."""
    columns = list(zip(*part.rows, strict=True))
    long = [
        float(np.median([_width(one) for cell in column for one in cell] or [0])) >= _PROSE
        for column in columns
    ]
    rows: list[tuple[tuple[Segment, ...], ...]] = []
    for row in part.rows:
        filled = [number for number, cell in enumerate(row) if cell]
        if rows and filled and filled[0] > 0 and len(filled) == 1 and long[filled[0]]:
            above = rows[-1]
            rows[-1] = tuple(a + b for a, b in zip(above, row, strict=True))
        else:
            rows.append(row)
    return rows


def _heads(rows: Sequence[Sequence[str]]) -> int:
    """How many rows name the columns: the first, and a second one without figures below it."""
    figures = [any(_FIGURE.search(cell) for cell in row[1:]) for row in rows]
    second = len(rows) > 3 and not figures[1] and any(figures[2:]) and any(rows[1][1:])
    return min(2 if second else 1, len(rows) - 1)


def _find(text: str, words: Sequence[Word]) -> Iterator[Place]:
    """Find words in a text that holds them in order, and give their places."""
    at = 0
    for word in words:
        start = text.find(word.text.replace("|", "\\|"), at)
        if start >= 0:
            at = start + len(word.text)
            yield _place(word, start, at)


def _place(word: Word, start: int, end: int) -> Place:
    return Place(start, end, word.left, word.top, word.width, word.height, word.certainty)


def _write_lines(writer: PageWriter, rows: Sequence[Row], *, usual: float) -> None:
    """Write lines as headings, items and paragraphs."""
    for paragraph in _paragraphs(rows, usual=usual):
        words = [word for row in paragraph for one in row for word in one.words]
        text = _joined(paragraph)
        height = float(np.median([one.height for row in paragraph for one in row]))
        tall = height >= _HEADING * usual and len(text) < 120
        kind = "heading" if tall else "item" if _ITEM.match(text) else "paragraph"
        level = 0 if kind != "heading" else 1 if height >= 1.8 * usual else 2
        writer.add(kind, text, level=level, places=list(_find_parts(text, words)))  # type: ignore[arg-type]


def _paragraphs(rows: Sequence[Row], *, usual: float) -> Iterator[list[Row]]:
    """Part lines into paragraphs by the steps between them, their heights and their beginnings."""
    steps = [_middle(b) - _middle(a) for a, b in pairwise(rows)]
    near = [one for one in steps if one < 3 * usual]
    step = float(np.percentile(near, 20, method="lower")) if near else 0.0
    widest = max((row[-1].right for row in rows), default=0.0)
    paragraph: list[Row] = []
    for number, row in enumerate(rows):
        if paragraph:
            last = paragraph[-1]
            apart = steps[number - 1] > _NEW_PARAGRAPH * step
            ratio = _height(row) / _height(last)
            other = ratio > _HEADING or ratio < 1 / _HEADING
            short = last[-1].right < widest - 0.25 * (widest - last[0].left)
            inset = row[0].left - last[0].left > 1.2 * usual and len(paragraph) > 1
            ends = short and _text(last).rstrip()[-1:] in ".:!?。：！？"
            if apart or other or inset or ends or _ITEM.match(_text(row)):
                yield paragraph
                paragraph = []
        paragraph.append(row)
    if paragraph:
        yield paragraph


def _height(row: Row) -> float:
    return float(np.median([one.height for one in row]))


def _joined(rows: Sequence[Row]) -> str:
    """Join lines to running text; words broken at a line's end are made whole."""
    lines = [_text(row) for row in rows]
    whole = rejoin("\n".join(lines), words=count_words(lines))
    text = ""
    for line in filter(None, map(str.strip, whole.split("\n"))):
        close = bool(text) and is_ideographic(text[-1]) and is_ideographic(line[0])
        text += line if close or not text else f" {line}"
    return text


def _find_parts(text: str, words: Sequence[Word]) -> Iterator[Place]:
    """Find words as :func:`_find` does; of a word that was broken each half has its place."""
    at = 0
    for word in words:
        for said in (word.text, word.text.rstrip("-")):
            start = text.find(said, at) if said else -1
            if 0 <= start <= at + 40:
                at = start + len(said)
                yield _place(word, start, at)
                break
