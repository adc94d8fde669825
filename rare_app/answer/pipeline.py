"""The way of a question for one thing: find, read, draft, prove, decide."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from rare_app.answer.choices import with_choice
from rare_app.answer.decide import decide
from rare_app.answer.gather import Gatherer
from rare_app.answer.guide import Guide
from rare_app.answer.local_run import LocalRun
from rare_app.answer.prove_answer import AnswerProver
from rare_app.answer.question import Question, Read
from rare_app.answer.run import Clock, Run
from rare_app.answer.scope import says_all
from rare_app.answer.searching import Finder
from rare_app.answer.server_run import ServerRun
from rare_app.library import Library, Passage
from rare_app.model import GENERIC, ChatServer, Engine, Profile
from rare_app.prompt import REFUSAL, as_read
from rare_app.proof import with_misread
from rare_app.types import Answer, Done, Event, Judged, Retrieved, Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Answers questions for one thing each.

    Attributes
    ----------
    library : Library
    engine : Engine
        The model of this machine.
    server : ChatServer or None
        Asked in its place.
    guide : Guide
        Reads the passages for evidence.
    gatherer : Gatherer
        Finds the passages, and what else is known of them.
    prover : AnswerProver
    """

    library: Library
    engine: Engine
    server: ChatServer | None
    guide: Guide
    gatherer: Gatherer
    prover: AnswerProver

    def profile(self, model: str, adapter: str) -> Profile:
        """Give the profile of whoever answers; a server has the generic one."""
        return GENERIC if self.server is not None else self.engine.profile(model, adapter)

    def answer(self, question: Question) -> Iterator[Event]:
        """Answer a question, telling what happens on the way.

        Yields
        ------
        Event
            The last one is :class:`Done`.
        """
        clock = Clock(begun=time.perf_counter())
        profile = self.profile(question.model, question.adapter)
        passages, answers = self._find(question, profile)
        clock.retrieved = clock.elapsed
        yield Retrieved(passages=tuple(passages))
        answer = Answer(False, REFUSAL, question=question.text, passages=tuple(passages))
        if answers:
            yield Judged(tuple(self.gatherer.best_sentences(question.text, passages)))
            if self.server is None and self.engine.busy:
                yield Waiting()
            with self._draft(question, passages, clock) as run:
                yield from run.events(memory=question.memory)
                answer = self._prove(question, run, profile)
            if question.settings.unsupported == "quote" and not question.choices:
                answer = decide(
                    answer, question, gatherer=self.gatherer, concludes=profile.concludes
                )
            answer = with_choice(answer, question.choices)
        answer = with_misread(answer, self.library.page)
        yield Done(replace(answer, timings=clock.timings()))

    def _find(self, question: Question, profile: Profile) -> tuple[Sequence[Passage], bool]:
        """Find the passages, and say whether any may answer; else it is refused without a model."""
        asked, given = question.text, question.given
        if given is not None:
            return given, bool(given)
        found = self.gatherer.retrieve(
            question.search or asked,
            k=question.k,
            collection=question.collection,
            documents=question.documents,
        )
        passages, listed = self.gatherer.whole_lists(asked, found)
        answers = (
            not self._is_low(question, passages, profile)
            or listed
            or says_all(asked, [as_read(one.text) for one in passages])
        )
        return passages, answers

    def _is_low(self, question: Question, passages: Sequence[Passage], profile: Profile) -> bool:
        """Whether the passages are so little like the question that none is worth reading.

        The reader, where it decides alone, reads better than a score of likeness; and the scores
        tell nothing of a language that the embedder has not learned.
        """
        if not passages:
            return True
        alone = profile.gate is not None and profile.gate.model == 0.0 and self.guide.has_reader
        decides = alone and question.is_guided and question.settings.gate == "on"
        if (decides and self.server is None) or not self.guide.knows(question.text):
            return False
        return passages[0].score < question.settings.refuse_below

    @contextmanager
    def _draft(
        self, question: Question, passages: Sequence[Passage], clock: Clock
    ) -> Iterator[Run]:
        """Let whoever is to write the answer begin with it."""
        if self.server is not None:
            yield ServerRun(question, passages, server=self.server, clock=clock)
            return
        with self.engine.use(model=question.model, adapter=question.adapter) as loaded:
            run = LocalRun(
                question,
                Read(passages, self.gatherer.around(question.text, passages)),
                loaded=loaded,
                guide=self.guide,
                clock=clock,
                finder=self._finder(question, passages),
            )
            run.notice = partial(self.engine.take_notice, loaded)
            yield run
            if run.written_tokens:
                self.engine.record.note(
                    loaded.file, tokens=run.written_tokens, seconds=run.written_seconds
                )

    def _finder(self, question: Question, passages: Sequence[Passage]) -> Finder | None:
        """Give what finds more passages while the answer is written, where there may be some."""
        more = question.more
        if more is None and question.searches and question.given is None:
            more = self.gatherer.searching(
                question.text,
                passages,
                collection=question.collection,
                documents=question.documents,
            )
        return more and Finder(more, partial(self.gatherer.around, question.text))

    def _prove(self, question: Question, run: Run, profile: Profile) -> Answer:
        return self.prover.prove(
            run.answer(),
            question.text,
            run.quoted,
            profile=profile,
            closed=bool(question.choices),
        )
