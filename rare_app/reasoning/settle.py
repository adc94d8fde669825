"""What becomes of an answer whose central claim no passage carries, or that hardly answers."""

import re
from collections.abc import Sequence
from dataclasses import replace

from rare_app.reasoning.prompt import REFUSAL
from rare_app.reasoning.types import Answer, Claim
from rare_app.words import content_words

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
EXPECTED_FROM = 0.5
"""Expected recall of a quoted answer's words from which it may stand whatever its claims are."""


def central_claim(claims: Sequence[Claim], question: str) -> Claim | None:
    """Pick the claim that answers: the one with most of the question's words, the first of equals.

    Returns
    -------
    Claim or None
        ``None`` without claims.
    """
    asked = set(content_words(question))
    return max(claims, key=lambda one: len(asked & set(content_words(one.text))), default=None)


def is_carried(answer: Answer, question: str, *, withhold_below: float = 0.0) -> bool:
    """Tell whether an answer may stand: its central claim is supported, or at least weak.

    It may, too, where its words are quoted and those that the reader expects: “Ogedei” is who was
    asked for where “Ogedei's grandson Kaidu” is quoted, and no sentence says so in those words.

    Parameters
    ----------
    withhold_below : float
        An answer whose words the reader expects less may not.
    """
    if answer.expected is not None and answer.expected < withhold_below:
        return False
    if answer.expected is not None and answer.expected >= EXPECTED_FROM and _is_quoted(answer):
        return True
    central = central_claim(answer.claims, question)
    return central is None or central.supported or central.status == "weak"


def rests_on_quotes(answer: Answer, question: str) -> bool:
    """Tell whether an answer has a figure of its quotes or calculations, and no others.

    The question's aside. Such a conclusion may follow from its quotes, although no sentence says it
    in those words. One without a figure has nothing that code could check.
    """
    worked_out = " ".join(one.result for one in answer.steps)
    quoted = _figures(" ".join([*(one.quote for one in answer.quotes), worked_out]))
    said = set(_FIGURE.findall(answer.answer))
    return bool(said & quoted) and said <= quoted | _figures(question)


def _figures(text: str) -> set[str]:
    """Give a text's figures and the parts of each: “31.03.2027” is said as “31 March 2027”, too."""
    whole = _FIGURE.findall(text)
    return {*whole, *(part.lstrip("0") or "0" for one in whole for part in re.findall(r"\d+", one))}


def _is_quoted(answer: Answer) -> bool:
    said = answer.answer.strip(" .").casefold()
    return bool(said) and any(said in one.quote.casefold() for one in answer.quotes)


def settle(
    first: Answer, second: Answer | None, question: str, *, withhold_below: float = 0.0
) -> Answer:
    """Choose between an answer that may not stand and the second try; or refuse.

    Parameters
    ----------
    withhold_below : float
        As for :func:`is_carried`.
    second : Answer or None
        ``None`` where there was nothing to try with.

    Returns
    -------
    Answer
        The second try where it is an answer that passages carry; else the refusal, which keeps
        what was withheld.
    """
    if (
        second is not None
        and second.answered
        and is_carried(second, question, withhold_below=withhold_below)
    ):
        return replace(second, retried=True, decision=first.decision)
    return replace(
        first,
        answered=False,
        answer=REFUSAL,
        claims=(),
        retried=True,
        withheld=first.answer,
        doubtful=False,
        stopped=second is not None and second.stopped,
    )
