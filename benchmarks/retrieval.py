"""Is the passage that answers found? Rankings compared over questions with known evidence.

``python -m benchmarks.retrieval FOLDER`` adds the PDF files of a folder and asks the questions of
its ``questions.csv`` (columns ``Question``, ``Source Docs``, ``Evidence Keys``). A question counts
as found when one of the first eight passages is of the right document and holds one of its keys.
Keys are parted by ``|``; they are the figures that the reference answer rests on.

``--data DATA`` adds the public sets of :mod:`rare_app.lab.evaluation.retrieval_sets`: a table for
each of them, a row for each ranking, with bootstrap intervals. ``--vectors`` keeps the embeddings.
"""

import argparse
import csv
import functools
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from rare_app.checks import interval
from rare_app.errors import UserError
from rare_app.lab.evaluation.ranking_scores import COLUMNS, score_ranking
from rare_app.lab.evaluation.retrieval_library import SetLibrary, from_library, open_set
from rare_app.lab.evaluation.retrieval_sets import RetrievalSet, read_retrieval_sets
from rare_app.lab.strategies import STRATEGIES, Strategy, think_first
from rare_app.library import Embedder, Library, Passage, embedder_folder
from rare_app.library.query import parse_query
from rare_app.library.rerank import Judge
from rare_app.library.search import search
from rare_app.log import quiet_environment
from rare_app.model import Engine, Sampler, Usage, generate
from rare_app.reader import find_reader, judge_passages
from rare_app.settings import load_settings

DEPTH = 50
DRAFT = "Write two sentences of a document that answers the question."
DRAFT_TOKENS = 48
READ_AGAIN = 15
FIRST = 8

Ranking = Callable[[SetLibrary, str], list[int]]
"""The chunks of a set for a question, best first."""


def by_meaning(library: SetLibrary, question: str) -> list[int]:
    """Rank by cosine similarity alone."""
    vector = library.embedder.embed([question])[0]
    return [one for one, _ in library.nearest(library.collection_id, vector, DEPTH)]


def by_words(library: SetLibrary, question: str) -> list[int]:
    """Rank by BM25 alone."""
    query = parse_query(question)
    found = library.catalogue.search_words(
        [*query.words, *query.forms], collection_id=library.collection_id, k=DEPTH
    )
    return [one for one, _ in found]


def as_the_app(library: SetLibrary, question: str) -> list[int]:
    """Rank as the app does."""
    passages = search(
        question,
        k=DEPTH,
        collection_id=library.collection_id,
        catalogue=library.catalogue,
        nearest=library.nearest,
        embedder=library.embedder,
    )
    return [one.chunk_id for one in passages]


def read_again(library: SetLibrary, question: str) -> list[int]:
    """Rank as the app does where the settings say ``rerank = 15``."""
    passages = search(
        question,
        k=DEPTH,
        collection_id=library.collection_id,
        catalogue=library.catalogue,
        nearest=library.nearest,
        embedder=library.embedder,
        judge=_judge(),
        read_again=READ_AGAIN,
    )
    return [one.chunk_id for one in passages]


def by_strategy(strategy: Strategy) -> Ranking:
    """Rank as a strategy does with the app's search."""

    def rank(library: SetLibrary, question: str) -> list[int]:
        def ask(asked: str, k: int) -> list[Passage]:
            return search(
                asked,
                k=k,
                collection_id=library.collection_id,
                catalogue=library.catalogue,
                nearest=library.nearest,
                embedder=library.embedder,
            )

        return [one.chunk_id for one in strategy(question, DEPTH, ask)]

    return rank


@functools.cache
def _judge() -> Judge:
    reader = find_reader(load_settings(), embedder=embedder_folder())
    if reader is None:
        raise UserError("There is no reader in the models folders.")
    return judge_passages(reader)


@functools.cache
def _engine() -> Engine:
    return Engine(settings=load_settings())


@functools.cache
def draft(question: str) -> str:
    """Let the bundled model, without the adapter, write what a passage that answers would say."""
    with _engine().use(model="", adapter="none") as loaded:
        frame = loaded.model.frame(DRAFT)
        text = f"Question: {question}\nPassage:"
        loaded.model.read(
            [
                *loaded.model.start_tokens(frame.before),
                *loaded.model.tokenise(text),
                *loaded.model.tokenise(frame.after, special=True),
            ]
        )
        written = generate(
            loaded.model,
            sampler=Sampler(temperature=0.0, seed=0),
            longest=DRAFT_TOKENS,
            stop=("\n\n",),
            usage=Usage(),
        )
        return " ".join("".join(written).split())


