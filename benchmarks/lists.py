"""Ask documents for what they list, and count the answers that hold all of it.

``python -m benchmarks.lists [FOLDER] [--sets details] [--kept FILE] [--home HOME]`` adds the
documents of ``benchmarks/list_documents`` (a guideline, a lease, manuals, a protocol and the like,
written for this, as PDF, Word, web page, Markdown and text) and the PDF files of a folder, asks the
questions of ``benchmarks/list_questions.csv`` (columns ``set``, ``question``, ``keys``) and tells
how many answers hold every key, some, or none. Keys are parted by ``|``; a question without keys is
one that the documents do not answer. A line an answer goes to the file, so that a run that was cut
off goes on.

*tried on* was looked at while lists were learned to be read. *first*, *second* and *third* were
written, documents and all, before they were asked; rules were mended after each
(docs/quoting.md has their first runs). *details* ask for one thing that stands in or beside a list.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.tables import read_questions
from rare_app.evaluation import interval
from rare_app.log import quiet_environment
from rare_app.services import services
from rare_app.settings import load_settings

QUESTIONS = Path(__file__).with_name("list_questions.csv")
DOCUMENTS = Path(__file__).with_name("list_documents")

Row = dict[str, Any]


def held(answer: str, keys: Sequence[str]) -> int:
    """Count the keys that an answer holds, white space and capitals aside."""
    said = " ".join(answer.lower().split())
    return sum(" ".join(key.lower().split()) in said for key in keys)


def ask_all(
    folder: Path | None,
    questions: Sequence[tuple[str, str, list[str]]],
    *,
    home: Path,
    kept: Path,
) -> list[Row]:
    """Ask what is not in the file yet."""
    lines = kept.read_text("utf-8").splitlines() if kept.exists() else []
    rows: list[Row] = [json.loads(line) for line in lines]
    known = {row["question"] for row in rows}
    with services(load_settings(home=home)) as app, kept.open("a", encoding="utf-8") as file:
        if not app.library.documents():
            more = sorted(folder.glob("*.pdf")) if folder else []
            app.library.add([*sorted(DOCUMENTS.iterdir()), *more])
        for name, question, keys in questions:
            if question in known:
                continue
            answer = app.assistant.answer(question)
            row = {
                "set": name,
                "question": question,
                "keys": keys,
                "answer": answer.answer if answer.answered else "",
                "held": held(answer.answer, keys) if answer.answered else 0,
                "shown": held("\n".join(one.text for one in answer.passages), keys),
                "quotes": [one.quote for one in answer.quotes],
                "doubtful": answer.doubtful,
                "status": [one.status for one in answer.claims],
                "seconds": round(answer.timings.total_s, 2),
            }
            rows.append(row)
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            file.flush()
            print(f"{row['held']}/{len(keys)} {question} → {row['answer'] or 'refused'}")
    return rows


def summary(rows: Sequence[Row]) -> str:
    """Write a table, a line for each set."""

    def share(values: Sequence[bool]) -> str:
        low, high = interval([float(one) for one in values])
        return f"{sum(values) / len(values):.0%} ({low:.0%} to {high:.0%})"

    lines = [
        "| set | n | all of it | of the items | some of it, not said to be doubtful | refused |",
        "|---|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(row["set"] for row in rows):
        own = [row for row in rows if row["set"] == name]
        whole = [row["held"] == len(row["keys"]) for row in own]
        silent = [
            bool(row["answer"]) and not (row["keys"] and good) and not row["doubtful"]
            for row, good in zip(own, whole, strict=True)
        ]
        items = sum(len(row["keys"]) for row in own)
        cells = [
            name,
            str(len(own)),
            share(whole) if items else "–",
            f"{sum(row['held'] for row in own) / items:.0%}" if items else "–",
            share(silent),
            share([not row["answer"] for row in own]),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> int:
    """Ask, and tell how many answers are whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--sets", nargs="*", default=[])
    parser.add_argument("--kept", type=Path, default=Path("lists.jsonl"))
    parser.add_argument("--home", type=Path)
    options = parser.parse_args()
    quiet_environment()
    questions = read_questions(QUESTIONS, options.sets)
    with tempfile.TemporaryDirectory() as temporary:
        home = options.home or Path(temporary)
        print(summary(ask_all(options.folder, questions, home=home, kept=options.kept)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
