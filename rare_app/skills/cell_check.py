"""Whether a figure stands in the row and under the head that the question asks for.

A model that reads a row of figures takes its neighbour's at times. Code knows the columns: a figure
of the answer is looked up in the rows that it was quoted from, and the names of its row and column
are held against the question's words, in whatever language both are. What is told is a doubt, since
names can be worded otherwise; where nothing speaks for another cell, nothing is said.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from rare_app.library import Passage
from rare_app.prompt import as_read
from rare_app.skills.grids import Grid, GridCell, GridRow, grids_in
from rare_app.skills.skill import Said, Skill
from rare_app.types import Citation

_WORD = re.compile(r"[^\W_]+(?:[-./][^\W_]+)*")
_FIGURE = re.compile(r"\d[\d.,' \u00a0\u202f]*\d|\d")
_CODE = re.compile(r"\d.*[^\W\d_]|[^\W\d_].*\d")
_PERIOD = re.compile(
    r"[QH]\d|\dQ|FY\d+|(?:19|20)?\d\d[QH]\d|\d{1,2}-?[QKF]|\d+(?:st|nd|rd|th|e|er)|\d{2,4}s",
    re.IGNORECASE,
)
_SHORTEST = 4
"""Letters of a question's word with which a longer name may begin and mean the same."""
_SHORTENED = 3
"""The same of a name, which tables shorten: “Max.” for maximum."""
_LONG = 10
"""Letters from which a word counts whole."""
_MOST_ROWS = 2
"""Rows that a question may name alike and still be taken to name one."""
_MARGIN = 0.1
"""By how much another cell's names must fit better."""


class Cells(Skill):
    """Cells of tables, by the names of their rows and columns; and codes, by where they stand."""

    def remarks(self, said: Said) -> list[str]:
        """Tell of figures whose cell is another than the one asked for, and of unheard codes."""
        misplaced = misplaced_figures(said.answer, said.question, said.cited, said.passages)
        codes = unheard_codes(said.question, said.passages)
        return [*misplaced, *(f"“{one}” stands in none of the passages." for one in codes)]


def misplaced_figures(
    answer: str, question: str, quotes: Sequence[Citation], passages: Sequence[Passage]
) -> list[str]:
    """Find the figures of an answer whose cell is not the one that the question's words name.

    Parameters
    ----------
    quotes : sequence of Citation
        What the answer rests on; only rows that they touch are looked at.

    Returns
    -------
    list of str
        A sentence for each, for the user; empty where all is well or nothing is known.
    """
    asked = words_of(question)
    figures = {_digits(figure) for figure in _FIGURE.findall(answer)}
    found: list[str] = []
    for grid, row in quoted_rows(quotes, passages):
        held = [cell for cell in row.cells[1:] if _digits(cell.text) in figures]
        held = [cell for cell in held if _digits(cell.text) and not _is_named(cell, asked)]
        if not held:
            continue
        by_column = _fits(asked, [(cell.column,) for cell in row.cells])
        best = max(range(len(row.cells)), key=lambda number: by_column[number])
        own = max(by_column[row.cells.index(cell)] for cell in held)
        if by_column[best] > own + _MARGIN and row.cells[best] not in held:
            found.append(_other_column(held[0], row.cells[best]))
            continue
        by_row = _fits(asked, [[cell.text for cell in one.cells] for one in grid.rows])
        likeliest = max(range(len(grid.rows)), key=lambda number: by_row[number])
        if by_row[likeliest] > by_row[grid.rows.index(row)] + _MARGIN:
            other = grid.rows[likeliest].cells[0].text
            found.append(
                f"“{held[0].text}” stands in the row “{row.cells[0].text}”; the question's words "
                f"fit the row “{other}” better."
            )
    return list(dict.fromkeys(found))


def cells_that_answer(
    claim: str, question: str, quotes: Sequence[Citation], passages: Sequence[Passage]
) -> tuple[Citation, ...]:
    """Give the quoted rows in which a claim's figures stand where the question asks for them.

    Returns
    -------
    tuple of Citation
        Empty unless every figure of the claim that the question does not name stands in a cell
        whose row and column the question's words fit as well as any.
    """
    asked = words_of(question)
    told = {_digits(figure) for figure in _FIGURE.findall(question)}
    figures = {_digits(figure) for figure in _FIGURE.findall(claim)} - told - {""}
    placed: set[str] = set()
    found: list[Citation] = []
    for quote in quotes:
        for grid, row in quoted_rows([quote], passages):
            by_column = _fits(asked, [(cell.column,) for cell in row.cells])
            by_row = _fits(asked, [[cell.text for cell in one.cells] for one in grid.rows])
            own = by_row[grid.rows.index(row)]
            held = {
                _digits(cell.text)
                for cell, fit in zip(row.cells, by_column, strict=True)
                if fit > 0 and fit >= max(by_column) and 0 < own >= max(by_row)
            }
            if held & figures:
                placed |= held & figures
                found.append(quote)
    return tuple(dict.fromkeys(found)) if figures and figures <= placed else ()


