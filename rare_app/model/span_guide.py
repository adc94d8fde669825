"""Guides an answer towards spans that a reader thinks likely, without forcing it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rare_app.model.pieces import Pieces


@dataclass(frozen=True, slots=True)
class Span:
    """Words that may be the answer, and how likely they are (0–1)."""

    text: str
    share: float


class SpanGuide:
    """Adds to each token's logit what a mixture says of it: some spans, or anything else.

    Let p(s) be the spans' shares and e the share left to answers that are none of them. Where the
    answer so far agrees with spans of the shares P in all, a token with which those of the shares
    p go on gets ``weight · log((p + e) / (P + e))``, every other ``weight · log(e / (P + e))``.
    Once the answer agrees with no span it goes its own way.

    Parameters
    ----------
    pieces : Pieces
        The model's vocabulary.
    spans : sequence of Span
        Shares need not add up to 1.
    tags : (str, str)
        What opens and what ends the answer; nothing is guided before.
    other : float
        The share e, above 0.
    weight : float
        0 changes nothing, 1 takes the shares as they are.
    """

    def __init__(
        self,
        *,
        pieces: Pieces,
        spans: Sequence[Span],
        tags: tuple[str, str],
        other: float,
        weight: float,
    ) -> None:
        self._pieces = pieces
        self._open, self._close = (tag.encode() for tag in tags)
        self._before: bytes | None = b""
        self._other = other
        self._weight = weight
        shares: dict[bytes, float] = {}
        for span in spans:
            text = span.text.encode()
            if text:
                text += self._close
                shares[text] = shares.get(text, 0.0) + span.share
        self._left = shares
        self._written = b""

    def adjust(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Add the mixture's part to the logits of the next token."""
        if self._before is not None or not self._left or not self._weight:
            return logits
        going_on: dict[int, float] = {}
        at = len(self._written)
        for text, share in self._left.items():
            for token in set(self._pieces.spelling(text, at, len(text))):
                going_on[token] = going_on.get(token, 0.0) + share
        whole = sum(self._left.values()) + self._other
        adjusted = logits + np.float32(self._weight * math.log(self._other / whole))
        tokens = np.fromiter(going_on, dtype=np.int64, count=len(going_on))
        shares = np.fromiter(going_on.values(), dtype=np.float64, count=len(going_on))
        gain = self._weight * np.log((shares + self._other) / self._other)
        adjusted[tokens] += gain.astype(np.float32)
        return adjusted

    def accept(self, piece: bytes) -> None:
        """Follow what the completion goes on with."""
        if self._before is not None:
            self._before += piece
            at = self._before.find(self._open)
            if at < 0:
                return
            piece = self._before[at + len(self._open) :]
            self._before = None
        self._written += piece
        self._left = {
            text: share for text, share in self._left.items() if text.startswith(self._written)
        }
