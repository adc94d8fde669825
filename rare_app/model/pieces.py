"""A vocabulary by its bytes: which tokens spell a given stretch of text."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping


class Pieces:
    """Finds tokens by the bytes that they stand for, without going through the vocabulary.

    Parameters
    ----------
    pieces : iterable of bytes
        The bytes of every token, in the order of the tokens; empty for control tokens, which are
        never found.
    """

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = list(pieces)
        self._tokens: dict[bytes, list[int]] = {}
        for token, piece in enumerate(self._pieces):
            if piece:
                self._tokens.setdefault(piece, []).append(token)
        self._lengths = sorted({len(piece) for piece in self._tokens})
        self._sorted = sorted(self._tokens)
        self._crossing: dict[bytes, dict[bytes, list[int]]] = {}

    def of(self, token: int) -> bytes:
        """Give the bytes that a token stands for."""
        return self._pieces[token]

    def spelling(self, text: bytes, start: int, end: int) -> Iterator[int]:
        """Find the tokens that spell the beginning of ``text[start:end]``, or all of it."""
        for length in self._lengths:
            if start + length > end:
                return
            yield from self._tokens.get(text[start : start + length], ())

    def starting_with(self, prefix: bytes) -> Iterator[tuple[int, bytes]]:
        """Find the tokens that begin with a prefix.

        Yields
        ------
        token : int
        rest : bytes
            What the token holds after the prefix; may be empty.
        """
        for at in range(bisect_left(self._sorted, prefix), len(self._sorted)):
            piece = self._sorted[at]
            if not piece.startswith(prefix):
                return
            for token in self._tokens[piece]:
                yield token, piece[len(prefix) :]

    def crossing(self, tag: bytes) -> Mapping[bytes, list[int]]:
        """Find the tokens that hold the end of a text and the beginning of a tag after it.

        Returns
        -------
        mapping of bytes to list of int
            By the bytes before the tag (never empty). Gathered once for each tag.
        """
        found = self._crossing.get(tag)
        if found is None:
            found = self._crossing[tag] = {}
            for piece, tokens in self._tokens.items():
                at = piece.find(tag[:1], 1)
                if at > 0 and (tag.startswith(piece[at:]) or piece.startswith(tag, at)):
                    found.setdefault(piece[:at], []).extend(tokens)
        return found
