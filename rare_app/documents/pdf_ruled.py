"""Tables that a PDF draws with rules: cells are what the rules part."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rare_app.documents.clean import is_figure
from rare_app.documents.hyphens import count_words, rejoin
from rare_app.documents.pdf_columns import is_value
from rare_app.documents.pdf_lines import Line, lines_of, runs_of
from rare_app.documents.pdf_rules import NEAR, Rule, Stroke, split_rules
from rare_app.documents.pdf_words import Word
from rare_app.documents.sheet import kind_of
from rare_app.documents.tables import Cell, Table, make_grid

_MOST_RULES = 800
_MOST_FIELDS = 10_000
_MOST_WORDS = 150
"""Words of a cell; what holds more is a frame round text, no cell."""
_LEAST_CELLS = 4
_MOST_LOOSE = 0.1
"""Share of the rules' ends in the open, or of the words with a rule through them, of a drawing."""
_WORDS_LOOKED_AT = 500


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A table with its box, and which of the words it holds (by their index)."""

    table: Table
    box: tuple[float, float, float, float]
    words: frozenset[int]


def find_ruled_tables(rules: Sequence[Rule], words: Sequence[Word]) -> list[RuledTable]:
    """Find the tables whose cells are parted by rules in both directions.

    Parameters
    ----------
    rules : sequence of Rule
        In the frame of the words.
    words : sequence of Word
        Of the page.
    """
    across, down = split_rules(rules)
    if not across or not down or max(len(across), len(down)) > _MOST_RULES:
        return []
    found = []
    for own_across, own_down in _connected(across, down):
        table = _read(own_across, own_down, words)
        if table is not None:
            found.append(table)
    return [
        one
        for one in found
        if not any(other is not one and one.words < other.words for other in found)
    ]


def _connected(
    across: Sequence[Stroke], down: Sequence[Stroke]
) -> list[tuple[list[Stroke], list[Stroke]]]:
    """Group the rules that meet one another."""
    found: list[tuple[list[Stroke], list[Stroke]]] = []
    left = set(range(len(down)))
    rest = set(range(len(across)))
    while rest:
        rows, columns = {rest.pop()}, set[int]()
        fresh = set(rows)
        while fresh:
            met = {
                v
                for v in left
                if any(across[h].covers(down[v].at) and down[v].covers(across[h].at) for h in fresh)
            }
            left -= met
            columns |= met
            fresh = {
                h
                for h in rest
                if any(across[h].covers(down[v].at) and down[v].covers(across[h].at) for v in met)
            }
            rest -= fresh
            rows |= fresh
        found.append(([across[h] for h in sorted(rows)], [down[v] for v in sorted(columns)]))
    return found


def _places(strokes: Sequence[Stroke], start: float, end: float) -> list[float]:
    """Where the rules of one direction lie, the table's own edges included, each once."""
    places: list[float] = []
    for at in sorted([*(one.at for one in strokes), start, end]):
        if not places or at - places[-1] > 2 * NEAR:
            places.append(at)
    return places


def _read(
    across: Sequence[Stroke], down: Sequence[Stroke], words: Sequence[Word]
) -> RuledTable | None:
    if len(across) < 2 or not down:
        return None
    left = min(one.start for one in across)
    right = max(one.end for one in across)
    top = min(*(one.start for one in down), across[0].at)
    bottom = max(*(one.end for one in down), across[-1].at)
    xs = _places(down, left, right)
    ys = _places(across, top, bottom)
    if len(xs) < 3 or len(ys) < 3 or len(xs) * len(ys) > _MOST_FIELDS:
        return None
    areas = _areas(xs, ys, across, down)
    held: dict[tuple[int, int], list[int]] = {}
    for index, word in enumerate(words):
        x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
        if left - NEAR <= x <= right + NEAR and top - NEAR <= y <= bottom + NEAR:
            place = areas[_slot(ys, y), _slot(xs, x)][:2]
            held.setdefault(place, []).append(index)
    if len(held) < _LEAST_CELLS or max(map(len, held.values())) > _MOST_WORDS:
        return None
    # Two rows of two cells: what has fewer is a frame, or a drawing with letters in it.
    filled = Counter(row for row, _ in held)
    if sum(count > 1 for count in filled.values()) < 2:
        return None
    own = [words[at] for place in held.values() for at in place]
    if _is_drawing(across, down, (left, top, right, bottom), own[:_WORDS_LOOKED_AT]):
        return None
    cells = _cells(set(areas.values()), held, words)
    table = _make_table(cells)
    inside = frozenset(index for own in held.values() for index in own)
    return RuledTable(table, (left, top, right, bottom), inside)


def _is_drawing(
    across: Sequence[Stroke],
    down: Sequence[Stroke],
    box: tuple[float, float, float, float],
    words: Sequence[Word],
) -> bool:
    """Whether rules belong to a drawing: some end in the open, or run through the words."""
    left, top, right, bottom = box
    loose = 0
    for own, others, edges in ((across, down, (left, right)), (down, across, (top, bottom))):
        for one in own:
            loose += sum(
                min(abs(end - edge) for edge in edges) > 2 * NEAR
                and not any(abs(o.at - end) <= 2 * NEAR and o.covers(one.at) for o in others)
                for end in (one.start, one.end)
            )
    crossed = sum(_is_crossed(word, across, down) for word in words)
    ends = 2 * (len(across) + len(down))
    return loose >= _MOST_LOOSE * ends or crossed >= _MOST_LOOSE * len(words)


def _is_crossed(word: Word, across: Sequence[Stroke], down: Sequence[Stroke]) -> bool:
    x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    side, edge = 0.15 * word.size, 0.3 * word.size
    return any(
        word.left + side < one.at < word.right - side and one.start < y < one.end for one in down
    ) or any(
        word.top + edge < one.at < word.bottom - edge and one.start < x < one.end for one in across
    )


