"""Gather: what is known of a question's passages, by the library and by the reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from rare_app.answer.guide import Guide, Judgement
from rare_app.answer.notes import take_notes
from rare_app.answer.scope import documents_named
from rare_app.answer.searching import Search
from rare_app.library import (
    Library,
    Passage,
    earliest_year,
    edition_of,
    is_same_work,
    newest_of,
)
from rare_app.model import QuotedSpan
from rare_app.prompt import as_read
from rare_app.proof import Kin, cite, find_kin, newest_first
from rare_app.settings import Settings
from rare_app.skills import Surroundings, bind_sheets, complete_list, find_lists
from rare_app.types import Citation

_MOST_OF_NEWER = 2
"""Passages that are added of a newer version of which none was found."""
_MOST_VERSIONS = 20
"""Versions of a document, the newest by their names, that are looked at."""


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Knows the library and whoever reads its passages for evidence."""

    settings: Settings
    library: Library
    guide: Guide

    def retrieve(
        self,
        question: str,
        *,
        k: int | None,
        collection: str | None,
        documents: Sequence[str],
    ) -> list[Passage]:
        """Find the passages of a question, in the documents that it names, if it names any."""
        asked = self._asked(question, collection, documents)
        found = self.library.retrieve(question, k=k, collection=collection, documents=asked)
        if not asked and earliest_year(question) is None:
            for newer in self._newer_than(found, collection):
                found += self.library.retrieve(
                    question, k=_MOST_OF_NEWER, collection=collection, documents=[newer]
                )
        return newest_first(found, self.kin(question, found))

    def searching(
        self,
        question: str,
        passages: Sequence[Passage],
        *,
        collection: str | None,
        documents: Sequence[str],
    ) -> Search | None:
        """Give what finds more passages where a question was looked for.

        ``None`` where the passages are all there is.
        """
        asked = self._asked(question, collection, documents)
        stored = self.library.documents(
            collection=collection or self.settings.collection, named=asked
        )
        if sum(one.chunks for one in stored) <= len(passages):
            return None
        return partial(self.retrieve, k=None, collection=collection, documents=asked)

    def _newer_than(self, passages: Sequence[Passage], collection: str | None) -> list[str]:
        """List the newest versions of the passages' documents of which there is no passage."""
        stored = self.library.documents(collection=collection or self.settings.collection)
        known = {one.document_id for one in passages}
        named = {one.document_id: edition_of(one.name, one.title) for one in stored}
        hashes = {one.document_id: one.content_hash for one in stored}
        missing: list[str] = []
        for document_id in sorted(known & named.keys()):
            others = [
                one for one in named if is_same_work(named[document_id], named[one])
                and one != document_id
            ]  # fmt: skip
            own = self.library.edition(document_id)
            if not others or own is None:
                continue
            others.sort(key=lambda one: (named[one].version, named[one].dates))
            editions = {}
            for one in others[-_MOST_VERSIONS:]:
                if edition := self.library.edition(one):
                    editions[edition] = one
            newest = newest_of(editions, own)
            if newest is not None and editions[newest] not in known:
                missing.append(hashes[editions[newest]])
        return list(dict.fromkeys(missing))

    def kin(self, question: str, passages: Sequence[Passage]) -> Kin:
        """Find which passages are of older versions, and which are about different things."""
        known = {one.document_id for one in passages}
        editions = {
            document_id: edition
            for document_id in sorted(known)
            if (edition := self.library.edition(document_id)) is not None
        }
        return find_kin(
            passages,
            editions,
            year=earliest_year(question),
            page_of=lambda one: self.library.page_text(one.document_id, one.page) or "",
        )

    def _asked(
        self, question: str, collection: str | None, documents: Sequence[str]
    ) -> Sequence[str]:
        """Give the documents that are chosen, or that a question names; none for all."""
        if documents:
            return documents
        stored = self.library.documents(collection=collection or self.settings.collection)
        named = documents_named(question, stored)
        return [] if len(named) == len(stored) else [one.content_hash for one in named]

    def around(self, question: str, passages: Sequence[Passage]) -> Surroundings:
        """Say what the library knows of passages; of given ones, nothing."""
        return Surroundings(
            heads=tuple(one.head for one in passages),
            names=self.names(passages),
            sheets=tuple(
                one.sheet for one in bind_sheets(passages, page_text=self.library.page_text)
            ),
            passed=self.kin(question, passages).passed,
        )

    def names(self, passages: Sequence[Passage]) -> str:
        """Give the names of the documents of passages, and of the companies that they are of."""
        return self.library.names_of(sorted({one.document_id for one in passages}))

    def whole_lists(
        self, question: str, passages: Sequence[Passage]
    ) -> tuple[Sequence[Passage], bool]:
        """Add what a list that is asked for lacks; tells whether there is one for sure."""
        texts = [as_read(passage.text) for passage in passages]
        sheets = bind_sheets(passages, page_text=self.library.page_text)
        around = Surroundings(names=self.names(passages), sheets=tuple(s.sheet for s in sheets))
        lists = find_lists(question, texts, around)
        sure = bool(lists) and lists[0].is_sure
        return complete_list(lists, passages, self.library, sheets), sure

    def judge(self, question: str, passages: Sequence[Passage]) -> Judgement:
        """Read passages for the evidence of a question."""
        texts = [as_read(passage.text) for passage in passages]
        return self.guide.judge(question, texts, self.around(question, passages))

    def notes(self, question: str, passages: Sequence[Passage]) -> list[QuotedSpan]:
        """Pick the evidence that a second try is told."""
        return take_notes(self.judge(question, passages), passages)

    def best_sentences(self, question: str, passages: Sequence[Passage]) -> list[Citation]:
        """Pick of each passage that may answer its best sentence, likeliest first."""
        noted = take_notes(self.judge(question, passages), passages, most=len(passages))
        return [cite(passages, passage=one.text, start=one.start, end=one.end) for one in noted]
