"""The reasoning of one answer: what the model writes, and what code puts in between."""

import re
from collections.abc import Generator, Iterator, Sequence
from functools import partial

from rare_app.answer.assemble import block_tokens
from rare_app.answer.calculations import EQUALS, Calculations
from rare_app.answer.closed_quoting import ClosedQuoting
from rare_app.answer.decide import SURE_NATS
from rare_app.answer.gate import NoTag, no_end, no_refusal, no_row
from rare_app.answer.guide import Guide
from rare_app.answer.question import Question, Read
from rare_app.answer.quoting import Quoting
from rare_app.answer.searching import Finder, Searches, SearchFilter, words_of
from rare_app.answer.writer import Writer
from rare_app.calc import CLOSE as CALC_CLOSE
from rare_app.calc import CalcFilter
from rare_app.model import QuotedSpan, QuoteFilter, TokenFilter, together
from rare_app.prompt import (
    ANSWER_CLOSE,
    ANSWER_OPEN,
    ANSWER_START,
    OPENING,
    REFUSAL,
    SEARCH_CLOSE,
    SEARCH_OPEN,
    THINK_CLOSE,
    as_read,
    parse_completion,
)
from rare_app.skills import names_a_blank, open_cells, spell_rows, spell_value
from rare_app.types import Decision, Event, Retrieved, Searching, Step

LONGEST_SEARCH = 40
"""Most tokens of a search's words."""
SURE_OF_COLUMN = 0.6
"""Probability from which the column that the model names is not doubted."""
OPENING_TOKENS = 48
"""Longest sentence before the first quote, in tokens."""
_SENTENCE = re.compile(r"\s*(?:\S+\s+){3,}(?:\S*\w{3}[.!?]|\S*\n)")


