"""Cases to figures: how good the answers are."""

from rare_app.evaluation.cases import Case, CaseError, read_cases
from rare_app.evaluation.evaluate import (
    CaseResult,
    Figures,
    evaluate,
    given_passages,
    sum_up,
)
from rare_app.evaluation.intervals import interval
from rare_app.evaluation.score import exact_match, normalise_answer, token_f1

__all__ = [
    "Case",
    "CaseError",
    "CaseResult",
    "Figures",
    "evaluate",
    "exact_match",
    "given_passages",
    "interval",
    "normalise_answer",
    "read_cases",
    "sum_up",
    "token_f1",
]
