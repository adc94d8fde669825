"""Measure answers to questions for what follows from something (docs/quoting-tried.md).

``python -m benchmarks.consequences [FOLDER]`` asks ``consequence_questions.csv`` of the
documents of the lists, of four written for this, and of the PDF files of a folder, in one
library. A question is answered rightly where all of its keys stand in the answer; one without keys
is not told.
"""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.asking import Row, run, share
from rare_app.reasoning import Answer

_HERE = Path(__file__).parent
QUESTIONS = _HERE / "consequence_questions.csv"
DOCUMENTS = (_HERE / "list_documents", _HERE / "consequence_documents")


def measure(answer: Answer, keys: list[str]) -> Row:
    """Tell whether all keys stand in an answer, and whether a wrong one is said without doubt."""
    said = " ".join(answer.answer.lower().split()) if answer.answered else ""
    right = bool(keys) and all(key.lower() in said for key in keys)
    return {
        "right": right,
        "silent": answer.answered and not right and not answer.doubtful,
        "refused": not answer.answered,
    }


def summary(rows: Sequence[Row]) -> str:
    """Write the table, a line a set."""
    lines = [
        "| questions | n | right | wrong, and not said to be doubtful | refused |",
        "|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(row["set"] for row in rows):
        for told in (True, False):
            own = [row for row in rows if row["set"] == name and bool(row["keys"]) is told]
            if own:
                right = share([row["right"] for row in own]) if told else "–"
                rest = " | ".join(share([row[key] for row in own]) for key in ("silent", "refused"))
                label = name if told else f"{name}, not told"
                lines.append(f"| {label} | {len(own)} | {right} | {rest} |")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(
        run(
            __doc__ or "",
            QUESTIONS,
            DOCUMENTS,
            measure=measure,
            summary=summary,
            kept="consequences.jsonl",
        )
    )