RANKINGS: dict[str, Ranking] = {
    "dense": by_meaning,
    "lexical": by_words,
    "hybrid": as_the_app,
    "reranked": read_again,
    **{name: by_strategy(strategy) for name, strategy in STRATEGIES.items()},
    "thinking": by_strategy(think_first(draft)),
}


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


def read_filings(folder: Path, *, home: Path) -> RetrievalSet:
    """Add a folder's PDF files to a library and ask its keyed questions."""
    library = Library(settings=load_settings(home=home))
    library.add(sorted(folder.glob("*.pdf")))
    one = from_library(library, keyed_questions(folder / "questions.csv"), name=folder.name)
    library.close()
    return one


def compare(one: RetrievalSet, library: SetLibrary, rankings: Sequence[str]) -> dict[str, float]:
    """Print a set's table; give each ranking's nDCG@10."""
    print(f"\n{one.name}: {len(one.questions)} questions, {len(one.passages)} passages")
    print(f"{'':12}" + "".join(f"{name:>22}" for name in COLUMNS) + f"{'ms':>7}")
    rows: dict[str, np.ndarray] = {}
    for name in rankings:
        begun = time.perf_counter()
        ranked = [
            library.places(RANKINGS[name](library, question.text)) for question in one.questions
        ]
        spent = 1000 * (time.perf_counter() - begun) / len(one.questions)
        rows[name] = np.array(
            [
                score_ranking(own, question.relevant)
                for own, question in zip(ranked, one.questions, strict=True)
            ]
        )
        cells = []
        for column in rows[name].T:
            low, high = interval(column) or (0.0, 0.0)
            cells.append(f"{column.mean():8.3f} [{low:.3f}, {high:.3f}]")
        print(f"{name:12}" + "".join(cells) + f"{spent:7.1f}")
        if len(one.questions) < 20:
            for question, own in zip(one.questions, ranked, strict=True):
                rank = next((at for at, i in enumerate(own, 1) if i in question.relevant), None)
                if rank is None or rank > FIRST:
                    where = f"at rank {rank}" if rank else f"not in the first {DEPTH}"
                    print(f"{'':12} missed ({where}): {question.text}")
    _print_differences(rows, against=rankings[-1])
    return {name: float(own[:, 0].mean()) for name, own in rows.items()}


def _print_differences(rows: dict[str, np.ndarray], *, against: str) -> None:
    """Print how much nDCG@10 the last ranking gains on each of the others, paired."""
    for name, own in rows.items():
        if name != against:
            gained = rows[against][:, 0] - own[:, 0]
            low, high = interval(gained) or (0.0, 0.0)
            print(f"{'':12} {against} − {name}: {gained.mean():+.3f} [{low:+.3f}, {high:+.3f}]")


def main() -> int:
    """Print a table for each set, and the mean over the public ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="PDF files and questions.csv")
    parser.add_argument("--home", type=Path, help="use this library for the folder, and keep it")
    parser.add_argument("--data", type=Path, help="folder of the public sets")
    parser.add_argument("--sets", nargs="*", default=[], help="some of them; default: all")
    parser.add_argument("--questions", type=int, default=250, help="most questions of a set")
    parser.add_argument("--vectors", type=Path, help="keep embeddings in this folder")
    parser.add_argument(
        "--rankings", nargs="+", choices=RANKINGS, default=["dense", "lexical", "hybrid"]
    )
    options = parser.parse_args()
    if not (options.folder or options.data):
        parser.error("name a folder of documents, or --data")
    quiet_environment()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        settings = load_settings(home=scratch / "home")
        embedder = Embedder()
        sets = []
        if options.data:
            sets += read_retrieval_sets(
                options.data,
                names=options.sets,
                count_tokens=embedder.count_tokens,
                settings=settings,
                most=options.questions,
            )
        public = len(sets)
        if options.folder:
            sets.append(read_filings(options.folder, home=options.home or settings.home))
        means = []
        for one in sets:
            with open_set(
                one,
                folder=scratch,
                vectors=options.vectors or scratch / "vectors",
                embedder=embedder,
            ) as library:
                means.append(compare(one, library, options.rankings))
        if public > 1:
            print("\nnDCG@10, mean over the public sets")
            for name in options.rankings:
                print(f"{name:12} {np.mean([own[name] for own in means[:public]]):.4f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
