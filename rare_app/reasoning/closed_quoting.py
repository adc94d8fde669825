"""The quotes of an answer that is one of some options."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from rare_app.evidence import AskedList
from rare_app.model import LanguageModel, OpeningFilter, QuotedSpan, QuoteFilter, TokenFilter
from rare_app.reasoning.prompt import ANSWER_OPEN, REFUSAL
from rare_app.reasoning.quoting import Quoting
from rare_app.reasoning.wanted import Wanted


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

    def answer_filter(
        self, model: LanguageModel, quoted: Sequence[QuotedSpan]
    ) -> TokenFilter | None:
        """Hold the answer's beginning to the options; to the refusal, too, where nothing is quoted.

        After a quote the refusal is left out: “The …” would lead to it and to no option.
        """
        return OpeningFilter(
            pieces=model.pieces,
            openings=self._choices if quoted else (*self._choices, REFUSAL),
            tag=ANSWER_OPEN,
        )

    def verdict_filter(
        self,
        model: LanguageModel,  # noqa: ARG002
        inside: QuoteFilter | None = None,  # noqa: ARG002
    ) -> TokenFilter | None:
        """Nothing: no verdict is asked for but what the options are."""
        return None

    def likeliest(self, quoted: Sequence[QuotedSpan]) -> str:  # noqa: ARG002
        """Nothing: no words of the passages are asked for."""
        return ""

    def is_enough(self, quoted: Sequence[QuotedSpan]) -> bool:  # noqa: ARG002
        """Left to the model."""
        return False

    def list_of(self, quoted: Sequence[QuotedSpan]) -> AskedList | None:  # noqa: ARG002
        """Nothing: no list is asked for."""
        return None

    @cached_property
    def _wanted(self) -> Wanted | None:
        return None
