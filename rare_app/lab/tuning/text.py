"""Text made comparable: normalised strings and shingles, to find duplicates and answers."""

import hashlib
import re

_NOT_WORD = re.compile(r"[^0-9a-z]+")
_ARTICLE = re.compile(r"\b(?:a|an|the)\b")

SHINGLE_WORDS = 8


def normalise(text: str) -> str:
    """Keep lower-case letters and digits, one blank between words."""
    return _NOT_WORD.sub(" ", text.lower()).strip()


def normalise_answer(text: str) -> str:
    """Normalise and drop articles, as SQuAD's scoring does."""
    return " ".join(_ARTICLE.sub(" ", normalise(text)).split())


def holds(text: str, answer: str) -> bool:
    """Tell whether the words of `answer` stand in `text` in one piece."""
    wanted = normalise_answer(answer)
    return bool(wanted) and f" {wanted} " in f" {normalise_answer(text)} "


def shingles(text: str) -> frozenset[int]:
    """Hash every run of eight words (the whole text when it is shorter).

    Returns
    -------
    frozenset of int
        64-bit hashes; two texts that share many are copies of each other.
    """
    words = normalise(text).split()
    if not words:
        return frozenset()
    runs = range(max(1, len(words) - SHINGLE_WORDS + 1))
    return frozenset(_hash(" ".join(words[start : start + SHINGLE_WORDS])) for start in runs)


def fraction(text: str) -> float:
    """Map a text to a fixed number in [0, 1), the same on every machine."""
    return _hash(text) / 2**64


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
