"""The reader: which sentences of the passages answer, and where, by a small neural network."""

from rare_app.reader.agreement import share_by_agreement
from rare_app.reader.answers import LikelyAnswer, likely_answers
from rare_app.reader.encoders import Encoder, hash_weights, large_encoder
from rare_app.reader.expected import expected_recall
from rare_app.reader.find import find_reader
from rare_app.reader.guidance import HEADING_NATS, Guidance, mark_headings
from rare_app.reader.headings import is_heading, leads_to_page, share_of_contents
from rare_app.reader.judge import judge_passages
from rare_app.reader.marks import Mark, find_marks, opens_with_mark
from rare_app.reader.network import EvidenceNetwork, load_network
from rare_app.reader.overlap import overlap_scores
from rare_app.reader.reader import Evidence, EvidenceReader, Sentence, Word, sentences_of
from rare_app.reader.sentences import (
    QUOTE_WORDS,
    Span,
    clause_starts,
    paragraph_end,
    sentence_spans,
    trim,
)
from rare_app.reader.weights import apply_changes, read_changes, read_low_rank, save_reader
from rare_app.reader.windows import (
    Marks,
    Window,
    batch_windows,
    cut_windows,
    question_ids,
    read_marks,
)

__all__ = [
    "HEADING_NATS",
    "QUOTE_WORDS",
    "Encoder",
    "Evidence",
    "EvidenceNetwork",
    "EvidenceReader",
    "Guidance",
    "LikelyAnswer",
    "Mark",
    "Marks",
    "Sentence",
    "Span",
    "Window",
    "Word",
    "apply_changes",
    "batch_windows",
    "clause_starts",
    "cut_windows",
    "expected_recall",
    "find_marks",
    "find_reader",
    "hash_weights",
    "is_heading",
    "judge_passages",
    "large_encoder",
    "leads_to_page",
    "likely_answers",
    "load_network",
    "mark_headings",
    "opens_with_mark",
    "overlap_scores",
    "paragraph_end",
    "question_ids",
    "read_changes",
    "read_low_rank",
    "read_marks",
    "save_reader",
    "sentence_spans",
    "sentences_of",
    "share_by_agreement",
    "share_of_contents",
    "trim",
]