class Reasoning:
    """Thinks over passages with quotes, sums and searches.

    Parameters
    ----------
    question : Question
    read : Read
        What is in the model's context.
    writer : Writer
        Goes on behind the prompt.
    guide : Guide
        Says which sentences the question is after.
    finder : Finder, optional
        Finds more passages, for a model whose profile says that it searches.

    Attributes
    ----------
    passages : tuple of Passage
        What has been read; a search adds to it.
    quoting : Quoting
        Of these passages.
    steps : list of Step
        What code has carried out.
    remarks : list of str
        What is doubtful, a sentence each, for the user.
    """

    def __init__(
        self,
        question: Question,
        read: Read,
        *,
        writer: Writer,
        guide: Guide,
        finder: Finder | None,
    ) -> None:
        self._question = question
        self._writer, self._context, self._clock = writer, writer.context, writer.clock
        self._loaded, self._profile = writer.loaded, writer.loaded.profile
        self._guide = guide
        self._spelled = 0  # quotes whose rows have been spelled out
        self._asked_after = 0  # quotes after which it was asked whether they are enough
        self._filter: QuoteFilter | None = None
        self.steps: list[Step] = []
        self.remarks: list[str] = []
        self.calculations = Calculations(question.text, steps=self.steps)
        self._searches = Searches(finder if self._profile.searches else None, self.steps)
        self._read_over(read)

    def _read_over(self, read: Read) -> None:
        """Let the quotes and the sums be of these passages."""
        earlier, self.passages = self._filter, tuple(read.passages)
        choices = self._question.choices
        quoting = partial(ClosedQuoting, choices=choices) if choices else Quoting
        self.quoting = quoting(
            settings=self._question.settings,
            question=self._question.text,
            passages=self.passages,
            guide=self._guide,
            profile=self._profile,
            around=read.around,
        )
        self._filter = self.quoting.filter(self._loaded.model)
        if self._filter is not None and earlier is not None:
            self._filter.go_on_from(earlier)
        self.calculations.passages = [as_read(f"{one.head}\n{one.text}") for one in self.passages]

    @property
    def quoted(self) -> tuple[QuotedSpan, ...]:
        """Quotes whose place is known, in order."""
        return tuple(self._filter.quotes) if self._filter else ()

    @property
    def rest_of_quote(self) -> str:
        """What is still to be written to close the quote that is open; empty when none is."""
        return self._filter.rest_of_close if self._filter else ""

    def close(self) -> None:
        """End an open quote where it stands."""
        if self._filter:
            self._filter.close()

    def write(self, decision: Decision | None) -> Iterator[Event]:
        """Write the reasoning.

        Parameters
        ----------
        decision : Decision or None
            What was decided before; ``None`` where it is left to the model.
        """
        must_quote = decision is not None and self._profile.opens_with_quote
        if self._filter and must_quote:
            if self._profile.thinks_first:
                yield from self._open()
            self._filter.demand()
        model, calculating, searching = self._loaded.model, None, None
        if self._profile.calculates:
            calculating = CalcFilter(
                pieces=model.pieces,
                known=lambda: self.calculations.known(self.quoted_texts()),
            )
        if self._profile.searches:
            searching = SearchFilter(
                model.pieces, lambda: self._searches.are_over or _is_sure(decision)
            )
        answers = no_refusal(model) if decision and not must_quote else None
        yield from self._think(together(calculating, searching, answers))

    def look_again(self, decision: Decision) -> Generator[Event, None, Decision]:
        """Search before it is refused, in words of the model's; gives the decision after that."""
        if not self._searches.are_possible:
            return decision
        yield from self._writer.put_in(SEARCH_OPEN)
        by = SearchFilter(self._loaded.model.pieces)
        by.accept(SEARCH_OPEN.encode())
        yield from self._writer.write(LONGEST_SEARCH, stop=(SEARCH_CLOSE,), by=by)
        if not (yield from self._search()):
            return decision
        return self.quoting.decide(self._loaded.model) or decision

    def _search(self) -> Generator[Event, None, bool]:
        """Carry out the search that the completion ends with; tells whether it brought anything."""
        words = words_of(self._writer.text)
        if words is None:
            return False
        yield Searching(words)
        begun = self._clock.elapsed
        about = " ".join([self._question.text, *self.quoted_texts()])
        found = self._searches.find(words, self.passages, about=about)
        self._clock.retrieved += self._clock.elapsed - begun
        blocks = [block_tokens(self._loaded.model, one) for one in found]
        quoted = [one.text for one in self.quoted]
        if not found or not (
            yield from self._context.recall(blocks, said=self._writer.text, quoted=quoted)
        ):
            if found:
                self._searches.find_no_room()
            yield from self._writer.put_in(f" ({self.steps[-1].trouble})\n")
            self._context.put_in(OPENING)
            return False
        self._writer.text += "\n"
        known = (*self.passages, *found)
        self._read_over(Read(known, self._searches.around(known)))
        yield Retrieved(known)
        return True

    def _open(self) -> Iterator[Event]:
        """Write the sentence that stands before the first quote."""
        yield from self._writer.write(
            OPENING_TOKENS,
            stop=(),
            by=NoTag(self._loaded.model),
            enough=lambda: _SENTENCE.fullmatch(self._writer.text) is not None,
        )
        if not self._writer.text.endswith("\n"):
            yield from self._writer.put_in("\n")

    def _think(self, after: TokenFilter | None) -> Iterator[Event]:
        """Write the reasoning; code puts in results, and what the cells of quoted rows are called.

        A model that has to count cells takes a neighbour's. The names are read in one batch.
        """
        left, spells = self._question.settings.reasoning_tokens, self._profile.style == "sentence"
        calculation = (CALC_CLOSE, EQUALS) if self._profile.calculates else ()
        search = (SEARCH_CLOSE,) if self._profile.searches else ()
        behind: TokenFilter | None = None
        while left > 0:
            begun = self._writer.tokens
            yield from self._writer.write(
                left,
                stop=(THINK_CLOSE, ANSWER_OPEN, *calculation, *search),
                by=together(self._filter, after, behind),
                enough=lambda: (
                    (spells and len(self.quoted) > self._spelled) or self._quotes_are_enough()
                ),
            )
            left -= max(1, self._writer.tokens - begun)
            if search and self._writer.text.endswith(SEARCH_CLOSE):
                yield from self._search()
                continue
            worked = self.calculations.carry_out(self._writer.text, self.quoted_texts())
            if calculation and (worked or self._writer.text.endswith(EQUALS)):
                yield from self._writer.put_in(worked)
                continue
            new = self.quoted[self._spelled :]
            self._spelled = len(self.quoted)
            begun_to_answer = parse_completion(self._writer.text, finished=True).answer_begun
            if begun_to_answer or not (spells and new):
                return
            behind = no_row(self._loaded.model)
            if spelled := spell_rows(self._question.text, new, self.passages):
                if (yield from self._spell(spelled, new)):
                    # The model would take a neighbour's figure: the place is there, and empty.
                    self._writer.say(f"{ANSWER_START}{REFUSAL}{ANSWER_CLOSE}")
                    return
                behind = no_end(self._loaded.model)
            if self._quotes_are_enough():
                return

    def _spell(self, spelled: str, new: Sequence[QuotedSpan]) -> Generator[Event, None, bool]:
        """Put in what the cells of a quoted row are called; tells whether the one meant is blank.

        Where the question's words do not say which one is meant, the model does, by its name: left
        to copy the figure by itself, it takes a neighbour's.
        """
        yield from self._writer.put_in(f" {spelled}")
        chosen = None
        if cells := open_cells(self._question.text, new, self.passages):
            yield from self._writer.put_in(" →")
            name, sure = yield from self._writer.choose([f"{one}:" for one in cells])
            chosen = cells.get(name.removesuffix(":"))
            if chosen is not None and sure < SURE_OF_COLUMN:
                self.remarks.append(
                    f"The question does not say which column is meant; “{name.removesuffix(':')}” "
                    "was taken."
                )
            if chosen is not None:
                yield from self._writer.put_in(f" {spell_value(chosen)}")
        yield from self._writer.put_in("\n")
        return names_a_blank(self._question.text, new, self.passages, chosen)

    def quoted_texts(self) -> list[str]:
        """Give what was quoted so far, in the words that the model has read."""
        return [as_read(self.passages[q.text].text)[q.start : q.end] for q in self.quoted]

    def _quotes_are_enough(self) -> bool:
        """Ask after each new quote whether it was the last one that is needed: one of a list."""
        quotes = len(self.quoted)
        if quotes == self._asked_after:
            return False
        self._asked_after = quotes
        return self._profile.follows("lists") and self.quoting.list_of(self.quoted) is not None


def _is_sure(decision: Decision | None) -> bool:
    """Whether the reader is sure that a passage answers, so that nothing is to be searched."""
    said = decision.reader_log_odds if decision else None
    return said is not None and said >= SURE_NATS
