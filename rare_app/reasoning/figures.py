"""Answers that are a table's figure, or that are worked out of some."""

from collections.abc import Callable, Sequence

from rare_app.evidence import (
    Figure,
    Guidance,
    asks_for_figure,
    asks_to_work_out,
    find_figure,
    row_labels,
    what_of,
)
from rare_app.reasoning.prompt import as_read
from rare_app.reasoning.quoting import in_quoted_rows
from rare_app.reasoning.types import Answer, Citation, Claim

_LONGEST = 3
"""Words of the longest answer that may be a figure."""
_ENDS = (".", "!", "?", ";")
_WORST_FIRST = ("unsupported", "contradicted", "weak", "supported")


def figure_of(answer: Answer, guidance: Guidance, quotes: Sequence[Citation]) -> Figure | None:
    """Find the table's figure that an answer is, if it is one.

    Parameters
    ----------
    guidance : Guidance
        What the guide says of the answer's passages.
    quotes : sequence of Citation
        The answer's quotes: the figure's row must be among them.
    """
    said = answer.answer
    if len(said.split()) > _LONGEST or not any(sign.isdigit() for sign in said):
        return None
    return find_figure(said, in_quoted_rows(guidance.figures, quotes, answer.passages))


def is_not_worked_out(answer: str, question: str, quotes: Sequence[Citation]) -> bool:
    """Tell whether a figure was to be worked out, and the answer only repeats some of a row."""
    said = answer.rstrip(". ")
    return asks_to_work_out(question) and any(
        said in one.quote and bool(row_labels(one.quote)) for one in quotes
    )


def is_labelled_otherwise(
    answer: Answer, question: str, quotes: Sequence[Citation], *, names: str
) -> bool:
    """Tell whether a figure stands in a line that has nothing of what is asked for.

    “$ 520 Q1 2023 CCG Operating Income” is no salary. A sentence may say it in other words; a
    line that is none has only its label to say what its figure is.

    Parameters
    ----------
    names : str
        Names of the answer's documents: they do not say what is asked for.
    """
    said = answer.answer.rstrip(". ")
    if len(said.split()) > _LONGEST or not any(sign.isdigit() for sign in said):
        return False
    if not asks_for_figure(question):
        return False
    lines = {line.strip() for one in answer.passages for line in as_read(one.text).splitlines()}
    own = [one.quote.strip() for one in quotes if said in one.quote]
    labels = [one for one in own if one in lines and not one.endswith(_ENDS)]
    wanted = what_of(question) - what_of(names)
    return bool(own) and len(labels) == len(own) and not any(wanted & what_of(one) for one in own)


def stands_for(figure: Figure, answer: Answer) -> tuple[str, ...]:
    """Give the figures of the documents that an answer rests on, as they stand there."""
    return tuple(
        as_read(answer.passages[passage].text)[cell.start : cell.end]
        for passage, cell in figure.places
    )


def prove_figure(figure: Figure, answer: Answer, prove: Callable[[str], Claim]) -> Claim:
    """Prove each figure that an answer rests on as it stands in its row; the worst one counts.

    Its unit stands above the columns, and one that is worked out stands nowhere.

    Parameters
    ----------
    prove : callable
        Finds the places that a claim rests on.
    """
    parts = [prove(one) for one in stands_for(figure, answer)]
    worst = min(parts, key=lambda one: (_WORST_FIRST.index(one.status), one.score))
    return Claim(
        text=figure.written,
        supported=all(one.supported for one in parts),
        score=worst.score,
        citations=_once([one for part in parts for one in part.citations]),
        status=worst.status,
        contradicted_by=_once([one for part in parts for one in part.contradicted_by]),
    )


def _once(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(citations))
