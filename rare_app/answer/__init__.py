"""A question to an answer: understand, find, read, draft, prove, decide."""

from rare_app.answer.ask import Assistant
from rare_app.answer.assemble import Layout, assemble, example_turn, language_to_tell
from rare_app.answer.choices import check_choices, choice_of
from rare_app.answer.draft import LocalRun
from rare_app.answer.gather import Gatherer
from rare_app.answer.guide import Guide, Judgement, lexical_scores
from rare_app.answer.prefetch import Draft, Prefetch
from rare_app.answer.prove import AnswerProver
from rare_app.answer.question import Question, Read
from rare_app.answer.quoting import Quoting, cite_quotes
from rare_app.answer.read_ahead import ReadAhead, ReadingProgress
from rare_app.answer.refusals import is_refusal
from rare_app.answer.run import Clock
from rare_app.answer.searching import Search
from rare_app.answer.sub_answers import BLANK
from rare_app.answer.tidy import plain_sentence
from rare_app.answer.trail import Piece, formula, looked_for, printed, trail

__all__ = [
    "BLANK",
    "AnswerProver",
    "Assistant",
    "Clock",
    "Draft",
    "Gatherer",
    "Guide",
    "Judgement",
    "Layout",
    "LocalRun",
    "Piece",
    "Prefetch",
    "Question",
    "Quoting",
    "Read",
    "ReadAhead",
    "ReadingProgress",
    "Search",
    "assemble",
    "check_choices",
    "choice_of",
    "cite_quotes",
    "example_turn",
    "formula",
    "is_refusal",
    "language_to_tell",
    "lexical_scores",
    "looked_for",
    "plain_sentence",
    "printed",
    "trail",
]
