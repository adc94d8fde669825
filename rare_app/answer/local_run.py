"""One question on the model of this machine."""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial

from rare_app.answer.answering import Answering
from rare_app.answer.assemble import assemble, block_tokens
from rare_app.answer.calculations import EQUALS, Calculations
from rare_app.answer.closed_quoting import ClosedQuoting
from rare_app.answer.context import Context
from rare_app.answer.decide import SURE_NATS
from rare_app.answer.gate import NoEnd, NoRefusal, NoTag
from rare_app.answer.guide import Guide
from rare_app.answer.quoting import Quoting
from rare_app.answer.refusals import is_refusal
from rare_app.answer.run import Clock, Stop
from rare_app.answer.searching import Finder, Searches, SearchFilter, words_of
from rare_app.answer.writer import Writer
from rare_app.calc import CLOSE as CALC_CLOSE
from rare_app.calc import CalcFilter
from rare_app.library import Passage
from rare_app.model import (
    Cancelled,
    Loaded,
    Profile,
    QuotedSpan,
    QuoteFilter,
    TokenFilter,
    together,
)
from rare_app.prompt import (
    ANSWER_CLOSE,
    ANSWER_OPEN,
    ANSWER_START,
    OPENING,
    REFUSAL,
    REFUSAL_THOUGHTS,
    SEARCH_CLOSE,
    SEARCH_OPEN,
    THINK_CLOSE,
    Turn,
    as_read,
    completion,
    opens_with_refusal,
    parse_completion,
    with_choices,
)
from rare_app.settings import Settings
from rare_app.skills import (
    BLANK,
    NOTHING_KNOWN,
    Surroundings,
    list_completion,
    names_a_blank,
    open_cells,
    rest_of_list,
    spell_rows,
    spell_value,
)
from rare_app.types import Answer, Decision, Event, Retrieved, Searching, Step, TokenCounts

LONGEST_SEARCH = 40
"""Most tokens of a search's words."""
OPENING_TOKENS = 48
"""Longest sentence before the first quote, in tokens."""
_SENTENCE = re.compile(r"\s*(?:\S+\s+){3,}(?:\S*\w{3}[.!?]|\S*\n)")


