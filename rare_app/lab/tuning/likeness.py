"""How much two short texts share, by words: enough to pick a sentence without a model."""

import math

from rare_app.lab.tuning.sentences import Span, sentence_spans
from rare_app.lab.tuning.text import normalise

_COMMON_WORDS = (
    "a an and are as at be by can did do does for from had has have how in is it its of on or "
    "that the their there these this to was were what when where which who whom why will with"
)
_COMMON = frozenset(_COMMON_WORDS.split())


def likeness(first: str, second: str) -> float:
    """Give the cosine of the two sets of telling words (stems by six letters)."""
    left, right = _stems(first), _stems(second)
    if not left or not right:
        return 0.0
    return len(left & right) / math.sqrt(len(left) * len(right))


def likest_sentence(question: str, text: str, *, holding: str = "", late: bool = False) -> Span:
    """Find the sentence of `text` that is most like `question`.

    Parameters
    ----------
    holding : str
        Only sentences that hold these words count, when there is one.
    late : bool
        Weigh later sentences more (where an abstract says what came out).
    """
    return _likest(question, text, sentence_spans(text), holding=holding, late=late)


def likest_line(question: str, text: str, *, holding: str = "") -> Span:
    """Find the line of `text` that is most like `question`, as :func:`likest_sentence`."""
    spans, start = [], 0
    for line in text.split("\n"):
        if line.strip():
            spans.append((start, start + len(line)))
        start += len(line) + 1
    return _likest(question, text, spans, holding=holding, late=False)


def _likest(question: str, text: str, spans: list[Span], *, holding: str, late: bool) -> Span:
    spans = [span for span in spans if holding in text[slice(*span)]] or spans or [(0, len(text))]
    weight = 0.5 / len(spans) if late else 0.0

    def score(index: int) -> float:
        return likeness(question, text[slice(*spans[index])]) * (1.0 + weight * index)

    return spans[max(range(len(spans)), key=score)]


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:6] for word in normalise(text).split() if word not in _COMMON)
