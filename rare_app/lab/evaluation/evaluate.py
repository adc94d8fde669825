"""Run cases through the assistant and sum up."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rare_app.answer import Assistant, Search, choice_of
from rare_app.checks.intervals import interval, ratio
from rare_app.checks.score import answer_recall, exact_match, holds, percentile, token_f1
from rare_app.lab.evaluation.cases import Case
from rare_app.library import Passage
from rare_app.types import Answer

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case with its answer and scores; a score that does not apply is ``None``."""

    case: Case
    answer: Answer
    token_f1: float | None
    answer_recall: bool | None
    exact_match: bool | None
    choice_right: bool | None
    evidence_found: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The contract's figures; shares in [0, 1], ``None`` where no case tells.

    ``first_token_s`` holds the median and the 95th percentile in seconds; ``intervals`` the 95%
    bootstrap interval of each share, ``None`` where no case tells.
    """

    cases: int
    token_f1: float | None
    answer_recall: float | None
    exact_match: float | None
    choice_accuracy: float | None
    abstained_when_unanswerable: float | None
    abstained_when_answerable: float | None
    quotes_verbatim: float | None
    evidence_recall: float | None
    first_token_s: dict[str, float | None]
    seconds: float
    intervals: dict[str, tuple[float, float] | None] = field(default_factory=dict)


def evaluate(
    cases: Iterable[Case],
    *,
    assistant: Assistant,
    collection: str | None = None,
    model: str = "",
    adapter: str = "",
    memory: bool = True,
    on_result: Callable[[CaseResult], None] | None = None,
) -> Figures:
    """Answer all cases and sum up.

    Token-F1, answer recall and exact match are taken over answerable cases without choices; choice
    accuracy over cases with choices; an abstention on an answerable case counts as a wrong answer.

    Parameters
    ----------
    on_result : callable, optional
        Told each result as it comes.
    """
    begun = time.perf_counter()
    results: list[CaseResult] = []
    for case in cases:
        answer = assistant.answer(
            case.question,
            collection=collection,
            passages=None if case.passages is None else given_passages(case.passages),
            model=model,
            adapter=adapter,
            memory=memory,
            choices=case.choices or (),
        )
        result = score_case(case, answer)
        results.append(result)
        if on_result is not None:
            on_result(result)
    return sum_up(results, seconds=time.perf_counter() - begun)


def given_passages(texts: Sequence[str], *, first: int = 0) -> list[Passage]:
    """Make passages of texts that come with a case, numbered from `first` on."""
    return [
        Passage(
            chunk_id=-1 - i,
            document_id=-1,
            document=f"passage {i + 1}",
            title="",
            section="",
            page=1,
            page_kind="part",
            start=0,
            end=len(text),
            text=text,
            score=1.0,
        )
        for i, text in enumerate(texts, start=first)
    ]


def held_back(case: Case, embed: Embed) -> Search | None:
    """Give what finds the passages of a case that are held back until they are searched for.

    Parameters
    ----------
    embed : callable
        Texts to unit-length vectors, shape (texts, dimension).
    """
    if not case.held:
        return None
    passages = given_passages(case.held, first=len(case.passages or ()))

    def search(words: str) -> list[Passage]:
        asked, *own = embed([words, *case.held])
        likeness = [float(asked @ one) for one in own]
        return [passages[at] for at in sorted(range(len(own)), key=lambda at: -likeness[at])]

    return search


def score_case(case: Case, answer: Answer) -> CaseResult:
    """Score one answer."""
    answerable = bool(case.answers)
    text = answer.said
    open_question = answerable and not case.choices
    evidence = None
    if case.evidence and answerable:
        shown = [quote.quote for quote in answer.quotes] + [
            citation.quote for claim in answer.claims for citation in claim.citations
        ]
        found = [any(holds(quote, one) for quote in shown) for one in case.evidence]
        evidence = sum(found) / len(found)
    right = None
    if case.choices and answerable:
        choice = choice_of(answer.choice or text, case.choices)
        right = choice is not None and exact_match(choice, case.answers)
    return CaseResult(
        case=case,
        answer=answer,
        token_f1=token_f1(text, case.answers) if open_question else None,
        answer_recall=answer_recall(text, case.answers) if open_question else None,
        exact_match=exact_match(text, case.answers) if open_question else None,
        choice_right=right,
        evidence_found=evidence,
    )


def sum_up(results: Sequence[CaseResult], *, seconds: float) -> Figures:
    """Turn the results of some cases, answered in so many seconds, into figures."""
    waits = [
        one.answer.timings.first_token_s
        for one in results
        if one.answer.timings.first_token_s is not None
    ]
    refused = [(bool(one.case.answers), float(not one.answer.answered)) for one in results]
    scores: dict[str, Sequence[float | None]] = {
        "token_f1": [one.token_f1 for one in results],
        "answer_recall": [one.answer_recall for one in results],
        "exact_match": [one.exact_match for one in results],
        "choice_accuracy": [one.choice_right for one in results],
        "abstained_when_unanswerable": [said for answerable, said in refused if not answerable],
        "abstained_when_answerable": [said for answerable, said in refused if answerable],
        "evidence_recall": [one.evidence_found for one in results],
    }
    known = {
        name: [float(value) for value in values if value is not None]
        for name, values in scores.items()
    }
    shares = {
        name: round(sum(values) / len(values), 4) if values else None
        for name, values in known.items()
    }
    intervals = {name: interval(values) for name, values in known.items()}
    quotes = [
        (len(one.answer.quotes), len(one.answer.quotes) + len(one.answer.invented_quotes))
        for one in results
    ]
    quotes = [pair for pair in quotes if pair[1]]
    verbatim, said = sum(pair[0] for pair in quotes), sum(pair[1] for pair in quotes)
    intervals["quotes_verbatim"] = interval(quotes, ratio)
    return Figures(
        cases=len(results),
        token_f1=shares["token_f1"],
        answer_recall=shares["answer_recall"],
        exact_match=shares["exact_match"],
        choice_accuracy=shares["choice_accuracy"],
        abstained_when_unanswerable=shares["abstained_when_unanswerable"],
        abstained_when_answerable=shares["abstained_when_answerable"],
        quotes_verbatim=verbatim / said if said else None,
        evidence_recall=shares["evidence_recall"],
        first_token_s={"p50": percentile(waits, 0.5), "p95": percentile(waits, 0.95)},
        seconds=round(seconds, 3),
        intervals=intervals,
    )
