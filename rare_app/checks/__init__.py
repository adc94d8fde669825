"""The user's own question list: what is asked, what came of it, and how right it is."""

from rare_app.checks.check_csv import results_csv
from rare_app.checks.check_list import ListFigure, ListResult, check_list, sum_up_list
from rare_app.checks.intervals import interval
from rare_app.checks.question_list import ListedQuestion, QuestionListError, read_question_list
from rare_app.checks.score import answer_recall, exact_match, holds, normalise_answer, token_f1

__all__ = [
    "ListFigure",
    "ListResult",
    "ListedQuestion",
    "QuestionListError",
    "answer_recall",
    "check_list",
    "exact_match",
    "holds",
    "interval",
    "normalise_answer",
    "read_question_list",
    "results_csv",
    "sum_up_list",
    "token_f1",
]
