"""Carry out a task over whole documents: pass by pass, then put together what each of them says."""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import numpy as np

from rare_app.answer.cells import as_cell
from rare_app.answer.changes import MOST as MOST_CHANGES
from rare_app.answer.changes import Change, as_answer, changes_between, sentences_of
from rare_app.answer.digest import write_digest
from rare_app.answer.gather import Gatherer
from rare_app.answer.overview import Overview, tell_document, tell_section
from rare_app.answer.prove import AnswerProver
from rare_app.answer.run import Stop
from rare_app.answer.sub_answers import SubAnswers
from rare_app.answer.task import Task
from rare_app.library import StoredDocument
from rare_app.model import Cancelled, Loaded, Profile
from rare_app.prompt import REFUSAL
from rare_app.types import Answer, Done, Event, Retrieved, Surveying, Timings, Writing

_PASSAGES = 3
"""Of a document that are read for one thing."""
_OF_ONE, _OF_EACH = 6, 4
"""Sentences that tell of one document, and of each of several."""
_CONCLUDED_FROM = 8
"""Passages that the last pass reads."""

Pass = Generator[Event, None, Answer]
"""Tells events, and gives an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Carries tasks out.

    Attributes
    ----------
    gatherer : Gatherer
    prover : AnswerProver
    profile : Profile
        Of the model that answers.
    use : callable
        Lends the model.
    ask_one : callable
        Answers a question by some passages: of ``documents`` (by their hashes), or those ``given``.
    cancelled : callable
    """

    gatherer: Gatherer
    prover: AnswerProver
    profile: Profile
    use: Callable[[], AbstractContextManager[Loaded]]
    ask_one: Callable[..., Iterator[Event]]
    cancelled: Stop

    def carry_out(self, question: str, task: Task) -> Iterator[Event]:
        """Go through the documents of a task, and answer.

        Yields
        ------
        Event
            The last one is :class:`Done`.
        """
        if task.kind == "changes" and (told := self._changes(question, task)) is not None:
            answer = told
        elif task.things:
            answer = yield from self._each(question, task)
            answered = sum(one.answered for one in answer.parts)
            if not answer.stopped and 2 * answered < max(1, len(answer.parts)):
                # Most documents do not speak of it: it was not the same thing in each of them.
                yield from self.ask_one(question)
                return
        else:
            answer = yield from self._whole(question, task)
        if task.left_out:
            every = len(task.documents) + task.left_out
            said = f"{len(task.documents)} of {every} documents were gone through."
            answer = replace(answer, notice=f"{answer.notice} {said}".strip())
        yield Done(answer)

    # --- the same things in each of several ---

    def _each(self, question: str, task: Task) -> Pass:
        """Look for each thing in each document; where they are compared, conclude."""
        compared = task.kind != "each" or len(task.things) > 1
        columns = [thing.name for thing in task.things] if compared else []
        told = SubAnswers(question, apart=True, columns=columns)
        for number, document in enumerate(task.documents, start=1):
            if self.cancelled():
                break
            yield Surveying(document.name, number, len(task.documents))
            told.begin_row(document.name)
            for thing in task.things:
                asked = f"{document.name} – {thing.name}" if compared else document.name
                if self.cancelled():
                    told.add(asked, Answer(False, REFUSAL, question=thing.question, stopped=True))
                    continue
                ask = self.ask_one(
                    thing.question, documents=[document.content_hash], k=_PASSAGES, searches=False
                )
                answer = yield from _followed(ask, told, asked)
                told.add(asked, as_cell(answer, thing.question))
        if task.kind == "compare" and not self.cancelled():
            yield from self._conclude(question, told)
        return told.answer(stopped=self.cancelled())

    def _conclude(self, question: str, told: SubAnswers) -> Iterator[Event]:
        """Add a conclusion over what was found, if there is one that the passages prove."""
        cited = told.cited()[:_CONCLUDED_FROM]
        if len({one.document_id for one in cited}) < 2:
            return
        answer = yield from _followed(self.ask_one(question, given=cited), told, question)
        proved = answer.claims and all(one.status == "supported" for one in answer.claims)
        if answer.answered and proved and not answer.doubtful and not answer.stopped:
            told.add(question, answer)

    # --- whole documents ---

    def _whole(self, question: str, task: Task) -> Pass:
        """Tell what each document, or a section of it, is about."""
        several = len(task.documents) > 1
        told = SubAnswers(question, apart=True)
        for number, document in enumerate(task.documents, start=1):
            if self.cancelled():
                break
            yield Surveying(document.name, number, len(task.documents))
            answer = yield from self._told(question, document, task.heading, told, several)
            if not several:
                return answer
            told.add(document.name, answer)
        return told.answer(stopped=self.cancelled())

    def _told(
        self, question: str, document: StoredDocument, heading: str, told: SubAnswers, several: bool
    ) -> Pass:
        begun = time.perf_counter()
        chunks = self.gatherer.library.chunks_of(document)
        embed = self.gatherer.guide.embed
        if heading:
            sentences = tell_section(chunks, heading, embed)
        else:
            sentences = tell_document(chunks, embed, most=_OF_EACH if several else _OF_ONE)
        if not sentences:
            return Answer(False, REFUSAL, question=question, passages=tuple(chunks[:1]))
        overview = Overview(tuple(sentences), (document.name,))
        found = round(time.perf_counter() - begun, 4)
        for event in (Retrieved(overview.passages), Writing(overview.reasoning, "")):
            yield told.follow(document.name, event) if several else event
        answer = Answer(True, overview.text, reasoning=overview.reasoning)
        answer = overview.prove(answer, question)
        stopped = False
        try:
            with self.use() as loaded:
                digest = write_digest(question, overview, loaded=loaded, cancelled=self.cancelled)
                proved = self._proved(question, digest, overview) if digest else None
                if proved is not None:
                    answer = replace(
                        proved,
                        model=loaded.file.name,
                        adapter=loaded.adapter.name if loaded.adapter else None,
                    )
        except Cancelled:
            stopped = True
        total = round(time.perf_counter() - begun, 4)
        return replace(answer, stopped=stopped, timings=Timings(found, found, total))

    def _proved(self, question: str, digest: str, overview: Overview) -> Answer | None:
        """Prove what the model has written of a document; ``None`` where it is not carried."""
        answer = self.prover.prove(
            Answer(True, digest, reasoning=overview.reasoning, passages=overview.passages),
            question,
            overview.spans,
            profile=replace(self.profile, rules=frozenset()),
        )
        found = [one.status for one in answer.claims]
        carried = found.count("supported")
        if not found or not {*found} <= {"supported", "weak"} or 2 * carried < len(found):
            return None
        doubtful = carried < len(found)
        return replace(answer, expected=None, confidence=None, doubtful=doubtful)

    # --- two versions ---

    def _changes(self, question: str, task: Task) -> Answer | None:
        """Set two versions side by side where they differ; ``None`` where they are too unlike."""
        library = self.gatherer.library
        older, newer = task.documents
        begun = time.perf_counter()
        found = changes_between(*(sentences_of(library.chunks_of(one)) for one in (older, newer)))
        if found is None:
            return None
        if not found:
            said = f"“{newer.name}” says the same as “{older.name}”, sentence by sentence."
            return Answer(False, REFUSAL, question=question, notice=said)
        told = SubAnswers(question, apart=True, columns=[older.name, newer.name])
        for change in self._likest(question, found):
            told.begin_row(change.head)
            for document, sentence in ((older, change.before), (newer, change.after)):
                told.add(f"{document.name} – {change.head}", as_answer(sentence))
        answer = told.answer()
        left = len(found) - MOST_CHANGES
        notice = (
            f"{MOST_CHANGES} of {len(found)} changes are shown, those most like the question."
            if left > 0
            else ""
        )
        took = round(time.perf_counter() - begun, 4)
        return replace(answer, notice=notice, timings=Timings(took, None, took))

    def _likest(self, question: str, changes: Sequence[Change]) -> list[Change]:
        """Give the changes that are most like a question, in their order, where they are many."""
        if len(changes) <= MOST_CHANGES:
            return list(changes)
        said = [one.text for change in changes if (one := change.after or change.before)]
        likeness = self.gatherer.guide.likeness(question, said)
        best = sorted(np.argsort(-likeness, kind="stable")[:MOST_CHANGES])
        return [changes[at] for at in best]


def _followed(events: Iterator[Event], told: SubAnswers, asked: str) -> Pass:
    """Pass on what is told of one question, behind what the others told; gives its answer."""
    answer = Answer(False, REFUSAL, question=asked)
    for event in events:
        if isinstance(event, Done):
            answer = event.answer
        else:
            yield told.follow(asked, event)
    return answer
