"""Which figure of the tables a question asks for: its row by the label, its column by the time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rare_app.evidence.arithmetic import WorkedOut, work_out
from rare_app.evidence.asked import NOTHING_KNOWN, Asked, Surroundings, asks_for_figure
from rare_app.evidence.compare import compare_rows
from rare_app.evidence.pairs import pair_of
from rare_app.evidence.periods import has_figure
from rare_app.evidence.reader import Sentence, Word
from rare_app.evidence.tables import Cell, Tables, rows_of

HEADING_NATS = 5.0
"""Nats that lines lose which name rows or columns: they hold no figure that was asked for."""
WORKED_OUT_NATS = 6.0
"""Nats that a row's score gains more where what is asked for can be worked out of it."""
WORKED_OUT_FROM = 0.2
"""How like a row's label must be to what is asked for, before something is worked out of it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that may be the answer.

    Attributes
    ----------
    passage : int
    cell : Cell
        Where it stands, or the first of those that it is worked out of.
    share : float
        How likely it is among the figures of its row, 0 to 1.
    likeness : float
        How like its row's label is to what is asked for, 0 to 1.
    bare : str
        As it stands in the passage.
    written : str
        As an answer says it: without blanks, and with the table's unit (“$24,259 million”).
    operands : tuple of (int, Cell)
        The figures that it is worked out of, with their passages; empty for one that stands in
        the table.
    """

    passage: int
    cell: Cell
    share: float
    likeness: float
    bare: str
    written: str
    operands: tuple[tuple[int, Cell], ...] = ()

    @property
    def places(self) -> tuple[tuple[int, Cell], ...]:
        """What it rests on, with the passage: its operands, or the one cell where it stands."""
        return self.operands or ((self.passage, self.cell),)


@dataclass(frozen=True, slots=True)
class Found:
    """What the tables of some passages say to a question.

    Attributes
    ----------
    gains : array of float32, shape (sentences,)
        Nats that each sentence's score gains.
    figures : tuple of (int, Figure)
        Figures of the rows whose labels have something of the question, with the row's sentence;
        one of two rows stands with both.
    """

    gains: NDArray[np.float32]
    figures: tuple[tuple[int, Figure], ...]


def look_up(
    question: str,
    texts: Sequence[str],
    tables: Sequence[Tables],
    sentences: Sequence[Sentence],
    around: Surroundings = NOTHING_KNOWN,
) -> Found | None:
    """Find the rows and columns that a question asks for.

    Parameters
    ----------
    question : str
    texts : sequence of str
        The passages.
    tables : sequence of Tables
        What each of them holds of tables.
    sentences : sequence of Sentence
        All sentences of the passages, in order; a row is one of them, or begins one.
    around : Surroundings
        What else is known of the passages.

    Returns
    -------
    Found or None
        ``None`` where the passages hold no tables, or no figure is asked for.
    """
    if not any(one.cells for one in tables) or not asks_for_figure(question):
        return None
    asked = Asked(question, texts=texts, tables=tables, around=around)
    numbers = {(one.passage, one.start): number for number, one in enumerate(sentences)}
    gains = np.zeros(len(sentences), dtype=np.float32)
    figures: list[tuple[int, Figure]] = []
    for passage, own in enumerate(tables):
        text = texts[passage]
        for start, end in own.headings:
            number = numbers.get((passage, start))
            if number is not None and not has_figure(text[start:end]):
                gains[number] -= HEADING_NATS
        for row in rows_of(own.cells):
            number = numbers.get((passage, row[0].line[0]))
            if number is None:
                continue
            likeness = asked.likeness(row)
            gains[number] += asked.gain(row, text, likeness=likeness)
            if not likeness:
                continue
            if asked.takes_several(row, text):
                worked = work_out(question, row, text) if likeness >= WORKED_OUT_FROM else None
                if worked:
                    gains[number] += WORKED_OUT_NATS
                    passages = (passage,) * len(worked.operands)
                    figures.append((number, _worked_figure(passages, worked, likeness)))
            else:
                figures += [
                    (number, _figure(passage, cell, float(share), likeness, text))
                    for cell, share in zip(row, asked.shares(row, text), strict=True)
                ]
    pair = pair_of(question)
    both = pair and compare_rows(question, pair, texts=texts, tables=tables, around=around)
    if both:
        figure = _worked_figure(both.passages, both.worked, both.likeness)
        for passage, cell in figure.places:
            number = numbers.get((passage, cell.line[0]))
            if number is not None:
                gains[number] += WORKED_OUT_NATS
                figures.append((number, figure))
    return Found(gains, tuple(figures))


def find_figure(answer: str, figures: Sequence[Figure]) -> Figure | None:
    """Find the figure that an answer is, with or without its unit; the first of several."""
    said = _close(answer.rstrip(". "))
    return next((one for one in figures if said in (_close(one.bare), _close(one.written))), None)


def _close(text: str) -> str:
    """Leave the blanks out."""
    return "".join(text.split())


def _figure(passage: int, cell: Cell, share: float, likeness: float, text: str) -> Figure:
    bare = text[cell.start : cell.end]
    written = f"{_close(bare)} {cell.unit}".strip()
    return Figure(passage, cell, share, likeness, bare, written)


def _worked_figure(passages: Sequence[int], worked: WorkedOut, likeness: float) -> Figure:
    operands = tuple(zip(passages, worked.operands, strict=True))
    return Figure(*operands[0], 1.0, likeness, worked.bare, worked.written, operands)


def with_figures(
    words: Sequence[Word], found: Found, scores: NDArray[np.float32]
) -> tuple[Word, ...]:
    """Let the tables have their say in where the answer starts and ends.

    A sentence is the one that answers with the probability that its score gives it among all; as
    far as that is a row, its figures take the place of what the reader says of its words.

    Parameters
    ----------
    words : sequence of Word
    found : Found
    scores : array of float32, shape (sentences,)
        All sentences' scores in nats, the gains among them.
    """
    if not found.figures:
        return tuple(words)
    likely = np.exp(scores.astype(np.float64) - scores.max())
    likely /= likely.sum()
    opens: dict[tuple[int, int], float] = {}
    closes: dict[tuple[int, int], float] = {}
    for number, one in found.figures:
        share = float(likely[number]) * one.share / len(one.places)
        for passage, cell in one.places:
            opens[passage, cell.start] = opens.get((passage, cell.start), 0.0) + share
            closes[passage, cell.end] = closes.get((passage, cell.end), 0.0) + share
    rest = max(1e-6, 1.0 - sum(opens.values()))
    return tuple(
        Word(
            one.passage,
            one.start,
            one.end,
            _mixed(one.opens, rest, opens.get((one.passage, one.start), 0.0)),
            _mixed(one.closes, rest, closes.get((one.passage, one.end), 0.0)),
        )
        for one in words
    )


def _mixed(nats: float, rest: float, share: float) -> float:
    with np.errstate(divide="ignore"):
        return float(np.logaddexp(nats + np.log(rest), np.log(share)))
