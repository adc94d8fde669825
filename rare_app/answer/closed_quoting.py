"""The quotes of an answer that is one of some options."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from rare_app.answer.quoting import Quoting
from rare_app.answer.wanted import Wanted
from rare_app.model import LanguageModel, OpeningFilter, QuotedSpan, TokenFilter
from rare_app.prompt import ANSWER_OPEN, REFUSAL
from rare_app.skills import AskedList
from rare_app.types import Decision


class ClosedQuoting(Quoting):
    """Leads to the evidence as for any question; the answer's words are the options'.

    What the rules make of a question (yes or no, whole lists, figures, the likeliest words of a
    quote) is no option, and has no say.

    Parameters
    ----------
    choices : sequence of str
    **options
        As for :class:`Quoting`.
    """

    def __init__(self, *, choices: Sequence[str], **options: Any) -> None:
        super().__init__(**options)
        self._choices = choices
        self._decided = False

    def decide(self, model: LanguageModel) -> Decision | None:
        """Decide as for any question; whether it answers is settled by it."""
        decision = super().decide(model)
        self._decided = decision is not None and decision.quotes
        return decision

    def answer_filter(
        self, model: LanguageModel, quoted: Sequence[QuotedSpan]
    ) -> TokenFilter | None:
        """Hold the answer's beginning to the options, and to the refusal where it is still open.

        It is not once it was decided to answer, and behind a quote: “The …” would lead to the
        refusal and to no option.
        """
        answers = self._decided or bool(quoted)
        return OpeningFilter(
            pieces=model.pieces,
            openings=self._choices if answers else (*self._choices, REFUSAL),
            tag=ANSWER_OPEN,
        )

    def likeliest(self, quoted: Sequence[QuotedSpan]) -> str:  # noqa: ARG002
        """Nothing: no words of the passages are asked for."""
        return ""

    def list_of(self, quoted: Sequence[QuotedSpan]) -> AskedList | None:  # noqa: ARG002
        """Nothing: no list is asked for."""
        return None

    @cached_property
    def _wanted(self) -> Wanted | None:
        return None
