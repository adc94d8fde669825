"""Read ahead: tokens that are likely to come are decoded in one batch, before they are chosen.

A batch costs less than its tokens one by one, since the weights are read once for all. So tokens
are guessed (“drafted”), decoded together, and taken over one by one as long as the one that is
chosen is the one that was guessed. What is written is the same as without; only llama.cpp's
rounding differs a little between sizes of a batch. Guesses come from the text that a filter
expects, and from what stands behind the same tokens earlier in the context (“prompt lookup
decoding”, Saxena 2023).
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from rare_app.model.llama import LanguageModel

AHEAD = 31
"""Most tokens that are guessed at once."""
_LENGTHS = (3, 7, 15, 31)
"""Numbers of guesses that are weighed up; with the chosen token before they are whole fours, which
llama.cpp multiplies together."""
_AGREE = 16
"""Tokens that must agree for a lookup; chosen from what a batch costs, not tuned."""
_KNOWN = (29, 30)
"""Guesses that were right, of how many: what is taken for known at first."""


def _cost(tokens: int) -> float:
    """Time that a batch takes with logits for each token, in times of a single one.

    Measured with one thread (docs/decisions.md); where single tokens wait for the memory, a batch
    is cheaper.
    """
    return min(1 + 0.75 * (tokens - 1), 4.4 + 0.27 * tokens)


def worth_guessing(likely: float, available: int) -> int:
    """Say how many tokens are to be guessed so that most are written in the time.

    Parameters
    ----------
    likely : float
        How likely each guess is right where the one before it was (0-1).
    available : int
        Guesses at hand.
    """
    best, gain = 0, 1.0
    for count in sorted({min(length, available) for length in _LENGTHS}):
        written = 1 + sum(likely**i for i in range(1, count + 1))
        if written / _cost(1 + count) > gain:
            best, gain = count, written / _cost(1 + count)
    return best


class PromptLookup:
    """Guesses that what followed the last tokens before follows them again.

    Parameters
    ----------
    tokens : sequence of int
        What the context holds.
    """

    def __init__(self, tokens: Sequence[int]) -> None:
        self._tokens: list[int] = []
        self._after: dict[tuple[int, ...], int] = {}
        self._found: int | None = None
        for token in tokens:
            self.add(token)

    def add(self, token: int) -> None:
        """Take note of the next token."""
        self._tokens.append(token)
        self._found = None
        if len(self._tokens) >= _AGREE:
            end = tuple(self._tokens[-_AGREE:])
            self._found = self._after.get(end)
            self._after[end] = len(self._tokens)

    def guess(self) -> list[int]:
        """Give what followed the last tokens where they stood last, at most :data:`AHEAD`."""
        return [] if self._found is None else self._tokens[self._found : self._found + AHEAD]


class ReadAhead:
    """The end of the answer's context, with guesses behind what was chosen.

    Parameters
    ----------
    model : LanguageModel
        Holds the prompt, and its logits.
    most : int
        Most tokens that are guessed at once. None are for a model that cannot forget the end of
        its context.
    """

    def __init__(self, model: LanguageModel, *, most: int = AHEAD) -> None:
        self._model = model
        self._most = min(most, model.batch_tokens - 1) if model.can_cut else 0
        self._lookup = PromptLookup(model.held if self._most > 0 else ())
        self._guesses: list[int] = []
        self._is_expected = True
        self._known = {True: _KNOWN, False: _KNOWN}

    def logits(self) -> NDArray[np.float32]:
        """Logits of the token that is to be chosen, shape (vocabulary_size,)."""
        return self._model.logits(before=len(self._guesses))

    def go_on(self, token: int, *, expected: Callable[[], str], room: int) -> None:
        """Bring the context behind the token that was chosen.

        Parameters
        ----------
        expected : callable
            Gives the text that is expected next; empty where none is.
        room : int
            Most tokens that may still be chosen.

        Raises
        ------
        ModelError
            llama.cpp failed.
        """
        if self._most > 0:
            self._lookup.add(token)
        if self._guesses:
            right = self._guesses[0] == token
            self._learn(right=right)
            if right:
                del self._guesses[0]
                return
            self.settle()
        most = min(self._most, room)
        guesses = self._guess(expected, most) if most > 0 else []
        self._model.extend([token, *guesses], guesses=len(guesses))
        self._guesses = guesses

    def settle(self) -> None:
        """Forget the guesses: the context then holds what was chosen, and its logits."""
        if self._guesses:
            self._model.keep(self._model.held_tokens - len(self._guesses))
            self._guesses = []

    def _guess(self, expected: Callable[[], str], most: int) -> list[int]:
        text = expected()
        self._is_expected = bool(text)
        guesses = self._model.tokenise(text) if text else self._lookup.guess()
        right, all_ = self._known[self._is_expected]
        return guesses[: worth_guessing(right / all_, min(most, len(guesses)))]

    def _learn(self, *, right: bool) -> None:
        hits, all_ = self._known[self._is_expected]
        self._known[self._is_expected] = hits + right, all_ + 1
