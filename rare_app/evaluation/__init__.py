"""Cases to figures: how good the answers are."""

from rare_app.evaluation.cases import Case, CaseError, read_cases, whole_lines
from rare_app.evaluation.check_csv import results_csv
from rare_app.evaluation.check_list import (
    ListFigure,
    ListResult,
    check_list,
    sum_up_list,
)
from rare_app.evaluation.evaluate import (
    CaseResult,
    Embed,
    Figures,
    evaluate,
    given_passages,
    held_back,
    score_case,
    sum_up,
)
from rare_app.evaluation.intervals import interval
from rare_app.evaluation.question_list import (
    ListedQuestion,
    QuestionListError,
    read_question_list,
)
from rare_app.evaluation.score import (
    answer_recall,
    exact_match,
    holds,
    normalise_answer,
    token_f1,
)

__all__ = [
    "Case",
    "CaseError",
    "CaseResult",
    "Embed",
    "Figures",
    "ListFigure",
    "ListResult",
    "ListedQuestion",
    "QuestionListError",
    "answer_recall",
    "check_list",
    "evaluate",
    "exact_match",
    "given_passages",
    "held_back",
    "holds",
    "interval",
    "normalise_answer",
    "read_cases",
    "read_question_list",
    "results_csv",
    "score_case",
    "sum_up",
    "sum_up_list",
    "token_f1",
    "whole_lines",
]
