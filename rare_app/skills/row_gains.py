"""Rows of tables whose names the question's words fit: a reader of sentences sees little in them.

No word is known to it: one that fits few rows counts for more than one that fits most, in whatever
language both are.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rare_app.reader import Sentence
from rare_app.skills.cell_check import is_same_name, words_of
from rare_app.skills.grids import grids_in
from rare_app.skills.skill import Seen, Skill

ROW_NATS = 8.0
"""Nats that a row's score gains whose name is just what is asked for."""
TABLE_NATS = 4.0
"""Nats that the rows of a table gain whose column heads, title and unit hold all of the question's
words that stand in any table's."""


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
        Nats, 0 or more: :data:`ROW_NATS` times the square of Dice's coefficient of the row's name
        and the question's words that stand in any row's name, each by how few rows it fits, and
        :data:`TABLE_NATS` times the square of the share that the table's heads hold.
    """
    gains = np.zeros(len(sentences), dtype=np.float32)
    grids = [
        (passage, grid)
        for passage, text in enumerate(texts)
        for grid in grids_in(text, heads[passage] if heads else "")
    ]
    rows = [(passage, row, at) for at, (passage, grid) in enumerate(grids) for row in grid.rows]
    if not rows:
        return gains
    asked = list(dict.fromkeys(words_of(question)))
    by_table = [
        share**2
        for share, _ in _fits(
            asked, [words_of(" ".join([one.above, *one.columns])) for _, one in grids]
        )
    ]
    by_row = [
        likeness**2
        for _, likeness in _fits(asked, [words_of(row.cells[0].text) for _, row, _ in rows])
    ]
    starts = {(one.passage, one.start): number for number, one in enumerate(sentences)}
    for (passage, row, table), likeness in zip(rows, by_row, strict=True):
        gain = ROW_NATS * likeness + TABLE_NATS * by_table[table] * (likeness > 0)
        for at in range(row.start, row.end):
            if (number := starts.get((passage, at))) is not None:
                gains[number] = gain
    return gains


def _fits(asked: Sequence[str], names: Sequence[Sequence[str]]) -> list[tuple[float, float]]:
    """Say how well the question's words fit each of some names.

    Returns
    -------
    list of (float, float)
        The share, in [0, 1], that a name holds of the words that stand in any of them, and Dice's
        coefficient of the two; a word counts by how few of the names it stands in.
    """
    held = [
        [one for one in asked if any(is_same_name(one, word) for word in name)] for name in names
    ]
    counts = Counter(word for own in held for word in own)
    common = Counter(word for name in names for word in set(name))
    whole = sum(_worth(count, names) for count in counts.values())
    found = []
    for name, own in zip(names, held, strict=True):
        matched = sum(_worth(counts[word], names) for word in own)
        left = sum(
            _worth(common[word], names)
            for word in set(name)
            if not any(is_same_name(one, word) for one in own)
        )
        found.append(
            (matched / whole, 2 * matched / (whole + matched + left)) if matched else (0.0, 0.0)
        )
    return found


def _worth(count: int, names: Sequence[Sequence[str]]) -> float:
    return math.log(1 + len(names) / count)
