"""Join the answers to the things that a question asks for into one, each under its own words."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rare_app.answer.refusals import refusal_for
from rare_app.library import Passage
from rare_app.prompt import REFUSAL
from rare_app.types import (
    Answer,
    Citation,
    Claim,
    Event,
    Grid,
    Judged,
    Retrieved,
    Step,
    SubAnswer,
    Timings,
    TokenCounts,
    Writing,
)
from rare_app.words import content_words

BLANK = "–"
"""What a cell of a table says that the documents do not answer."""
_LONG = 6
"""Words from which an answer may be one to several things."""


class SubAnswers:
    """The answers so far to the sub-questions of a question.

    Parameters
    ----------
    question : str
        The whole question.
    apart : bool
        Whether each is of another document, so that the same answer may well be given again.
    columns : sequence of str
        Heads of the table that the first answers are the cells of; empty for none.
    """

    def __init__(self, question: str, *, apart: bool = False, columns: Sequence[str] = ()) -> None:
        self._question = question
        self._apart = apart
        self._columns = tuple(columns)
        self._rows: list[str] = []
        self._asked: list[str] = []
        self._answers: list[Answer] = []
        self._passages: dict[tuple[int, int, int, int, str], int] = {}
        self._all: list[Passage] = []
        self._found: tuple[Passage, ...] = ()
        self._best: list[Citation] = []

    def begin_row(self, name: str) -> None:
        """Begin the next row of the table; each has an answer a column."""
        self._rows.append(name)

    def follow(self, asked: str, event: Event) -> Event:
        """Put what an event tells of one sub-question behind what the others told."""
        match event:
            case Retrieved(passages=passages):
                self._found = passages
                return Retrieved((*self._all, *(p for p in passages if self._key(p) not in self)))
            case Judged(best=best):
                new = [self._key(p) for p in self._found if self._key(p) not in self]
                places = {**self._passages, **{key: n for n, key in enumerate(new, len(self._all))}}
                keys = [self._key(passage) for passage in self._found]
                self._best += (replace(one, passage=places[keys[one.passage]]) for one in best)
                return Judged(tuple(self._best))
            case Writing(reasoning=reasoning, answer=answer):
                own = f"{asked}\n{answer}" if answer else ""
                before = self._reasonings()
                return Writing(
                    reasoning="\n".join(one for one in (*before, reasoning) if one),
                    answer="\n".join(one for one in (*self._texts(), own) if one),
                )
        return event

    def add(self, asked: str, answer: Answer) -> None:
        """Add the answer to the next sub-question, which is asked in these words."""
        for passage in answer.passages:
            if self._key(passage) not in self:
                self._passages[self._key(passage)] = len(self._all)
                self._all.append(passage)
        self._asked.append(asked)
        answer = self._placed(answer)
        again = answer.answered and not self._apart
        if again and any(_repeats(answer, one) for one in self._answers):
            answer = replace(answer, doubtful=True)
        self._answers.append(answer)

    def cited(self) -> tuple[Passage, ...]:
        """Give the passages that the answers so far rest on, each once."""
        places = [
            one.passage
            for answer in self._answers
            if answer.answered
            for claim in answer.claims
            for one in claim.citations
        ]
        return tuple(self._all[place] for place in dict.fromkeys(places))

    def answer(self, *, stopped: bool = False) -> Answer:
        """Give one answer: a line with each sub-question, and its own answer below.

        Parameters
        ----------
        stopped : bool
            Whether the user stopped between two of them.

        Returns
        -------
        Answer
            The refusal where none is answered; one answer, by itself, where all are the same long
            one, which then says all.
        """
        answers = self._answers or [Answer(False, REFUSAL)]
        first = answers[0]
        told = [one for one in answers if one.answered]
        shared = {
            "question": self._question,
            "passages": tuple(self._all),
            "reasoning": "\n".join(self._reasonings()),
            "quotes": tuple(quote for one in answers for quote in one.quotes),
            "steps": tuple(self._steps()),
            "invented_quotes": tuple(quote for one in answers for quote in one.invented_quotes),
            "timings": _timings(answers),
            "tokens": _tokens(answers),
            "model": next((one.model for one in answers if one.model), ""),
            "adapter": next((one.adapter for one in answers if one.adapter), None),
            "notice": " ".join(dict.fromkeys(one.notice for one in answers if one.notice)),
            "stopped": stopped or any(one.stopped for one in answers),
        }
        if not told:
            withheld = next((one.withheld for one in answers if one.withheld), "")
            return replace(first, **shared, withheld=withheld)  # type: ignore[arg-type]
        same = len({one.answer for one in answers}) == 1 and not self._apart
        if same and len(first.answer.split()) >= _LONG and not any(o.doubtful for o in answers[1:]):
            return replace(first, **shared)  # type: ignore[arg-type]
        likely = [one.confidence for one in told if one.confidence is not None]
        grid = Grid(tuple(self._rows), self._columns) if self._columns else None
        return Answer(
            answered=True,
            answer="\n".join(self._texts()) if grid is None else self._table(grid),
            grid=grid,
            claims=tuple(claim for one in answers for claim in one.claims),
            parts=tuple(self._parts()),
            confidence=min(likely, default=None),
            doubtful=any(one.doubtful for one in told),
            remarks=tuple(remark for one in told for remark in one.remarks),
            **shared,  # type: ignore[arg-type]
        )

    def __contains__(self, key: object) -> bool:
        return key in self._passages

    @staticmethod
    def _key(passage: Passage) -> tuple[int, int, int, int, str]:
        return passage.document_id, passage.page, passage.start, passage.end, passage.text

    def _reasonings(self) -> list[str]:
        """Give the steps of each; of several documents each below what it is of."""
        heads = self._asked if self._apart else [""] * len(self._answers)
        told = zip(heads, self._answers, strict=True)
        return [f"{head}\n{one.reasoning}".strip() for head, one in told if one.reasoning]

    def _texts(self) -> Iterator[str]:
        for asked, answer in zip(self._asked, self._answers, strict=True):
            yield f"{asked}\n{answer.answer if answer.answered else refusal_for(asked)}"

    def _table(self, grid: Grid) -> str:
        """Write the table in Markdown, and below it what else is answered."""
        said = [_cell(one.answer) if one.answered else BLANK for one in self._answers]
        wide = len(grid.columns)
        lines = [["", *map(_cell, grid.columns)], ["---"] * (wide + 1)]
        lines += [
            [_cell(name), *said[row * wide : (row + 1) * wide]]
            for row, name in enumerate(grid.rows)
        ]
        table = [f"| {' | '.join(line)} |" for line in lines]
        rest = [one.answer for one in self._answers[grid.cells :]]
        return "\n".join(table + (["", *rest] if rest else []))

    def _parts(self) -> Iterator[SubAnswer]:
        for asked, answer in zip(self._asked, self._answers, strict=True):
            yield SubAnswer(
                asked=asked,
                question=answer.question,
                answer=answer.answer if answer.answered else refusal_for(asked),
                answered=answer.answered,
                doubtful=answer.answered and answer.doubtful,
                claims=len(answer.claims),
                withheld=bool(answer.withheld),
            )

    def _steps(self) -> Iterator[Step]:
        """Give the steps of all answers; their quotes are counted through."""
        before = 0
        for answer in self._answers:
            for step in answer.steps:
                yield replace(step, quotes=tuple(before + one for one in step.quotes))
            before += len(answer.quotes)

    def _placed(self, answer: Answer) -> Answer:
        """Let an answer's citations and searches count the passages of all answers."""
        numbers = [self._passages[self._key(one)] for one in answer.passages]

        def placed(citations: Sequence[Citation]) -> tuple[Citation, ...]:
            return tuple(replace(one, passage=numbers[one.passage]) for one in citations)

        def cited(claim: Claim) -> Claim:
            return replace(
                claim,
                citations=placed(claim.citations),
                contradicted_by=placed(claim.contradicted_by),
            )

        steps = tuple(
            replace(
                step, passages=tuple(numbers[one] for one in step.passages if one < len(numbers))
            )
            for step in answer.steps
        )
        return replace(
            answer,
            claims=tuple(map(cited, answer.claims)),
            quotes=placed(answer.quotes),
            steps=steps,
        )


def _cell(text: str) -> str:
    """Write a text as a cell of a Markdown table."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")


def _repeats(answer: Answer, earlier: Answer) -> bool:
    """Whether the same is answered again, though nothing quoted says what is asked for newly."""
    if answer.answer != earlier.answer:
        return False
    new = set(content_words(answer.question)) - set(content_words(earlier.question))
    return not new <= set(content_words(" ".join(one.quote for one in answer.quotes)))


def _timings(answers: Sequence[Answer]) -> Timings:
    """Add up; the first token is that of the first answer that has one."""
    before, first = 0.0, None
    for one in answers:
        if first is None and one.timings.first_token_s is not None:
            first = before + one.timings.first_token_s
        before += one.timings.total_s
    return Timings(
        retrieve_s=sum(one.timings.retrieve_s for one in answers),
        first_token_s=first,
        total_s=before,
    )


def _tokens(answers: Sequence[Answer]) -> TokenCounts:
    return TokenCounts(
        prompt=sum(one.tokens.prompt for one in answers),
        prompt_from_memory=sum(one.tokens.prompt_from_memory for one in answers),
        generated=sum(one.tokens.generated for one in answers),
    )
