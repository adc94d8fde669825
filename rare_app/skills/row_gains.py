"""Rows of tables whose names the question's words fit: a reader of sentences sees little in them.

No word is known to it: one that stands in few sentences counts for more than one that stands in
most, in whatever language both are.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from rare_app.reader import Sentence
from rare_app.skills.cell_check import is_same_name, words_of
from rare_app.skills.grids import tables_of
from rare_app.skills.skill import Seen, Skill

ROW_NATS = 12.0
"""Nats that a row's score gains whose name and heads are just what is asked for."""


class Rows(Skill):
    """Rows of tables, by their names."""

    def gains(self, seen: Seen) -> NDArray[np.float32]:
        """Lift the rows whose names the question's words fit."""
        return row_gains(seen.question, seen.texts, seen.around.heads, seen.sentences)


def row_gains(
    question: str, texts: Sequence[str], heads: Sequence[str], sentences: Sequence[Sentence]
) -> NDArray[np.float32]:
    """Say how much likelier each sentence is evidence for being the row that is asked for.

    Parameters
    ----------
    texts : sequence of str
        The passages.
    heads : sequence of str
        Heads of the tables inside which they begin; empty, all of them, where they are not known.

    Returns
    -------
    array of float32, shape (sentences,)
        Nats, 0 or more: :data:`ROW_NATS` times the square of the harmonic mean of two shares: of
        the question's words that stand in the passages, those that stand in the row's name or in
        its table's heads, title and unit; and of the name's words, those that the question has. A
        word counts by how few sentences it stands in.
    """
    gains = np.zeros(len(sentences), dtype=np.float32)
    tables = tables_of(texts, heads, sentences)
    if not tables:
        return gains
    asked = list(dict.fromkeys(words_of(question)))
    worth = _worth(asked, texts, heads, sentences)
    for grid, rows in tables:
        above = {*words_of(" ".join([grid.above, *grid.columns]))}
        in_heads = {one for one in asked if _holds(above, one)}
        for at, row in rows.items():
            name = {*words_of(row.cells[0].text)}
            gains[at] = ROW_NATS * _likeness(asked, name, in_heads, worth) ** 2
    return gains


def _worth(
    asked: Sequence[str],
    texts: Sequence[str],
    heads: Sequence[str],
    sentences: Sequence[Sentence],
) -> Callable[[str], float]:
    """Give what says how much a word counts: 0 where it stands nowhere in the passages."""
    told = [{*words_of(texts[one.passage][one.start : one.end])} for one in sentences]
    told += [{*words_of(one)} for one in heads]
    counts = Counter(word for own in told for word in own)
    alike = {one: [word for word in counts if is_same_name(one, word)] for one in asked}

    def worth(word: str) -> float:
        count = sum(counts[other] for other in alike.get(word, [word]))
        return math.log(1 + len(told) / count) if count else 0.0

    return worth


def _likeness(
    asked: Sequence[str], name: set[str], in_heads: set[str], worth: Callable[[str], float]
) -> float:
    """Say how well the question's words fit a row's name and the heads above it, in [0, 1]."""
    named = {one for one in asked if _holds(name, one)}
    whole = sum(map(worth, asked))
    if not named or not whole:
        return 0.0
    share = sum(map(worth, named | in_heads)) / whole
    own = sum(worth(one) for one in name if any(is_same_name(word, one) for word in named))
    precise = own / sum(map(worth, name)) if own else 0.0
    return 2 * share * precise / (share + precise) if precise else 0.0


def _holds(words: Iterable[str], one: str) -> bool:
    return any(is_same_name(one, word) for word in words)
