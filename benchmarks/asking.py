"""Ask a list of questions of documents as a user would, and keep what is answered."""

import argparse
import csv
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rare_app.checks import interval
from rare_app.log import quiet_environment
from rare_app.services import services
from rare_app.settings import load_settings
from rare_app.types import Answer

Row = dict[str, Any]
Question = tuple[str, str, list[str]]
"""Set, question and keys."""


def read_questions(path: Path, sets: Sequence[str]) -> list[Question]:
    """Read set, question and keys (parted by ``|``) of each line."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            (row["set"], row["question"], [one for one in row["keys"].split("|") if one])
            for row in csv.DictReader(file)
        ]
    return [row for row in rows if not sets or row[0] in sets]


def ask_all(
    files: Sequence[Path],
    questions: Sequence[Question],
    *,
    home: Path,
    kept: Path,
    measure: Callable[[Answer, list[str]], Row],
) -> list[Row]:
    """Ask what is not in a file yet, a line an answer, so that a run that was cut off goes on.

    Parameters
    ----------
    files : sequence of Path
        Added to the library, if that is empty.
    measure : callable
        Takes an answer and the keys, returns what is to be known of it.
    """
    lines = kept.read_text("utf-8").splitlines() if kept.exists() else []
    rows: list[Row] = [json.loads(line) for line in lines]
    known = {row["question"] for row in rows}
    with services(load_settings(home=home)) as app, kept.open("a", encoding="utf-8") as file:
        if not app.library.documents():
            app.library.add(files)
        for name, question, keys in questions:
            if question in known:
                continue
            answer = app.assistant.answer(question)
            row = {
                "set": name,
                "question": question,
                "keys": keys,
                "answer": answer.answer if answer.answered else "",
                "quotes": [one.quote for one in answer.quotes],
                "doubtful": answer.doubtful,
                "status": [one.status for one in answer.claims],
                **measure(answer, keys),
            }
            rows.append(row)
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            file.flush()
            print(f"{question} → {row['answer'] or 'refused'} ({'|'.join(keys) or 'not told'})")
    return rows


def share(values: Sequence[bool]) -> str:
    """Write a share with its 95% bootstrap interval."""
    found = interval([float(one) for one in values])
    low, high = found if found else (0.0, 1.0)
    return f"{sum(values) / len(values):.0%} ({low:.0%} to {high:.0%})"


def run(
    description: str,
    questions: Path,
    documents: Sequence[Path],
    *,
    measure: Callable[[Answer, list[str]], Row],
    summary: Callable[[Sequence[Row]], str],
    kept: str,
) -> int:
    """Run a benchmark from its command line: ask, and print the table.

    Parameters
    ----------
    questions : Path
        A CSV file (:func:`read_questions`).
    documents : sequence of Path
        Folders all of whose files are added; the PDF files of the folder that is given are, too.
        Without any, one must be given.
    kept : str
        Name of the file of answers, unless another is given.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("folder", type=Path, nargs="?" if documents else None)
    parser.add_argument("--sets", nargs="*", default=[])
    parser.add_argument("--kept", type=Path, default=Path(kept))
    parser.add_argument("--home", type=Path)
    options = parser.parse_args()
    quiet_environment()
    with tempfile.TemporaryDirectory() as temporary:
        home = options.home or Path(temporary)
        files = [file for folder in documents for file in sorted(folder.iterdir())]
        files += sorted(options.folder.glob("*.pdf")) if options.folder else []
        asked = read_questions(questions, options.sets)
        rows = ask_all(files, asked, home=home, kept=options.kept, measure=measure)
    print(summary(rows))
    return 0
