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
(docs/quoting-tried.md has their first runs). *details* ask for one thing that stands in or beside a
list.
"""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.asking import Row, run, share
from rare_app.types import Answer

QUESTIONS = Path(__file__).with_name("list_questions.csv")
DOCUMENTS = Path(__file__).with_name("list_documents")


def held(answer: str, keys: Sequence[str]) -> int:
    """Count the keys that an answer holds, white space and capitals aside."""
    said = " ".join(answer.lower().split())
    return sum(" ".join(key.lower().split()) in said for key in keys)


def measure(answer: Answer, keys: Sequence[str]) -> Row:
    """Count the keys that the answer and the passages hold."""
    return {
        "held": held(answer.answer, keys) if answer.answered else 0,
        "shown": held("\n".join(one.text for one in answer.passages), keys),
        "seconds": round(answer.timings.total_s, 2),
    }


def summary(rows: Sequence[Row]) -> str:
    """Write a table, a line for each set."""
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
    return run(
        __doc__ or "",
        QUESTIONS,
        [DOCUMENTS],
        measure=measure,
        summary=summary,
        kept="lists.jsonl",
    )


if __name__ == "__main__":
    raise SystemExit(main())
