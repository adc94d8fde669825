"""Measure answers to questions that ask for several things at once (docs/several.md).

``python -m benchmarks.several [FOLDER]`` asks ``several_questions.csv`` of the documents of the
lists, of those of what follows, and of the PDF files of a folder, in one library. A question is
answered rightly where all of its keys stand in the answer; one without keys is not told. Of the
set ``partly`` one key is the refusal of the part that is not told.
"""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.asking import Row, run, share
from rare_app.types import Answer

_HERE = Path(__file__).parent
QUESTIONS = _HERE / "several_questions.csv"
DOCUMENTS = (_HERE / "list_documents", _HERE / "consequence_documents")


def measure(answer: Answer, keys: list[str]) -> Row:
    """Tell which keys stand in an answer, and whether a lack of them is said without doubt."""
    said = " ".join(answer.answer.lower().split())
    told = [key.lower() in said for key in keys]
    right = bool(keys) and all(told)
    return {
        "right": right,
        "some": any(told),
        "silent": answer.answered and not right and not answer.doubtful,
        "refused": not answer.answered,
        "parts": len(getattr(answer, "parts", ())),
        "seconds": answer.timings.total_s,
    }


def summary(rows: Sequence[Row]) -> str:
    """Write the table, a line a set."""
    lines = [
        "| questions | n | all parts right | at least one | not right, no doubt told | refused |",
        "|---|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(row["set"] for row in rows):
        for told in (True, False):
            own = [row for row in rows if row["set"] == name and bool(row["keys"]) is told]
            if not own:
                continue
            columns = ("right", "some", "silent", "refused")
            shown = [share([row[key] for row in own]) for key in columns]
            if not told:
                shown[:2] = ["–", "–"]
            label = name if told else f"{name}, not told"
            lines.append(f"| {label} | {len(own)} | {' | '.join(shown)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(
        run(
            __doc__ or "",
            QUESTIONS,
            DOCUMENTS,
            measure=measure,
            summary=summary,
            kept="several.jsonl",
        )
    )
