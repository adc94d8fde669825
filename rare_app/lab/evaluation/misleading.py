"""A case with a passage more: the one that answers, so changed that it says something else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from rare_app.lab.evaluation.cases import Case
from rare_app.lab.evaluation.claim_changes import change, other_number
from rare_app.prompt import as_read
from rare_app.reader import sentence_spans

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Misled:
    """A case with a contradicting passage.

    Attributes
    ----------
    case : Case
        With the passage more.
    kind : str
        What was changed in it: ``number``, ``name`` or ``negation``.
    right, wrong : str
        The answer as the gold passage and as the changed one gives it; the same for a denial.
    """

    case: Case
    kind: str
    right: str
    wrong: str


def mislead(case: Case, *, answers: Sequence[str], chance: Random) -> Misled | None:
    """Add a passage that contradicts the one that answers.

    In the sentence that holds the answer another number takes the place of the answer's own, or
    another case's answer that of a name, or the sentence is denied.

    Parameters
    ----------
    answers : sequence of str
        Answers of other cases, to take names from.

    Returns
    -------
    Misled or None
        ``None`` where no passage holds the answer in a sentence that can be changed.
    """
    found = _sentence(case)
    if found is None:
        return None
    number, start, end, answer = found
    text = as_read((case.passages or ())[number])
    sentence = text[start:end]
    kind, changed, wrong = _change(sentence, answer, answers, case, chance)
    if not changed or changed == sentence:
        return None
    added = text[:start] + changed + text[end:]
    passages = list(case.passages or ())
    passages.insert(chance.randrange(len(passages) + 1), added)
    return Misled(replace(case, passages=tuple(passages)), kind, answer, wrong)


def _sentence(case: Case) -> tuple[int, int, int, str] | None:
    """Find a sentence with an answer in it: in the evidence, if that is marked."""
    marked = [as_read(one) for one in case.evidence or ()]
    for answer in sorted(case.answers, key=len):
        whole = re.compile(rf"(?<!\w){re.escape(as_read(answer))}(?!\w)")
        for number, passage in enumerate(case.passages or ()):
            text = as_read(passage)
            for start, end in sentence_spans(text):
                words = text[start:end]
                known = not marked or any(one in words or words in one for one in marked)
                if known and whole.search(words):
                    return number, start, end, as_read(answer)
    return None


def _change(
    sentence: str, answer: str, answers: Sequence[str], case: Case, chance: Random
) -> tuple[str, str, str]:
    """Give the kind of change, the changed sentence and the answer that it holds."""
    if match := _NUMBER.search(answer):
        new = answer[: match.start()] + other_number(match[0], chance) + answer[match.end() :]
        return "number", sentence.replace(answer, new), new
    if answer[:1].isupper() and chance.random() < 0.7:
        asked = f"{case.question} {' '.join(case.answers)} {sentence}".lower()
        fits = [
            one
            for one in answers
            if one[:1].isupper()
            and not any(sign.isdigit() for sign in one)
            and abs(len(one.split()) - len(answer.split())) <= 1
            and not any(word in asked for word in one.lower().split())
        ]
        if fits:
            new = chance.choice(fits)
            return "name", sentence.replace(answer, new), new
    denied = change(sentence, "negation", pool=(), near="", chance=chance)
    return "negation", denied, answer
