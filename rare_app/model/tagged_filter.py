"""Holds what stands between two tags to a form; what is outside of them is left alone."""

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from rare_app.model.pieces import Pieces

_TRIED = 256
"""Likeliest tokens that are looked at; if none of them fits, the closing tag is gone on with."""
_TAIL = 64
"""Bytes that are kept of what was written; more than any tag has."""


class TaggedFilter(ABC):
    """Constrains what a completion writes between two tags; a subclass says what fits.

    Parameters
    ----------
    pieces : Pieces
        The model's vocabulary.
    tags : (str, str)
        What opens and closes it.

    Attributes
    ----------
    inside : str or None
        What was written since the opening tag; ``None`` outside of the tags.
    tail : bytes
        The end of all that was written.
    """

    def __init__(self, pieces: Pieces, tags: tuple[str, str]) -> None:
        self.pieces = pieces
        self._open, self._close = tags
        self.inside: str | None = None
        self.tail = b""

    def opened(self) -> None:  # noqa: B027 - a subclass may
        """Take note that the opening tag is complete."""

    def outside(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Adjust the logits outside of the tags; they are left as they are."""
        return logits

    @abstractmethod
    def fits(self, piece: bytes) -> bool:
        """Whether a token's bytes go on with what stands inside, the closing tag included."""

    def adjust(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Leave the tokens that fit; outside of the tags all."""
        if self.inside is None:
            return self.outside(logits)
        count = min(_TRIED, len(logits))
        likeliest = np.argpartition(-logits, count - 1)[:count]
        allowed = [int(token) for token in likeliest if self.fits(self.pieces.of(int(token)))]
        adjusted = np.full_like(logits, -np.inf)
        if allowed:
            adjusted[allowed] = logits[allowed]
        else:
            tag, written = self._close, self.inside
            begun = next(n for n in range(len(tag), -1, -1) if written.endswith(tag[:n]))
            adjusted[list(self.pieces.spelling(tag.encode(), begun, len(tag)))] = 0.0
        return adjusted

    def accept(self, piece: bytes) -> None:
        """Follow what is written."""
        self.tail = (self.tail + piece)[-_TAIL:]
        if self.inside is None:
            if self.tail.endswith(self._open.encode()):
                self.inside = ""
                self.opened()
            return
        self.inside += piece.decode("utf-8", errors="replace")
        if self._close in self.inside:
            self.inside = None

    def expected(self) -> str:
        """Nothing is known of what comes next."""
        return ""