class LocalRun:
    """Reads the prompt, with what is stored of it, and writes the completion.

    Parameters
    ----------
    loaded : Loaded
        The model, with its adapter and its memory.
    question : str
    passages : sequence of Passage
        Those that do not fit into the context are left out, the last ones first.
    history : sequence of Turn
        Told to a model whose profile says that it reads it.
    guide : Guide
        Says which sentences the question is after.
    around : Surroundings
        What else is known of the passages.
    choices : sequence of str
        The options that the answer is one of; empty for a free answer.
    finder : Finder, optional
        Finds more passages, for a model whose profile says that it searches.
    aside : str
        What the model alone is told under the question.
    """

    notice: Callable[[], str]
    """Gives what the user is to be told of the model, the first time."""

    def __init__(
        self,
        settings: Settings,
        loaded: Loaded,
        question: str,
        passages: Sequence[Passage],
        history: Sequence[Turn],
        clock: Clock,
        cancelled: Stop,
        guide: Guide,
        around: Surroundings = NOTHING_KNOWN,
        choices: Sequence[str] = (),
        finder: Finder | None = None,
        aside: str = "",
    ) -> None:
        self._settings = settings
        self._loaded = loaded
        self._clock = clock
        self._stopped = False
        self.notice = lambda: ""
        self._decision: Decision | None = None
        self._listed: tuple[QuotedSpan, ...] = ()
        self._question = question
        self._choices = tuple(choices)
        self._spelled = 0  # quotes whose rows have been spelled out
        self._asked_after = 0  # quotes after which it was asked whether they are enough
        reserve = settings.reasoning_tokens + settings.answer_tokens + 16
        reserve = min(reserve, loaded.model.context_tokens // 2)
        prompt, used = assemble(
            with_choices(question, self._choices) + aside,
            passages,
            model=loaded.model,
            reserve=reserve,
            history=history if self.profile.reads_chat else (),
            profile=self.profile,
        )
        self._context = Context(loaded, prompt, reserve=reserve, cancelled=cancelled)
        self._writer = Writer(settings, loaded, self._context, clock, cancelled)
        self._guide = guide
        self._filter: QuoteFilter | None = None
        self._steps: list[Step] = []
        self._calculations = Calculations(question, steps=self._steps)
        self._answering = Answering(
            question=question,
            is_closed=bool(choices),
            writer=self._writer,
            model=loaded.model,
            profile=self.profile,
            calculations=self._calculations,
            longest=settings.answer_tokens,
        )
        self._searches = Searches(finder if self.profile.searches else None, self._steps)
        self._read_over(passages[:used], around.of_first(used))

    def _read_over(self, passages: Sequence[Passage], around: Surroundings) -> None:
        """Let the quotes and the sums of the completion be of these passages."""
        earlier, self._passages = self._filter, tuple(passages)
        quoting = partial(ClosedQuoting, choices=self._choices) if self._choices else Quoting
        self._quoting = quoting(
            settings=self._settings,
            question=self._question,
            passages=self._passages,
            guide=self._guide,
            profile=self.profile,
            around=around,
        )
        self._filter = self._quoting.filter(self._loaded.model)
        if self._filter is not None and earlier is not None:
            self._filter.go_on_from(earlier)
        self._calculations.passages = [as_read(f"{one.head}\n{one.text}") for one in passages]

    @property
    def quoted(self) -> Sequence[QuotedSpan]:
        """Quotes whose place is known, in order."""
        return (*(self._filter.quotes if self._filter else ()), *self._listed)

    def events(self, *, memory: bool) -> Iterator[Event]:
        """Read the prompt and write the completion."""
        model = self._loaded.model
        self._use_memory(memory)
        try:
            alone = self._quoting.decides_alone
            decision = self._quoting.decide(model) if alone else None
            if decision is None or decision.quotes:
                yield from self._context.read()
            decision = decision if alone else self._quoting.decide(model)
            # Where the reader has decided alone the passages are not read: a refusal stays quick.
            if decision and not decision.quotes and not alone and self._searches.are_possible:
                decision = yield from self._look_again(decision)
            self._decision = decision
            if decision and not decision.quotes:
                self._writer.say(completion(reasoning=REFUSAL_THOUGHTS[0], answer=REFUSAL))
            else:
                yield from self._reason(
                    must_quote=decision is not None and self.profile.opens_with_quote
                )
        except Cancelled:
            self._stopped = True
        if self._filter:
            self._filter.close()
        yield self._writer.progress(finished=True)

    @property
    def profile(self) -> Profile:
        """What is known of the model that answers."""
        return self._loaded.profile

    def _use_memory(self, wanted: bool) -> None:
        on = wanted and self._settings.memory == "on"
        self._context.memory = self._loaded.memory if on else None

    @property
    def written_tokens(self) -> int:
        """How many tokens the model has written."""
        return self._writer.tokens

    @property
    def written_seconds(self) -> float:
        """How long it has been writing."""
        return self._writer.seconds

    def _look_again(self, decision: Decision) -> Generator[Event, None, Decision]:
        """Search before it is refused, in words of the model's; gives the decision after that."""
        yield from self._writer.put_in(SEARCH_OPEN)
        by = SearchFilter(self._loaded.model.pieces)
        by.accept(SEARCH_OPEN.encode())
        yield from self._writer.write(LONGEST_SEARCH, stop=(SEARCH_CLOSE,), by=by)
        if not (yield from self._search()):
            return decision
        return self._quoting.decide(self._loaded.model) or decision

    def _search(self) -> Generator[Event, None, bool]:
        """Carry out the search that the completion ends with; tells whether it brought anything."""
        words = words_of(self._writer.text)
        if words is None:
            return False
        yield Searching(words)
        begun = self._clock.elapsed
        about = " ".join([self._question, *self._quoted_texts()])
        found = self._searches.find(words, self._passages, about=about)
        self._clock.retrieved += self._clock.elapsed - begun
        blocks = [block_tokens(self._loaded.model, one) for one in found]
        quoted = [one.text for one in self.quoted]
        if not found or not (
            yield from self._context.recall(blocks, said=self._writer.text, quoted=quoted)
        ):
            if found:
                self._searches.find_no_room()
            yield from self._writer.put_in(f" ({self._steps[-1].trouble})\n")
            self._context.put_in(OPENING)
            return False
        self._writer.text += "\n"
        known = (*self._passages, *found)
        self._read_over(known, self._searches.around(known))
        yield Retrieved(known)
        return True

    def _reason(self, *, must_quote: bool) -> Iterator[Event]:
        """Write reasoning and answer."""
        if self._filter and must_quote:
            if self.profile.thinks_first:
                yield from self._open()
            self._filter.demand()
        answers = NoRefusal(self._loaded.model) if self._decision and not must_quote else None
        calculating = None
        if self.profile.calculates:
            calculating = CalcFilter(
                pieces=self._loaded.model.pieces,
                known=lambda: self._calculations.known(self._quoted_texts()),
            )
        searching = None
        if self.profile.searches:
            searching = SearchFilter(
                self._loaded.model.pieces, lambda: self._searches.are_over or self._is_sure
            )
        yield from self._think(together(calculating, searching, answers))
        thought = parse_completion(self._writer.text, finished=True)
        if is_refusal(thought.answer):
            return
        if opens_with_refusal(thought.reasoning):
            # Its own words for it, asked for an answer, are seldom the sentence that says so.
            self._writer.text = completion(reasoning=thought.reasoning, answer=REFUSAL)
            return
        if not thought.answer_begun:
            rest = self._filter.rest_of_close if self._filter is not None else ""
            if self.profile.follows("lists") and (asked := self._quoting.list_of(self.quoted)):
                if asked.is_foreign:
                    self._writer.say(f"{rest}{ANSWER_START}{REFUSAL}{ANSWER_CLOSE}")
                    return
                left = rest_of_list(asked, self.quoted)
                self._writer.say(f"{rest}{list_completion(asked, left, self._passages)}")
                self._listed = left
                return
            if self._answering.repeat_conclusion(thought.reasoning, rest):
                return
            # The reasoning ended, has quoted enough, ran long or goes round in circles: ask for
            # the answer.
            yield from self._writer.put_in(f"{rest}{ANSWER_START}")
        elif not thought.answer and self._answering.repeat_conclusion(thought.reasoning, ""):
            return
        yield from self._answering.write(self._quoting, self.quoted, self._quoted_texts())

    @property
    def _is_sure(self) -> bool:
        """Whether the reader is sure that a passage answers, so that nothing is to be searched."""
        said = self._decision.reader_log_odds if self._decision else None
        return said is not None and said >= SURE_NATS

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
        left, spells = self._settings.reasoning_tokens, self.profile.style == "sentence"
        calculation = (CALC_CLOSE, EQUALS) if self.profile.calculates else ()
        search = (SEARCH_CLOSE,) if self.profile.searches else ()
        concludes: TokenFilter | None = None
        while left > 0:
            begun = self._writer.tokens
            yield from self._writer.write(
                left,
                stop=(THINK_CLOSE, ANSWER_OPEN, *calculation, *search),
                by=together(self._filter, after, concludes),
                enough=lambda: (
                    (spells and len(self.quoted) > self._spelled) or self._quotes_are_enough()
                ),
            )
            left -= max(1, self._writer.tokens - begun)
            if search and self._writer.text.endswith(SEARCH_CLOSE):
                yield from self._search()
                continue
            worked = self._calculations.carry_out(self._writer.text, self._quoted_texts())
            if calculation and (worked or self._writer.text.endswith(EQUALS)):
                yield from self._writer.put_in(worked)
                continue
            new = self.quoted[self._spelled :]
            self._spelled = len(self.quoted)
            begun_to_answer = parse_completion(self._writer.text, finished=True).answer_begun
            if begun_to_answer or not (spells and new):
                return
            concludes = None
            if spelled := spell_rows(self._question, new, self._passages):
                if (yield from self._spell(spelled, new)):
                    # The model would take a neighbour's figure: the place is there, and empty.
                    self._writer.say(f"{ANSWER_START}{REFUSAL}{ANSWER_CLOSE}")
                    return
                concludes = NoEnd(self._loaded.model)
            if self._quotes_are_enough():
                return

    def _spell(self, spelled: str, new: Sequence[QuotedSpan]) -> Generator[Event, None, bool]:
        """Put in what the cells of a quoted row are called; tells whether the one meant is blank.

        Where the question's words do not say which one is meant, the model does, by its name: left
        to copy the figure by itself, it takes a neighbour's.
        """
        yield from self._writer.put_in(f" {spelled}")
        chosen = None
        if cells := open_cells(self._question, new, self._passages):
            yield from self._writer.put_in(" →")
            name = yield from self._writer.choose([f"{one}:" for one in cells])
            chosen = cells.get(name.removesuffix(":"))
            if chosen is not None:
                yield from self._writer.put_in(f" {spell_value(chosen)}")
        yield from self._writer.put_in("\n")
        return names_a_blank(self._question, new, self._passages, chosen)

    def _quoted_texts(self) -> list[str]:
        """Give what was quoted so far, in the words that the model has read."""
        return [as_read(self._passages[q.text].text)[q.start : q.end] for q in self.quoted]

    def _quotes_are_enough(self) -> bool:
        """Ask after each new quote whether it was the last one that is needed: one of a list."""
        quotes = len(self.quoted)
        if quotes == self._asked_after:
            return False
        self._asked_after = quotes
        return self.profile.follows("lists") and self._quoting.list_of(self.quoted) is not None

    def answer(self) -> Answer:
        """Sum up; claims and quotes are still to be found."""
        parsed = parse_completion(self._writer.text, finished=True)
        text = parsed.answer
        # A cell that code has told to be blank is no answer.
        said = bool(text) and not is_refusal(text) and BLANK not in text
        return Answer(
            answered=said,
            answer=text if said or self._stopped else REFUSAL,
            reasoning=parsed.reasoning,
            passages=self._passages,
            model=self._loaded.file.name,
            adapter=self._loaded.adapter.name if self._loaded.adapter else None,
            tokens=TokenCounts(
                prompt=self._context.usage.prompt,
                prompt_from_memory=self._context.usage.prompt_from_memory,
                generated=self._context.usage.generated,
            ),
            decision=self._decision,
            stopped=self._stopped,
            notice=self.notice(),
            steps=tuple(self._steps),
        )
