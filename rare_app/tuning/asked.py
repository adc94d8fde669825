"""What a teacher is to reason over: data sets, evaluation cases, or examples, as one shape."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rare_app.errors import UserError
from rare_app.evaluation import read_cases
from rare_app.tuning.example_file import read_groups
from rare_app.tuning.items import Item, Kind, Passage
from rare_app.tuning.leaks import drop_leaks, hold
from rare_app.tuning.readers import read_sets
from rare_app.tuning.records import read_lines

MOST_PASSAGES = 6
"""Passages shown of an item that comes with more; the gold ones are always among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with its passages, and the answers that count as right (none: unanswerable)."""

    identifier: str
    data_set: str
    kind: Kind
    question: str
    passages: tuple[Passage, ...]
    answers: tuple[str, ...]
    choices: tuple[str, ...] = ()


def read_asked(source: Path, *, names: tuple[str, ...] = (), seed: int = 0) -> list[Asked]:
    """Read a folder of data sets (its training items), a file of cases, or a file of examples.

    Raises
    ------
    UserError
        The source is none of these, or of the wrong shape; a case has no passages of its own.
    """
    if source.is_dir():
        found = list(_from_sets(source, names, random.Random(seed)))
    else:
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


def _from_sets(
    folder: Path, names: tuple[str, ...], random_source: random.Random
) -> Iterator[Asked]:
    items = [item for part in read_sets(folder, names).values() for item in part]
    held = hold(item for item in items if item.split == "validation")
    training, _ = drop_leaks((item for item in items if item.split == "train"), held)
    for item in training:
        yield Asked(
            identifier=item.identifier,
            data_set=item.data_set,
            kind=item.kind,
            question=item.question,
            passages=_shown(item, random_source),
            answers=item.answers or ((item.answer,) if item.answer else ()),
            choices=item.choices,
        )


def _shown(item: Item, random_source: random.Random) -> tuple[Passage, ...]:
    others = [index for index in range(len(item.passages)) if index not in item.gold]
    random_source.shuffle(others)
    room = max(0, MOST_PASSAGES - len(item.gold))
    shown = sorted({*item.gold, *others[:room]})
    return tuple(item.passages[index] for index in shown)


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
            choices=case.choices or (),
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
                answers=(question.answer,) if question.answerable else (),
                choices=yes_no[: 3 if question.kind == "decision" else 2] if closed else (),
            )
