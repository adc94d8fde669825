"""Which of a teacher's tries may be learned from, as far as their text alone tells."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rare_app.answer import choice_of, is_refusal
from rare_app.checks import answer_recall, exact_match, holds, token_f1
from rare_app.lab.tuning.asked import Asked
from rare_app.lab.tuning.items import Passage
from rare_app.lab.tuning.teacher import echoes
from rare_app.prompt import (
    QUOTE_CLOSE,
    QUOTE_OPEN,
    REFUSAL,
    REFUSAL_THOUGHTS,
    as_read,
    opens_with_refusal,
    parse_completion,
    quotes_of,
)
from rare_app.proof import polarity

_QUOTE_TEXT = re.compile(f"({QUOTE_OPEN})(.*?)({QUOTE_CLOSE})", re.IGNORECASE | re.DOTALL)

RIGHT_FROM = 0.6
"""Token-F1 from which an answer counts as right that does not hold an accepted one."""
LONGEST = 160
"""Words of the longest completion that is learned from."""
LONGEST_SENTENCE = 40
"""Words of the longest answer in one sentence."""
OPENING = 4
"""Words of the shortest thought before the first quote, and of the shortest conclusion."""
_ENDS = (".", "!", "?", ":", "。", "！", "？")


@dataclass(frozen=True, slots=True)
class Trace:
    """Reasoning and answer to be learned; quotes are the words that the model has read."""

    reasoning: str
    answer: str

    @property
    def words(self) -> int:
        """Length in words."""
        return len(self.reasoning.split()) + len(self.answer.split())


def accept(text: str, *, asked: Asked, right_from: float = RIGHT_FROM) -> tuple[Trace | None, str]:
    """Judge a try.

    Parameters
    ----------
    text : str
        What the teacher wrote.
    right_from : float
        Least token-F1 of an answer that is right.

    Returns
    -------
    trace : Trace or None
        What is to be learned; ``None`` when the try is rejected.
    reason : str
        Why it was rejected, empty for a trace: ``form`` (no reasoning or no answer, or a choice
        that nothing leads to), ``refused`` or ``answered`` where the other was right, ``answer``
        (another one), ``echo`` (repeats what it was told), ``quote`` (none, or not the passages'
        words), ``evidence`` (quotes other words than the data name), ``opening`` (does not begin
        with a whole thought of its own, or it denies or has the answer already), ``long``.
    """
    parsed = parse_completion(text, finished=True)
    if not (parsed.answer_begun and parsed.answer and parsed.reasoning):
        return None, "form"
    refuses = is_refusal(parsed.answer)
    if refuses != (not asked.answers):
        return None, "refused" if refuses else "answered"
    if not refuses and not is_right(parsed.answer, asked, right_from=right_from):
        return None, "answer"
    if echoes(f"{parsed.reasoning} {parsed.answer}"):
        return None, "echo"
    quotes = [_verbatim(quote, asked.passages) for quote in quotes_of(parsed.reasoning)]
    if (asked.answers and not quotes) or not all(quotes):
        return None, "quote"
    if not all(any(holds(quote or "", as_read(one)) for quote in quotes) for one in asked.evidence):
        return None, "evidence"
    if not _opens_well(parsed.reasoning, asked):
        return None, "opening"

    if asked.answers and asked.choices and not _concludes(parsed.reasoning):
        return None, "form"

    def as_the_model_read(match: re.Match[str]) -> str:
        return f"{match[1]}{_verbatim(match[2], asked.passages) or match[2]}{match[3]}"

    reasoning = _QUOTE_TEXT.sub(as_the_model_read, parsed.reasoning)
    trace = Trace(reasoning, REFUSAL if refuses else parsed.answer)
    return (trace, "") if trace.words <= LONGEST else (None, "long")


def accept_sentence(
    text: str, *, asked: Asked, right_from: float = RIGHT_FROM
) -> tuple[Trace | None, str]:
    """Judge a try that is the answer alone, in one sentence.

    Returns
    -------
    trace : Trace or None
        Without a reasoning.
    reason : str
        As for :func:`accept`: ``form`` (no whole sentence, or one about the passages), ``refused``,
        ``answered``, ``answer``, ``echo``, ``long``.
    """
    said = text.strip()
    refuses = opens_with_refusal(said) or is_refusal(said)
    if refuses != (not asked.answers):
        return None, "refused" if refuses else "answered"
    if refuses:
        return Trace("", REFUSAL_THOUGHTS[0]), ""
    words = len(said.split())
    about = "passage" in said.casefold() and "passage" not in asked.question.casefold()
    if words < OPENING or "\n" in said or about or not said.rstrip("\"'”’)").endswith(_ENDS):
        return None, "form"
    if not is_right(said, asked, right_from=right_from):
        return None, "answer"
    if echoes(said):
        return None, "echo"
    return (Trace("", said), "") if words <= LONGEST_SENTENCE else (None, "long")


def is_right(said: str, asked: Asked, *, right_from: float = RIGHT_FROM) -> bool:
    """Tell whether an answer is an accepted one, or a sentence that holds one."""
    if asked.choices:
        return exact_match(choice_of(said, asked.choices) or "", asked.answers)
    return answer_recall(said, asked.answers) or token_f1(said, asked.answers) >= right_from


def opening_of(reasoning: str) -> str:
    """Give what is thought before the first quote."""
    return reasoning.partition(QUOTE_OPEN)[0].strip()


def _opens_well(reasoning: str, asked: Asked) -> bool:
    """Whether it begins with a whole thought of its own that neither knows nor denies the answer.

    “The passage does not mention it” is no way to a quote.
    """
    opening = opening_of(reasoning)
    if len(opening.split()) < OPENING or not opening.rstrip("\"'”’)").endswith(_ENDS):
        return False
    if not asked.answers:
        return not is_refusal(opening)
    if polarity(opening).cues > polarity(asked.question).cues:
        return False
    if asked.choices:
        return True
    known = " ".join([asked.question, *(one.title for one in asked.passages)])
    return not answer_recall(opening, asked.answers) or answer_recall(known, asked.answers)


def _concludes(reasoning: str) -> bool:
    """Whether something is said behind the last quote: a bare yes proves no reasoning."""
    return len(reasoning.rpartition(QUOTE_CLOSE)[2].split()) >= OPENING


def _verbatim(quote: str, passages: Sequence[Passage]) -> str | None:
    """Give the words as the model read them, for a quote that differs in white space at most."""
    words = quote.split()
    if not words:
        return None
    pattern = re.compile(r"\s+".join(map(re.escape, words)))
    found = (pattern.search(as_read(passage.text)) for passage in passages)
    return next((match.group() for match in found if match), None)
