"""How far a prompt is read, told while it goes on."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, TypeVar

from rare_app.model.generate import Prompt
from rare_app.model.llama import LanguageModel

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a prompt is read.

    Attributes
    ----------
    passages : int
        Passages that have to be read; 0 where the model has read all of them before.
    read : int
        How many of them are read.
    tokens : int
        Tokens that have to be read, the question's among them.
    read_tokens : int
        How many of them are read.
    new : bool
        Whether the passages are read because they are new to the model, which will remember them;
        false where it reads them for every question.
    """

    passages: int
    tokens: int
    read: int = 0
    read_tokens: int = 0
    new: bool = False


def read_plainly(
    model: LanguageModel, prompt: Prompt, *, cancelled: Callable[[], bool]
) -> Generator[Reading, None, int]:
    """Read a prompt without a memory, each token in view of all before it (ordinary attention).

    What the context holds already is not read again.

    Yields
    ------
    Reading
        Before the first batch and after each.

    Returns
    -------
    int
        Tokens that were in the context already.

    Raises
    ------
    Cancelled
        The user stopped the question; the context holds what was read so far.
    """
    tokens = prompt.tokens
    # An adapter that acts from the question on is off until there.
    plain = len(tokens) - len(prompt.question) if model.activates else len(tokens)
    model.activate(False)
    _, *ends = accumulate(map(len, prompt.blocks), initial=len(prompt.prefix))
    parts = model.read_in_parts(tokens[:plain], cancelled=cancelled)
    kept = held = next(parts)
    left = [end for end in ends if end > kept]
    while True:
        read = sum(end <= held for end in left)
        yield Reading(len(left), len(tokens) - kept, read, held - kept)
        if held == len(tokens):
            return kept
        if held < plain:
            held = next(parts)
            continue
        model.activate(prompt.adapted)
        model.extend(prompt.question, cancelled=cancelled)
        held = len(tokens)


def read_in_order(
    model: LanguageModel, prompt: Prompt, *, cancelled: Callable[[], bool] = lambda: False
) -> int:
    """Read as :func:`read_plainly` does, in one go."""
    return outcome(read_plainly(model, prompt, cancelled=cancelled))


def outcome(steps: Generator[Any, None, _Result]) -> _Result:
    """Go through all steps; gives what they come to."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: _Result = end.value
            return result
