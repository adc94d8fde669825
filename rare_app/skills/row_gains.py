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

ROW_NATS = 8.0
"""Nats that a row's score gains whose name is just what is asked for."""


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
        and the question's words that stand in any row's name, each by how few rows it fits.
    """
    gains = np.zeros(len(sentences), dtype=np.float32)
    rows = [
        (passage, row)
        for passage, text in enumerate(texts)
        for grid in grids_in(text, heads[passage] if heads else "")
        for row in grid.rows
    ]
    if not rows:
        return gains
    asked = list(dict.fromkeys(words_of(question)))
    names = [words_of(row.cells[0].text) for _, row in rows]
    fitting = [[one for one in asked if _holds(name, one)] for name in names]
    counts = Counter(word for own in fitting for word in own)
    worth = {word: math.log(1 + len(rows) / count) for word, count in counts.items()}
    common = Counter(word for name in names for word in set(name))
    whole = sum(worth.values())
    for (passage, row), name, own in zip(rows, names, fitting, strict=True):
        matched = sum(worth[word] for word in own)
        left = sum(
            math.log(1 + len(rows) / common[word])
            for word in set(name)
            if not any(is_same_name(one, word) for one in own)
        )
        likeness = (2 * matched / (whole + matched + left)) ** 2 if matched else 0.0
        for number, one in enumerate(sentences):
            if one.passage == passage and row.start <= one.start < row.end:
                gains[number] = ROW_NATS * likeness
    return gains


def _holds(name: Sequence[str], word: str) -> bool:
    return any(is_same_name(word, one) for one in name)
