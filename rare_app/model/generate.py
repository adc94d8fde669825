"""Go on from what the context holds, a piece of text at a time."""

import codecs
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rare_app.model.errors import Cancelled
from rare_app.model.llama import LanguageModel
from rare_app.model.sample import Sampler, is_looping


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt in the parts that memory knows; see :mod:`rare_app.reasoning.prompt`.

    Attributes
    ----------
    prefix : tuple of int
        Tokens of the chat template's beginning and the system text; constant.
    blocks : tuple of tuple of int
        Tokens of each passage block, in the order they stand in.
    question : tuple of int
        Tokens of the chat so far, the question and the assistant's opening.
    """

    prefix: tuple[int, ...]
    blocks: tuple[tuple[int, ...], ...]
    question: tuple[int, ...]

    @property
    def tokens(self) -> list[int]:
        """All tokens in a row."""
        return [*self.prefix, *(token for block in self.blocks for token in block), *self.question]


@dataclass(slots=True)
class Usage:
    """What an answer has cost, in tokens."""

    prompt: int = 0
    prompt_from_memory: int = 0
    generated: int = 0


def generate(
    model: LanguageModel,
    *,
    sampler: Sampler,
    longest: int,
    stop: Sequence[str],
    usage: Usage,
    cancelled: Callable[[], bool] = lambda: False,
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
    while len(tokens) < longest:
        if cancelled():
            raise Cancelled
        token = sampler.choose(model.logits())
        if model.is_end(token):
            break
        tokens.append(token)
        usage.generated += 1
        text = decoder.decode(model.piece(token))
        if text:
            yield text
            tail = tail[-reach:] + text
        model.extend([token])
        if any(one in tail for one in stop) or is_looping(tokens):
            break
    if rest := decoder.decode(b"", final=True):
        yield rest
