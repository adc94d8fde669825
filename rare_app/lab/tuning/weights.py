"""Loss weights of a completion's tokens: more on the few that decide, less on copied ones."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rare_app.calc import CLOSE
from rare_app.prompt import (
    ANSWER_CLOSE,
    ANSWER_OPEN,
    QUOTE_CLOSE,
    QUOTE_OPEN,
    REFUSAL,
    REFUSAL_THOUGHTS,
)

_QUOTE = re.compile(f"{re.escape(QUOTE_OPEN)}(.*?){re.escape(QUOTE_CLOSE)}", re.DOTALL)
_GIVEN = re.compile(
    rf"(?<={re.escape(CLOSE)}) = [^\n]*|(?<={re.escape(QUOTE_CLOSE)}) \([^\n]*(?=\n)"
)
"""What code puts in behind a calculation, and behind the quote of a table's row."""
_ANSWER = re.compile(f"{re.escape(ANSWER_OPEN)}(.*?){re.escape(ANSWER_CLOSE)}", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Weight of each kind of token in the loss.

    Attributes
    ----------
    decide : float
        To quote or to refuse: the completion's first tokens where it begins with one of both;
        behind a thought of its own the first quote's tag, or the first tokens of the refusal.
    choose : float
        The first tokens of a quote: which sentence.
    copied : float
        The rest of a quote.
    answer : float
        The answer's own words.
    plain : float
        All else (wording, tags).
    given : float
        What code puts in.
    decide_tokens, choose_tokens : int
        How many tokens count as first.
    """

    decide: float = 3.0
    choose: float = 3.0
    copied: float = 0.3
    answer: float = 2.5
    plain: float = 0.5
    given: float = 0.0
    decide_tokens: int = 2
    choose_tokens: int = 4


def weigh(text: str, offsets: Sequence[tuple[int, int]], *, weights: Weights) -> list[float]:
    """Weigh the tokens of a completion.

    Parameters
    ----------
    text : str
        The completion.
    offsets : sequence of (int, int)
        Where each token stands in it.

    Returns
    -------
    list of float
        One weight a token.
    """
    quotes = [match.span(1) for match in _QUOTE.finditer(text)]
    answers = [match.span(1) for match in _ANSWER.finditer(text) if match.group(1) != REFUSAL]
    given = [match.span() for match in _GIVEN.finditer(text)]
    decides = _deciding(text)
    found = []
    begun: dict[int, int] = {}
    decided = 0
    for start, end in offsets:
        quote = next((i for i, (low, high) in enumerate(quotes) if start < high and end > low), -1)
        if end > decides and decided < weights.decide_tokens:
            decided += 1
            found.append(weights.decide)
        elif quote >= 0:
            begun[quote] = begun.get(quote, 0) + 1
            first = begun[quote] <= weights.choose_tokens
            found.append(weights.choose if first else weights.copied)
        elif any(start < high and end > low for low, high in answers):
            found.append(weights.answer)
        elif any(low <= start and end <= high for low, high in given):
            found.append(weights.given)
        else:
            found.append(weights.plain)
    return found


def _deciding(text: str) -> int:
    """Give the place at which a completion decides to quote or to refuse."""
    if text.startswith((QUOTE_OPEN, *REFUSAL_THOUGHTS)):
        return 0
    places = (text.find(QUOTE_OPEN), text.find(f"{ANSWER_OPEN}{REFUSAL}"))
    found = [place for place in places if place >= 0]
    refuses = bool(found) and min(found) == places[1]
    return min(found) + len(ANSWER_OPEN) * refuses if found else 0
