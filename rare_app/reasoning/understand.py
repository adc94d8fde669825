"""What a question means, asked of the model: what it refers to, and whether it asks several things.

The model's words are held to a form by a grammar, and to the question by a guard: what it writes
has to keep most of what was asked, and to take the rest from the chat.
"""

import logging
import re
from collections.abc import Sequence

from rare_app.language import ENGLISH, language_of
from rare_app.model import ChatServer, Loaded, ModelError
from rare_app.reasoning.consult import put, write
from rare_app.reasoning.prompt import Turn, neutralise
from rare_app.reasoning.refusals import is_refusal
from rare_app.reasoning.run import Stop
from rare_app.words import content_words

log = logging.getLogger(__name__)

MOST_PARTS = 3
"""Things that one question may ask for."""
WRITES_FROM_BYTES = 700_000_000
"""A model that no profile was made for is asked from this size on."""
_TURNS = 3
_LONGEST_ANSWER = 300
"""Characters of an earlier answer that are told."""
_TOKENS = 128
_SERVER_TOKENS = 800
"""Room for what a server thinks before it writes."""
_KNOWN_SHARE = 0.75
"""Share of what the model writes that has to stand in the question or the chat."""
_KEPT_SHARE = 0.5
"""Share of the question that has to be left in what it writes."""
_LONGER = 240
"""Characters by which what it writes may be longer than the question."""
_LONG = 60
"""Characters from which a question may ask for several things."""
_WHOLE = "whole"

_SYSTEM = (
    "You are given the last question of a conversation, and what was said before it. If the "
    "question can be understood by itself and asks for one thing, write: whole. If it needs what "
    "was said before, write it so that it can be understood by itself: put in what words like "
    "“it”, “they” or “and in 2023?” stand for. Only if it asks for several things that have "
    "separate answers, write one question for each, each on a line of its own and whole in itself. "
    "Keep its language, names, numbers and dates. Do not answer it."
)
_EXAMPLES = (
    ("Last question: How long does the warranty for parts of the frame last?", f"- {_WHOLE}\n"),
    (
        "Last question: What does the ticket cost, and where can it be returned?",
        "- What does the ticket cost?\n- Where can the ticket be returned?\n",
    ),
    (
        "Question: Wie oft wird der Filter gewechselt?\nAnswer: Der Filter wird alle sechs Monate "
        "gewechselt.\n\nLast question: Und der Riemen?",
        "- Wie oft wird der Riemen gewechselt?\n",
    ),
    (
        "Question: Who signs the minutes?\nAnswer: The chair signs the minutes.\n\n"
        "Last question: Which rooms may guests use after ten in the evening?",
        f"- {_WHOLE}\n",
    ),
    (
        "Question: Who signs the minutes?\nAnswer: The chair signs the minutes.\n\n"
        "Last question: By when does she have to?",
        "- By when does the chair have to sign the minutes?\n",
    ),
)
_GRAMMAR = rf"""
root ::= "- {_WHOLE}\n" | line line? line?
line ::= "- " [^\n<>{{}}]+ "\n"
"""
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL | re.IGNORECASE)


def understand(
    question: str, history: Sequence[Turn], *, loaded: Loaded, cancelled: Stop = lambda: False
) -> tuple[str, ...]:
    """Write a question as one or several that stand by themselves.

    Parameters
    ----------
    question : str
        As it was typed.
    history : sequence of Turn
        The chat so far, oldest first.
    loaded : Loaded
        The model that is asked; its adapter, if it acts from the question on, is off.

    Returns
    -------
    tuple of str
        The question itself where the model's words do not keep to it.

    Raises
    ------
    Cancelled
        The user stopped the question.
    ModelError
        llama.cpp failed.
    """
    asked = _conversation(question, history)
    if not put(
        loaded, asked, system=_SYSTEM, examples=_EXAMPLES, reserve=_TOKENS, cancelled=cancelled
    ):
        return (question,)
    lines = write(loaded, _GRAMMAR, longest=_TOKENS, cancelled=cancelled)
    return _taken(lines, question, history)


def understand_by_server(
    question: str, history: Sequence[Turn], *, server: ChatServer, cancelled: Stop = lambda: False
) -> tuple[str, ...]:
    """Write a question as :func:`understand` does, by a model behind a server.

    A server that fails is no end of the question, which then stays as it is.

    Raises
    ------
    Cancelled
        The user stopped the question.
    """
    shown = "\n\n".join(f"{given}\n{written}" for given, written in _EXAMPLES)
    messages = [
        {"role": "system", "content": f"{_SYSTEM} Begin each line with “- ”.\n\n{shown}"},
        {"role": "user", "content": _conversation(question, history)},
    ]
    try:
        written = "".join(
            piece.text
            for piece in server.stream(
                messages, cancelled=cancelled, max_tokens=_SERVER_TOKENS, temperature=0.0
            )
        )
    except ModelError as error:
        log.warning("The question was not rewritten by the server: %s", error)
        return (question,)
    lines = [one.strip() for one in _THOUGHT.sub("", written).splitlines() if one.strip()]
    return _taken(lines, question, history)


def may_mean_more(question: str, history: Sequence[Turn]) -> bool:
    """Whether a question may need the chat or ask for several things: worth asking the model."""
    marks = sum(question.count(mark) for mark in "?？؟")
    return bool(history) or marks > 1 or len(question) > _LONG


def _taken(lines: Sequence[str], question: str, history: Sequence[Turn]) -> tuple[str, ...]:
    """Give what was written where it keeps to the question, else the question."""
    if not 0 < len(lines) <= MOST_PARTS or _own(lines[0]) == _WHOLE:
        return (question,)
    if len(lines) == 1:
        return (guarded(lines[0], question, history) or question,)
    parts = [keeps_to(one, question, history) for one in lines]
    lost = _share(_units(question), set().union(*map(_units, parts))) < _KEPT_SHARE
    if lost or not all(parts) or len(set(parts)) < len(parts):
        return (question,)
    return tuple(parts)


def guarded(written: str, question: str, history: Sequence[Turn]) -> str:
    """Give what was written for a question; empty where it loses what was asked."""
    kept = keeps_to(written, question, history)
    return kept if _share(_units(question), _units(kept)) >= _KEPT_SHARE else ""


def keeps_to(written: str, question: str, history: Sequence[Turn]) -> str:
    """Give what was written, trimmed; empty where it is too long or brings in what nobody said."""
    text = _own(written)
    if not text or len(text) > len(question) + _LONGER or is_refusal(text):
        return ""
    if language_of(text) != language_of(question) or any(one in text for one in "<>{}"):
        return ""
    told = " ".join([question, *(part for one in history for part in (one.question, one.answer))])
    return text if _share(_units(text), _units(told)) >= _KNOWN_SHARE else ""


def _own(line: str) -> str:
    return line.strip().removeprefix("- ").strip().strip('"“”*')


def _units(text: str) -> set[str]:
    """Give what two texts are compared by: English words of content, else pairs of letters."""
    if language_of(text) == ENGLISH and (words := content_words(text)):
        return set(words)
    letters = "".join(one for one in text.casefold() if one.isalnum())
    return {letters[i : i + 2] for i in range(len(letters) - 1)}


def _share(units: set[str], among: set[str]) -> float:
    return len(units & among) / len(units) if units else 1.0


def _conversation(question: str, history: Sequence[Turn]) -> str:
    said = "".join(
        f"Question: {neutralise(turn.question)}\n"
        f"Answer: {neutralise(turn.answer[:_LONGEST_ANSWER])}\n\n"
        for turn in history[-_TURNS:]
    )
    return f"{said}Last question: {neutralise(question)}"