def unheard_codes(question: str, passages: Sequence[Passage]) -> list[str]:
    """List the codes of a question (“4799-K”) that stand in none of the passages.

    A code is a word of digits and letters that names a thing; quarters, years and forms do not.
    """
    read = " ".join(
        f"{one.document} {one.title} {one.section} {one.head} {one.text}" for one in passages
    ).casefold()
    return [
        word
        for word in dict.fromkeys(_WORD.findall(question))
        if _CODE.search(word) and not _PERIOD.fullmatch(word) and word.casefold() not in read
    ]


def names_a_cell(question: str, passages: Sequence[Passage]) -> bool:
    """Tell whether a question names a row and a column of a table, so that a cell may answer it.

    A reader of sentences sees little in a row of figures.
    """
    asked = words_of(question)
    for passage in passages:
        for grid in grids_in(as_read(passage.text), passage.head):
            by_row = _fits(asked, [(row.cells[0].text,) for row in grid.rows])
            by_column = _fits(asked, [(name,) for name in grid.columns[1:]])
            likeliest = max(by_row)
            alone = likeliest > 0 and by_row.count(likeliest) <= _MOST_ROWS
            if alone and max(by_column, default=0.0) > 0:
                return True
    return False


def is_named(question: str, row: GridRow, grid: Grid) -> bool:
    """Tell whether a question's words fit a row better than any other row of its table."""
    asked = words_of(question)
    fits = _fits(asked, [[cell.text for cell in one.cells] for one in grid.rows])
    best = max(fits)
    alone = sum(fit > best - _MARGIN for fit in fits) == 1
    return best > 0 and alone and fits[grid.rows.index(row)] == best


def best_cell(question: str, row: GridRow) -> GridCell | None:
    """Give the cell of a row whose column the question's words fit best; ``None`` where several do.

    The row's first cell names it and is not looked at.
    """
    asked = words_of(question)
    fits = _fits(asked, [(cell.column,) for cell in row.cells])[1:]
    best = max(fits, default=0.0)
    if best <= 0 or sum(fit > best - _MARGIN for fit in fits) > 1:
        return None
    return row.cells[1 + fits.index(best)]


def _other_column(cell: GridCell, other: GridCell) -> str:
    what = f"which says “{other.text}”" if other.text else "where the cell is blank"
    return (
        f"“{cell.text}” stands under “{cell.column}”; the question's words fit the column "
        f"“{other.column}” better, {what}."
    )


def quoted_rows(
    quotes: Iterable[Citation], passages: Sequence[Passage]
) -> Iterable[tuple[Grid, GridRow]]:
    """Give the rows that some quotes touch, each once, with their tables."""
    seen: set[tuple[int, int]] = set()
    for quote in quotes:
        passage = passages[quote.passage]
        begin, end = quote.start - passage.start, quote.end - passage.start
        for grid in grids_in(as_read(passage.text), passage.head):
            for row in grid.rows:
                key = (quote.passage, row.start)
                if row.start < end and begin < row.end and key not in seen:
                    seen.add(key)
                    yield grid, row


def _fits(asked: Sequence[str], names: Sequence[Sequence[str]]) -> list[float]:
    """Say how well the question's words fit each of some things by their names.

    A word that fits few of them counts for more than one that fits most; one that fits all counts
    for nothing; and a long word says more than a short one (“electricity” against “use”).
    """
    words = [[word for name in one for word in words_of(name)] for one in names]
    matched = [
        {word for word in asked if any(is_same_name(word, one) for one in own)} for own in words
    ]
    counts = Counter(word for one in matched for word in one)
    return [
        sum(_worth(word) * math.log(len(names) / counts[word]) for word in one) for one in matched
    ]


def words_of(text: str) -> list[str]:
    """Give the words and codes of a text, in small letters."""
    return [word.casefold() for word in _WORD.findall(text)]


def _worth(word: str) -> float:
    return 1.0 if any(map(str.isdigit, word)) else min(1.0, len(word) / _LONG)


def is_same_name(asked: str, name: str) -> bool:
    """Whether two words are equal, or one begins with the other: “planned” and “plan”, “Max.”."""
    if asked == name:
        return True
    short, long, least = (
        (asked, name, _SHORTEST) if len(asked) < len(name) else (name, asked, _SHORTENED)
    )
    return len(short) >= least and short.isalpha() and long.startswith(short)


def _is_named(cell: GridCell, asked: Sequence[str]) -> bool:
    """Whether the question itself says what stands in a cell, so that it is no answer."""
    return cell.text.casefold() in asked


def _digits(text: str) -> str:
    """Reduce a figure to its digits; empty for a text that is more than a figure."""
    bare = re.sub(r"[^\w]", "", text)
    return bare if bare.isdigit() else re.sub(r"\D", "", text) if _is_amount(text) else ""


def _is_amount(text: str) -> bool:
    """Whether a cell is a figure with a unit rather than words that hold one."""
    letters = sum(sign.isalpha() for sign in text)
    return any(sign.isdigit() for sign in text) and letters <= 4
