"""The file of examples: one group a line, written and read."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from rare_app.lab.tuning.groups import Group, Question
from rare_app.lab.tuning.items import Passage
from rare_app.lab.tuning.records import Record, read_lines


def write_groups(path: Path, groups: Iterable[Group]) -> None:
    """Write groups as JSON Lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for group in groups:
            file.write(json.dumps(asdict(group), ensure_ascii=False) + "\n")


def read_groups(path: Path) -> list[Group]:
    """Read what :func:`write_groups` wrote.

    Raises
    ------
    UserError
        The file is missing or a line has the wrong shape; the sentence names the line.
    """
    groups = [_group(record) for record in read_lines(path)]
    if not groups:
        raise Record({}, str(path)).wrong("the file holds no example.")
    return groups


def _group(record: Record) -> Group:
    passages = tuple(
        Passage(text=part.need("text", str), title=part.need("title", str))
        for part in record.objects("passages")
    )
    questions = tuple(
        Question(
            identifier=part.need("identifier", str),
            kind=part.value.get("kind", "span"),
            question=part.need("question", str),
            reasoning=part.need("reasoning", str),
            answer=part.need("answer", str),
            answerable=part.need("answerable", bool),
            answers=tuple(map(str, part.value.get("answers", ()))),
            evidence=tuple(map(str, part.value.get("evidence", ()))),
            likely=str(part.value.get("likely", "")),
        )
        for part in record.objects("questions")
    )
    if not passages or not questions:
        raise record.wrong("an example needs passages and questions.")
    return Group(record.need("data_set", str), passages, questions)
