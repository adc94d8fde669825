"""From recognised words to a page: reading order, paragraphs, headings and tables by geometry."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from rare_app.documents.hyphens import count_words, rejoin
from rare_app.documents.recognise import Segment, Word
from rare_app.documents.scan_columns import Columns, Row, find_rows, group, middle_of
from rare_app.documents.scripts import is_ideographic
from rare_app.documents.tables import Cell, Table, make_grid, write_table
from rare_app.documents.types import Page, Place
from rare_app.documents.write_page import PageWriter

_PROSE = 22
"""Characters of the middle line of a column of running text, at least."""
_NEW_PARAGRAPH = 1.45
"""Times the usual step between lines from which a paragraph is over."""
_HEADING = 1.3
"""Times the usual height of a line from which a short one is a heading."""
_DEEPEST = 3
_ITEM = re.compile(r"(?:[-–•·▪◦*]|\(?\d{1,2}[.)]|\(?[a-z]\))\s")
_FIGURE = re.compile(r"\d")


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
    for part in group(find_rows(segments)):
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
    near = middle_of(first) - middle_of(last) < 4 * height
    alone = len(lines) < 2 or middle_of(last) - middle_of(lines[-2]) > 2 * height
    ends = _text(last).endswith((".", ",", ";"))
    return lines.pop() if near and alone and not ends else None


def _text(row: Sequence[Segment]) -> str:
    return " ".join(one.text for one in row)


def _write_table(writer: PageWriter, part: Columns, *, title: Row | None) -> None:
    rows = _joined_rows(part)
    cells = [
        Cell(down, across, _text(cell), columns=_spanned(cell, part.gaps))
        for down, row in enumerate(rows)
        for across, cell in enumerate(row)
        if cell
    ]
    heads = _heads(rows, spans=any(one.columns > 1 for one in cells if one.row == 0))
    grid = make_grid(cells, heads=heads)
    table = Table(rows=grid, heads=heads, title=_text(title) if title else "")
    text, head = write_table(table)
    places: list[Place] = []
    for segment in [*(title or ()), *(one for row in rows[:heads] for cell in row for one in cell)]:
        at = text.find(segment.text, 0, len(head))
        places += _find(text[: len(head)], segment.words, at=max(0, at))
    body = [word for row in rows[heads:] for cell in row for one in cell for word in one.words]
    writer.add_table(table, places=[*places, *_find(text, body, at=len(head))])


def _spanned(cell: Sequence[Segment], gaps: Sequence[float]) -> int:
    """Over how many columns a cell's text reaches."""
    return 1 + sum(any(one.left < gap < one.right for one in cell) for gap in gaps)


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


def _heads(rows: Sequence[Sequence[Sequence[Segment]]], *, spans: bool) -> int:
    """How many rows name the columns: the first, and a second one below heads that span columns.

    So does a second one without figures where the rows below have some.
    """
    if len(rows) < 4:
        return min(1 + spans, len(rows) - 1)
    figures = [any(_FIGURE.search(_text(cell)) for cell in row[1:]) for row in rows]
    second = spans or (not figures[1] and any(figures[2:]) and any(rows[1][1:]))
    return 2 if second else 1


def _find(text: str, words: Sequence[Word], *, at: int) -> Iterator[Place]:
    """Find words in a text that holds them in order from some offset on, and give their places."""
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
    steps = [middle_of(b) - middle_of(a) for a, b in pairwise(rows)]
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
    broken = "\n".join(lines)
    whole = rejoin(broken, words=count_words([broken]))
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
