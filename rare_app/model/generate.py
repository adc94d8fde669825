"""Go on from what the context holds, a piece of text at a time."""

import codecs
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rare_app.model.draft import AHEAD, ReadAhead
from rare_app.model.errors import Cancelled
from rare_app.model.llama import LanguageModel
from rare_app.model.sample import Sampler, is_looping


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt in the parts that memory knows; see :mod:`rare_app.prompt.layout`.

    Attributes
    ----------
    prefix : tuple of int
        Tokens of the chat template's beginning and the system text; constant.
    blocks : tuple of tuple of int
        Tokens of each passage block, in the order they stand in.
    question : tuple of int
        Tokens of the chat so far, the question and the assistant's opening.
    anew : tuple of int
        Tokens of a passage that is read anew behind the blocks, as a part of no memory.
    adapted : bool
        Whether an adapter that acts from the question on acts on this one.
    """

    prefix: tuple[int, ...]
    blocks: tuple[tuple[int, ...], ...]
    question: tuple[int, ...]
    anew: tuple[int, ...] = ()
    adapted: bool = True

    @property
    def tokens(self) -> list[int]:
        """All tokens in a row."""
        blocks = (token for block in self.blocks for token in block)
        return [*self.prefix, *blocks, *self.anew, *self.question]

    @property
    def behind(self) -> tuple[int, ...]:
        """All tokens behind the blocks."""
        return (*self.anew, *self.question)


@dataclass(slots=True)
class Usage:
    """What an answer has cost, in tokens."""

    prompt: int = 0
    prompt_from_memory: int = 0
    generated: int = 0


class TokenFilter(Protocol):
    """Has a say in each token; follows the ones that were chosen."""

    def adjust(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give the logits to choose from; ``-inf`` for what is not allowed."""

    def accept(self, piece: bytes) -> None:
        """Take note of the bytes of the token that was chosen."""

    def expected(self) -> str:
        """Give the text that is likely to come next; empty where nothing is known of it.

        It is read ahead, and costs nothing but time where it does not come.
        """


@dataclass(frozen=True, slots=True)
class _Together:
    filters: tuple[TokenFilter, ...]

    def adjust(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Let each adjust what the one before gave."""
        for one in self.filters:
            logits = one.adjust(logits)
        return logits

    def accept(self, piece: bytes) -> None:
        """Tell each."""
        for one in self.filters:
            one.accept(piece)

    def expected(self) -> str:
        """Give what the first one knows that knows anything."""
        return next(filter(None, (one.expected() for one in self.filters)), "")


def together(*filters: TokenFilter | None) -> TokenFilter | None:
    """Let filters have a say one after the other; ``None`` where there is none."""
    given = tuple(one for one in filters if one is not None)
    return _Together(given) if len(given) > 1 else given[0] if given else None


def generate(
    model: LanguageModel,
    *,
    sampler: Sampler,
    longest: int,
    stop: Sequence[str],
    usage: Usage,
    token_filter: TokenFilter | None = None,
    enough: Callable[[], bool] = lambda: False,
    cancelled: Callable[[], bool] = lambda: False,
    ahead: int = AHEAD,
) -> Iterator[str]:
    """Generate text after what the context holds.

    Parameters
    ----------
    longest : int
        Most tokens.
    stop : sequence of str
        Texts that end the generation; the one that was met is part of the text.
    usage : Usage
        Its ``generated`` is counted up.
    token_filter : TokenFilter, optional
        Constrains and guides what is chosen; left out, all tokens are as likely as the model says.
    enough : callable
        Asked after each token: whether the text may end there.
    ahead : int
        Most tokens that are read ahead of the one that is chosen; 0 reads none. What is written
        does not depend on it.

    Yields
    ------
    str
        Text, as it comes; whole characters only.

    Raises
    ------
    Cancelled
        The user stopped the question.
    """
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    tokens: list[int] = []
    tail = ""
    reach = max((len(one) for one in stop), default=0)
    longest = min(longest, model.context_tokens - model.held_tokens)
    context = ReadAhead(model, most=ahead)
    expected = token_filter.expected if token_filter else str
    done = False
    try:
        while not done and len(tokens) < longest:
            if cancelled():
                raise Cancelled
            logits = context.logits()
            token = sampler.choose(token_filter.adjust(logits) if token_filter else logits)
            if model.is_end(token):
                break
            tokens.append(token)
            usage.generated += 1
            piece = model.piece(token)
            if token_filter:
                token_filter.accept(piece)
            text = decoder.decode(piece)
            if text:
                yield text
                tail = tail[-reach:] + text
            done = any(one in tail for one in stop) or is_looping(tokens) or enough()
            room = 0 if done else longest - len(tokens) - 1
            context.go_on(token, expected=expected, room=room)
    finally:
        context.settle()
    if rest := decoder.decode(b"", final=True):
        yield rest
