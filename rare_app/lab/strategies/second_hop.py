"""A second search from the first evidence, for questions whose answer stands two passages away."""

from rare_app.lab.strategies.types import Search
from rare_app.library.query import words_of
from rare_app.library.types import Passage
from rare_app.reader import sentence_spans

STARTS = 2
"""First passages that are searched on from."""
CHARACTERS = 300
"""Most of a passage that goes with the question."""
WEIGHT = 0.7
"""What a passage found in the second search keeps of its score."""


def search_in_two_hops(question: str, k: int, search: Search) -> list[Passage]:
    """Search, then search with the question and the best sentence of each of the first passages.

    The sentence that shares most words with the question is taken (Xiong et al. 2021 encode
    question and passage together; here the words do). A passage keeps the better of its scores.
    """
    found = search(question, k)
    best = {one.chunk_id: one for one in found}
    scores = {one.chunk_id: one.score for one in found}
    for start in found[:STARTS]:
        for one in search(f"{question} {_telling_sentence(question, start.text)}", k):
            best.setdefault(one.chunk_id, one)
            scores[one.chunk_id] = max(scores.get(one.chunk_id, 0.0), WEIGHT * one.score)
    return [best[one] for one in sorted(best, key=lambda one: (-scores[one], one))][:k]


def _telling_sentence(question: str, text: str) -> str:
    asked = set(words_of(question))
    said = [text[start:end] for start, end in sentence_spans(text)] or [text]
    return max(said, key=lambda one: len(asked & set(words_of(one))))[:CHARACTERS]
