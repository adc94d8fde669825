"""An index of questions that the chunks answer, made from their sentences by templates."""

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rare_app.lab.strategies.types import Search
from rare_app.library.types import Passage
from rare_app.reader import sentence_spans

SENTENCES = 3
"""Sentences of a chunk that questions are made of."""
WEIGHT = 0.3
"""What a question that is the user's own is worth, in units of cosine similarity."""
POOL = 60
"""Passages that are ordered anew."""

Embed = Callable[[Sequence[str]], NDArray[np.float32]]

_IS = re.compile(
    r"^(?P<who>.{3,80}?),?\s+(?P<verb>is|was|are|were)\s+(?P<what>.{3,200})$", re.DOTALL
)
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_WHEN = re.compile(
    rf"\b(?:in|on|since|from|until)\s+(?:(?:\d{{1,2}}\s+)?{_MONTH}\s+(?:\d{{1,2}},?\s+)?)?\d{{4}}\b"
)
_HOW_MANY = re.compile(r"\b\d[\d,.]*\s+(?=[a-z])")
_PERSON = re.compile(r"\b(?:born|actor|actress|singer|player|politician|writer|director|he|she)\b")


def template_questions(text: str) -> list[str]:
    """Make questions out of the first sentences of a text.

    “Ada Berg (1951) was a painter.” gives “Who was Ada Berg?” and “Who was a painter?”; a year
    gives “When …?”, a number “How many …?”. They need not be good English: they are embedded.
    """
    found: list[str] = []
    for start, end in sentence_spans(text)[:SENTENCES]:
        said = _BRACKETS.sub("", " ".join(text[start:end].split())).rstrip(".!?")
        if match := _IS.match(said):
            asks = "Who" if _PERSON.search(said) else "What"
            found.append(f"{asks} {match['verb']} {match['who']}?")
            found.append(f"{asks} {match['verb']} {match['what']}?")
        if _WHEN.search(said):
            found.append(f"When {_WHEN.sub('', said).strip()}?")
        elif _HOW_MANY.search(said):
            found.append(f"How many {_HOW_MANY.sub('', said, count=1)}?")
    return list(dict.fromkeys(found))


class QuestionIndex:
    """The questions of some chunks, embedded.

    Parameters
    ----------
    texts : mapping of int to str
        Chunk to text.
    embed : callable
        Unit-length vectors of texts.
    """

    def __init__(self, texts: Mapping[int, str], *, embed: Embed) -> None:
        asked = [(chunk, one) for chunk, text in texts.items() for one in template_questions(text)]
        self._embed = embed
        self._rows: dict[int, list[int]] = {}
        for row, (chunk, _) in enumerate(asked):
            self._rows.setdefault(chunk, []).append(row)
        self._vectors = embed([one for _, one in asked])

    def __len__(self) -> int:
        """How many questions it holds."""
        return len(self._vectors)

    def search(self, question: str, k: int, search: Search) -> list[Passage]:
        """Search; a passage gains by how like the question is to the best of its own questions."""
        found = search(question, max(k, POOL))
        vector = self._embed([question])[0]

        def score(one: Passage) -> float:
            rows = self._rows.get(one.chunk_id)
            likeness = float((self._vectors[rows] @ vector).max()) if rows else 0.0
            return one.score + WEIGHT * max(0.0, likeness)

        return sorted(found, key=lambda one: (-score(one), one.chunk_id))[:k]
