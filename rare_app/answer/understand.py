"""What a question means, asked of the model: what it refers to, and whether it asks several things.

The model's words are held to a form by a grammar, and to the question by a guard: what it writes
has to keep most of what was asked, and to take the rest from the chat.
"""

import logging
import re
from collections.abc import Sequence

from rare_app.answer.consult import Shown, put, weigh, write
from rare_app.answer.refusals import is_refusal
from rare_app.answer.run import Stop
from rare_app.language import ENGLISH, language_of
from rare_app.model import ChatServer, Loaded, ModelError
from rare_app.prompt import Turn, neutralise
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
SEVERAL_FROM = -1.1
"""Nats by which “several” must be likelier than “one”: of 19 questions in three languages it then
splits five of nine that ask for two things and none of ten that ask for one."""

_CHAT_SYSTEM = (
    "You are given the last question of a conversation and what was said before it. Write the last "
    "question as one whole question that can be understood without the conversation: put in what "
    "words like “it”, “they” or “and in 2023?” stand for. If it can be understood by itself, "
    "repeat it as it is. Keep its language. Do not answer it."
)
_CHAT_EXAMPLES = (
    (
        "Question: Wie oft wird der Filter der Anlage gewechselt?\nAnswer: Alle sechs Monate.\n\n"
        "Last question: Und der Riemen?",
        "Wie oft wird der Riemen der Anlage gewechselt?\n",
    ),
    (
        "Question: What did the canteen sell in May?\nAnswer: 412 meals.\n\n"
        "Last question: And in June?",
        "What did the canteen sell in June?\n",
    ),
    (
        "Question: Who signs the minutes of the board?\nAnswer: The chair signs them.\n\n"
        "Last question: Which rooms may guests use after ten in the evening?",
        "Which rooms may guests use after ten in the evening?\n",
    ),
    (
        "Question: 谁负责清洁水泵？\nAnswer: 由乙方负责。\n\nLast question: 多久一次？",
        "多久清洁一次水泵？\n",
    ),
    (
        "Question: Quel est le prix du billet ?\nAnswer: Douze euros.\n\n"
        "Last question: Et pour les enfants ?",
        "Quel est le prix du billet pour les enfants ?\n",
    ),
    (
        "Question: How long does the boat trip take?\nAnswer: Two hours.\n\nLast question: Why?",
        "Why does the boat trip take two hours?\n",
    ),
    (
        "Question: Who signs the minutes of the board?\nAnswer: The chair signs them.\n\n"
        "Last question: By when does she have to?",
        "By when does the chair have to sign the minutes of the board?\n",
    ),
)
_COUNT_SYSTEM = (
    "Say in one word whether a question asks for one thing, or for several things that have "
    "separate answers: one or several."
)
_COUNT_EXAMPLES = (
    ("How long does the warranty for parts of the frame last?", "one"),
    ("What does the ticket cost, and where can it be returned?", "several"),
    ("How did sales in the north compare with those in the south in 2020?", "one"),
    ("Wer unterschreibt den Vertrag und wie lange läuft er?", "several"),
    ("A guest has lost her key. Who has to pay for a new one?", "one"),
    ("Which documents and photographs must be handed in with the application?", "one"),
    ("When was the bridge opened and who built it?", "several"),
    ("Welche Pflichten hat der Verkäufer nach der Übergabe des Hauses?", "one"),
    ("Is smoking allowed in the hall? How high is the fine?", "several"),
    ("What happens to a deposit that was not asked back within two years?", "one"),
    ("押金是多少，什么时候退还？", "several"),
    ("What is the difference between the budget and the cost of the roof?", "one"),
    ("How is the tank cleaned, and with what, and how often?", "several"),
    ("What do the minutes say about the noise and the complaints of the neighbours?", "one"),
)
_PARTS_SYSTEM = (
    "A question asks for several things. Write one question for each thing, each on a line of its "
    "own and whole in itself. Keep to the words, names and numbers of the question and to its "
    "language. Do not answer it."
)
_PARTS_EXAMPLES = (
    ("押金是多少，什么时候退还？", "- 押金是多少？\n- 押金什么时候退还？\n"),
    (
        "Wer unterschreibt den Vertrag und wie lange läuft er?",
        "- Wer unterschreibt den Vertrag?\n- Wie lange läuft der Vertrag?\n",
    ),
    (
        "How is the tank cleaned, and with what, and how often?",
        "- How is the tank cleaned?\n- With what is the tank cleaned?\n"
        "- How often is the tank cleaned?\n",
    ),
    (
        "What does the ticket cost, and where can it be returned?",
        "- What does the ticket cost?\n- Where can the ticket be returned?\n",
    ),
)
_LINE = r"[^\n<>{}?？؟]+ [?？؟]"
_ONE = f'root ::= {_LINE} "\\n"\n'
_SEVERAL = f'root ::= line line line?\nline ::= "- " {_LINE} "\\n"\n'
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

    def lines(asked: str, system: str, examples: Shown, grammar: str) -> list[str]:
        room = put(
            loaded, asked, system=system, examples=examples, reserve=_TOKENS, cancelled=cancelled
        )
        return write(loaded, grammar, longest=_TOKENS, cancelled=cancelled) if room else []

    if history:
        written = lines(_conversation(question, history), _CHAT_SYSTEM, _CHAT_EXAMPLES, _ONE)
        question = next((guarded(one, question, history) for one in written), "") or question
    if not may_be_several(question):
        return (question,)
    asked = neutralise(question)
    if not put(loaded, asked, system=_COUNT_SYSTEM, examples=_COUNT_EXAMPLES, cancelled=cancelled):
        return (question,)
    odds = weigh(loaded, ("one", "several"))
    if odds["several"] - odds["one"] < SEVERAL_FROM:
        return (question,)
    return _kept(lines(asked, _PARTS_SYSTEM, _PARTS_EXAMPLES, _SEVERAL), question)


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

    def lines(asked: str, system: str, examples: Shown) -> list[str]:
        shown = "\n\n".join(f"{given}\n{written}" for given, written in examples)
        messages = [
            {"role": "system", "content": f"{system}\n\n{shown}"},
            {"role": "user", "content": asked},
        ]
        written = "".join(
            piece.text
            for piece in server.stream(
                messages, cancelled=cancelled, max_tokens=_SERVER_TOKENS, temperature=0.0
            )
        )
        kept = _THOUGHT.sub("", written).splitlines()
        return [one.strip() for one in kept if one.strip()]

    try:
        if history:
            written = lines(_conversation(question, history), _CHAT_SYSTEM, _CHAT_EXAMPLES)
            if len(written) == 1:
                question = guarded(written[0], question, history) or question
        if not may_be_several(question):
            return (question,)
        counted = lines(neutralise(question), _COUNT_SYSTEM, _COUNT_EXAMPLES)
        if counted[:1] != ["several"]:
            return (question,)
        return _kept(lines(neutralise(question), _PARTS_SYSTEM, _PARTS_EXAMPLES), question)
    except ModelError as error:
        log.warning("The question was not rewritten by the server: %s", error)
        return (question,)


def may_be_several(question: str) -> bool:
    """Whether a question may ask for several things, so that it is worth asking the model."""
    return sum(question.count(mark) for mark in "?？؟") > 1 or len(question) > _LONG


def _kept(lines: Sequence[str], question: str) -> tuple[str, ...]:
    """Give the questions that were written for one where they keep all of it, else this one."""
    parts = [keeps_to(one, question, ()) for one in lines]
    lost = _share(_units(question), set().union(*map(_units, parts))) < _KEPT_SHARE
    again = any(_units(one) >= _units(question) for one in parts)  # the whole question once more
    if lost or again or not all(parts) or not 1 < len(set(parts)) == len(parts) <= MOST_PARTS:
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
    if language_of(text) == ENGLISH:
        return set(content_words(text))
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
