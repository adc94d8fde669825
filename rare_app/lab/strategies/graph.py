"""Personalised PageRank over the passages found and the names that they share."""

import math
import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rare_app.lab.strategies.types import Search
from rare_app.library.query import words_of
from rare_app.library.types import Passage

POOL = 30
"""Passages that the graph is made of."""
DAMPING = 0.5
"""Chance to walk on rather than begin anew, as HippoRAG has it."""
STEPS = 20
"""Rounds of the power iteration; at this damping a millionth is left."""
WEIGHT = 0.2
"""What the passage that the walk visits most is worth, in units of the search's score."""

_NAME = re.compile(
    r"[^\W\d_a-zß-ÿ][\w’'-]+(?:[ ](?:(?:of|the|de|du|van|von|and)[ ])*[^\W\d_a-zß-ÿ][\w’'-]+)*"
)
_COMMON = 0.25
"""Share of the passages from which a name tells nothing."""


def expand_by_graph(question: str, k: int, search: Search) -> list[Passage]:
    """Search, then walk from the passages found along the names that they share.

    After HippoRAG 2 (Gutiérrez et al. 2025): the nodes are passages and what they name; a walk
    begins at a passage by its score or at a name of the question, and goes on along shared names.
    Passages that the walk visits often are moved up. There is no index: the graph is that of the
    first :data:`POOL` passages.
    """
    found = search(question, max(k, POOL))
    if len(found) < 2:
        return found[:k]
    visits = _walk(question, found)
    scores = {
        one.chunk_id: one.score + WEIGHT * float(visit)
        for one, visit in zip(found, visits / max(float(visits.max()), 1e-12), strict=True)
    }
    return sorted(found, key=lambda one: (-scores[one.chunk_id], one.chunk_id))[:k]


def names_in(text: str) -> set[str]:
    """List what a text names: runs of capitalised words, and their last words by themselves."""
    runs = {run.lower() for run in _NAME.findall(text)}
    return {name for run in runs for name in (run, run.rsplit(" ", 1)[-1]) if words_of(name)}


def _walk(question: str, found: Sequence[Passage]) -> NDArray[np.float64]:
    """How often a walk is at each passage."""
    holders: dict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(found):
        for name in names_in(one.text):
            holders[name].append(at)
    most = max(2.0, _COMMON * len(found))
    shared = [name for name, own in holders.items() if 1 < len(own) <= most]
    links = np.zeros((len(found), len(shared)))
    for number, name in enumerate(shared):
        links[holders[name], number] = math.log(len(found) / len(holders[name]))
    asked = names_in(question) | set(words_of(question))
    low = min(one.score for one in found)
    begin = np.array([one.score - low for one in found]) ** 2
    named = np.array([name in asked for name in shared], dtype=np.float64)
    begin = _shares(begin) if begin.any() else np.full(len(found), 1 / len(found))
    there = _shares(links, axis=1)  # from a passage to what it names
    back = _shares(links.T, axis=1)
    start = 0.5 * begin + 0.5 * (_shares(named) @ back if named.any() else begin)
    at_passages = start.copy()
    for _ in range(STEPS):
        at_passages = (1 - DAMPING) * start + DAMPING * (at_passages @ there @ back)
    return np.asarray(at_passages, dtype=np.float64)


def _shares(weights: NDArray[np.float64], axis: int = 0) -> NDArray[np.float64]:
    """Divide by the sums along an axis; what is empty stays so."""
    sums = weights.sum(axis=axis, keepdims=True)
    return np.asarray(np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0))
