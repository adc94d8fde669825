"""Ask: retrieve, let the model reason over the passages, and tie the answer to their words."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial

from rare_app.evidence import (
    Guide,
    find_reader,
    find_verdicts,
    is_unheard_of,
)
from rare_app.followups import says_little, stand_alone, sub_questions
from rare_app.library import Library, Passage, QuestionError, check_question, embedder_folder
from rare_app.model import (
    Cancelled,
    ChatServer,
    Engine,
)
from rare_app.reasoning.gather import Gatherer
from rare_app.reasoning.local_run import LocalRun
from rare_app.reasoning.parse import is_refusal
from rare_app.reasoning.prompt import (
    REFUSAL,
    Turn,
    as_read,
)
from rare_app.reasoning.prove_answer import AnswerProver
from rare_app.reasoning.rewrite import Rewriter
from rare_app.reasoning.run import Clock, Run, Stop
from rare_app.reasoning.scope import says_all
from rare_app.reasoning.server_run import ServerRun
from rare_app.reasoning.settle import is_carried, settle
from rare_app.reasoning.sub_answers import SubAnswers
from rare_app.reasoning.types import (
    Answer,
    Done,
    Event,
    Judged,
    Retrieved,
    Retrying,
    Understood,
    Waiting,
)
from rare_app.settings import Settings

_TOLD_TURNS = 2
"""Answered questions of the chat that a model without our adapter is told."""


class Assistant:
    """Answers questions from a library with a language model.

    Parameters
    ----------
    settings : Settings
    library : Library
    engine : Engine
        The model of this machine.
    server : ChatServer, optional
        Asked in its place.
    guide : Guide, optional
        Finds the evidence; by default what the settings name.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        library: Library,
        engine: Engine,
        server: ChatServer | None = None,
        guide: Guide | None = None,
    ) -> None:
        self._settings = settings
        self._library = library
        self._engine = engine
        self._server = server
        self._rewriter = Rewriter(engine=engine, server=server)
        self._guide = guide or Guide(
            embed=library.embedder.embed,
            reader=find_reader(settings, embedder=embedder_folder()),
            verdicts=find_verdicts(settings),
        )
        self._gatherer = Gatherer(settings, library, self._guide)
        self._prover = AnswerProver(
            guide=self._guide, gatherer=self._gatherer, doubt_below=settings.doubt_below
        )

    def warm_up(self) -> None:
        """Load what finds the evidence before the first question asks for it."""
        self._guide.warm_up()

    def ask(
        self,
        question: str,
        *,
        collection: str | None = None,
        k: int | None = None,
        documents: Sequence[str] = (),
        passages: Sequence[Passage] | None = None,
        history: Sequence[Turn] = (),
        standalone: bool = False,
        model: str = "",
        adapter: str = "",
        quoting: str = "",
        memory: bool = True,
        cancelled: Stop = lambda: False,
    ) -> Iterator[Event]:
        """Answer a question, telling what happens on the way.

        Parameters
        ----------
        collection : str, optional
            Where to look; default from the settings.
        k : int, optional
            How many passages; default from the settings.
        documents : sequence of str
            Names of the only documents that are searched; empty for all of the collection.
        passages : sequence of Passage, optional
            Given ones in place of retrieval.
        history : sequence of Turn
            The chat so far, oldest first. A question that goes on from it is searched and answered
            as one that stands by itself (:class:`Understood`).
        standalone : bool
            Whether it does so already and is not to be rewritten.
        model, adapter : str
            Names; empty for the defaults.
        quoting : str
            ``guided``, ``constrained`` or ``free``; empty for what the settings say.
        memory : bool
            Whether what the model has in its context already is used again.
        cancelled : callable
            Asked often; once it is true the answer ends as it stands.

        Yields
        ------
        Event
            The last one is :class:`Done`.

        Raises
        ------
        UserError
            The question, the collection or the model is not as it must be.
        """
        question = check_question(question, longest=self._settings.maximum_question_characters)
        if history and not standalone:
            question, asked = (
                self._standalone(question, history, model, adapter, cancelled),
                question,
            )
            if question != asked:
                yield Understood(question)
        ask_one = partial(
            self._ask_one,
            settings=replace(self._settings, quoting=quoting) if quoting else self._settings,
            collection=collection,
            k=k,
            documents=documents,
            given=passages,
            history=history,
            model=model,
            adapter=adapter,
            memory=memory,
            cancelled=cancelled,
        )
        parts = sub_questions(question)
        if not parts or not self._is_ours(model, adapter):
            yield from ask_one(question)
            return
        told = SubAnswers(question)
        last, answer = "", ""
        for asked in parts:
            last = stand_alone(asked, last=last, answer=answer) if last else asked
            # What says nothing by itself (“how long must I wait”) is looked for with all words.
            search = question if says_little(last) else ""
            for event in ask_one(last, search=search):
                if not isinstance(event, Done):
                    yield told.follow(asked, event)
                    continue
                told.add(asked, event.answer)
                answer = event.answer.answer if event.answer.answered else ""
            if cancelled():
                break
        yield Done(told.answer())

    def _is_ours(self, model: str, adapter: str) -> bool:
        """Whether an adapter of ours answers, which has learned to answer one thing at a time."""
        return self._server is None and self._engine.adapts(model, adapter)

    def _ask_one(
        self,
        question: str,
        *,
        settings: Settings,
        collection: str | None,
        k: int | None,
        documents: Sequence[str],
        given: Sequence[Passage] | None,
        history: Sequence[Turn],
        model: str,
        adapter: str,
        memory: bool,
        cancelled: Stop,
        search: str = "",
    ) -> Iterator[Event]:
        """Answer a question for one thing, which stands by itself.

        Parameters
        ----------
        search : str
            What passages are looked for with, if not the question.
        """
        clock = Clock(begun=time.perf_counter())
        passages = given
        overview = None
        if passages is None:
            overview = self._gatherer.overview(question, collection, documents)
        if overview is not None:
            passages, gated = overview.passages, False
        elif passages is None:
            passages = self._gatherer.retrieve(
                search or question, k=k, collection=collection, documents=documents
            )
            passages, listed = self._gatherer.whole_lists(question, passages)
            low = not passages or passages[0].score < self._settings.refuse_below
            gated = (
                low and not listed and not says_all(question, [as_read(p.text) for p in passages])
            )
        else:
            gated = not passages
        told_so = None
        if passages and settings.quoting == "guided":
            told_so = self._gatherer.told(
                question,
                passages,
                given=given is not None,
                collection=collection,
                documents=documents,
            )
            gated = gated and not (told_so is not None and told_so.is_sure)
            gated = gated or is_unheard_of(question, [one.text for one in passages])
        clock.retrieved = clock.elapsed
        yield Retrieved(passages=tuple(passages))
        if gated:
            yield Done(
                Answer(
                    answered=False,
                    answer=REFUSAL,
                    question=question,
                    passages=tuple(passages),
                    timings=clock.timings(),
                )
            )
            return
        if overview is None and told_so is None:
            yield Judged(tuple(self._gatherer.best_sentences(question, passages)))
        if self._server is None and self._engine.busy:
            yield Waiting()
        told = [turn for turn in history if turn.answer and not is_refusal(turn.answer)]
        with self._run(
            settings, question, passages, told[-_TOLD_TURNS:], clock, cancelled, model, adapter
        ) as run:
            quoted = overview if overview is not None else told_so
            if quoted is not None and isinstance(run, LocalRun) and run.is_ours:
                yield from run.tell(quoted.reasoning, quoted.text)
                answer = quoted.prove(run.answer(), question)
                yield Done(replace(answer, timings=clock.timings()))
                return
            yield from run.events(memory=memory)
            whether = isinstance(run, LocalRun) and run.asks_whether
            answer = self._prover.prove(run.answer(), question, run.quoted, whether=whether)
            if self._wants_another(answer, question):
                yield Retrying()
                second = None
                if notes := self._gatherer.notes(question, answer.passages):
                    yield from run.retry(notes, memory=memory)
                    second = self._prover.prove(run.answer(), question, run.quoted, whether=whether)
                answer = settle(
                    answer, second, question, withhold_below=self._settings.withhold_below
                )
        yield Done(replace(answer, timings=clock.timings()))

    def _standalone(
        self,
        question: str,
        history: Sequence[Turn],
        model: str,
        adapter: str,
        cancelled: Stop,
    ) -> str:
        try:
            written = self._rewriter.standalone(
                question, history, model=model, adapter=adapter, cancelled=cancelled
            )
            return check_question(written, longest=self._settings.maximum_question_characters)
        except (Cancelled, QuestionError):
            return question

    @contextmanager
    def _run(
        self,
        settings: Settings,
        question: str,
        passages: Sequence[Passage],
        history: Sequence[Turn],
        clock: Clock,
        cancelled: Stop,
        model: str,
        adapter: str,
    ) -> Iterator[Run]:
        """Let whoever is to write the answer begin with it."""
        if self._server is not None:
            yield ServerRun(settings, self._server, question, passages, history, clock, cancelled)
            return
        with self._engine.use(model=model, adapter=adapter) as loaded:
            run = LocalRun(
                settings,
                loaded,
                question,
                passages,
                history,
                clock,
                cancelled,
                self._guide,
                self._gatherer.around(passages),
            )
            # Asked for again by a second try, it is still to be told.
            run.notice = cache(lambda: self._engine.take_notice(loaded))
            yield run

    def answer(self, question: str, **options: object) -> Answer:
        """Answer a question and return the whole answer; options as for :meth:`ask`."""
        for event in self.ask(question, **options):  # type: ignore[arg-type]
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("ask() ends with Done")

    def _wants_another(self, answer: Answer, question: str) -> bool:
        return (
            self._settings.unsupported == "retry"
            and answer.answered
            and not answer.stopped
            and not is_carried(answer, question, withhold_below=self._settings.withhold_below)
        )
