"""Check the app on the user's own questions: the source found, the answer right."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from rare_app.answer import Assistant
from rare_app.checks.intervals import interval
from rare_app.checks.question_list import ListedQuestion
from rare_app.checks.score import answer_recall, exact_match, token_f1
from rare_app.errors import UserError
from rare_app.library import Library, Passage
from rare_app.types import Answer

DEPTHS = (1, 3, 5, 10)
"""Numbers of passages among which the source is looked for (recall@k)."""
RIGHT_FROM = 0.5
"""Token-F1 from which an answer counts as right in the list of misses; one that holds all words
of an accepted answer does, too."""


@dataclass(frozen=True, slots=True)
class ListResult:
    """What came of one question; a score that does not apply is ``None``.

    Attributes
    ----------
    asked : ListedQuestion
    found : tuple of Passage
        The first ten passages.
    shown : int
        How many of them the model was given.
    rank : int or None
        1-based rank of the first passage of a source; ``None`` where none was found or named.
    source_known : bool
        Whether the collection has a document of that name.
    answer : Answer or None
        ``None`` where the question could not be asked; `trouble` then says why.
    """

    asked: ListedQuestion
    found: tuple[Passage, ...]
    shown: int
    rank: int | None
    source_known: bool
    answer: Answer | None
    token_f1: float | None
    answer_recall: bool | None
    exact_match: bool | None
    trouble: str = ""

    @property
    def source_missed(self) -> bool:
        """Whether the model was given no passage of the source."""
        return bool(self.asked.sources) and (self.rank is None or self.rank > self.shown)

    @property
    def answer_missed(self) -> bool:
        """Whether the answer is wrong, a refusal where there is one, or none where there is not."""
        if self.asked.answers is None:
            return False
        if not self.asked.answers:
            return self.answer is None or self.answer.answered
        return not self.answer_recall and (self.token_f1 or 0.0) < RIGHT_FROM

    @property
    def missed(self) -> bool:
        """Whether something is to be looked at."""
        return self.source_missed or self.answer_missed or bool(self.trouble)


@dataclass(frozen=True, slots=True)
class ListFigure:
    """A share with its 95% bootstrap interval, over so many questions."""

    name: str
    value: float
    low: float
    high: float
    questions: int


def check_list(
    questions: Sequence[ListedQuestion],
    *,
    library: Library,
    assistant: Assistant,
    collection: str | None = None,
    passages: int,
    model: str = "",
    adapter: str = "",
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[ListResult]:
    """Ask the questions one after the other, giving each result as it comes.

    Parameters
    ----------
    passages : int
        Passages that the model is given for a question.
    cancelled : callable
        Once it is true the rest is left out, and the question that is being answered too.

    Raises
    ------
    UserError
        Nothing can be asked: no such collection, no model, a server that is not there.
    """
    names = [one.name for one in library.documents(collection=collection)]
    for number, asked in enumerate(questions):
        if cancelled():
            return
        known = any(_same(source, name) for source in asked.sources for name in names)
        found: tuple[Passage, ...] = ()
        answer, trouble = None, ""
        try:
            found = tuple(library.retrieve(asked.question, k=max(DEPTHS), collection=collection))
            answer = assistant.answer(
                asked.question,
                collection=collection,
                k=passages,
                model=model,
                adapter=adapter,
                cancelled=cancelled,
            )
        except UserError as error:
            if number == 0:  # nothing has gone well yet: it is not this question alone
                raise
            trouble = str(error)
        if answer is not None and answer.stopped:
            return
        yield _score(asked, found, answer, passages=passages, known=known, trouble=trouble)


def _score(
    asked: ListedQuestion,
    found: tuple[Passage, ...],
    answer: Answer | None,
    *,
    passages: int,
    known: bool,
    trouble: str,
) -> ListResult:
    ranks = [
        place
        for place, passage in enumerate(found, start=1)
        if any(_same(source, passage.document) for source in asked.sources)
    ]
    text = answer.said if answer is not None else ""
    return ListResult(
        asked=asked,
        found=found,
        shown=passages,
        rank=ranks[0] if ranks else None,
        source_known=known,
        answer=answer,
        token_f1=token_f1(text, asked.answers) if asked.answers else None,
        answer_recall=answer_recall(text, asked.answers) if asked.answers else None,
        exact_match=exact_match(text, asked.answers) if asked.answers else None,
        trouble=trouble,
    )


def sum_up_list(results: Sequence[ListResult]) -> list[ListFigure]:
    """Turn results into figures; those that no question tells are left out."""
    sourced = [one for one in results if one.asked.sources]
    answerable = [one for one in results if one.asked.answers]
    unanswerable = [one for one in results if one.asked.answers == ()]
    rows: list[tuple[str, list[float]]] = [
        (f"recall@{k}", [float(one.rank is not None and one.rank <= k) for one in sourced])
        for k in DEPTHS
    ]
    rows += [
        ("token-F1", [one.token_f1 or 0.0 for one in answerable]),
        ("answer recall", [float(one.answer_recall or False) for one in answerable]),
        ("exact match", [float(one.exact_match or False) for one in answerable]),
        ("refused, answerable", [_refused(one) for one in answerable]),
        ("refused, unanswerable", [_refused(one) for one in unanswerable]),
    ]
    figures = []
    for name, values in rows:
        ends = interval(values)
        if ends is not None:
            value = round(sum(values) / len(values), 4)
            figures.append(ListFigure(name, value, *ends, questions=len(values)))
    return figures


def _refused(result: ListResult) -> float:
    return float(result.answer is None or not result.answer.answered)


def _same(source: str, document: str) -> bool:
    """Whether a source names a document: by its whole name, its last part, or without suffix."""
    wanted, name = source.casefold(), document.casefold()
    last = PurePath(name).name
    return wanted in (name, last, PurePath(last).stem) or PurePath(wanted).name == last
