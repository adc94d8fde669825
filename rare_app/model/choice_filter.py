"""Holds what is written to one of some texts, and remembers how sure the model was of it."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rare_app.model.pieces import Pieces


class ChoiceFilter:
    """Lets one of some texts be written and nothing else.

    Parameters
    ----------
    pieces : Pieces
        The model's vocabulary, which can spell the texts.
    texts : sequence of str
        None of them begins with another.

    Attributes
    ----------
    is_done : bool
        Whether one is written as a whole.
    probability : float
        What the model gave, at each token, to the texts that were left after it, in [0, 1]: the
        product over the tokens, of those alone that were allowed.
    """

    def __init__(self, *, pieces: Pieces, texts: Sequence[str]) -> None:
        self._pieces = pieces
        self._left = [text.encode() for text in texts]
        self._written = b""
        self._odds: dict[bytes, float] = {}
        self.probability = 1.0

    @property
    def is_done(self) -> bool:
        """Whether one is written as a whole."""
        return self._written in self._left

    def adjust(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take away what leads to none of the texts (``-inf``)."""
        at = len(self._written)
        allowed = {
            token for text in self._left for token in self._pieces.spelling(text, at, len(text))
        }
        self._odds = {}
        if not allowed:
            return logits
        best = max(float(logits[token]) for token in allowed)
        for token in allowed:
            piece = self._pieces.of(token)
            odds = math.exp(float(logits[token]) - best)
            self._odds[piece] = self._odds.get(piece, 0.0) + odds
        adjusted = np.full_like(logits, -np.inf)
        kept = list(allowed)
        adjusted[kept] = logits[kept]
        return adjusted

    def accept(self, piece: bytes) -> None:
        """Follow what is written."""
        at = len(self._written)
        self._written += piece
        self._left = [text for text in self._left if text.startswith(self._written)]
        # The same text can be spelled by other tokens, which speak for it as well.
        own = sum(
            odds
            for other, odds in self._odds.items()
            if any(text.startswith(other, at) for text in self._left)
        )
        if whole := sum(self._odds.values()):
            self.probability *= own / whole

    def expected(self) -> str:
        """Give the rest of the text, once one alone is left."""
        left = self._left[0] if len(self._left) == 1 else b""
        return left[len(self._written) :].decode("utf-8", "ignore")
