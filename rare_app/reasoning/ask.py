"""Ask: retrieve, let the model reason over the passages, and tie the answer to their words."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import cache, partial

from rare_app.evidence import (
    Guide,
    find_reader,
    is_unheard_of,
)
from rare_app.library import Library, Passage, check_question, embedder_folder
from rare_app.model import GENERIC, Cancelled, ChatServer, Engine, Loaded, Profile
from rare_app.reasoning.choices import check_choices, with_choice
from rare_app.reasoning.gather import Gatherer
from rare_app.reasoning.local_run import LocalRun
from rare_app.reasoning.misread import with_misread
from rare_app.reasoning.prompt import (
    REFUSAL,
    Turn,
    as_read,
    with_choices,
)
from rare_app.reasoning.prove_answer import AnswerProver
from rare_app.reasoning.quoted_claims import rests_aside
from rare_app.reasoning.refusals import in_its_language, is_refusal
from rare_app.reasoning.run import Clock, Run, Stop
from rare_app.reasoning.scope import says_all
from rare_app.reasoning.searching import Finder, Search
from rare_app.reasoning.server_run import ServerRun
from rare_app.reasoning.settle import conclude, is_carried, settle
from rare_app.reasoning.sub_answers import SubAnswers
from rare_app.reasoning.survey import Survey
from rare_app.reasoning.task import Scope, Task, find_task
from rare_app.reasoning.types import (
    Answer,
    Done,
    Event,
    Judged,
    Retrieved,
    Retrying,
    Understood,
    Waiting,
    Writing,
)
from rare_app.reasoning.understand import (
    WRITES_FROM_BYTES,
    may_mean_more,
    understand,
    understand_by_server,
)
from rare_app.settings import Settings
from rare_app.words import content_words

_FEWEST_WORDS = 3
"""Words of content with which a question says by itself what it is about."""
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
        self._guide = guide or Guide(
            embed=library.embedder.embed,
            reader=find_reader(settings, embedder=embedder_folder()),
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
        choices: Sequence[str] = (),
        more: Search | None = None,
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
        choices : sequence of str
            The options that the answer is one of, in any words; empty for a free answer. The model
            is told them, and :attr:`Answer.choice` is the one that it says.
        more : callable, optional
            Finds more passages for some words while an answer over given ones is written; over a
            library, by default, it is searched again.
        cancelled : callable
            Asked often; once it is true the answer ends as it stands.

        Yields
        ------
        Event
            The last one is :class:`Done`.

        Raises
        ------
        UserError
            The question, the collection, the model or the choices are not as they must be.
        """
        question = check_question(question, longest=self._settings.maximum_question_characters)
        choices = check_choices(choices)
        profile = self._profile(model, adapter)
        told_before = () if standalone else history
        plans = profile.understands and passages is None and not choices
        lend = partial(self._engine.use, model=model, adapter=adapter)
        find = partial(self._task, collection, documents, lend, cancelled)
        task = find(question) if plans and not told_before else None
        parts: tuple[str, ...] = (question,)
        if task is None:
            parts = self._understood(question, told_before, profile, model, adapter, cancelled)
            if plans and told_before and len(parts) == 1:
                task = find(parts[0])
        if choices and len(parts) > 1:  # one of the options is the answer to all of it
            parts = (question,)
        if len(parts) == 1 and parts[0] != question:
            question = parts[0]
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
            choices=choices,
            more=more,
            cancelled=cancelled,
        )
        if task is not None:
            survey = Survey(
                gatherer=self._gatherer,
                prover=self._prover,
                profile=profile,
                use=lend,
                ask_one=partial(ask_one, history=()),
                cancelled=cancelled,
            )
            for event in survey.carry_out(question, task):
                yield _as_asked(event, question)
            return
        if len(parts) == 1:
            for event in ask_one(question, search=_with_last(question, told_before)):
                yield _as_asked(event, question)
            return
        told = SubAnswers(question)
        for asked in parts:
            for event in ask_one(asked):
                if not isinstance(event, Done):
                    yield told.follow(asked, event)
                    continue
                told.add(asked, event.answer)
            if cancelled():
                break
        yield Done(told.answer())

    def _profile(self, model: str, adapter: str) -> Profile:
        """Give the profile of whoever answers; a server has the generic one."""
        return GENERIC if self._server is not None else self._engine.profile(model, adapter)

    def _reader_decides(self, profile: Profile, settings: Settings) -> bool:
        """Whether the reader tells if passages answer before the model is asked.

        It reads better than a score of likeness: “notice period” is little like “may be ended
        with three months' notice”.
        """
        alone = profile.gate is not None and profile.gate.model == 0.0
        guided = settings.quoting == "guided" and settings.gate == "on"
        return alone and guided and self._server is None and self._guide.has_reader

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
        choices: Sequence[str],
        more: Search | None,
        cancelled: Stop,
        search: str = "",
        searches: bool = True,
    ) -> Iterator[Event]:
        """Answer a question for one thing, which stands by itself.

        Parameters
        ----------
        search : str
            What passages are looked for with, if not the question.
        searches : bool
            Whether the library is searched again while the answer is written.
        """
        clock = Clock(begun=time.perf_counter())
        profile = self._profile(model, adapter)
        passages = given
        if passages is None:
            passages = self._gatherer.retrieve(
                search or question, k=k, collection=collection, documents=documents
            )
            passages, listed = self._gatherer.whole_lists(question, passages)
            # The scores tell nothing of a language that the embedder has not learned.
            low = not passages or (
                self._guide.knows(question)
                and passages[0].score < self._settings.refuse_below
                and not self._reader_decides(profile, settings)
            )
            gated = (
                low and not listed and not says_all(question, [as_read(p.text) for p in passages])
            )
        else:
            gated = not passages
        told_so = None
        follows = profile.follows("told") and not choices
        if passages and settings.quoting == "guided" and follows:
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
        if told_so is not None:
            clock.note_token()
            yield Writing(reasoning=told_so.reasoning, answer=told_so.text)
            answer = Answer(answered=True, answer=told_so.text, reasoning=told_so.reasoning)
            answer = with_misread(told_so.prove(answer, question), self._library.page)
            yield Done(replace(answer, timings=clock.timings()))
            return
        yield Judged(tuple(self._gatherer.best_sentences(question, passages)))
        if self._server is None and self._engine.busy:
            yield Waiting()
        told = [turn for turn in history if turn.answer and not is_refusal(turn.answer)]
        if searches and given is None and more is None:
            more = self._gatherer.searching(
                question, passages, collection=collection, documents=documents
            )
        with self._run(
            settings,
            question,
            passages,
            told[-_TOLD_TURNS:],
            clock,
            cancelled,
            model,
            adapter,
            choices,
            more,
        ) as run:
            yield from run.events(memory=memory)
            prove = partial(self._prover.prove, profile=profile, closed=bool(choices))
            answer = prove(run.answer(), question, run.quoted)
            least = self._settings.withhold_below
            if answer.answered and not self._guide.knows(question):
                # The proof reads English best: what it does not find is a doubt, no refusal.
                stands = is_carried(answer, question, withhold_below=least)
                aside = rests_aside(answer, question)
                answer = replace(answer, doubtful=answer.doubtful or aside or not stands)
            elif answer.answered and profile.concludes and not choices:
                guidance = self._gatherer.judge(question, answer.passages)
                answer = conclude(answer, question, guidance, withhold_below=least)
            elif self._wants_another(answer, question):
                yield Retrying()
                second = None
                if notes := self._gatherer.notes(question, answer.passages):
                    yield from run.retry(notes, memory=memory)
                    second = prove(run.answer(), question, run.quoted)
                answer = settle(
                    answer, second, question, withhold_below=self._settings.withhold_below
                )
        answer = with_misread(with_choice(answer, choices), self._library.page)
        yield Done(replace(answer, timings=clock.timings()))

    def _task(
        self,
        collection: str | None,
        documents: Sequence[str],
        lend: Callable[[], AbstractContextManager[Loaded]],
        cancelled: Stop,
        question: str,
    ) -> Task | None:
        """Find out whether whole documents are asked for, and not what some passages say."""
        name = collection or self._settings.collection
        stored = self._library.documents(collection=name, named=documents)
        scope = Scope(stored, chosen=bool(documents), collection=collection)
        if not stored:
            return None
        try:
            with lend() as loaded:
                return find_task(
                    question, scope, gatherer=self._gatherer, loaded=loaded, cancelled=cancelled
                )
        except Cancelled:
            return None

    def _understood(
        self,
        question: str,
        history: Sequence[Turn],
        profile: Profile,
        model: str,
        adapter: str,
        cancelled: Stop,
    ) -> tuple[str, ...]:
        """Give the question as it stands by itself, or the several that it asks."""
        if not may_mean_more(question, history):
            return (question,)
        try:
            if self._server is not None:
                return understand_by_server(
                    question, history, server=self._server, cancelled=cancelled
                )
            if not profile.understands and profile is not GENERIC:
                return (question,)
            with self._engine.use(model=model, adapter=adapter) as loaded:
                if not profile.understands and loaded.file.bytes < WRITES_FROM_BYTES:
                    return (question,)
                return understand(question, history, loaded=loaded, cancelled=cancelled)
        except Cancelled:
            return (question,)

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
        choices: Sequence[str],
        more: Search | None,
    ) -> Iterator[Run]:
        """Let whoever is to write the answer begin with it."""
        if self._server is not None:
            asked = with_choices(question, choices)
            yield ServerRun(settings, self._server, asked, passages, history, clock, cancelled)
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
                self._gatherer.around(question, passages),
                choices,
                more and Finder(more, partial(self._gatherer.around, question)),
            )
            # Asked for again by a second try, it is still to be told.
            run.notice = cache(lambda: self._engine.take_notice(loaded))
            yield run
            if run.written_tokens:
                self._engine.record.note(
                    loaded.file, tokens=run.written_tokens, seconds=run.written_seconds
                )

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


def _with_last(question: str, history: Sequence[Turn]) -> str:
    """Give what is searched for where a question was left as typed; empty for the question.

    What says little by itself (“and in winter?”) is searched with the question before it.
    """
    if not history or len(content_words(question)) >= _FEWEST_WORDS:
        return ""
    return f"{history[-1].question} {question}"


def _as_asked(event: Event, question: str) -> Event:
    """Have a refusal in the question's language."""
    if isinstance(event, Done):
        return Done(in_its_language(event.answer, question))
    return event
