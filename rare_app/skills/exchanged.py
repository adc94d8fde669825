"""Two figures of one sentence that an answer has exchanged: 60 L and 100 L for the W12 and the W18.

The proof finds both figures and both names in the sentence and is content. Here the order tells
which figure is of which name, in the sentence and in the answer: figure and name take turns.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from rare_app.skills.skill import Said, Skill
from rare_app.types import Citation
from rare_app.words import content_words

_TOKEN = re.compile(r"\d[\d.,]*\d|\d|[^\W_]+(?:[-./][^\W_]+)*")
_FIGURE = re.compile(r"[\d.,]+")


class Exchanged(Skill):
    """Figures that have changed places."""

    def remarks(self, said: Said) -> list[str]:
        """Tell of two figures that are told of each other's names."""
        return exchanged_figures(said.answer, said.cited)


def exchanged_figures(answer: str, quotes: Sequence[Citation]) -> list[str]:
    """Find figures of an answer that are told of each other's names.

    Parameters
    ----------
    quotes : sequence of Citation
        What the answer rests on; rows of tables are looked at elsewhere.

    Returns
    -------
    list of str
        A sentence for the user, for the first such pair; empty where there is none.
    """
    said = _once(answer)
    for quote in quotes:
        if "|" in quote.quote:
            continue
        told = _once(quote.quote)
        shared = [one for one in told if one in said]
        figures = [one for one in shared if _FIGURE.fullmatch(one)]
        for pair in pairwise(figures):
            for names in pairwise(_names(shared)):  # neighbours: a long answer has many of both
                one, other = _turns(told, pair, names), _turns(said, pair, names)
                if one and other and one != other:
                    return [
                        f"“{pair[0]}” and “{pair[1]}” may be exchanged: the passage tells them of "
                        "each other's."
                    ]
    return []


def _once(text: str) -> dict[str, int]:
    """Say where each word and figure stands that a text has once; in their order."""
    tokens = _TOKEN.findall(text)
    counts = Counter(tokens)
    return {one: at for at, one in enumerate(tokens) if counts[one] == 1}


def _names(words: Sequence[str]) -> list[str]:
    """Give the words that name things: those with a capital or a figure, or any if there are none.

    A sentence's first word has a capital, too, and mostly stands elsewhere in the answer.
    """
    words = [one for one in words if not _FIGURE.fullmatch(one) and content_words(one)]
    names = [one for one in words if one != one.casefold() or any(map(str.isdigit, one))]
    return names if len(names) > 1 else words


def _turns(
    places: dict[str, int], figures: Sequence[str], names: Sequence[str]
) -> frozenset[tuple[str, str]]:
    """Pair two figures with two names where they take turns; else nothing."""
    order = sorted((*figures, *names), key=places.__getitem__)
    first, second, third, fourth = (one in figures for one in order)
    if [first, second, third, fourth] != [first, not first, first, not first]:
        return frozenset()
    pairs = [order[:2], order[2:]] if first else [order[1::-1], order[:1:-1]]
    return frozenset((figure, name) for figure, name in pairs)
