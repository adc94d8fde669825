"""The way of a question for one thing: find, read, draft, prove, decide."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from rare_app.answer.choices import with_choice
from rare_app.answer.decide import decide
from rare_app.answer.draft import LocalRun
from rare_app.answer.find import decides_alone, find
from rare_app.answer.gather import Gatherer
from rare_app.answer.guide import Guide
from rare_app.answer.prove import AnswerProver
from rare_app.answer.question import Question, Read
from rare_app.answer.run import Clock, Run
from rare_app.answer.searching import Finder
from rare_app.answer.server_run import ServerRun
from rare_app.library import Library, Passage
from rare_app.model import GENERIC, ChatServer, Engine, Profile
from rare_app.prompt import REFUSAL
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
        alone = self.server is None and decides_alone(question, profile, self.guide)
        passages, answers = find(question, gatherer=self.gatherer, alone=alone)
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
                answer = decide(answer, question, gatherer=self.gatherer, profile=profile)
            answer = with_choice(answer, question.choices)
        answer = with_misread(answer, self.library.page)
        yield Done(replace(answer, timings=clock.timings()))

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
