"""Take a completion apart into reasoning and answer, however badly its tags are set."""

import re
from dataclasses import dataclass

from rare_app.prompt.layout import REFUSAL_THOUGHTS

_TAG = re.compile(r"<\s*(/?)\s*(think|answer)\s*>", re.IGNORECASE)
_QUOTE = re.compile(r"<quote>(.*?)(?:</quote>|(?=<quote>)|\Z)", re.IGNORECASE | re.DOTALL)
_QUOTE_TAG = re.compile(r"</?quote>", re.IGNORECASE)
_OPENING = re.compile(r"<(?:quote|calc|search)>", re.IGNORECASE)
_CLOSING = re.compile(r"</(?:quote|calc|search)>", re.IGNORECASE)
_PUT_IN = ("(", "=", "→")
"""How begins what code puts in behind a quote or a step."""
_ENDS = (".", "!", "?", "。", "！", "？", "؟", "।")
_LONGEST = 400
"""Characters of a conclusion."""
_SIGNS = {
    "<quote>": "“",
    "</quote>": "”",
    "</?calc>": "",
    r"\s*<search>": "\nLooking for “",
    "</search>": "” …\n",
}
_PARTIAL_TAG = re.compile(r"<\s*/?\s*[a-z]{0,6}\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Completion:
    """A completion taken apart.

    Attributes
    ----------
    reasoning, answer : str
        Their texts, trimmed; quotes keep their tags.
    answer_begun : bool
        Whether the completion has come to the answer.
    """

    reasoning: str
    answer: str
    answer_begun: bool


def parse_completion(text: str, *, finished: bool) -> Completion:
    """Take a completion apart; the assistant's turn was opened inside ``<think>``.

    What stands before ``</think>`` or ``<answer>`` is reasoning, what follows is the answer, up to
    ``</answer>``. Tags that are missing, doubled or left open do no harm.

    Parameters
    ----------
    text : str
        The completion so far.
    finished : bool
        False while it still grows: a tag that has only begun is then held back.
    """
    if not finished:
        text = _PARTIAL_TAG.sub("", text)
    reasoning: list[str] = []
    answer: list[str] = []
    where, begun, closed, at = reasoning, False, False, 0
    for tag in _TAG.finditer(text):
        if not closed:
            where.append(text[at : tag.start()])
        at = tag.end()
        closing, name = bool(tag[1]), tag[2].lower()
        if (name == "think") == closing:  # </think> or <answer>
            where, begun = answer, True
        elif name == "answer":  # </answer>: whatever comes after it is no part of the answer
            closed = closed or bool("".join(answer).strip())
    if not closed:
        where.append(text[at:])
    return Completion(
        reasoning="".join(reasoning).strip(),
        answer=_QUOTE_TAG.sub("", "".join(answer)).strip(),
        answer_begun=begun,
    )


def quotes_of(reasoning: str) -> list[str]:
    """List the quotes of a reasoning, in order; empty ones are left out."""
    return [quote for match in _QUOTE.finditer(reasoning) if (quote := match[1].strip())]


def opens_with_refusal(reasoning: str) -> bool:
    """Tell whether a reasoning without a quote begins by saying that no passage answers.

    What the answer then says is the model's own, however it words it.
    """
    return reasoning.startswith(REFUSAL_THOUGHTS) and not quotes_of(reasoning)


def conclusion_of(reasoning: str) -> str:
    """Give the sentence that a reasoning ends with, behind its last quote or step; may be empty.

    What code has put in there, the cells of a quoted row or a result, is no part of it.
    """
    behind = reasoning[max((tag.end() for tag in _CLOSING.finditer(reasoning)), default=0) :]
    if _OPENING.search(behind):
        return ""
    head, line, rest = behind.strip(" ").partition("\n")
    said = rest if line and head.startswith(_PUT_IN) else behind
    last = said.strip().rpartition("\n")[2].strip()
    whole = last.endswith(_ENDS) and not last.startswith(_PUT_IN) and len(last) <= _LONGEST
    return last if whole and not last.startswith(REFUSAL_THOUGHTS) else ""


def without_tags(text: str) -> str:
    """Return a reasoning, however far it has come, as plain text: signs stand for its tags."""
    for tag, sign in _SIGNS.items():
        text = re.sub(tag, sign, text, flags=re.IGNORECASE)
    return text
