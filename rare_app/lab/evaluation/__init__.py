"""Cases to figures: how good the answers are."""

from rare_app.lab.evaluation.as_data import case_data, figures_data
from rare_app.lab.evaluation.cases import Case, CaseError, read_cases, whole_lines
from rare_app.lab.evaluation.evaluate import (
    CaseResult,
    Embed,
    Figures,
    evaluate,
    given_passages,
    held_back,
    score_case,
    sum_up,
)

__all__ = [
    "Case",
    "CaseError",
    "CaseResult",
    "Embed",
    "Figures",
    "case_data",
    "evaluate",
    "figures_data",
    "given_passages",
    "held_back",
    "read_cases",
    "score_case",
    "sum_up",
    "whole_lines",
]
