"""What ``evaluate`` writes, as JSON has it."""

from dataclasses import asdict

from rare_app.lab.evaluation.evaluate import CaseResult, Figures
from rare_app.present import Data, answer_data


def figures_data(figures: Figures) -> Data:
    """Give what ``evaluate`` writes."""
    return asdict(figures)


def case_data(result: CaseResult) -> Data:
    """One case with its full answer, for ``evaluate --output``."""
    return {
        "id": result.case.id,
        "answers": list(result.case.answers),
        "token_f1": result.token_f1,
        "answer_recall": result.answer_recall,
        "exact_match": result.exact_match,
        "choice_right": result.choice_right,
        "evidence_found": result.evidence_found,
        **answer_data(result.answer),
        "question": result.case.question,
    }
