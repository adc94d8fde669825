"""Scripts that are written without blanks, made searchable word by word."""

import itertools
import re

_RUNS = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f"  # Burmese
    "\u1780-\u17ff"  # Khmer
    "\u3040-\u30ff"  # Hiragana, Katakana
    "\u31f0-\u31ff"  # Katakana, extended
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Han
    "\uff66-\uff9f"  # Katakana of half width
    "\U00020000-\U0003ffff"  # Han, supplementary
)
_SIGN = re.compile(f"[{_RUNS}]")
_RUN = re.compile(f"[{_RUNS}]+")


def space_out(text: str) -> str | None:
    """Put blanks round every sign of a script that is written without them.

    The index of words cuts at blanks and punctuation alone: a Chinese sentence would be one word.
    Spaced out, each sign is a word, and neighbours are found as a phrase.

    Returns
    -------
    str or None
        ``None`` where the text has no such sign.
    """
    return _SIGN.sub(r" \g<0> ", text) if _SIGN.search(text) else None


def pairs_of(text: str) -> list[str]:
    """List neighbouring pairs of such signs as phrases (“東 京”), a lone sign as itself."""
    found: list[str] = []
    for run in _RUN.findall(text):
        pairs = [f"{first} {second}" for first, second in itertools.pairwise(run)]
        found += pairs or [run]
    return found


def without_runs(text: str) -> str:
    """Blank out all such signs."""
    return _RUN.sub(" ", text)
