"""How far one sentence of a chunk, and not only the whole of it, holds what is asked about."""

import functools

from rare_app.evidence import sentence_spans
from rare_app.words import content_words

LEAST_WORDS = 3
"""Words of a question that one sentence can tell something by."""


def sentence_share(text: str, asked: frozenset[str]) -> float:
    """Say in [0, 1] how far one sentence of a text holds the words of a question.

    A cover that says much else says in one line how many shares were outstanding in April.

    Parameters
    ----------
    asked : frozenset of str
        Stems of the question's words.

    Returns
    -------
    float
        0 up to half of the words, 1 for all of them.
    """
    if len(asked) < LEAST_WORDS:
        return 0.0
    best = max((len(asked & own) for own in _sentences(text)), default=0)
    return max(0.0, 2 * best / len(asked) - 1)


@functools.lru_cache(maxsize=4096)
def _sentences(text: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(content_words(text[start:end])) for start, end in sentence_spans(text))
