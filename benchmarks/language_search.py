"""Right passages first, for questions in other languages that are inflected otherwise.

``python -m benchmarks.language_search`` asks eight questions of two documents of five paragraphs in
each of German, French, Spanish, Chinese and Arabic.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.retrieval import as_the_app, by_words
from rare_app.lab.evaluation.retrieval_library import open_set
from rare_app.lab.evaluation.retrieval_sets import (
    RetrievalPassage,
    RetrievalQuestion,
    RetrievalSet,
)
from rare_app.library import Embedder
from rare_app.log import quiet_environment

QUESTIONS = Path(__file__).with_name("language_search.json")


def read_language(name: str, data: dict[str, Any]) -> RetrievalSet:
    """Make each paragraph a passage; a question knows its document and paragraph."""
    passages, first = [], []
    for document, paragraphs in data["documents"].items():
        first.append(len(passages))
        passages += [RetrievalPassage(text=text, document=document) for text in paragraphs]
    questions = tuple(
        RetrievalQuestion(identifier=text, text=text, relevant=frozenset([first[document] + at]))
        for text, document, at in data["questions"]
    )
    return RetrievalSet(name=name, passages=tuple(passages), questions=questions)


def main() -> int:
    """Print how many are first by words alone and as the app ranks, and which are not."""
    quiet_environment()
    embedder = Embedder()
    for name, data in json.loads(QUESTIONS.read_text(encoding="utf-8")).items():
        one = read_language(name, data)
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            with open_set(one, folder=folder, vectors=folder / "v", embedder=embedder) as library:
                first = {"words": 0, "app": 0}
                for question in one.questions:
                    for way, rank in (("words", by_words), ("app", as_the_app)):
                        best = library.places(rank(library, question.text)[:1])
                        first[way] += question.relevant == {*best}
                        if way == "app" and question.relevant != {*best}:
                            print(f"  missed: {question.text}")
        print(
            f"{name}: of {len(one.questions)} first by words {first['words']}, app {first['app']}"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
