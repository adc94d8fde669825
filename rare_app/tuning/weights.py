"""Loss weights of a completion's tokens: more on the few that decide, less on copied ones."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rare_app.reasoning.prompt import ANSWER_CLOSE, ANSWER_OPEN, QUOTE_CLOSE, QUOTE_OPEN, REFUSAL

_QUOTE = re.compile(f"{re.escape(QUOTE_OPEN)}(.*?){re.escape(QUOTE_CLOSE)}", re.DOTALL)
_ANSWER = re.compile(f"{re.escape(ANSWER_OPEN)}(.*?){re.escape(ANSWER_CLOSE)}", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Weight of each kind of token in the loss.

    Attributes
    ----------
    decide : float
        The first tokens of the completion: to quote or to refuse.
    choose : float
        The first tokens of a quote: which sentence.
    copied : float
        The rest of a quote.
    answer : float
        The answer's own words.
    plain : float
        All else (wording, tags).
    decide_tokens, choose_tokens : int
        How many tokens count as first.
    """

    decide: float = 3.0
    choose: float = 3.0
    copied: float = 0.3
    answer: float = 2.5
    plain: float = 0.5
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
    found = []
    begun: dict[int, int] = {}
    for number, (start, end) in enumerate(offsets):
        quote = next((i for i, (low, high) in enumerate(quotes) if start < high and end > low), -1)
        if number < weights.decide_tokens:
            found.append(weights.decide)
        elif quote >= 0:
            begun[quote] = begun.get(quote, 0) + 1
            first = begun[quote] <= weights.choose_tokens
            found.append(weights.choose if first else weights.copied)
        elif any(start < high and end > low for low, high in answers):
            found.append(weights.answer)
        else:
            found.append(weights.plain)
    return found
