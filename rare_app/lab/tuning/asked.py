"""What a teacher is to reason over: evaluation cases or examples, as one shape."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rare_app.errors import UserError
from rare_app.lab.evaluation import read_cases
from rare_app.lab.tuning.example_file import read_groups
from rare_app.lab.tuning.items import Kind, Passage
from rare_app.lab.tuning.records import read_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with its passages, and the answers that count as right (none: unanswerable).

    Attributes
    ----------
    choices : tuple of str
        The closed set that the answer is from, or empty.
    evidence : tuple of str
        What has to be quoted, verbatim words of the passages; empty where the data name nothing.
    """

    identifier: str
    data_set: str
    kind: Kind
    question: str
    passages: tuple[Passage, ...]
    answers: tuple[str, ...]
    choices: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """The choices that have to be told: that yes or no is asked for goes without saying."""
        return () if self.is_verdict else self.choices

    @property
    def is_verdict(self) -> bool:
        """Whether yes or no is asked for, and nothing else."""
        return set(self.choices) == {"yes", "no"}


def read_asked(source: Path) -> list[Asked]:
    """Read a file of cases, or a file of examples.

    Raises
    ------
    UserError
        The source is neither, or of the wrong shape; a case has no passages of its own.
    """
    first = next(read_lines(source), None)
    if first is None:
        raise UserError(f"“{source}” holds no question: name a folder of data sets, or a file.")
    found = list(_from_groups(source) if "questions" in first.value else _from_cases(source))
    seen: dict[str, int] = {}
    unique = []
    for one in found:
        # The same question may be asked over several groups of passages.
        seen[one.identifier] = number = seen.get(one.identifier, 0) + 1
        identifier = one.identifier if number == 1 else f"{one.identifier}#{number}"
        unique.append(replace(one, identifier=identifier))
    return unique


def _from_cases(path: Path) -> Iterator[Asked]:
    for number, case in enumerate(read_cases(path), start=1):
        identifier = case.id or f"case-{number}"
        if not case.passages:
            raise UserError(
                f"The case “{identifier}” of “{path.name}” has no passages: a teacher reasons over "
                "given passages only."
            )
        yield Asked(
            identifier=identifier,
            data_set=path.stem,
            kind="decision" if case.choices else "span",
            question=case.question,
            passages=tuple(Passage(text=text) for text in case.passages),
            answers=case.answers,
            choices=tuple(case.choices or ()),
            evidence=tuple(case.evidence or ()),
        )


def _from_groups(path: Path) -> Iterator[Asked]:
    yes_no = ("yes", "no", "maybe")
    for group in read_groups(path):
        for question in group.questions:
            closed = question.kind in ("boolean", "decision")
            yield Asked(
                identifier=question.identifier,
                data_set=group.data_set,
                kind=question.kind,
                question=question.question,
                passages=group.passages,
                answers=(question.answers or (question.answer,)) if question.answerable else (),
                choices=yes_no[: 3 if question.kind == "decision" else 2] if closed else (),
                evidence=question.evidence,
            )
