"""What claims can rest on: the sentences of the passages, with their words, numbers and names."""

import functools
import math
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from rare_app.library import Passage
from rare_app.prompt import as_read
from rare_app.proof.naming import initials, lower_words, words_of
from rare_app.proof.polarity import Polarity, polarity
from rare_app.proof.quantities import Quantity, quantities, table_scale
from rare_app.reader import sentence_spans
from rare_app.words import content_words

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to unit-length vectors, shape (texts, dimension)."""


class Said:
    """A piece of text, taken apart where and when it is needed."""

    def __init__(self, text: str) -> None:
        self.text = text

    @functools.cached_property
    def stems(self) -> frozenset[str]:
        """Content words, cut to their stems."""
        return frozenset(content_words(self.text))

    @functools.cached_property
    def words(self) -> frozenset[str]:
        """All words, lowered, and the initials of names."""
        return frozenset(words_of(self.text) | initials(self.text))

    @functools.cached_property
    def quantities(self) -> list[Quantity]:
        """Numbers, amounts and dates."""
        return quantities(self.text)

    @functools.cached_property
    def polarity(self) -> Polarity:
        """What is negated."""
        return polarity(self.text)


class Place(Said):
    """A sentence of a passage: ``text`` is what stands at ``[start, end)`` of the passage."""

    def __init__(self, text: str, *, passage: int, start: int, end: int) -> None:
        super().__init__(text)
        self.passage, self.start, self.end = passage, start, end


class Grounds:
    """The passages of an answer, sentence by sentence.

    Parameters
    ----------
    passages : sequence of Passage
    embed : callable, optional
        For the comparison by meaning; left out, only words are compared.
    """

    def __init__(self, passages: Sequence[Passage], *, embed: Embed | None = None) -> None:
        self._embed = embed
        texts = [as_read(passage.text) for passage in passages]
        self.places = [
            Place(text[start:end], passage=i, start=start, end=end)
            for i, text in enumerate(texts)
            for start, end in sentence_spans(text)
        ]
        """All sentences, in order."""
        self.wholes = [
            Said(f"{passage.title}. {passage.section}. {text}")
            for passage, text in zip(passages, texts, strict=True)
        ]
        """Each passage with its title and headings."""
        self.scales = [table_scale(whole.text) for whole in self.wholes]
        self.common = lower_words(texts)
        """Words that stand somewhere in small letters."""
        counts = Counter(word for place in self.places for word in place.stems)
        total = len(self.places)
        self._rarity = {
            word: math.log1p((total - count + 0.5) / (count + 0.5))
            for word, count in counts.items()
        }
        self._unseen = math.log1p((total + 0.5) / 0.5)

    def near(self, place: Place) -> Said:
        """Give a sentence with its neighbours in the passage, and the title."""
        return self._near[id(place)]

    @functools.cached_property
    def _near(self) -> dict[int, Said]:
        found = {}
        for number, place in enumerate(self.places):
            own = [
                one.text
                for one in self.places[max(0, number - 1) : number + 2]
                if one.passage == place.passage
            ]
            title = self.wholes[place.passage].text.partition(self._first(place.passage))[0]
            found[id(place)] = Said(" ".join([title, *own]))
        return found

    def _first(self, passage: int) -> str:
        return next(one.text for one in self.places if one.passage == passage)

    def share(self, words: frozenset[str], inside: frozenset[str]) -> float:
        """Share of words that others hold, rare words counting more, in [0, 1]."""
        whole = sum(self.rarity(word) for word in words)
        held = sum(self.rarity(word) for word in words & inside)
        return held / whole if whole else 0.0

    def rarity(self, word: str) -> float:
        """How much a word tells: the logarithm of BM25's rarity over the sentences."""
        return self._rarity.get(word, self._unseen)

    def likeness(self, text: str) -> NDArray[np.float32]:
        """Cosine similarity of a text and each sentence; an estimate by words without embedder.

        Returns
        -------
        array of float32, shape (sentences,)
        """
        if self._embed is None:
            stems = Said(text).stems
            shares = [self.share(stems, place.stems) for place in self.places]
            return np.array([0.2 + 0.7 * share for share in shares], dtype=np.float32)
        if self._vectors is None:
            return np.zeros(0, dtype=np.float32)
        return np.asarray(self._vectors @ self._embed([text])[0], dtype=np.float32)

    @functools.cached_property
    def _vectors(self) -> NDArray[np.float32] | None:
        if self._embed is None or not self.places:
            return None
        return self._embed([place.text for place in self.places])
