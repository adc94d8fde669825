"""Question and passages to a streamed, parsed answer whose claims are tied to their words."""

from rare_app.reasoning.align import align_claim, find_quote
from rare_app.reasoning.ask import Assistant
from rare_app.reasoning.assemble import assemble
from rare_app.reasoning.claims import split_claims, split_sentences
from rare_app.reasoning.lines import unwrap
from rare_app.reasoning.parse import (
    Completion,
    is_refusal,
    parse_completion,
    quotes_of,
    without_quote_tags,
)
from rare_app.reasoning.prompt import REFUSAL, Turn, as_read
from rare_app.reasoning.read_ahead import ReadAhead, ReadingProgress
from rare_app.reasoning.types import (
    Answer,
    Citation,
    Claim,
    Decision,
    Done,
    Event,
    Reading,
    Retrieved,
    Timings,
    TokenCounts,
    Understood,
    Waiting,
    Writing,
)

__all__ = [
    "REFUSAL",
    "Answer",
    "Assistant",
    "Citation",
    "Claim",
    "Completion",
    "Decision",
    "Done",
    "Event",
    "ReadAhead",
    "Reading",
    "ReadingProgress",
    "Retrieved",
    "Timings",
    "TokenCounts",
    "Turn",
    "Understood",
    "Waiting",
    "Writing",
    "align_claim",
    "as_read",
    "assemble",
    "find_quote",
    "is_refusal",
    "parse_completion",
    "quotes_of",
    "split_claims",
    "split_sentences",
    "unwrap",
    "without_quote_tags",
]