def _slot(places: Sequence[float], at: float) -> int:
    """Index of the stretch between two places in which a position lies."""
    return max(0, min(len(places) - 2, sum(one <= at for one in places) - 1))


def _areas(
    xs: Sequence[float], ys: Sequence[float], across: Sequence[Stroke], down: Sequence[Stroke]
) -> dict[tuple[int, int], tuple[int, int, int, int]]:
    """For each field of the grid the cell that it belongs to: row, column, rows, columns."""

    def parted(strokes: Sequence[Stroke], at: float, along: float) -> bool:
        return any(
            abs(one.at - at) <= 2 * NEAR and one.start <= along <= one.end for one in strokes
        )

    areas: dict[tuple[int, int], tuple[int, int, int, int]] = {}
    for row in range(len(ys) - 1):
        middle = (ys[row] + ys[row + 1]) / 2
        for column in range(len(xs) - 1):
            if (row, column) in areas:
                continue
            last = column
            while (
                last + 2 < len(xs)
                and (row, last + 1) not in areas
                and not parted(down, xs[last + 1], middle)
            ):
                last += 1
            end = row
            while end + 2 < len(ys) and not any(
                parted(across, ys[end + 1], (xs[at] + xs[at + 1]) / 2)
                for at in range(column, last + 1)
            ):
                end += 1
            area = (row, column, end - row + 1, last - column + 1)
            for r in range(row, end + 1):
                for c in range(column, last + 1):
                    areas.setdefault((r, c), area)
    return areas


def _cells(
    areas: set[tuple[int, int, int, int]],
    held: dict[tuple[int, int], list[int]],
    words: Sequence[Word],
) -> list[Cell]:
    """Write the cells; a row whose lines are rows of their own is parted into these."""
    lines = {
        place: lines_of(runs_of([words[at] for at in own], breaks=lambda *_: False))
        for place, own in held.items()
    }
    texts = {place: "\n".join(map(_plain, own)) for place, own in lines.items()}
    counts = count_words(list(texts.values()))
    spans = {(row, column): (rows, columns) for row, column, rows, columns in areas}
    cells: list[Cell] = []
    shift = 0
    for row in sorted({row for row, _ in spans}):
        own = {place: lines[place] for place in lines if place[0] == row}
        tops = _row_tops({place: own[place] for place in own if spans[place][0] == 1})
        for place in sorted(own):
            rows, columns = spans[place]
            if tops and rows == 1:
                cells += [
                    Cell(row + shift + _nearest(tops, line.top), place[1], line.text, 1, columns)
                    for line in own[place]
                ]
            else:
                text = rejoin(texts[place], words=counts)
                cells.append(Cell(row + shift, place[1], text, rows, columns))
        shift += max(0, len(tops) - 1)
    return cells


def _plain(line: Line) -> str:
    return " ".join(one.text for one in line.runs)


def _nearest(tops: Sequence[float], top: float) -> int:
    return min(range(len(tops)), key=lambda at: abs(tops[at] - top))


def _row_tops(own: dict[tuple[int, int], list[Line]]) -> list[float]:
    """Where the rows of a stretch begin that no rules part, by its columns of figures; else none.

    In such a stretch the first cell has a line for every line of figures beside it.
    """
    if len(own) < 2:
        return []
    first = own[min(own)]
    figures = [
        cell
        for place, cell in own.items()
        if place != min(own) and len(cell) >= 2 and all(is_figure(_plain(line)) for line in cell)
    ]
    if not figures or len(first) < max(map(len, figures)):
        return []
    tops = [line.top for line in first]
    spread = all(
        min(abs(top - line.top) for top in tops) <= 0.5 * line.size
        for cell in figures
        for line in cell
    )
    return tops if spread else []


def _make_table(cells: Sequence[Cell]) -> Table:
    """Lay the cells out; a first row that spans everything is the title."""
    width = max(cell.column + cell.columns for cell in cells)
    title = ""
    first = [cell for cell in cells if cell.row == min(one.row for one in cells)]
    if len(first) == 1 and first[0].columns == width and len(cells) > 1:
        title = " ".join(first[0].text.split())
        cells = [cell for cell in cells if cell is not first[0]]
    top = min(cell.row for cell in cells)
    cells = [
        Cell(cell.row - top, cell.column, cell.text, cell.rows, cell.columns) for cell in cells
    ]
    heads = _count_heads(cells)
    cells = [part for cell in cells for part in _spread(cell, heads)]
    return Table(make_grid(cells, heads=heads), heads=heads, title=title)


def _spread(cell: Cell, heads: int) -> list[Cell]:
    """Write a cell that spans columns beside the rows' names once for each: it holds for all."""
    if cell.row < heads or not cell.column or cell.columns == 1:
        return [cell]
    return [Cell(cell.row, cell.column + at, cell.text, cell.rows) for at in range(cell.columns)]


def _count_heads(cells: Sequence[Cell]) -> int:
    """How many of the first rows name the columns: one, and those that its spans part below it."""
    if _pairs(cells):
        return 0
    heads = 1
    for cell in cells:
        if cell.row == 0:
            heads = max(heads, cell.rows, 2 if cell.columns > 1 else 1)
    below = [cell for cell in cells if cell.row >= heads]
    return heads if below else 0


def _pairs(cells: Sequence[Cell]) -> bool:
    """Whether two columns pair names with figures from the first row on."""
    if max(cell.column + cell.columns for cell in cells) != 2:
        return False
    beside = [cell.text for cell in cells if cell.column == 1]
    return all(is_value(text) and kind_of(text) != "date" for text in beside) and len(beside) > 1
