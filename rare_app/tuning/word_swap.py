"""Questions of which one word is another: the clay terraces that the passage tells of as pits."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from random import Random

import numpy as np

from rare_app.tuning.items import Item
from rare_app.tuning.neighbours import Embed
from rare_app.words import content_words

_WORD = re.compile(r"[^\W\d_]{4,}")
_NOMINAL = re.compile(
    r"\b(?:a|an|the|of|this|these|its|their|his|her|our|no)\s+([^\W\d_]{4,})", re.IGNORECASE
)
_NOMINAL_SHARE = 0.15
"""Words that follow an article or the like at least so often are nouns or stand before one."""
_FORMS = ("ing", "ed", "ly", "ion", "s")
_KEPT = frozenset(
    {"called", "known", "many", "much", "name", "named", "names", "other", "same", "such"}
)
"""Words that say how is asked, not of what."""

_FROM_GOLD = 0.65
"""How often the other word is one of the gold passages, as those who write questions to deceive
take it (SQuAD 2.0, arXiv 1806.03822, section 2)."""
_NEAR, _RELATED = (0.2, 0.7), (0.25, 0.55)
"""Cosines of the words that may take a word's place: of the passage, or of any other. Nearer ones
are mostly synonyms."""
_OF_PASSAGE, _OF_ALL = 8, 60


class WordSwaps:
    """Exchanges a word that question and evidence share for one of another meaning.

    Parameters
    ----------
    items : iterable of Item
        The words of their questions and gold passages take each other's place.
    embed : callable
        Texts to unit vectors.
    """

    def __init__(self, items: Iterable[Item], *, embed: Embed) -> None:
        counts: Counter[str] = Counter()
        nominal: Counter[str] = Counter()
        for item in items:
            text = " ".join([item.question, *_gold(item)])
            counts.update(_words(text))
            nominal.update(match[1].lower() for match in _NOMINAL.finditer(text))
        self._words = sorted(
            word
            for word, count in nominal.items()
            if count > 1 and count >= _NOMINAL_SHARE * counts[word]
        )
        self._place = {word: place for place, word in enumerate(self._words)}
        self._vectors = embed(self._words) if self._words else np.zeros((0, 1), np.float32)

    def change(self, item: Item, *, chance: Random) -> str:
        """Exchange a word of an item's question.

        Returns
        -------
        str
            Empty where no word can be exchanged.
        """
        evidence = " ".join(part.text for part in item.evidence)
        told, answer = set(content_words(evidence)), set(content_words(item.answer))
        asked = [
            match
            for match in _WORD.finditer(item.question)
            if (word := match[0].lower()) in self._place
            and word not in _KEPT
            and (stems := set(content_words(word))) <= told
            and stems
            and not stems & answer
        ]
        if not asked:
            return ""
        place = chance.choice(asked)
        old = place[0].lower()
        known = told | answer | set(content_words(item.question))
        passages = " ".join(_gold(item))
        for part in item.evidence:
            passages = passages.replace(part.text, " ")
        ways = [self._of_passage, self._of_all]
        if chance.random() >= _FROM_GOLD:
            ways.reverse()
        for way in ways:
            if found := way(old, sorted(set(_words(passages))), known):
                new = chance.choice(found)
                new = new.capitalize() if place[0][0].isupper() else new
                return item.question[: place.start()] + new + item.question[place.end() :]
        return ""

    def _of_passage(self, old: str, told: Sequence[str], known: Collection[str]) -> list[str]:
        return self._fitting(old, [word for word in told if word in self._place], known, _NEAR)[
            :_OF_PASSAGE
        ]

    def _of_all(self, old: str, told: Sequence[str], known: Collection[str]) -> list[str]:
        others = set(content_words(" ".join(told)))
        return self._fitting(old, self._words, {*known, *others}, _RELATED)[:_OF_ALL]

    def _fitting(
        self, old: str, words: Sequence[str], known: Collection[str], bounds: tuple[float, float]
    ) -> list[str]:
        """List the words of another meaning and the same form, the nearest first."""
        if not words:
            return []
        low, high = bounds
        likeness = self._vectors[[self._place[w] for w in words]] @ self._vectors[self._place[old]]
        near = [(float(v), w) for v, w in zip(likeness, words, strict=True) if low < v < high]
        return [
            word
            for _, word in sorted(near, reverse=True)
            if _form(word) == _form(old) and not set(content_words(word)) & set(known)
        ]


def _gold(item: Item) -> list[str]:
    return [item.passages[index].text for index in item.gold]


def _words(text: str) -> list[str]:
    return [match[0].lower() for match in _WORD.finditer(text)]


def _form(word: str) -> str:
    return next((ending for ending in _FORMS if word.endswith(ending)), "")
