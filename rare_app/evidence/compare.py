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


@dataclass(frozen=True, slots=True)
class Compared:
    """What two rows of a passage make.

    Attributes
    ----------
    passage : int
    worked : WorkedOut
    likeness : float
        How like the less like row's label is to what is asked for, 0 to 1.
    """

    passage: int
    worked: WorkedOut
    likeness: float


def compare_rows(
    question: str,
    pair: Pair,
    *,
    texts: Sequence[str],
    tables: Sequence[Tables],
    around: Surroundings,
) -> Compared | None:
    """Find the two rows, both of one passage, and work out what their figures of one time make.

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
    asked = [
        Asked(question, texts=texts, tables=tables, around=around, subject=one)
        for one in (pair.first, pair.second)
    ]
    years = years_in(question)
    found, best = None, -np.inf
    for passage, own in enumerate(tables):
        text = texts[passage]
        rows = [_of_one_kind(row, text) for row in rows_of(own.cells)]
        likeness = [[one.likeness(row) for row in rows] for one in asked]
        gains = [
            [one.gain(row, text, likeness=like) for row, like in zip(rows, likes, strict=True)]
            for one, likes in zip(asked, likeness, strict=True)
        ]
        for first, second in itertools.permutations(range(len(rows)), 2):
            least = min(likeness[0][first], likeness[1][second])
            score = gains[0][first] + gains[1][second]
            if least < LEAST_LIKENESS or score <= best:
                continue
            shares = asked[0].shares(rows[first], text)
            cells = _of_one_time(rows[first], rows[second], shares)
            if cells and years <= years_in(cells[0].column):
                worked = work_out_pair(pair.operation, *cells, text)
                if worked:
                    found, best = Compared(passage, worked, least), score
    return found


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
