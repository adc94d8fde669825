"""Whether passages say yes, no or maybe to a question: judged by their words, linearly.

Over abstracts the bundled model is no better than the commonest answer, and no head of the reader
learned better (docs/quoting-tried.md). The words that a study's finding is told with do tell: a
multinomial logistic regression over them (Hastie, Tibshirani, Friedman 2009, section 4.4), trained
by ``tune verdict``. It also tells whether the text is of that kind; others are left to the model.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rare_app.errors import UserError
from rare_app.words import QUESTION_VERBS

VERDICTS = ("yes", "no", "maybe")
"""What can be said to a question that asks whether something is so."""
CLASSES = (*VERDICTS, "other")
"""What a question with its passage is sorted into, in the order of the weights: a study's finding
that says yes, no or maybe; or a text of another kind, which the words do not judge."""

Weights = tuple[float, ...]
"""Of a word: its inverse document frequency, and its weight for each class."""

_WORD = re.compile(r"\w+|[<>=%]")
_OPENING = rf"(?:{'|'.join(sorted(QUESTION_VERBS))}|(?:is|are|was|were|do|does|did|ca|wo)n['’]t)"
_ASKS = re.compile(rf"(?:^|[:,;.–-]\s+(?:and\s+|but\s+)?){_OPENING}\s", re.IGNORECASE)
_OPEN = re.compile(
    r"\b(?:who|whom|whose|what|when|where|which|why|how|name|list|tell|describe)\b", re.IGNORECASE
)
_EITHER = re.compile(r"\bor\b(?! not\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How likely each answer is if the passage tells a study's finding; they add up to 1.

    Attributes
    ----------
    yes, no, maybe : float
    known : float
        How likely the passage is of that kind (0–1).
    """

    yes: float
    no: float
    maybe: float
    known: float = 1.0


def asks_for_verdict(question: str) -> bool:
    """Tell whether a question asks whether something is so, in English.

    It opens with a verb (“does …”), if need be after a colon or a comma, or is a phrase with a
    question mark and no asking word. A choice between two (“… or …”) asks for one of them.
    """
    text = " ".join(question.split())
    found = _ASKS.search(text)
    if _EITHER.search(text[found.start() :] if found else text):
        return False
    if found:
        return not _OPEN.search(text[: found.start()])
    return text.endswith("?") and not _OPEN.search(text)


def count_words(text: str) -> Counter[str]:
    """Count a text's words, in lower case, and its signs of comparison."""
    return Counter(_WORD.findall(text.lower()))


class VerdictModel:
    """Judges by the words of the question and of the passage that concludes.

    Parameters
    ----------
    question, evidence : mapping of str to Weights
        The words known in each.
    bias : sequence of float
        Of each class.
    """

    def __init__(
        self,
        *,
        question: Mapping[str, Weights],
        evidence: Mapping[str, Weights],
        bias: Sequence[float],
    ) -> None:
        self._bias = bias
        self._tables = [
            (table, {word: numbers[0] for word, numbers in table.items()})
            for table in (question, evidence)
        ]

    def judge(self, question: str, evidence: str) -> Verdict:
        """Judge a question by the words of a passage."""
        logits = [*map(float, self._bias)]
        for (table, rarity), text in zip(self._tables, (question, evidence), strict=True):
            for word, value in vector(text, rarity).items():
                for i, weight in enumerate(table[word][1:]):
                    logits[i] += value * weight
        top = max(logits[:-1])
        shares = [math.exp(min(one - top, 50.0)) for one in logits]
        known = math.fsum(shares[:-1])
        yes, no, maybe = (one / known for one in shares[:-1])
        return Verdict(yes=yes, no=no, maybe=maybe, known=known / math.fsum(shares))


def vector(text: str, rarity: Mapping[str, float]) -> dict[str, float]:
    """Weigh a text's known words: ``(1 + ln count) · rarity``, to unit length."""
    values = {
        word: (1 + math.log(count)) * rarity[word]
        for word, count in count_words(text).items()
        if word in rarity
    }
    length = math.sqrt(sum(value * value for value in values.values()))
    return {word: value / length for word, value in values.items()} if length else {}


def load_verdict_model(path: Path) -> VerdictModel:
    """Read what ``tune verdict`` wrote.

    Raises
    ------
    UserError
        The file cannot be read.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        tables = [
            {
                str(word): _numbers(numbers, count=1 + len(CLASSES))
                for word, numbers in stored[name].items()
            }
            for name in ("question", "evidence")
        ]
        bias = _numbers(stored["bias"], count=len(CLASSES))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise UserError(f"The verdicts in {path} cannot be read ({error}).") from error
    return VerdictModel(question=tables[0], evidence=tables[1], bias=bias)


def _numbers(stored: object, *, count: int) -> Weights:
    if not isinstance(stored, list) or len(stored) != count:
        raise ValueError(f"not {count} numbers")
    return tuple(map(float, stored))
