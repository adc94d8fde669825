r"""The prompt's fixed layout: prefix · one block a passage · question.

Training data and stored memory depend on this text to the letter. A passage block is the same
whatever its rank, so that what the model has read of it can be used at any place. The completion
that follows is ``steps</think>\n<answer>the answer</answer>``; a step may hold
``<quote>words copied from a passage</quote>``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rare_app.prompt.lines import unwrap

REFUSAL = "The documents do not answer this."
"""What is said when the documents do not answer; one sentence for prompt, training and code."""

REFUSAL_THOUGHTS = (
    "None of the passages says this.",
    "None of the passages gives the answer.",
    "No passage answers the question.",
    "No passage says this.",
)
"""What is thought before the refusal, in training; their first words tell that it comes."""

SYSTEM = (
    "Answer the question with the passages only. First think inside <think> and </think>: copy "
    "the words that matter from a passage between <quote> and </quote>, then say what follows "
    "from them. Then give the answer inside <answer> and </answer>. If the passages do not hold "
    f"the answer, write <answer>{REFUSAL}</answer>"
)
"""System text, constant: its state in the model is stored once."""

CHOICES = "Begin the answer with one of these, word for word: {options}."
"""What stands under a question whose answer is one of some options."""

LIKELY = "(Likely words of the answer: “{words}”)"
"""What stands above a question that the reader has found an answer to."""

THINK_OPEN, THINK_CLOSE = "<think>", "</think>"
ANSWER_OPEN, ANSWER_CLOSE = "<answer>", "</answer>"
QUOTE_OPEN, QUOTE_CLOSE = "<quote>", "</quote>"
SEARCH_OPEN, SEARCH_CLOSE = "<search>", "</search>"

OPENING = f"{THINK_OPEN}\n"
"""What the assistant's turn is opened with; the model goes on from here."""

ANSWER_START = f"\n{THINK_CLOSE}\n{ANSWER_OPEN}"
"""What is put in when the reasoning ends without an answer, so that one is given."""

# With blanks inside, too: a reply is taken apart as generously.
_OWN_TAGS = re.compile(r"<(?=\s*/?\s*(?:think|answer|quote|calc|search)\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the chat and what was answered."""

    question: str
    answer: str


def neutralise(text: str) -> str:
    """Take the force from our own tags in text that is not ours, keeping every offset.

    The opening ``<`` of a tag of the completion becomes ``‹`` (one character for one), so quoted
    document text can never close a quote, a thought or an answer.
    """
    return _OWN_TAGS.sub("‹", text)


def as_read(text: str) -> str:
    """Give a passage's words as the model reads them: no tags of ours, no wrapped lines.

    Every character keeps its offset.
    """
    return unwrap(neutralise(text))


def passage_block(*, text: str, title: str = "", section: str = "", head: str = "") -> str:
    """Write one passage as the block that the model reads.

    Parameters
    ----------
    text : str
        The passage's own words.
    title, section : str
        The document's title and the headings that the passage stands under; may be empty.
    head : str
        Title, unit and column heads of the table inside which the passage begins; may be empty.
    """
    above = passage_head(title=title, section=section)
    table = f"{neutralise(head)}\n" if head else ""
    return f"{above}{table}{as_read(text)}\n\n"


def passage_head(*, title: str = "", section: str = "") -> str:
    """Write the line that stands above a passage's own words in its block."""
    label = " › ".join(part for part in (title, section) if part)
    label = neutralise(" ".join(label.split()))
    return f"Passage: {label}\n" if label else "Passage:\n"


def question_block(question: str, history: Sequence[Turn] = (), *, language: str = "") -> str:
    """Write what stands between the passages and the assistant's turn.

    Parameters
    ----------
    language : str
        ISO 639-1 code of the language that the answer is to be in; empty where it goes without
        saying.
    """
    earlier = "".join(
        f"Earlier question: {neutralise(turn.question)}\nEarlier answer: "
        f"{neutralise(turn.answer)}\n"
        for turn in history
    )
    told = f"\n(Answer in the question's language: {language}.)" if language else ""
    return f"{earlier}Question: {neutralise(question)}{told}"


def with_choices(question: str, choices: Sequence[str]) -> str:
    """Write a question as the model reads it, with the options that its answer is one of."""
    options = ", ".join(f"“{one}”" for one in choices)
    return f"{question}\n{CHOICES.format(options=options)}" if choices else question


def with_likely(question: str, words: str) -> str:
    """Write a question as the model reads it, with words of a passage that are likely to answer."""
    return f"{LIKELY.format(words=words)}\n{question}" if words else question


def completion(*, reasoning: str, answer: str) -> str:
    """Write a whole completion as the model is trained to give it, after :data:`OPENING`."""
    return f"{reasoning.strip()}\n{THINK_CLOSE}\n{ANSWER_OPEN}{answer.strip()}{ANSWER_CLOSE}"
