"""Quote or refuse: the first decision of a completion, taken by a calibrated rule."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rare_app.model import Engine, GateNumbers, LanguageModel
from rare_app.prompt import QUOTE_OPEN, REFUSAL_THOUGHTS
from rare_app.settings import Settings
from rare_app.types import Decision


def answer_log_odds(model: LanguageModel, logits: NDArray[np.float32]) -> float:
    """Tell how much likelier the completion opens with anything else than with a refusal, in nats.

    Parameters
    ----------
    logits : array of float32, shape (vocabulary,)
        At the completion's first token.
    """
    refusal = logits[refusal_token(model)].astype(np.float64)
    others = np.logaddexp.reduce(np.delete(logits, refusal_token(model)).astype(np.float64))
    return float(others - refusal)


def refusal_token(model: LanguageModel) -> int:
    """Give the token that a refusal's thought begins with."""
    return model.tokenise(REFUSAL_THOUGHTS[0])[0]


def quote_log_odds(model: LanguageModel, logits: NDArray[np.float32]) -> float:
    """Tell how much likelier the completion opens with a quote than with a refusal, in nats.

    Parameters
    ----------
    logits : array of float32, shape (vocabulary,)
        At the completion's first token.

    Returns
    -------
    float
        Infinite for a vocabulary in which both begin with the same token.
    """
    quote = model.tokenise(QUOTE_OPEN)[0]
    refusals = sorted({model.tokenise(text)[0] for text in REFUSAL_THOUGHTS} - {quote})
    if not refusals:
        return float("inf")
    return float(logits[quote] - np.logaddexp.reduce(logits[refusals].astype(np.float64)))


USUAL_EXPECTED = 0.59
"""Expected recall of the likeliest answer where the passages answer: the median on data."""
_LEAST_EXPECTED = 0.01
"""Added to an expected recall, so that one of 0 is finite in nats."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Answers where model and reader together find an answer likelier than a refusal.

    That is where ``model · log-odds + reader · reader's log-odds + expected · log(expected recall /
    usual recall) + offset > 0``, all in nats. Without a reader, or where it does not know the
    language, the model's own log-odds decide alone.

    Attributes
    ----------
    numbers : GateNumbers
        The model's own, from its profile.
    nats : float
        Added to both sums: above 0 more is answered, below 0 more refused.
    """

    numbers: GateNumbers
    nats: float = 0.0

    @classmethod
    def of(cls, settings: Settings) -> "Gate":
        """Make the gate of the model that the settings name; one that refuses nothing without."""
        numbers = Engine(settings=settings).profile().gate or GateNumbers(offset=math.inf)
        return cls(numbers, settings.gate_nats)

    def quotes(self, signs: Decision) -> bool:
        """Whether the completion is to answer; otherwise it is a refusal."""
        if signs.reader_log_odds is None:
            return signs.log_odds + self.nats > self.numbers.alone
        return self.total(signs) > 0

    def total(self, signs: Decision) -> float:
        """Add up what speaks for an answer, in nats; what is ``None`` adds nothing."""
        own = self.numbers
        usual = math.log(USUAL_EXPECTED + _LEAST_EXPECTED)
        sure = 0.0 if signs.expected is None else math.log(signs.expected + _LEAST_EXPECTED) - usual
        return (
            own.model * signs.log_odds
            + own.reader * (signs.reader_log_odds or 0.0)
            + own.expected * sure
            + own.offset
            + self.nats
        )


class NotNext:
    """Keeps some tokens from being the next one; whatever it is, what follows is free.

    Parameters
    ----------
    tokens : iterable of int
    is_end : callable
        Whether a token ends the completion, so that it is kept from being the next one, too.
    """

    def __init__(
        self, tokens: Iterable[int], is_end: Callable[[int], bool] = lambda _: False
    ) -> None:
        self._tokens: list[int] | None = list(tokens)
        self._is_end = is_end

    def adjust(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take the tokens away, at the first token alone."""
        if self._tokens is None:
            return logits
        adjusted = logits.copy()
        adjusted[self._tokens] = -np.inf
        while self._is_end(likeliest := int(adjusted.argmax())):
            adjusted[likeliest] = -np.inf
        return adjusted

    def accept(self, piece: bytes) -> None:  # noqa: ARG002 - whatever it was, it is written
        """Take note that something was written."""
        self._tokens = None

    def expected(self) -> str:
        """Nothing: the words are the model's own."""
        return ""


def no_refusal(model: LanguageModel) -> NotNext:
    """Keep the completion from opening with a refusal, where it was decided that it answers."""
    return NotNext([refusal_token(model)])


def no_end(model: LanguageModel) -> NotNext:
    """Keep the reasoning from ending behind a row that code has spelled out: what follows is said.

    Asked for the answer right behind a row, a small model takes the first figure of it.
    """
    return NotNext((one for one, _ in model.pieces.starting_with(b"</")), model.is_end)


def no_row(model: LanguageModel) -> NotNext:
    """Keep the model from spelling a row out by itself behind a quote that holds none.

    It has seen code do so in the worked examples, and makes up what the cells are called.
    """
    openings = (b"(", b" (", b" |", b"|")
    return NotNext(one for begin in openings for one, _ in model.pieces.starting_with(begin))


class NoTag:
    """Keeps the sentence before the first quote from being a tag: it is the model's own."""

    def __init__(self, model: LanguageModel) -> None:
        pieces = model.pieces
        inside = (one for tokens in pieces.crossing(b"<").values() for one in tokens)
        self._tokens = [*(one for one, _ in pieces.starting_with(b"<")), *inside]

    def adjust(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take every token away that opens or closes a tag."""
        adjusted = logits.copy()
        adjusted[self._tokens] = -np.inf
        return adjusted

    def accept(self, piece: bytes) -> None:
        """Nothing is to be noted."""

    def expected(self) -> str:
        """Nothing: the sentence is the model's own."""
        return ""
