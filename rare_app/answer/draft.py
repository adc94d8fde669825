"""One question on the model of this machine."""

from collections.abc import Callable, Generator, Iterator, Sequence

from rare_app.answer.answering import Answering
from rare_app.answer.assemble import Layout, assemble
from rare_app.answer.context import Context
from rare_app.answer.gate import no_refusal
from rare_app.answer.guide import Guide
from rare_app.answer.question import Question, Read
from rare_app.answer.quoting import Quoting
from rare_app.answer.reasoning import Reasoning
from rare_app.answer.refusals import is_refusal
from rare_app.answer.run import Clock
from rare_app.answer.searching import Finder
from rare_app.answer.stating import as_quotes, find_places, state
from rare_app.answer.writer import Writer
from rare_app.model import Cancelled, Loaded, Profile, QuotedSpan
from rare_app.numbers import has_new_figure
from rare_app.prompt import (
    ANSWER_CLOSE,
    ANSWER_START,
    REFUSAL,
    REFUSAL_THOUGHTS,
    completion,
    opens_with_refusal,
    parse_completion,
    with_likely,
)
from rare_app.skills import BLANK, list_completion, rest_of_list
from rare_app.types import Answer, Decision, Event, TokenCounts


class LocalRun:
    """Reads the prompt, with what is stored of it, and writes the completion.

    Parameters
    ----------
    question : Question
    read : Read
        Passages that do not fit into the context are left out, the last ones first.
    loaded : Loaded
        The model, with its adapter and its memory.
    guide : Guide
        Says which sentences the question is after.
    clock : Clock
    finder : Finder, optional
        Finds more passages, for a model whose profile says that it searches.
    """

    notice: Callable[[], str]
    """Gives what the user is to be told of the model, the first time."""

    def __init__(
        self,
        question: Question,
        read: Read,
        *,
        loaded: Loaded,
        guide: Guide,
        clock: Clock,
        finder: Finder | None = None,
    ) -> None:
        self._question, self._read = question, read
        self._loaded, self._guide = loaded, guide
        self._clock, self._finder = clock, finder
        self._stopped = False
        self.notice = lambda: ""
        self._decision: Decision | None = None
        self._listed: tuple[QuotedSpan, ...] = ()
        self._places: tuple[QuotedSpan, ...] = ()
        self._states, self._anew, self._likely = False, None, ""
        if self.profile.answers_first:
            quoting = self._quoting()
            self._states = not (question.choices or quoting.rests_on_row)
            self._anew = quoting.best_passage
            self._likely = quoting.likely_words() if self.profile.led else ""
        self._begin()

    def _begin(self) -> None:
        """Put the prompt together, and what is written behind it."""
        question, read, loaded, anew = self._question, self._read, self._loaded, self._anew
        settings = question.settings
        reserve = settings.reasoning_tokens + settings.answer_tokens + 16
        reserve = min(reserve, loaded.model.context_tokens // 2)
        prompt, used = assemble(
            with_likely(question.told + question.aside, self._likely if self._states else ""),
            read.passages,
            model=loaded.model,
            reserve=reserve,
            history=question.earlier if self.profile.reads_chat else (),
            layout=Layout(profile=self.profile, in_steps=not self._states, anew=anew),
        )
        anew = None if anew is None else anew if anew < used else 0
        self._context = Context(
            loaded,
            prompt,
            reserve=reserve,
            cancelled=question.cancelled,
            kept=len(prompt.blocks) + (anew is not None) - used,
            anew=anew,
        )
        self._writer = Writer(settings, loaded, self._context, self._clock, question.cancelled)
        self._reasoning = Reasoning(
            question,
            Read(read.passages[:used], read.around.of_first(used)),
            writer=self._writer,
            guide=self._guide,
            finder=self._finder,
        )
        self._answering = Answering(
            question=question.text,
            is_closed=bool(question.choices),
            writer=self._writer,
            model=loaded.model,
            profile=self.profile,
            calculations=self._reasoning.calculations,
            longest=settings.answer_tokens,
        )

    @property
    def profile(self) -> Profile:
        """What is known of the model that answers."""
        return self._loaded.profile

    @property
    def quoted(self) -> Sequence[QuotedSpan]:
        """Quotes whose place is known, in order."""
        return (*self._reasoning.quoted, *self._places, *self._listed)

    @property
    def written_tokens(self) -> int:
        """How many tokens the model has written."""
        return self._writer.tokens

    @property
    def written_seconds(self) -> float:
        """How long it has been writing."""
        return self._writer.seconds

    def events(self, *, memory: bool) -> Iterator[Event]:
        """Read the prompt and write the completion."""
        model, quoting = self._loaded.model, self._reasoning.quoting
        kept = memory and self._question.settings.memory == "on"
        self._context.memory = self._loaded.memory if kept else None
        try:
            alone = quoting.decides_alone
            decision = quoting.decide(model) if alone else None
            if decision is None or decision.quotes:
                yield from self._context.read()
            decision = decision if alone else quoting.decide(model)
            # Where the reader has decided alone the passages are not read: a refusal stays quick.
            if decision and not decision.quotes and not alone and not self._states:
                decision = yield from self._reasoning.look_again(decision)
            self._decision = decision
            if decision and not decision.quotes:
                self._writer.say(completion(reasoning=REFUSAL_THOUGHTS[0], answer=REFUSAL))
            elif not (self._states and (yield from self._state(decision))):
                yield from self._reason(decision)
        except Cancelled:
            self._stopped = True
        self._reasoning.close()
        yield self._writer.progress(finished=True)

    def _state(self, decision: Decision | None) -> Generator[Event, None, bool]:
        """Answer in one sentence, and put before it what it rests on.

        Returns
        -------
        bool
            Whether that is the answer; a figure that the model has worked out by itself is none.
        """
        model, settings = self._loaded.model, self._question.settings
        by = no_refusal(model) if decision else None
        yield from state(self._writer, self._question.text, settings.answer_tokens, by)
        said, quoting = self._writer.text, self._reasoning.quoting
        if opens_with_refusal(said) or is_refusal(said):
            self._writer.text = completion(reasoning=said, answer=REFUSAL)
            return True
        known = [self._question.text, *self._reasoning.calculations.passages]
        if self.profile.calculates and has_new_figure(said, known):
            return False
        self._places = tuple(find_places(said, self._question.text, quoting, self._guide))
        self._writer.text = quotes = as_quotes(self._places, quoting.texts)
        if not self._end_with_list(""):
            self._writer.text = completion(reasoning=f"{quotes}{said}", answer=said)
        return True

    def _reason(self, decision: Decision | None) -> Iterator[Event]:
        """Reason in steps, from the beginning where something else was tried first."""
        if self._states:
            self._states, memory = False, self._context.memory
            self._begin()
            self._context.memory = memory
            yield from self._context.read()
        yield from self._reasoning.write(decision)
        yield from self._conclude()

    def _quoting(self) -> Quoting:
        read = self._read
        return Quoting(
            settings=self._question.settings,
            question=self._question.text,
            passages=read.passages,
            guide=self._guide,
            profile=self.profile,
            around=read.around,
        )

    def _conclude(self) -> Iterator[Event]:
        """Let the completion end with an answer."""
        thought = parse_completion(self._writer.text, finished=True)
        if is_refusal(thought.answer):
            return
        if opens_with_refusal(thought.reasoning):
            # Its own words for it, asked for an answer, are seldom the sentence that says so.
            self._writer.text = completion(reasoning=thought.reasoning, answer=REFUSAL)
            return
        if not thought.answer_begun:
            rest = self._reasoning.rest_of_quote
            if self._end_with_list(rest):
                return
            if self._answering.repeat_conclusion(thought.reasoning, rest):
                return
            # The reasoning ended, has quoted enough, ran long or goes round in circles: ask for
            # the answer.
            yield from self._writer.put_in(f"{rest}{ANSWER_START}")
        elif not thought.answer and self._answering.repeat_conclusion(thought.reasoning, ""):
            return
        texts = self._reasoning.quoted_texts()
        yield from self._answering.write(self._reasoning.quoting, self.quoted, texts)

    def _end_with_list(self, rest: str) -> bool:
        """Answer with the list that the quotes are of, as a whole, where one is asked for."""
        asked = self._reasoning.quoting.list_of(self.quoted)
        if asked is None or not self.profile.follows("lists"):
            return False
        if asked.is_foreign:
            self._writer.say(f"{rest}{ANSWER_START}{REFUSAL}{ANSWER_CLOSE}")
            return True
        left = rest_of_list(asked, self.quoted)
        self._writer.say(f"{rest}{list_completion(asked, left, self._reasoning.passages)}")
        self._listed = left
        return True

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
            passages=self._reasoning.passages,
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
            steps=tuple(self._reasoning.steps),
            remarks=tuple(self._reasoning.remarks),
        )
