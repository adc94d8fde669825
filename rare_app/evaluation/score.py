"""Measures of one answer against the accepted ones."""

import re
import string
from collections import Counter
from collections.abc import Sequence

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation + "“”‘’–—")


def normalise_answer(text: str) -> str:
    """Lower-case, without punctuation, articles and extra space (SQuAD's evaluation script)."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def token_f1(answer: str, accepted: Sequence[str]) -> float:
    """Best token-F1 over the accepted answers, in [0, 1] (Rajpurkar et al. 2016, section 6.1)."""
    return max(
        (_f1(normalise_answer(answer).split(), one) for one in _split(accepted)), default=0.0
    )


def exact_match(answer: str, accepted: Sequence[str]) -> bool:
    """Whether the answer equals an accepted one after normalisation."""
    given = normalise_answer(answer)
    return any(given == normalise_answer(one) for one in accepted)


def choice_of(answer: str, choices: Sequence[str]) -> str | None:
    """Find the choice that an answer names first; ``None`` when it names none."""
    given = f" {normalise_answer(answer)} "
    places = {
        choice: at for choice in choices if (at := given.find(f" {normalise_answer(choice)} ")) >= 0
    }
    return min(places, key=lambda choice: places[choice]) if places else None


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


def _split(accepted: Sequence[str]) -> list[list[str]]:
    return [normalise_answer(one).split() for one in accepted]


def _f1(given: list[str], expected: list[str]) -> float:
    if not given or not expected:
        return float(given == expected)
    common = sum((Counter(given) & Counter(expected)).values())
    return 2 * common / (len(given) + len(expected))
