"""Which sentences of the passages a question is after, and whether any of them answers it."""

from rare_app.evidence.agreement import share_by_agreement
from rare_app.evidence.answers import LikelyAnswer, likely_answers
from rare_app.evidence.asked_list import AskedList, find_lists, overlaps
from rare_app.evidence.asked_whether import asks_whether
from rare_app.evidence.expected import expected_recall
from rare_app.evidence.find import find_reader
from rare_app.evidence.grids import Grid, GridCell, GridRow, grids_in, head_lines, is_negative
from rare_app.evidence.guide import HEADING_NATS, Guidance, Guide, lexical_scores, mark_headings
from rare_app.evidence.headings import is_heading, leads_to_page, share_of_contents
from rare_app.evidence.judge import judge_passages
from rare_app.evidence.marks import bare_item, find_marks, opens_with_mark
from rare_app.evidence.overlap import overlap_scores
from rare_app.evidence.polarity import OPPOSITES, Polarity, denials, opposed, polarity
from rare_app.evidence.reader import Evidence, EvidenceReader, Sentence, Word, sentences_of
from rare_app.evidence.sentences import (
    QUOTE_WORDS,
    Span,
    clause_starts,
    paragraph_end,
    sentence_spans,
    trim,
)
from rare_app.evidence.surroundings import NOTHING_KNOWN, Sheet, Surroundings

__all__ = [
    "HEADING_NATS",
    "NOTHING_KNOWN",
    "OPPOSITES",
    "QUOTE_WORDS",
    "AskedList",
    "Evidence",
    "EvidenceReader",
    "Grid",
    "GridCell",
    "GridRow",
    "Guidance",
    "Guide",
    "LikelyAnswer",
    "Polarity",
    "Sentence",
    "Sheet",
    "Span",
    "Surroundings",
    "Word",
    "asks_whether",
    "bare_item",
    "clause_starts",
    "denials",
    "expected_recall",
    "find_lists",
    "find_marks",
    "find_reader",
    "grids_in",
    "head_lines",
    "is_heading",
    "is_negative",
    "judge_passages",
    "leads_to_page",
    "lexical_scores",
    "likely_answers",
    "mark_headings",
    "opens_with_mark",
    "opposed",
    "overlap_scores",
    "overlaps",
    "paragraph_end",
    "polarity",
    "sentence_spans",
    "sentences_of",
    "share_by_agreement",
    "share_of_contents",
    "trim",
]
