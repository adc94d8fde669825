"""Question and passages to a streamed, parsed answer whose claims are tied to their words."""

from rare_app.model import Reading
from rare_app.reasoning.align import find_quote
from rare_app.reasoning.ask import Assistant
from rare_app.reasoning.assemble import assemble
from rare_app.reasoning.choices import check_choices, choice_of
from rare_app.reasoning.claims import split_claims, split_sentences
from rare_app.reasoning.dating import date_of
from rare_app.reasoning.lines import unwrap
from rare_app.reasoning.misread import MISREAD
from rare_app.reasoning.parse import (
    Completion,
    parse_completion,
    quotes_of,
    without_tags,
)
from rare_app.reasoning.prefetch import Draft, Prefetch
from rare_app.reasoning.prompt import REFUSAL, Turn, as_read
from rare_app.reasoning.proof import Prover
from rare_app.reasoning.read_ahead import ReadAhead, ReadingProgress
from rare_app.reasoning.refusals import is_refusal
from rare_app.reasoning.searching import Search
from rare_app.reasoning.sub_answers import BLANK
from rare_app.reasoning.trail import Piece, formula, looked_for, printed, trail
from rare_app.reasoning.types import (
    Answer,
    Citation,
    Claim,
    Decision,
    Done,
    Event,
    Grid,
    Judged,
    Retrieved,
    Searching,
    Status,
    Step,
    SubAnswer,
    Surveying,
    Timings,
    TokenCounts,
    Understood,
    Waiting,
    Writing,
)

__all__ = [
    "BLANK",
    "MISREAD",
    "REFUSAL",
    "Answer",
    "Assistant",
    "Citation",
    "Claim",
    "Completion",
    "Decision",
    "Done",
    "Draft",
    "Event",
    "Grid",
    "Judged",
    "Piece",
    "Prefetch",
    "Prover",
    "ReadAhead",
    "Reading",
    "ReadingProgress",
    "Retrieved",
    "Search",
    "Searching",
    "Status",
    "Step",
    "SubAnswer",
    "Surveying",
    "Timings",
    "TokenCounts",
    "Turn",
    "Understood",
    "Waiting",
    "Writing",
    "as_read",
    "assemble",
    "check_choices",
    "choice_of",
    "date_of",
    "find_quote",
    "formula",
    "is_refusal",
    "looked_for",
    "parse_completion",
    "printed",
    "quotes_of",
    "split_claims",
    "split_sentences",
    "trail",
    "unwrap",
    "without_tags",
]
