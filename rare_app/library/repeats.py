"""Passages that say what a better one said already."""

import re
from collections.abc import Iterable

from rare_app.library.types import Passage

LIKENESS = 0.9
"""Share of word runs in common from which two passages are one; 1 drops exact repeats alone."""
RUN = 4
"""Words in a run."""

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\w*\d\w*")


def drop_repeats(
    passages: Iterable[Passage], *, most: int | None = None, likeness: float = LIKENESS
) -> list[Passage]:
    """Leave out passages that repeat an earlier one, word for word or nearly.

    Two passages are the same where their runs of four words have a Jaccard similarity (Broder
    1997) of at least `likeness`, and all their numbers are the same: two quarters' tables differ in
    nothing else.

    Parameters
    ----------
    most : int, optional
        Stop once so many are chosen.
    """
    chosen: list[Passage] = []
    seen: list[tuple[frozenset[str], frozenset[str]]] = []
    for passage in passages:
        words = _WORD.findall(passage.text.lower())
        runs = frozenset(
            " ".join(words[at : at + RUN]) for at in range(max(1, len(words) - RUN + 1))
        )
        numbers = frozenset(_NUMBER.findall(passage.text.lower()))
        if any(
            numbers == known_numbers and len(runs & known) >= likeness * len(runs | known)
            for known, known_numbers in seen
        ):
            continue
        chosen.append(passage)
        if len(chosen) == most:
            break
        seen.append((runs, numbers))
    return chosen
