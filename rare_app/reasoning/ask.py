"""Ask: retrieve, let the model reason over the passages, and tie the answer to their words."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

from rare_app.evidence import (
    Guidance,
    Guide,
    Surroundings,
    condition_of,
    expected_recall,
    find_lists,
    find_reader,
    find_verdicts,
    is_unheard_of,
    leads_of,
)
from rare_app.library import Library, Passage, QuestionError, check_question, embedder_folder
from rare_app.model import (
    Cancelled,
    ChatServer,
    Engine,
    QuotedSpan,
)
from rare_app.reasoning.claims import split_claims
from rare_app.reasoning.confidence import confidence
from rare_app.reasoning.consequence import Following, find_following
from rare_app.reasoning.figures import figure_of, is_not_worked_out, prove_figure, stands_for
from rare_app.reasoning.listing import complete_list, list_in, prove_list, share_of_list
from rare_app.reasoning.local_run import LocalRun
from rare_app.reasoning.notes import take_notes
from rare_app.reasoning.overview import (
    MOST_DOCUMENTS,
    Overview,
    asks_for_overview,
    documents_asked_for,
    tell,
)
from rare_app.reasoning.parse import is_refusal
from rare_app.reasoning.prompt import (
    REFUSAL,
    Turn,
    as_read,
)
from rare_app.reasoning.proof import Prover
from rare_app.reasoning.quoting import cite_quotes, with_retrieval
from rare_app.reasoning.rewrite import Rewriter
from rare_app.reasoning.run import Clock, Run, Stop
from rare_app.reasoning.server_run import ServerRun
from rare_app.reasoning.settle import is_carried, settle
from rare_app.reasoning.sheets import bind_sheets
from rare_app.reasoning.types import (
    Answer,
    Claim,
    Done,
    Event,
    Retrieved,
    Retrying,
    Understood,
    Waiting,
)
from rare_app.reasoning.whether_answer import answer_whether
from rare_app.settings import Settings

_TOLD_TURNS = 2
"""Answered questions of the chat that a model without our adapter is told."""
_ABOVE = 20_000
"""Characters of a page before a passage that are looked through for the names of columns."""


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
    """

    def __init__(
        self,
        *,
        settings: Settings,
        library: Library,
        engine: Engine,
        server: ChatServer | None = None,
    ) -> None:
        self._settings = settings
        self._library = library
        self._engine = engine
        self._server = server
        self._rewriter = Rewriter(engine=engine, server=server)
        self._guide = Guide(
            embed=library.embedder.embed,
            reader=find_reader(settings, embedder=embedder_folder()),
            verdicts=find_verdicts(settings),
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
        clock = Clock(begun=time.perf_counter())
        question = check_question(question, longest=self._settings.maximum_question_characters)
        if history and not standalone:
            question, asked = (
                self._standalone(question, history, model, adapter, cancelled),
                question,
            )
            if question != asked:
                yield Understood(question)
        settings = replace(self._settings, quoting=quoting) if quoting else self._settings
        overview = None
        if passages is None:
            overview = self._overview(question, collection, documents)
        if overview is not None:
            passages, gated = overview.passages, False
        elif passages is None:
            passages = self._library.retrieve(
                question, k=k, collection=collection, documents=documents
            )
            passages, listed = self._whole_lists(question, passages)
            gated = not passages or (passages[0].score < self._settings.refuse_below and not listed)
        else:
            gated = not passages
        following = None
        if passages and settings.quoting == "guided":
            following = self._following(question, passages)
            gated = gated and not (following is not None and following.is_sure)
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
        if self._server is None and self._engine.busy:
            yield Waiting()
        told = [turn for turn in history if turn.answer and not is_refusal(turn.answer)]
        with self._run(
            settings, question, passages, told[-_TOLD_TURNS:], clock, cancelled, model, adapter
        ) as run:
            quoted = overview if overview is not None else following
            if quoted is not None and isinstance(run, LocalRun) and run.is_ours:
                yield from run.tell(quoted.reasoning, quoted.text)
                answer = quoted.prove(run.answer(), question)
                yield Done(replace(answer, timings=clock.timings()))
                return
            yield from run.events(memory=memory)
            whether = isinstance(run, LocalRun) and run.asks_whether
            answer = self._prove(run.answer(), question, run.quoted, whether=whether)
            if self._wants_another(answer, question):
                yield Retrying()
                second = None
                if notes := self._notes(question, answer.passages):
                    yield from run.retry(notes, memory=memory)
                    second = self._prove(run.answer(), question, run.quoted, whether=whether)
                answer = settle(
                    answer, second, question, withhold_below=self._settings.withhold_below
                )
        yield Done(replace(answer, timings=clock.timings()))

    def _overview(
        self, question: str, collection: str | None, documents: Sequence[str]
    ) -> Overview | None:
        """Tell what documents are about, where a question asks for that."""
        if not asks_for_overview(question):
            return None
        stored = self._library.documents(
            collection=collection or self._settings.collection, named=documents
        )
        asked = documents_asked_for(question, stored)
        own = [(one, self._library.chunks_of(one)) for one in asked[:MOST_DOCUMENTS]]
        told = tell(own, self._guide.embed)
        return Overview(tuple(told), tuple(one.name for one in asked)) if told else None

    def _following(self, question: str, passages: Sequence[Passage]) -> Following | None:
        """Find what follows from something, where a question asks for that."""
        if condition_of(question) is None:
            return None
        guidance = self._judge(question, passages)
        texts = [as_read(passage.text) for passage in passages]
        leads = leads_of(texts, guidance.sentences, self._around(passages))
        return find_following(question, passages, guidance, leads, next_chunk=self._next_chunk)

    def _next_chunk(self, passage: Passage) -> Passage | None:
        """Give the chunk behind a passage of the library; of a given one, nothing."""
        document = self._library.document(passage.document_id)
        chunks = self._library.chunks_of(document) if document else []
        key = (passage.chunk_id, passage.text)
        own = [at for at, one in enumerate(chunks) if (one.chunk_id, one.text) == key]
        return chunks[own[0] + 1] if own and own[0] + 1 < len(chunks) else None

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
                self._around(passages),
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

    def _around(self, passages: Sequence[Passage]) -> Surroundings:
        """Say what the library knows of passages; of given ones, nothing."""
        pages = (self._library.page_text(one.document_id, one.page) or "" for one in passages)
        return Surroundings(
            above=tuple(
                as_read(page[max(0, one.start - _ABOVE) : one.start])
                for page, one in zip(pages, passages, strict=True)
            ),
            names=self._names(passages),
            sheets=tuple(
                one.sheet for one in bind_sheets(passages, page_text=self._library.page_text)
            ),
        )

    def _names(self, passages: Sequence[Passage]) -> str:
        return self._library.names_of(sorted({one.document_id for one in passages}))

    def _whole_lists(
        self, question: str, passages: Sequence[Passage]
    ) -> tuple[Sequence[Passage], bool]:
        """Add what a list that is asked for lacks; tells whether there is one for sure."""
        texts = [as_read(passage.text) for passage in passages]
        sheets = bind_sheets(passages, page_text=self._library.page_text)
        around = Surroundings(names=self._names(passages), sheets=tuple(s.sheet for s in sheets))
        lists = find_lists(question, texts, around)
        sure = bool(lists) and lists[0].is_sure
        return complete_list(lists, passages, self._library, sheets), sure

    def _judge(self, question: str, passages: Sequence[Passage]) -> Guidance:
        texts = [as_read(passage.text) for passage in passages]
        return self._guide.judge(question, texts, self._around(passages))

    def _notes(self, question: str, passages: Sequence[Passage]) -> list[QuotedSpan]:
        return take_notes(self._judge(question, passages), passages)

    def _prove(
        self,
        answer: Answer,
        question: str,
        quoted: Sequence[QuotedSpan],
        *,
        whether: bool = False,
    ) -> Answer:
        """Find the places that quotes and claims rest on.

        Parameters
        ----------
        whether : bool
            Whether a yes or no of the model's gives way to what the documents say.
        """
        quotes, invented = cite_quotes(answer.reasoning, answer.passages, quoted)
        prover = Prover(
            answer.passages,
            question=question,
            embed=self._guide.embed,
            judge=lambda: self._judge(question, answer.passages),
            quoted=quotes,
        )
        figure, repeated, asked = None, False, None
        if answer.answered and answer.adapter is not None:
            asked = list_in(answer, self._judge(question, answer.passages))
            figure = figure_of(answer, self._judge(question, answer.passages), quotes)
            repeated = figure is None and is_not_worked_out(answer.answer, question, quotes)
        if whether and not (figure or asked):
            guidance = with_retrieval(self._judge(question, answer.passages), answer.passages)
            called = [self._names([one]) for one in answer.passages]
            quoting = replace(answer, quotes=quotes)
            if told := answer_whether(question, quoting, guidance, called=called):
                return replace(told, question=question, invented_quotes=invented)
        if figure:
            expected = self._expected(answer, " ".join(stands_for(figure, answer)), question)
            claims: tuple[Claim, ...] = (prove_figure(figure, answer, prover.prove),)
            answer = replace(answer, answer=figure.written)
        elif asked:
            guidance = self._judge(question, answer.passages)
            expected = share_of_list(asked, with_retrieval(guidance, answer.passages))
            claims = prove_list(asked, answer, guidance, prover.prove)
        else:
            expected = self._expected(answer, answer.answer, question)
            said = split_claims(answer.answer) if answer.answered else ()
            claims = tuple(prover.prove(claim) for claim in said)
        likely = confidence(expected, answer.decision)
        return replace(
            answer,
            question=question,
            claims=claims,
            quotes=quotes,
            invented_quotes=invented,
            expected=expected,
            confidence=likely,
            doubtful=repeated
            or bool(asked and (asked.missing or not asked.is_sure))
            or (likely is not None and likely < self._settings.doubt_below),
        )

    def _expected(self, answer: Answer, text: str, question: str) -> float | None:
        """Ask the reader how much of what it expects is in a text of our own adapter."""
        if not answer.answered or answer.adapter is None:
            return None  # another model may know better than the reader
        said = self._judge(question, answer.passages)
        texts = [as_read(passage.text) for passage in answer.passages]
        return expected_recall(
            text,
            words=said.words,
            texts=texts,
            sentences=said.sentences,
        )
