"""Weighs a few words against each other where a model is about to write one of them."""

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from rare_app.model.pieces import Pieces

_LIKELY, _OPEN = 0.5, 0.01
"""Least share of the next token that the words must hold together, and least share of that which
the second of them must have: a model that is sure, or is writing something else, is left alone."""
_SMALLEST = 1e-4


class ChoiceGuide:
    """Mixes the model's odds between some words with what another model says of them.

    The mixture is geometric: ``log p = (1 - weight) · log p(model) + weight · log p(other)``, up to
    a constant (a logarithmic opinion pool; Genest and Zidek 1986, section 3). How likely the words
    are together, against everything else, stays as it is: the guide says which of them is written,
    not whether one is.

    Parameters
    ----------
    pieces : Pieces
        The model's vocabulary.
    shares : mapping of str to float
        For each word, in lower case, how likely it is; they add up to 1. A word that no token of
        the vocabulary spells out is left to the model.
    weight : float
        The other model's part in the mixture (0-1): 0 changes nothing, 1 asks it alone.
    silent : callable, optional
        Tells when nothing is to be guided, as inside a quote.
    """

    def __init__(
        self,
        *,
        pieces: Pieces,
        shares: Mapping[str, float],
        weight: float,
        silent: Callable[[], bool] = lambda: False,
    ) -> None:
        spelled = [(_spelled(pieces, word), share) for word, share in shares.items()]
        known = [(tokens, share) for tokens, share in spelled if len(tokens)]
        self._tokens = [tokens for tokens, _ in known]
        self._weight = weight
        self._gains = [weight * math.log(max(share, _SMALLEST)) for _, share in known]
        self._silent = silent

    def adjust(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Move the words' logits against each other, where one of them is coming."""
        if len(self._tokens) < 2 or self._silent():
            return logits
        whole = np.logaddexp.reduce(logits.astype(np.float64))
        parts = np.array([_log_sum(logits, tokens) for tokens in self._tokens]) - whole
        shares = np.exp(parts)
        together = shares.sum()
        if together < _LIKELY or np.sort(shares)[-2] < _OPEN * together:
            return logits
        moved = (1 - self._weight) * parts + self._gains
        moved += np.log(together) - np.logaddexp.reduce(moved)
        adjusted = logits.copy()
        for tokens, gain in zip(self._tokens, moved - parts, strict=True):
            adjusted[tokens] += np.float32(gain)
        return adjusted

    def accept(self, piece: bytes) -> None:
        """Nothing is remembered: the model's own next token tells where a word is coming."""

    def expected(self) -> str:
        """Give nothing: which word comes is just what is not known."""
        return ""


def _spelled(pieces: Pieces, word: str) -> NDArray[np.int64]:
    """Find the tokens that are the whole word, in lower case or not, with a blank before or not."""
    forms = [blank + cased for blank in ("", " ") for cased in (word, word.capitalize())]
    found = [
        token for form in forms for token, rest in pieces.starting_with(form.encode()) if not rest
    ]
    return np.array(found, dtype=np.int64)


def _log_sum(logits: NDArray[np.float32], tokens: NDArray[np.int64]) -> float:
    return float(np.logaddexp.reduce(logits[tokens].astype(np.float64), initial=-np.inf))
