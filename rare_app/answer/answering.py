"""The answer at the end of a completion: the conclusion again, or what the model writes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rare_app.answer.calculations import EQUALS, Calculations
from rare_app.answer.quoting import Quoting
from rare_app.answer.tidy import (
    as_sentence,
    first_lines,
    repeats,
    without_odd_bracket,
    without_question,
)
from rare_app.answer.wanted import runs_on
from rare_app.answer.writer import Writer
from rare_app.model import LanguageModel, Profile, QuotedSpan
from rare_app.prompt import (
    ANSWER_CLOSE,
    ANSWER_OPEN,
    ANSWER_START,
    THINK_CLOSE,
    conclusion_of,
    parse_completion,
)
from rare_app.types import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Ends a completion with an answer.

    Attributes
    ----------
    question : str
    is_closed : bool
        Whether the answer is one of some options.
    writer : Writer
    model : LanguageModel
    profile : Profile
    calculations : Calculations
    longest : int
        Most tokens of an answer.
    """

    question: str
    is_closed: bool
    writer: Writer
    model: LanguageModel
    profile: Profile
    calculations: Calculations
    longest: int

    def repeat_conclusion(self, reasoning: str, rest: str) -> bool:
        """Answer with the sentence that the reasoning ends with, if it ends with one.

        Left to write it once more, a small model puts a “yes” before it that says otherwise.

        Parameters
        ----------
        rest : str
            What is still to be written of the reasoning.
        """
        said = conclusion_of(reasoning) if self.profile.concludes and not self.is_closed else ""
        said = without_question(said, self.question)
        if not said or said.endswith(("?", "？", "؟")):
            return False
        written = self.writer.text.rstrip()
        opening = f"{rest}{ANSWER_START}"
        if written.endswith(THINK_CLOSE):
            opening = f"\n{ANSWER_OPEN}"
        elif written.endswith(ANSWER_OPEN):
            opening = ""
        self.writer.say(f"{opening}{as_sentence(said)}{ANSWER_CLOSE}")
        return True

    def write(
        self, quoting: Quoting, quoted: Sequence[QuotedSpan], texts: Sequence[str]
    ) -> Iterator[Event]:
        """Let the model write the answer after its tag.

        Parameters
        ----------
        quoted : sequence of QuotedSpan
            What was quoted, with its `texts`.
        """
        writer = self.writer
        if ANSWER_OPEN not in writer.text:
            # It ended the reasoning by itself: left alone it may go on quoting, without an end.
            yield from writer.put_in(f"\n{ANSWER_OPEN}")
        by = quoting.answer_filter(self.model, quoted)
        if by is not None:
            by.accept(writer.text[writer.text.rfind(ANSWER_OPEN) :].encode())
        spans = self.profile.style == "span"
        likeliest = quoting.likeliest(quoted) if spans else ""
        equals = (EQUALS,) if self.profile.calculates else ()
        left = self.longest
        while left > 0:
            begun = writer.tokens
            yield from writer.write(
                left,
                stop=(ANSWER_CLOSE, *equals),
                by=by,
                enough=lambda: runs_on(self._said, likeliest) or repeats(self._said),
            )
            left -= max(1, writer.tokens - begun)
            if not (equals and writer.text.endswith(EQUALS)):
                break
            yield from writer.put_in(self.calculations.carry_out(writer.text, texts))
        self._tidy(likeliest)
        if not parse_completion(writer.text, finished=True).answer:
            yield from writer.put_in(f"\n{ANSWER_OPEN}")
            yield from writer.write(self.longest, stop=(ANSWER_CLOSE,))

    def _tidy(self, likeliest: str) -> None:
        """Keep of what was written the answer alone."""
        said = self._said.strip()
        kept = likeliest if runs_on(said, likeliest) else first_lines(said)
        if self.profile.style == "span":
            kept = without_odd_bracket(kept)
        elif not self.is_closed:
            kept = as_sentence(without_question(kept, self.question))
        if kept != said:
            text = self.writer.text
            opened = text.rfind(ANSWER_OPEN) + len(ANSWER_OPEN)
            self.writer.text = f"{text[:opened]}{kept}{ANSWER_CLOSE}"

    @property
    def _said(self) -> str:
        """What stands behind the answer's tag so far; it may not be there yet."""
        _, tag, said = self.writer.text.rpartition(ANSWER_OPEN)
        return said.removesuffix(ANSWER_CLOSE) if tag else ""
