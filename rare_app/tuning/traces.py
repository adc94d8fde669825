"""Which of a teacher's tries may be learned from: right answer, every quote in the passages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rare_app.evaluation import exact_match, token_f1
from rare_app.reasoning import choice_of, is_refusal, parse_completion, quotes_of
from rare_app.reasoning.prompt import REFUSAL, neutralise
from rare_app.tuning.items import Passage

_QUOTE_TEXT = re.compile(r"(<quote>)(.*?)(</quote>)", re.IGNORECASE | re.DOTALL)

RIGHT_FROM = 0.6
"""Token-F1 from which an answer counts as right."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Reasoning and answer to be learned; quotes are the passages' own characters."""

    reasoning: str
    answer: str


def accept(
    text: str,
    *,
    passages: Sequence[Passage],
    answers: Sequence[str],
    choices: Sequence[str] = (),
    right_from: float = RIGHT_FROM,
) -> tuple[Trace | None, str]:
    """Judge a try.

    Parameters
    ----------
    text : str
        What the teacher wrote.
    answers : sequence of str
        Right answers; empty when the passages do not answer.
    choices : sequence of str
        The closed set, if there is one.
    right_from : float
        Least token-F1 of an answer that is right.

    Returns
    -------
    trace : Trace or None
        What is to be learned; ``None`` when the try is rejected.
    reason : str
        Why it was rejected: ``form``, ``answer`` or ``quote``; empty for a trace.
    """
    parsed = parse_completion(text, finished=True)
    if not (parsed.answer_begun and parsed.answer and parsed.reasoning):
        return None, "form"
    if is_refusal(parsed.answer) != (not answers):
        return None, "answer"
    if not answers:
        answer = REFUSAL
    elif choices:
        answer = choice_of(parsed.answer, choices) or ""
        if not exact_match(answer, answers):
            return None, "answer"
    else:
        answer = parsed.answer
        if token_f1(answer, answers) < right_from:
            return None, "answer"
    quotes = quotes_of(parsed.reasoning)
    if answers and not quotes:
        return None, "quote"
    if not all(_verbatim(quote, passages) for quote in quotes):
        return None, "quote"

    def own_words(match: re.Match[str]) -> str:
        return f"{match[1]}{_verbatim(match[2], passages) or match[2]}{match[3]}"

    return Trace(_QUOTE_TEXT.sub(own_words, parsed.reasoning), answer), ""


def _verbatim(quote: str, passages: Sequence[Passage]) -> str | None:
    """Give the passage's own characters for a quote that differs in white space at most."""
    words = quote.split()
    if not words:
        return None
    pattern = re.compile(r"\s+".join(map(re.escape, words)))
    found = (pattern.search(neutralise(passage.text)) for passage in passages)
    return next((match.group() for match in found if match), None)
