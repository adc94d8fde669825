"""Answers, passages and documents as plain data: the shapes of the command line's JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, TypeVar

from rare_app.chats import ChatInfo, StoredAnswer, StoredChat
from rare_app.checks import ListResult
from rare_app.library import (
    AUDITED_NEIGHBOURS,
    RECALL_FROM,
    CollectionRepair,
    IngestReport,
    Passage,
    StoredDocument,
)
from rare_app.model import Reading
from rare_app.plain import counted
from rare_app.types import (
    Answer,
    Citation,
    Claim,
    Decision,
    Grid,
    Step,
    SubAnswer,
    Surveying,
    Timings,
    TokenCounts,
)

Data = dict[str, Any]
_Shape = TypeVar("_Shape")


def reading_line(reading: Reading) -> str:
    """Say what is being read, and how far that is; empty where there is nothing to read."""
    if not reading.passages:
        return ""
    new = f" that {'is' if reading.passages == 1 else 'are'} new to the model"
    far = f" {reading.read} of {reading.passages}" if reading.read else ""
    return f"Reading {counted(reading.passages, 'passage')}{new if reading.new else ''} …{far}"


def surveying_line(surveying: Surveying) -> str:
    """Say which document is gone through, and how many there are."""
    return f"Reading {surveying.document} ({surveying.number} of {surveying.of}) …"


def report_data(report: IngestReport) -> Data:
    """Tell what came of adding files."""
    return {
        "added": [
            {
                "document": one.document,
                "pages": one.pages,
                "chunks": one.chunks,
                "replaced": one.replaced,
                "notes": list(one.notes),
            }
            for one in report.added
        ],
        "skipped": [asdict(one) for one in report.skipped],
        "failed": [asdict(one) for one in report.failed],
        "seconds": round(report.seconds, 3),
    }


def document_data(document: StoredDocument) -> Data:
    """One line of the library's list."""
    return {
        "document": document.name,
        "collection": document.collection,
        "title": document.title,
        "pages": document.pages,
        "page_kind": document.page_kind,
        "chunks": document.chunks,
        "bytes": document.bytes,
        "media_type": document.media_type,
        "sha256": document.content_hash,
        "added_at": document.added_at,
        "pinned": document.pinned,
        "outdated": document.outdated,
        "notes": list(document.notes),
    }


def passage_data(passage: Passage) -> Data:
    """One passage; the contract's keys first."""
    return {
        "document": passage.document,
        "page": passage.page,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "score": round(passage.score, 4),
        "section": passage.section,
        "title": passage.title,
        "page_kind": passage.page_kind,
        "document_id": passage.document_id,
        "chunk_id": passage.chunk_id,
    }


def passages_data(passages: Sequence[Passage]) -> Data:
    """Give what ``retrieve`` writes."""
    return {"passages": [passage_data(passage) for passage in passages]}


def answer_data(answer: Answer) -> Data:
    """Give what ``ask`` writes, and what is kept of an answer in its chat."""
    return {
        "answered": answer.answered,
        "answer": answer.answer,
        "question": answer.question,
        "reasoning": answer.reasoning,
        "claims": [
            {
                "text": claim.text,
                "supported": claim.supported,
                "score": claim.score,
                "citations": [_citation_data(one) for one in claim.citations],
                "status": claim.status,
                "contradicted_by": [_citation_data(one) for one in claim.contradicted_by],
                "citation_passages": [one.passage for one in claim.citations],
                "contradicting_passages": [one.passage for one in claim.contradicted_by],
            }
            for claim in answer.claims
        ],
        "quotes": [_citation_data(one) for one in answer.quotes],
        "quote_passages": [one.passage for one in answer.quotes],
        "passages": [passage_data(passage) for passage in answer.passages],
        "model": answer.model,
        "adapter": answer.adapter,
        "timings": asdict(answer.timings),
        "tokens": asdict(answer.tokens),
        "invented_quotes": list(answer.invented_quotes),
        "decision": None if answer.decision is None else asdict(answer.decision),
        "stopped": answer.stopped,
        "notice": answer.notice,
        "withheld": answer.withheld,
        "expected": answer.expected,
        "confidence": answer.confidence,
        "signs": dict(answer.signs),
        "doubtful": answer.doubtful,
        "remarks": list(answer.remarks),
        "choice": answer.choice,
        "steps": [asdict(one) for one in answer.steps],
        "parts": [asdict(one) for one in answer.parts],
        "grid": None if answer.grid is None else asdict(answer.grid),
    }


