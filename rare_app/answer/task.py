"""Turn what the model understands of a question into a task over documents of the library."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rare_app.answer.gather import Gatherer
from rare_app.answer.overview import MOST_DOCUMENTS, headings
from rare_app.answer.plan import (
    LOOKING,
    MOST_LISTED,
    MOST_SECTIONS,
    Kind,
    Plan,
    Thing,
    choose_section,
    kind_of,
    threes,
    write_plan,
)
from rare_app.answer.run import Stop
from rare_app.library import StoredDocument, is_older
from rare_app.model import Loaded

_LONGEST = 60
"""Characters of a title that the model is told."""
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
APART = 0.2
"""Retrieval score (:class:`rare_app.library.Passage`) that documents which are meant stand before
those that are not, at least; half of what refuses a question."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done with which documents.

    Attributes
    ----------
    kind : Kind
    documents : tuple of StoredDocument
        In the order in which they are gone through; at most :data:`MOST_DOCUMENTS`.
    things : tuple of Thing
        What is looked for in each.
    heading : str
        The section that is told; empty for whole documents.
    left_out : int
        Documents that are meant and not gone through.
    """

    kind: Kind
    documents: tuple[StoredDocument, ...]
    things: tuple[Thing, ...] = ()
    heading: str = ""
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """The documents that a question is put to.

    Attributes
    ----------
    documents : sequence of StoredDocument
    chosen : bool
        Whether the user has chosen them.
    collection : str or None
        Where they are.
    """

    documents: Sequence[StoredDocument]
    chosen: bool
    collection: str | None


def find_task(
    question: str,
    scope: Scope,
    *,
    gatherer: Gatherer,
    loaded: Loaded,
    cancelled: Stop = lambda: False,
) -> Task | None:
    """Find out whether a question is after whole documents, and which.

    Returns
    -------
    Task or None
        ``None`` for a question that some passages answer, and where the plan comes to nothing.

    Raises
    ------
    Cancelled
        The user stopped the question.
    ModelError
        llama.cpp failed.
    """
    if not scope.documents:
        return None
    kind = kind_of(question, loaded=loaded, cancelled=cancelled)
    several = len(scope.documents) > 1
    if kind == "fact" or (kind in LOOKING and not several):
        return None
    found = _Finder(question, scope, gatherer, loaded, cancelled)
    task = found.among_several(kind) if several else Task(kind, tuple(scope.documents))
    return found.section(task) if task is not None and kind == "section" else task


@dataclass(frozen=True, slots=True)
class _Finder:
    question: str
    scope: Scope
    gatherer: Gatherer
    loaded: Loaded
    cancelled: Stop

    def among_several(self, kind: Kind) -> Task | None:
        listed = self._shortlist(kind)
        meant = listed
        things: tuple[Thing, ...] = ()
        if not self.scope.chosen or kind in LOOKING:
            plan = self._plan(kind, listed)
            if plan is None:
                return None
            things = plan.things
            if not self.scope.chosen:
                meant = [listed[place] for place in plan.documents]
        if kind == "changes":
            pair = self._versions(meant)
            return Task(kind, pair, things) if pair else None
        if kind == "compare" and len(meant) == 1:
            meant = list(self._versions(meant))
        if not meant or (kind in LOOKING and len(meant) < 2):
            return None
        whole = len(meant) == len(listed)
        left_out = (len(self.scope.documents) if whole else len(meant)) - MOST_DOCUMENTS
        return Task(kind, tuple(meant[:MOST_DOCUMENTS]), things, left_out=max(0, left_out))

    def section(self, task: Task) -> Task | None:
        """Choose the section that is meant; ``None`` where no document has it."""
        library = self.gatherer.library
        own = {one: headings(library.chunks_of(one)) for one in task.documents}
        every = list(dict.fromkeys(head for heads in own.values() for head in heads))
        if len(every) > MOST_SECTIONS:
            every = _likest(every, self.question)
        heading = choose_section(self.question, every, loaded=self.loaded, cancelled=self.cancelled)
        with_it = tuple(one for one, heads in own.items() if heading in heads)
        return replace(task, documents=with_it, heading=heading) if heading and with_it else None

    def _shortlist(self, kind: Kind) -> list[StoredDocument]:
        """Give the documents that the model chooses from: those that the search sets apart.

        Three offers stand far before a lease and a manual when offers are asked for; where nothing
        is far from the others, all are meant.
        """
        documents = list(self.scope.documents)
        if self.scope.chosen and len(documents) <= MOST_LISTED:
            return documents
        found = self.gatherer.library.retrieve(
            self.question,
            k=4 * MOST_LISTED,
            collection=self.scope.collection,
            documents=[one.content_hash for one in documents] if self.scope.chosen else (),
        )
        best: dict[int, float] = {}
        for one in found:
            best[one.document_id] = max(one.score, best.get(one.document_id, one.score))
        last = min(best.values(), default=0.0)
        scores = {one: best.get(one.document_id, last) for one in documents}
        ranked = sorted(documents, key=lambda one: -scores[one])
        kept = {one.document_id for one in ranked[:MOST_LISTED]}
        if not self.scope.chosen:
            apart = set_apart([scores[one] for one in ranked], fewest=2 if kind in LOOKING else 1)
            kept &= {one.document_id for one in ranked[:apart]}
        return [one for one in documents if one.document_id in kept]

    def _plan(self, kind: Kind, listed: Sequence[StoredDocument]) -> Plan | None:
        return write_plan(
            kind,
            self.question,
            [f"{o.name} ({o.title[:_LONGEST]})" if o.title else o.name for o in listed],
            loaded=self.loaded,
            cancelled=self.cancelled,
        )

    def _versions(self, meant: Sequence[StoredDocument]) -> tuple[StoredDocument, ...]:
        """Give two versions of one document, the older one first; empty where there are none."""
        library = self.gatherer.library
        editions = {one: library.edition(one.document_id) for one in self.scope.documents}

        def older(one: StoredDocument, other: StoredDocument) -> bool:
            mine, theirs = editions[one], editions[other]
            return mine is not None and theirs is not None and is_older(mine, theirs)

        for newest in meant:
            if any(older(newest, one) for one in meant):
                continue
            before = [one for one in self.scope.documents if older(one, newest)]
            if before:
                last = next(o for o in before if not any(older(o, other) for other in before))
                return last, newest
        return tuple(meant) if len(meant) == 2 else ()


def set_apart(scores: Sequence[float], *, fewest: int) -> int:
    """Count the first of falling scores that stand before the widest gap; all without a wide one.

    Parameters
    ----------
    fewest : int
        How many stand before it at least.
    """
    gaps = [(scores[at - 1] - scores[at], -at) for at in range(fewest, len(scores))]
    widest, at = max(gaps, default=(0.0, 0))
    return -at if widest >= APART else len(scores)


def _likest(heads: Sequence[str], question: str) -> list[str]:
    """Give the headings that are most like a question in its letters and numbers, in their order.

    In any language: a heading counts by the share of its groups of three letters that the question
    has, and one whose number the question names goes first.
    """
    asked, numbers = threes(question), set(_NUMBER.findall(question))

    def likeness(place: int) -> tuple[bool, float]:
        own = threes(heads[place])
        named = bool(numbers & set(_NUMBER.findall(heads[place])))
        return named, len(own & asked) / max(1, len(own))

    best = sorted(range(len(heads)), key=likeness, reverse=True)[:MOST_SECTIONS]
    return [heads[place] for place in sorted(best)]
