"""The two rows of a table that a question sets against each other."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rare_app.evidence.arithmetic import WorkedOut, work_out_pair
from rare_app.evidence.asked import Asked, Surroundings
from rare_app.evidence.pairs import Pair
from rare_app.evidence.periods import years_in
from rare_app.evidence.tables import Cell, Tables, rows_of

LEAST_LIKENESS = 0.4
"""How like each row's label must be to what is asked for."""


ABOUT_AS_LIKE = 0.8
"""The same as a share of the likest row's: where that one stands elsewhere, nothing is compared."""
_BEGINNING = 80
"""Characters of a passage by which it is known in the text of a page."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What two rows make.

    Attributes
    ----------
    passages : (int, int)
        The passages of the two operands.
    worked : WorkedOut
    likeness : float
        How like the less like row's label is to what is asked for, 0 to 1.
    """

    passages: tuple[int, int]
    worked: WorkedOut
    likeness: float


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A row that one of the two may be."""

    passage: int
    row: list[Cell]
    likeness: float
    gain: float


def compare_rows(
    question: str,
    pair: Pair,
    *,
    texts: Sequence[str],
    tables: Sequence[Tables],
    around: Surroundings,
) -> Compared | None:
    """Find the two rows, both of one page, and work out what their figures of one time make.

    Parameters
    ----------
    question : str
    pair : Pair
        What it sets against each other.
    texts : sequence of str
        The passages.
    tables : sequence of Tables
        What each of them holds of tables.
    around : Surroundings
        What else is known of the passages.
    """
    rows = [
        (passage, _of_one_kind(row, texts[passage]))
        for passage, own in enumerate(tables)
        for row in rows_of(own.cells)
    ]
    asked = [
        Asked(question, texts=texts, tables=tables, around=around, subject=one)
        for one in (pair.first, pair.second)
    ]
    firsts, seconds = (_candidates(one, rows, texts) for one in asked)
    years = years_in(question)
    found, best = None, -np.inf
    for first, second in itertools.product(firsts, seconds):
        score = first.gain + second.gain
        if score <= best or first.row is second.row:
            continue
        if not _on_one_page(first.passage, second.passage, texts, around):
            continue
        text = texts[first.passage]
        cells = _of_one_time(first.row, second.row, asked[0].shares(first.row, text))
        if cells and years <= years_in(cells[0].column):
            worked = work_out_pair(pair.operation, *cells, (text, texts[second.passage]))
            if worked:
                least = min(first.likeness, second.likeness)
                found = Compared((first.passage, second.passage), worked, least)
                best = score
    return found


def _candidates(
    asked: Asked, rows: Sequence[tuple[int, list[Cell]]], texts: Sequence[str]
) -> list[_Candidate]:
    """List the rows that are about as like to what is asked for as the likest one."""
    likeness = [asked.likeness(row) for _, row in rows]
    least = max(LEAST_LIKENESS, ABOUT_AS_LIKE * max(likeness, default=0.0))
    return [
        _Candidate(passage, row, like, asked.gain(row, texts[passage], likeness=like))
        for (passage, row), like in zip(rows, likeness, strict=True)
        if like >= least
    ]


def _on_one_page(first: int, second: int, texts: Sequence[str], around: Surroundings) -> bool:
    """Whether two passages stand on one page: one of them above the other."""
    if first == second:
        return True
    above = around.above or ("",) * len(texts)
    return any(
        texts[one][:_BEGINNING] in above[other] for one, other in ((first, second), (second, first))
    )


def _of_one_kind(row: Sequence[Cell], text: str) -> list[Cell]:
    """Leave out the percentages that stand beside other figures."""
    plain = [cell for cell in row if "%" not in text[cell.start : cell.end]]
    return plain or list(row)


def _of_one_time(
    row: Sequence[Cell], other: Sequence[Cell], shares: NDArray[np.float64]
) -> tuple[Cell, Cell] | None:
    """Pick the likeliest figure of a row, and the one below the same column's name of another."""
    cell = row[int(shares.argmax())]
    same = [one for one in other if one.column == cell.column]
    return (cell, same[0]) if cell.column and same else None