def answer_from_data(data: Mapping[str, Any]) -> Answer:
    """Read back what :func:`answer_data` has written; unknown keys are passed over.

    Raises
    ------
    KeyError, TypeError
        The data are not those of an answer.
    """
    decision, grid = data.get("decision"), data.get("grid")
    return Answer(
        answered=bool(data["answered"]),
        answer=str(data["answer"]),
        question=str(data.get("question", "")),
        reasoning=str(data.get("reasoning", "")),
        claims=tuple(
            _made(
                Claim,
                one,
                citations=_citations(one, "citations", "citation_passages"),
                contradicted_by=_citations(one, "contradicted_by", "contradicting_passages"),
            )
            for one in data.get("claims", ())
        ),
        quotes=_citations(data, "quotes", "quote_passages"),
        invented_quotes=tuple(data.get("invented_quotes", ())),
        passages=tuple(_made(Passage, one) for one in data.get("passages", ())),
        model=str(data.get("model", "")),
        adapter=data.get("adapter"),
        timings=_made(Timings, data.get("timings", {})),
        tokens=_made(TokenCounts, data.get("tokens", {})),
        decision=None if decision is None else _made(Decision, decision),
        stopped=bool(data.get("stopped", False)),
        notice=str(data.get("notice", "")),
        withheld=str(data.get("withheld", "")),
        expected=data.get("expected"),
        confidence=data.get("confidence"),
        signs=dict(data.get("signs", {})),
        doubtful=bool(data.get("doubtful", False)),
        remarks=tuple(data.get("remarks", ())),
        steps=tuple(_made(Step, one) for one in data.get("steps", ())),
        choice=str(data.get("choice", "")),
        parts=tuple(_made(SubAnswer, one) for one in data.get("parts", ())),
        grid=None if grid is None else _made(Grid, grid),
    )


def _citations(data: Mapping[str, Any], name: str, places: str) -> tuple[Citation, ...]:
    """Read citations back, each with its passage's place, which stands beside them."""
    pairs = zip(data.get(name, ()), data.get(places, ()), strict=True)
    return tuple(_made(Citation, one, passage=place) for one, place in pairs)


def _made(shape: type[_Shape], data: Mapping[str, Any], **values: Any) -> _Shape:
    """Make a data class of the keys that it knows; lists become tuples."""
    known = {one.name for one in fields(shape)}  # type: ignore[arg-type]
    taken = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in data.items()
        if name in known
    }
    return shape(**{**taken, **values})


def chat_info_data(chat: ChatInfo) -> Data:
    """One line of the list of chats."""
    return {
        "chat": chat.chat_id,
        "title": chat.title,
        "collection": chat.collection,
        "questions": chat.turns,
        "created_at": chat.created_at,
        "changed_at": chat.changed_at,
    }


def chat_data(chat: StoredChat) -> Data:
    """Give a whole chat; of each question all answers, ``shown`` tells which one the page shows."""
    return {
        **chat_info_data(chat.info),
        "turns": [
            {
                "question": turn.question,
                "created_at": turn.created_at,
                "shown": turn.shown if turn.answers else None,
                "answers": [_stored_answer_data(one) for one in turn.answers],
            }
            for turn in chat.turns
        ],
    }


def _stored_answer_data(one: StoredAnswer) -> Data:
    return {
        "standalone": one.standalone,
        "asked": asdict(one.asked),
        "answer": one.data,
        "error": one.error,
        "seconds": one.seconds,
        "rating": one.rating,
        "created_at": one.created_at,
    }


def list_result_data(result: ListResult) -> Data:
    """Tell what came of one question of the user's list."""
    return {
        "line": result.asked.line,
        "question": result.asked.question,
        "expected": None if result.asked.answers is None else list(result.asked.answers),
        "source": list(result.asked.sources),
        "source_in_collection": result.source_known,
        "rank": result.rank,
        "answer": result.answer.answer if result.answer else "",
        "token_f1": result.token_f1,
        "answer_recall": result.answer_recall,
        "exact_match": result.exact_match,
        "missed": [
            name
            for name, is_so in (
                ("source", result.source_missed),
                ("answer", result.answer_missed),
                ("question", bool(result.trouble)),
            )
            if is_so
        ],
        "found": [f"{one.document}, {one.page_kind} {one.page}" for one in result.found],
        "trouble": result.trouble,
    }


def audit_data(audits: Sequence[CollectionRepair]) -> Data:
    """Give what ``audit`` writes."""
    return {
        "neighbours": AUDITED_NEIGHBOURS,
        "recall_from": RECALL_FROM,
        "collections": [
            {
                **asdict(one.now),
                "good": one.now.good,
                "before": asdict(one.found) if one.repaired else None,
            }
            for one in audits
        ],
    }


def _citation_data(citation: Citation) -> Data:
    return {
        "document": citation.document,
        "page": citation.page,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
    }
