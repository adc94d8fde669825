"""What a question means, asked of the model: what it refers to, and whether it asks several things.

The model's words are held to a form by a grammar, and to the question by a guard: what it writes
has to keep most of what was asked, and to take the rest from the chat.
"""

from collections.abc import Sequence

from rare_app.followups import sub_questions, telling_words
from rare_app.language import ENGLISH, language_of
from rare_app.model import Loaded
from rare_app.reasoning.consult import put, write
from rare_app.reasoning.prompt import Turn, neutralise
from rare_app.reasoning.run import Stop

MOST_PARTS = 3
"""Things that one question may ask for."""
_TURNS = 3
_LONGEST_ANSWER = 300
"""Characters of an earlier answer that are told."""
_TOKENS = 128
_KNOWN_SHARE = 0.75
"""Share of what the model writes that has to stand in the question or the chat."""
_KEPT_SHARE = 0.6
"""Share of the question that has to be left in what it writes."""
_LONGER = 240
"""Characters by which what it writes may be longer than the question."""

_LONG = 60
"""Characters from which a question in another language than English may ask for several things."""

_SYSTEM = (
    "You are given a conversation and its last question. Write the last question so that it can "
    "be understood without the conversation: put in what words like “it”, “they” or “and in 2023?” "
    "stand for. If it can be understood by itself, repeat it as it is. Only if it asks for "
    "several things that have separate answers, write one question for each, each on a line of its "
    "own and whole in itself. Keep its language, names, numbers and dates. Do not answer it."
)
_GRAMMAR = r"""
root ::= line line? line?
line ::= "- " [^\n<>{}]+ "\n"
"""


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
    lines = _write(question, history[-_TURNS:], loaded, cancelled)
    if len(lines) == 1 or not lines:
        return (guarded(lines[0], question, history) or question,) if lines else (question,)
    parts = [keeps_to(one, question, history) for one in lines]
    lost = _share(_units(question), set().union(*map(_units, parts))) < _KEPT_SHARE
    if lost or not all(parts) or len(set(parts)) < len(parts):
        return (question,)
    return tuple(parts)


def asks_several(question: str) -> bool:
    """Whether a question may ask for several things, so that it is worth asking the model."""
    marks = sum(question.count(mark) for mark in "?？؟")
    foreign = language_of(question) != ENGLISH and len(question) > _LONG
    return marks > 1 or foreign or bool(sub_questions(question))


def guarded(written: str, question: str, history: Sequence[Turn]) -> str:
    """Give what was written for a question; empty where it loses what was asked."""
    kept = keeps_to(written, question, history)
    return kept if _share(_units(question), _units(kept)) >= _KEPT_SHARE else ""


def keeps_to(written: str, question: str, history: Sequence[Turn]) -> str:
    """Give what was written, trimmed; empty where it is too long or brings in what nobody said."""
    text = written.removeprefix("- ").strip().strip('"“”*')
    if not text or len(text) > len(question) + _LONGER:
        return ""
    if language_of(text) != language_of(question):
        return ""
    told = " ".join([question, *(part for one in history for part in (one.question, one.answer))])
    return text if _share(_units(text), _units(told)) >= _KNOWN_SHARE else ""


def _units(text: str) -> set[str]:
    """Give what two texts are compared by: English words of content, else pairs of letters."""
    if language_of(text) == ENGLISH and (words := telling_words(text)):
        return words
    letters = "".join(one for one in text.casefold() if one.isalnum())
    return {letters[i : i + 2] for i in range(len(letters) - 1)}


def _share(units: set[str], among: set[str]) -> float:
    return len(units & among) / len(units) if units else 1.0


def _write(question: str, history: Sequence[Turn], loaded: Loaded, cancelled: Stop) -> list[str]:
    said = "".join(
        f"Question: {neutralise(turn.question)}\n"
        f"Answer: {neutralise(turn.answer[:_LONGEST_ANSWER])}\n\n"
        for turn in history
    )
    asked = f"{said}Last question: {neutralise(question)}"
    if not put(loaded, asked, system=_SYSTEM, reserve=_TOKENS, cancelled=cancelled):
        return []
    return write(loaded, _GRAMMAR, longest=_TOKENS, cancelled=cancelled)
