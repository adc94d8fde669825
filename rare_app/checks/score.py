"""Measures of one answer against the accepted ones."""

import re
import string
from collections import Counter
from collections.abc import Sequence

from rare_app.words import UNSPACED

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation + "“”‘’–—，。、；：？！（）《》「」")
_WORD = re.compile(rf"{UNSPACED}|(?:(?!{UNSPACED})\S)+")


def normalise_answer(text: str) -> str:
    """Lower-case, without punctuation, articles and extra space (SQuAD's evaluation script)."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def token_f1(answer: str, accepted: Sequence[str]) -> float:
    """Best token-F1 over the accepted answers, in [0, 1] (Rajpurkar et al. 2016, section 6.1)."""
    given = _words(answer)
    return max((_f1(given, _words(one)) for one in accepted), default=0.0)


def answer_recall(answer: str, accepted: Sequence[str]) -> bool:
    """Whether the answer holds all words of an accepted one, normalised as for token-F1.

    What is written without spaces between words (Chinese, Japanese, Thai) has to stand in it as it
    is.
    """
    text = normalise_answer(answer)
    given = Counter(text.split())
    return any(
        all(re.search(UNSPACED, word) and word in text for word in Counter(words) - given)
        for one in accepted
        if (words := normalise_answer(one).split())
    )


def exact_match(answer: str, accepted: Sequence[str]) -> bool:
    """Whether the answer equals an accepted one after normalisation."""
    given = normalise_answer(answer)
    return any(given == normalise_answer(one) for one in accepted)


def holds(text: str, needle: str) -> bool:
    """Whether a text holds another, or is held by it, white space and capitals aside."""
    one, other = " ".join(text.lower().split()), " ".join(needle.lower().split())
    return bool(one and other) and (one in other or other in one)


def percentile(values: Sequence[float], share: float) -> float | None:
    """Value below which the share of the values lies (nearest rank); ``None`` without values."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _words(text: str) -> list[str]:
    """Cut into words; where they are written without spaces, into characters."""
    return _WORD.findall(normalise_answer(text))


def _f1(given: list[str], expected: list[str]) -> float:
    if not given or not expected:
        return float(given == expected)
    common = sum((Counter(given) & Counter(expected)).values())
    return 2 * common / (len(given) + len(expected))
