"""Ask the model something short about a question: one word of a few, or lines held to a grammar.

Instruction and worked examples stand in a prefix of their own, whose state is stored once.
"""

from collections.abc import Sequence

import numpy as np

from rare_app.answer.run import Stop
from rare_app.model import (
    GrammarFilter,
    Loaded,
    Prompt,
    Sampler,
    Usage,
    generate,
    read_in_order,
)

Shown = Sequence[tuple[str, str]]
"""Worked examples: what is asked, and what is to be written."""


def put(
    loaded: Loaded,
    asked: str,
    *,
    system: str,
    examples: Shown = (),
    reserve: int = 1,
    cancelled: Stop = lambda: False,
) -> bool:
    """Bring an instruction and what is asked into the model's context.

    Parameters
    ----------
    loaded : Loaded
        The model that is asked; its adapter, if it acts from the question on, is off.
    asked : str
        Text that is not ours has lost the force of its tags before.
    reserve : int
        Tokens that are kept free for what it writes.

    Returns
    -------
    bool
        False where it does not fit, and nothing was read.

    Raises
    ------
    Cancelled
        The user stopped the question.
    ModelError
        llama.cpp failed.
    """
    model = loaded.model
    frame = model.frame(system, examples)
    prompt = Prompt(
        prefix=tuple(model.start_tokens(frame.before)),
        blocks=(),
        question=(*model.tokenise(asked), *model.tokenise(frame.after, special=True)),
        adapted=False,
    )
    if len(prompt.tokens) + reserve > model.context_tokens:
        return False
    if loaded.memory is not None:
        loaded.memory.read(prompt, cancelled=cancelled)
    else:
        read_in_order(model, prompt, cancelled=cancelled)
    return True


def weigh(loaded: Loaded, words: Sequence[str]) -> dict[str, float]:
    """Tell how likely each of some words comes next, in nats; told apart by their first tokens."""
    logits = loaded.model.logits().astype(np.float64)
    return {word: float(logits[loaded.model.tokenise(word)[0]]) for word in words}


def write(
    loaded: Loaded, grammar: str, *, longest: int, cancelled: Stop = lambda: False
) -> list[str]:
    """Let the model go on within a grammar whose lines end in line breaks.

    Returns
    -------
    list of str
        The lines; one that was cut off at the last token is left out.

    Raises
    ------
    Cancelled, ModelError
        As for :func:`put`; also where the grammar is not in order.
    """
    held = GrammarFilter(loaded.model, grammar)
    try:
        written = "".join(
            generate(
                loaded.model,
                sampler=Sampler(temperature=0.0, seed=0),
                longest=longest,
                stop=(),
                usage=Usage(),
                token_filter=held,
                cancelled=cancelled,
            )
        )
    finally:
        held.close()
    lines = [line for line in written.split("\n") if line.strip()]
    return lines if written.endswith("\n") else lines[:-1]
