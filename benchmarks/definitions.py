"""Measure answers to questions for what a term means (docs/quoting-tried.md).

``python -m benchmarks.definitions [FOLDER]`` asks ``definition_questions.csv`` of the documents of
the lists, of what follows, of yes or no, of four written for this, and of the PDF files of a
folder, in one library. A question is answered rightly where all of its keys stand in the answer;
one without keys is not told.
"""

from pathlib import Path

from benchmarks.asking import run
from benchmarks.consequences import measure, summary

_HERE = Path(__file__).parent
QUESTIONS = _HERE / "definition_questions.csv"
DOCUMENTS = tuple(
    _HERE / f"{name}_documents" for name in ("list", "consequence", "whether", "definition")
)


if __name__ == "__main__":
    raise SystemExit(
        run(
            __doc__ or "",
            QUESTIONS,
            DOCUMENTS,
            measure=measure,
            summary=summary,
            kept="definitions.jsonl",
        )
    )
