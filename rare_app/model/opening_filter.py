"""Holds an answer's first words to one of some texts; what follows them is the model's own."""

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rare_app.model.pieces import Pieces
from rare_app.words import is_joined


class OpeningFilter:
    """Lets an answer begin with one of some texts alone, and then go on or end.

    Behind a whole text comes the end of a word: “no” does not become “nothing”. Each text may have
    its first letter capital.

    Parameters
    ----------
    pieces : Pieces
        The model's vocabulary. A text that it cannot spell is left out.
    openings : sequence of str
    tag : str
        What opens the answer; nothing is constrained before.
    """

    def __init__(
        self,
        *,
        pieces: Pieces,
        openings: Sequence[str],
        tag: str,
    ) -> None:
        self._pieces = pieces
        forms = (form for one in openings for form in (one, one[:1].upper() + one[1:]))
        self._left = [text for text in dict.fromkeys(f.encode() for f in forms) if text]
        self._tag = tag.encode()
        self._before: bytes | None = b""
        self._written = b""

    def adjust(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Forbid what would lead to none of the texts."""
        if self._before is not None or not self._left:
            return logits
        at = len(self._written)
        going_on = {
            token for text in self._left for token in self._pieces.spelling(text, at, len(text))
        }
        whole = self._written in self._left
        if not going_on and not whole:
            return logits
        if whole and not is_joined(self._written.decode(errors="ignore")[-1:]):
            return logits
        forbidden = np.ones(len(logits), dtype=bool)
        if whole:
            forbidden = _joining(self._pieces, len(logits)).copy()
        forbidden[list(going_on)] = False
        return np.where(forbidden, np.float32(-np.inf), logits)

    def accept(self, piece: bytes) -> None:
        """Follow what the answer goes on with."""
        if self._before is not None:
            self._before += piece
            at = self._before.rfind(self._tag)
            if at < 0:
                return
            piece = self._before[at + len(self._tag) :]
            self._before = None
        self._written = (self._written + piece).lstrip()
        self._left = [text for text in self._left if text.startswith(self._written)]

    def expected(self) -> str:
        """Give the rest of the only text that is left."""
        if self._before is not None or len(self._left) != 1:
            return ""
        return self._left[0][len(self._written) :].decode(errors="ignore")


@lru_cache(maxsize=2)
def _joining(pieces: Pieces, size: int) -> NDArray[np.bool_]:
    """Mark the tokens that would go on with a word, or begin inside a character.

    Returns
    -------
    array of bool, shape (size,)
    """
    return np.array([_joins(pieces.of(token)) for token in range(size)], dtype=bool)


def _joins(piece: bytes) -> bool:
    for size in range(1, 5):
        with suppress(UnicodeDecodeError):
            return is_joined(piece[:size].decode())
    return True
