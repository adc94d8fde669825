"""Guides an answer towards spans that a reader thinks likely, without forcing it."""

import itertools
import math
from collections.abc import Callable, Sequence
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
    Once the answer agrees with no span it goes its own way. A span's words are spelled as the model
    writes them: “with” goes on with “without”, but behind it the model would hardly write “out”.

    Parameters
    ----------
    pieces : Pieces
        The model's vocabulary.
    spans : sequence of Span
        Shares need not add up to 1.
    tokenise : callable
        Text to the tokens in which the model writes it.
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
        tokenise: Callable[[str], Sequence[int]],
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
        self._steps: dict[bytes, dict[int, int]] = {}
        for span in spans:
            if span.text:
                text = span.text.encode() + self._close
                shares[text] = shares.get(text, 0.0) + span.share
                self._steps[text] = self._cut(text, tokenise(text.decode()))
        self._left = shares
        self._written = b""

    def _cut(self, text: bytes, tokens: Sequence[int]) -> dict[int, int]:
        """Say at which byte of a text each of its tokens begins; nothing if they spell another."""
        pieces = [self._pieces.of(token) for token in tokens]
        starts = itertools.accumulate(map(len, pieces), initial=0)
        return dict(zip(starts, tokens, strict=False)) if b"".join(pieces) == text else {}

    def _next(self, text: bytes, at: int) -> set[int]:
        """Give the tokens with which a span's text goes on from a byte."""
        own = self._steps[text].get(at)
        return set(self._pieces.spelling(text, at, len(text))) if own is None else {own}

    def adjust(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Add the mixture's part to the logits of the next token."""
        if self._before is not None or not self._left or not self._weight:
            return logits
        going_on: dict[int, float] = {}
        at = len(self._written)
        for text, share in self._left.items():
            for token in self._next(text, at):
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

    def expected(self) -> str:
        """Give the rest of the span that is likelier than all others together; empty if none is."""
        if self._before is not None or not self._left or not self._weight:
            return ""
        likeliest = max(self._left, key=self._left.__getitem__)
        if 2 * self._left[likeliest] < sum(self._left.values()) + self._other:
            return ""
        return likeliest[len(self._written) :].decode("utf-8", "ignore")
