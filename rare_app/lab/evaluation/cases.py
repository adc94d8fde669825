"""Evaluation cases: JSON Lines, one question with its expected answers a line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rare_app.errors import UserError


class CaseError(UserError):
    """A line of the file is not a case."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what is expected.

    Attributes
    ----------
    passages : tuple of str or None
        The passages to answer from; ``None`` means: retrieve from the collection.
    answers : tuple of str
        Accepted answers; empty means that the documents do not answer the question.
    choices : tuple of str or None
        The closed set that the answer is one of.
    evidence : tuple of str or None
        Texts that the quotes or citations should hold.
    held : tuple of str
        Passages that are not given, and that a search may find.
    """

    id: str
    question: str
    passages: tuple[str, ...] | None
    answers: tuple[str, ...]
    choices: tuple[str, ...] | None
    evidence: tuple[str, ...] | None
    held: tuple[str, ...] = ()


def read_cases(path: Path, *, limit: int | None = None) -> Iterator[Case]:
    """Read cases one by one; blank lines are passed over.

    Raises
    ------
    CaseError
        The file cannot be read, or a line is not a case; the sentence names file and line.
    """
    if not path.is_file():
        raise CaseError(f"“{path}” does not exist: check the path of the cases.")
    count = 0
    with path.open(encoding="utf-8") as lines:
        numbered = enumerate(lines, start=1)
        while True:
            try:
                number, line = next(numbered)
            except StopIteration:
                return
            except UnicodeDecodeError as error:
                raise CaseError(f"“{path.name}” is not UTF-8 text: save it as UTF-8.") from error
            if not line.strip():
                continue
            if limit is not None and count >= limit:
                return
            count += 1
            yield _case(line, where=f"line {number} of “{path.name}”")


def _case(line: str, *, where: str) -> Case:
    try:
        data = json.loads(line)
    except json.JSONDecodeError as error:
        raise CaseError(f"{where} is not JSON ({error.msg}): mend or remove it.") from error
    if not isinstance(data, dict) or not isinstance(data.get("question"), str):
        raise CaseError(f"{where} needs a “question” that is a text.")
    choices = _texts(data, "choices", where=where)
    if choices and len({one.strip() for one in choices} - {""}) < 2:
        raise CaseError(f"“choices” in {where} must be at least two different texts, or null.")
    return Case(
        id=str(data.get("id", "")),
        question=data["question"],
        passages=_texts(data, "passages", where=where),
        answers=_texts(data, "answers", where=where) or (),
        choices=choices,
        evidence=_texts(data, "evidence", where=where),
        held=_texts(data, "held", where=where) or (),
    )


def _texts(data: dict[str, Any], name: str, *, where: str) -> tuple[str, ...] | None:
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise CaseError(f"“{name}” in {where} must be a list of texts or null.")
    return tuple(value)


def whole_lines(path: Path) -> list[str]:
    """Read the lines that were written so far; one that a stop cut short is taken out of the file.

    Returns
    -------
    list of str
        Empty where there is no such file.
    """
    if not path.is_file():
        return []
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        path.write_text(whole, encoding="utf-8")
    return whole.splitlines()
