"""Is the passage that answers found? Questions with evidence keys over a folder of documents.

``python -m benchmarks.retrieval FOLDER`` adds the PDF files of a folder and asks the questions of
its ``questions.csv`` (columns ``Question``, ``Source Docs``, ``Evidence Keys``). A question counts
as found when one of the first eight passages is of the right document and holds one of its keys.
Keys are parted by ``|``; they are the figures that the reference answer rests on.
"""

import argparse
import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rare_app.library import Library, Passage
from rare_app.log import quiet_environment
from rare_app.settings import load_settings

FIRST = 8


def keyed_questions(path: Path) -> list[tuple[str, set[str], list[str]]]:
    """Read (question, names of its documents, keys) of the questions that have keys."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            (
                row["Question"],
                {name.strip() for name in row["Source Docs"].replace("*", "").split(",")},
                [key.strip() for key in row["Evidence Keys"].split("|")],
            )
            for row in csv.DictReader(file)
            if (row.get("Evidence Keys") or "").strip()
        ]


def rank_of_evidence(
    passages: Sequence[Passage], *, documents: set[str], keys: Sequence[str]
) -> int | None:
    """Find the 1-based rank of the first passage of the right document that holds a key."""
    for rank, passage in enumerate(passages, start=1):
        text = " ".join(passage.text.split())
        if passage.document in documents and any(key in text for key in keys):
            return rank
    return None


def main() -> int:
    """Print the figure and the questions that were missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--home", type=Path, help="use this library, and keep it")
    options = parser.parse_args()
    quiet_environment()
    questions = keyed_questions(options.folder / "questions.csv")
    with tempfile.TemporaryDirectory() as temporary:
        library = Library(settings=load_settings(home=options.home or temporary))
        library.add(sorted(options.folder.glob("*.pdf")))
        found = 0
        for question, documents, keys in questions:
            passages = library.retrieve(question, k=50)
            rank = rank_of_evidence(passages, documents=documents, keys=keys)
            hit = rank is not None and rank <= FIRST
            found += hit
            if not hit:
                where = "not in the first 50" if rank is None else f"at rank {rank}"
                print(f"missed ({where}): {question} [{', '.join(keys)}]")
        library.close()
    print(f"{found} of {len(questions)} questions have their evidence in the first {FIRST}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
