"""Answers, passages and documents as plain data: the shapes of the command line's JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rare_app.evaluation import CaseResult, Figures, ListResult
from rare_app.library import (
    AUDITED_NEIGHBOURS,
    RECALL_FROM,
    CollectionRepair,
    IngestReport,
    Passage,
    StoredDocument,
)
from rare_app.reasoning import Answer, Citation

Data = dict[str, Any]


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
    }


def passages_data(passages: Sequence[Passage]) -> Data:
    """Give what ``retrieve`` writes."""
    return {"passages": [passage_data(passage) for passage in passages]}


def answer_data(answer: Answer) -> Data:
    """Give what ``ask`` writes."""
    return {
        "answered": answer.answered,
        "answer": answer.answer,
        "reasoning": answer.reasoning,
        "claims": [
            {
                "text": claim.text,
                "supported": claim.supported,
                "score": claim.score,
                "citations": [_citation_data(one) for one in claim.citations],
                "status": claim.status,
                "contradicted_by": [_citation_data(one) for one in claim.contradicted_by],
            }
            for claim in answer.claims
        ],
        "quotes": [_citation_data(one) for one in answer.quotes],
        "passages": [passage_data(passage) for passage in answer.passages],
        "model": answer.model,
        "adapter": answer.adapter,
        "timings": asdict(answer.timings),
        "tokens": asdict(answer.tokens),
        "retried": answer.retried,
        "withheld": answer.withheld,
    }


def figures_data(figures: Figures) -> Data:
    """Give what ``evaluate`` writes."""
    return asdict(figures)


def case_data(result: CaseResult) -> Data:
    """One case with its full answer, for ``evaluate --output``."""
    return {
        "id": result.case.id,
        "question": result.case.question,
        "answers": list(result.case.answers),
        "token_f1": result.token_f1,
        "exact_match": result.exact_match,
        "choice_right": result.choice_right,
        "evidence_found": result.evidence_found,
        **answer_data(result.answer),
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
