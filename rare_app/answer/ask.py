"""Ask: what a question means, and how each thing that it asks for is answered."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Unpack

from rare_app.answer.choices import check_choices
from rare_app.answer.gather import Gatherer
from rare_app.answer.guide import Guide
from rare_app.answer.pipeline import Pipeline
from rare_app.answer.prove import AnswerProver
from rare_app.answer.question import AskOptions, Question
from rare_app.answer.refusals import in_its_language
from rare_app.answer.sub_answers import SubAnswers
from rare_app.answer.survey import Survey
from rare_app.answer.task import Scope, Task, find_task
from rare_app.answer.understand import (
    WRITES_FROM_BYTES,
    may_be_several,
    understand,
    understand_by_server,
)
from rare_app.library import Library, check_question, embedder_folder
from rare_app.model import GENERIC, Cancelled, ChatServer, Engine, Loaded, Profile
from rare_app.prompt import Turn
from rare_app.reader import find_reader
from rare_app.settings import Settings
from rare_app.skills import SKILLS, Skill
from rare_app.types import Answer, Done, Event, Understood
from rare_app.words import content_words

_FEWEST_WORDS = 3
"""Words of content with which a question says by itself what it is about."""


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
    skills : sequence of Skill
        What code knows of some questions and answers.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        library: Library,
        engine: Engine,
        server: ChatServer | None = None,
        guide: Guide | None = None,
        skills: Sequence[Skill] = SKILLS,
    ) -> None:
        self._settings = settings
        guide = guide or Guide(
            embed=library.embedder.embed,
            reader=find_reader(settings, embedder=embedder_folder()),
            skills=skills,
        )
        gatherer = Gatherer(settings, library, guide)
        prover = AnswerProver(
            guide=guide,
            gatherer=gatherer,
            skills=skills,
        )
        self._pipeline = Pipeline(
            library=library,
            engine=engine,
            server=server,
            guide=guide,
            gatherer=gatherer,
            prover=prover,
        )

    def warm_up(self) -> None:
        """Load what finds the evidence before the first question asks for it."""
        self._pipeline.guide.warm_up()

    def ask(self, question: str, **options: Unpack[AskOptions]) -> Iterator[Event]:
        """Answer a question, telling what happens on the way.

        Parameters
        ----------
        **options
            See :class:`AskOptions`; any other is a :class:`TypeError`.

        Yields
        ------
        Event
            The last one is :class:`Done`.

        Raises
        ------
        UserError
            The question, the collection, the model or the choices are not as they must be.
        """
        asked = self._as_question(check_question(question), options)
        profile = self._pipeline.profile(asked.model, asked.adapter)
        before = () if options.get("standalone") else asked.history
        task, parts = self._meaning(asked, before, profile)
        if len(parts) > 1:
            yield from self._each(asked, parts)
            return
        if parts[0] != asked.text:
            asked = replace(asked, text=parts[0])
            yield Understood(asked.text)
        if task is None:
            events = self._pipeline.answer(replace(asked, search=_with_last(asked.text, before)))
        else:
            events = self._survey(asked, profile).carry_out(asked.text, task)
        for event in events:
            if isinstance(event, Done):
                event = Done(in_its_language(event.answer, asked.text))  # noqa: PLW2901
            yield event

    def answer(self, question: str, **options: Unpack[AskOptions]) -> Answer:
        """Answer a question and return the whole answer; options as for :meth:`ask`."""
        for event in self.ask(question, **options):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("ask() ends with Done")

    def _as_question(self, text: str, options: AskOptions) -> Question:
        if unknown := options.keys() - AskOptions.__annotations__.keys():
            raise TypeError(f"ask() has no option “{min(unknown)}”")
        settings, quoting = self._settings, options.get("quoting")
        return Question(
            text=text,
            settings=replace(settings, quoting=quoting) if quoting else settings,
            collection=options.get("collection"),
            k=options.get("k"),
            documents=options.get("documents", ()),
            given=options.get("passages"),
            history=options.get("history", ()),
            model=options.get("model", ""),
            adapter=options.get("adapter", ""),
            memory=options.get("memory", True),
            choices=check_choices(options.get("choices", ())),
            more=options.get("more"),
            cancelled=options.get("cancelled", lambda: False),
        )

    def _meaning(
        self, asked: Question, history: Sequence[Turn], profile: Profile
    ) -> tuple[Task | None, tuple[str, ...]]:
        """Find out what is asked for: whole documents, one thing or several."""
        plans = profile.understands and asked.given is None and not asked.choices
        task = self._task(asked) if plans and not history else None
        if task is not None:
            return task, (asked.text,)
        parts = self._parts(asked, history, profile)
        if asked.choices and len(parts) > 1:  # one of the options is the answer to all of it
            parts = (asked.text,)
        if plans and history and len(parts) == 1:
            task = self._task(replace(asked, text=parts[0]))
        return task, parts

    def _task(self, asked: Question) -> Task | None:
        """Find out whether whole documents are asked for, and not what some passages say."""
        gatherer = self._pipeline.gatherer
        stored = gatherer.library.documents(
            collection=asked.collection or self._settings.collection, named=asked.documents
        )
        if not stored:
            return None
        scope = Scope(stored, chosen=bool(asked.documents), collection=asked.collection)
        try:
            with self._lend(asked)() as loaded:
                return find_task(
                    asked.text, scope, gatherer=gatherer, loaded=loaded, cancelled=asked.cancelled
                )
        except Cancelled:
            return None

    def _parts(self, asked: Question, history: Sequence[Turn], profile: Profile) -> tuple[str, ...]:
        """Give the question as it stands by itself, or the several that it asks."""
        question, cancelled = asked.text, asked.cancelled
        if not history and not may_be_several(question):
            return (question,)
        try:
            if (server := self._pipeline.server) is not None:
                return understand_by_server(question, history, server=server, cancelled=cancelled)
            if not profile.understands and profile is not GENERIC:
                return (question,)
            with self._lend(asked)() as loaded:
                if not profile.understands and loaded.file.bytes < WRITES_FROM_BYTES:
                    return (question,)
                return understand(question, history, loaded=loaded, cancelled=cancelled)
        except Cancelled:
            return (question,)

    def _each(self, asked: Question, parts: Sequence[str]) -> Iterator[Event]:
        """Answer several questions, one after the other."""
        told = SubAnswers(asked.text)
        for part in parts:
            for event in self._pipeline.answer(replace(asked, text=part)):
                if isinstance(event, Done):
                    told.add(part, event.answer)
                else:
                    yield told.follow(part, event)
            if asked.cancelled():
                break
        yield Done(told.answer())

    def _survey(self, asked: Question, profile: Profile) -> Survey:
        def ask_one(text: str, **changes: object) -> Iterator[Event]:
            own = replace(asked, text=text, history=(), **changes)  # type: ignore[arg-type]
            return self._pipeline.answer(own)

        return Survey(
            gatherer=self._pipeline.gatherer,
            prover=self._pipeline.prover,
            profile=profile,
            use=self._lend(asked),
            ask_one=ask_one,
            cancelled=asked.cancelled,
        )

    def _lend(self, asked: Question) -> Callable[[], AbstractContextManager[Loaded]]:
        return partial(self._pipeline.engine.use, model=asked.model, adapter=asked.adapter)


def _with_last(question: str, history: Sequence[Turn]) -> str:
    """Give what is searched for where a question was left as typed; empty for the question.

    What says little by itself (“and in winter?”) is searched with the question before it.
    """
    if not history or len(content_words(question)) >= _FEWEST_WORDS:
        return ""
    return f"{history[-1].question} {question}"
