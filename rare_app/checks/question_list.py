"""The user's own question list: a CSV file with question, answer and source."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from rare_app.errors import UserError

_COLUMNS = ("question", "answer", "source")
_SEPARATORS = ",;\t"
_BETWEEN = "|"
"""Stands between several accepted answers, or several sources, of one question."""


class QuestionListError(UserError):
    """The file is no question list; the sentence names file and line."""


@dataclass(frozen=True, slots=True)
class ListedQuestion:
    """One question of the list.

    Attributes
    ----------
    line : int
        1-based line of the file on which it begins.
    answers : tuple of str or None
        Accepted answers; empty means that the documents do not answer the question; ``None`` where
        the list says nothing of the answer.
    sources : tuple of str
        Names of documents that hold the answer, any of them; empty where the list names none.
    """

    line: int
    question: str
    answers: tuple[str, ...] | None
    sources: tuple[str, ...]


def read_question_list(path: Path, *, name: str = "") -> list[ListedQuestion]:
    """Read a question list.

    The first line names the columns, capitals aside: ``question``, and ``answer`` or ``source`` or
    both; others are passed over. Commas, semicolons or tabs separate them. ``|`` stands between
    several accepted answers or sources. An empty answer without a source means that the documents
    do not answer the question; with a source, that only the source is looked at.

    Parameters
    ----------
    name : str
        What the user calls the file; default its own name.

    Raises
    ------
    QuestionListError
        The file cannot be read, or a line is not as it must be.
    """
    shown = f"“{name or path.name}”"
    try:
        text = _decode(path.read_bytes(), shown=shown)
    except OSError as error:
        raise QuestionListError(f"{shown} cannot be read ({error.strerror}).") from error
    rows = _rows(text, shown=shown)
    try:
        _, heading = next(rows)
    except StopIteration:
        raise QuestionListError(
            f"{shown} is empty: its first line names the columns question, answer, source."
        ) from None
    columns = _columns(heading, shown=shown)
    found = [_question(line, row, columns, len(heading), shown=shown) for line, row in rows]
    if not found:
        raise QuestionListError(f"{shown} names its columns but holds no question.")
    return found


def _decode(data: bytes, *, shown: str) -> str:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if data.startswith(b"PK\x03\x04") or (b"\0" in data and not wide):
        raise QuestionListError(f"{shown} is a spreadsheet or other file: save it as CSV (UTF-8).")
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(data).best()
        if best is None:
            raise QuestionListError(f"{shown} is not text: save it as CSV (UTF-8).") from None
        return str(best)


def _rows(text: str, *, shown: str) -> Iterator[tuple[int, list[str]]]:
    """Go through the rows that hold something, each with the line that it begins on."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise QuestionListError(
                f"Line {begins} of {shown} is no CSV ({error}): check its quotation marks."
            ) from error
        if any(cell.strip() for cell in row):
            yield begins, row
        begins = reader.line_num + 1


def _columns(heading: list[str], *, shown: str) -> dict[str, int]:
    names = [cell.strip().lower() for cell in heading]
    for name in _COLUMNS:
        if names.count(name) > 1:
            raise QuestionListError(f"Line 1 of {shown} names the column “{name}” twice.")
    columns = {name: names.index(name) for name in _COLUMNS if name in names}
    if "question" not in columns or len(columns) < 2:
        there = ", ".join(f"“{cell.strip()}”" for cell in heading[:6])
        raise QuestionListError(
            f"Line 1 of {shown} must name the columns question, answer, source (answer or source "
            f"may be left out); it names {there}."
        )
    return columns


def _question(
    line: int, row: list[str], columns: dict[str, int], width: int, *, shown: str
) -> ListedQuestion:
    if len(row) > width:
        raise QuestionListError(
            f"Line {line} of {shown} has {len(row)} cells, more than the {width} columns: put "
            "quotation marks round cells that hold the separator."
        )
    cells = {
        name: row[place].strip() if place < len(row) else "" for name, place in columns.items()
    }
    if not cells["question"]:
        raise QuestionListError(f"Line {line} of {shown} has no question.")
    answers: tuple[str, ...] | None = _several(cells.get("answer", ""))
    sources = _several(cells.get("source", ""))
    if not answers and (sources or "answer" not in columns):
        answers = None
    if answers is None and not sources:
        raise QuestionListError(f"Line {line} of {shown} has no source.")
    return ListedQuestion(line=line, question=cells["question"], answers=answers, sources=sources)


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part for one in cell.split(_BETWEEN) if (part := one.strip()))
