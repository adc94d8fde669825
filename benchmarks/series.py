"""Right documents and pages for questions that name a company and a period, rule by rule.

``python -m benchmarks.series FOLDER`` adds the PDF files of a folder of filings that say nearly the
same, quarter by quarter, and asks the questions of its ``questions.csv`` (columns ``Question``,
``Source Docs`` with names or patterns of the right documents, ``Answer``). The key tells documents,
not pages: the right pages are those of a right document that hold a telling figure of the answer.

``--reports bench_fin_qa.json`` asks the questions of UDA-Bench on pages of other companies' reports
besides: each with the company's sign and the year in front, each report under a name of its own.

Each question counts by the share of its right documents that have a passage among the first k, and
by the share of those with right pages that have a passage of one. ``--home`` keeps the library.
"""

import argparse
import csv
import fnmatch
import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

import numpy as np
from numpy.typing import NDArray

from rare_app.checks import interval
from rare_app.lab.evaluation.retrieval_library import COLLECTION, open_set
from rare_app.lab.evaluation.retrieval_sets import RetrievalPassage, RetrievalSet, cut_text
from rare_app.lab.tuning.text import fraction
from rare_app.library import Embedder, Library, Passage, names
from rare_app.library.catalogue import Catalogue
from rare_app.library.fuse import Weights
from rare_app.library.search import WEIGHTS, search
from rare_app.log import quiet_environment
from rare_app.settings import Settings, load_settings

DEPTHS = (6, 12)
"""How many passages are looked at."""
MOST_QUESTIONS = 100
"""Questions about UDA-Bench's reports."""
MOST_PAGES = 6
"""A figure that stands on more pages of a document tells none of them."""

_FIGURE = re.compile(r"(?<![\w.,:-])\d[\d,]*(?:\.\d+)?(?![\w:-]|[.,]\d)")
_YEAR = re.compile(r"(?:19|20)\d\d")

RULES: dict[str, tuple[Callable[[Weights], Weights], float]] = {
    "in use": (lambda weights: weights, names.PERIOD),
    "words alone": (lambda weights: weights, 0.0),
    "period alone": (lambda weights: weights, 1.0),
    "neither": (lambda weights: replace(weights, name=0.0), names.PERIOD),
}
"""What each row of the table changes of the weights, and what the period counts there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesQuestion:
    """A question, its right documents, and their right pages where the answer's figures tell them.

    Attributes
    ----------
    text : str
    documents : frozenset of str
        Names as the library holds them.
    pages : dict of str to frozenset of int
        By document; one whose pages no figure tells is left out.
    """

    text: str
    documents: frozenset[str]
    pages: dict[str, frozenset[int]]


def figures_of(answer: str) -> set[str]:
    """Give the telling figures of an answer: three digits or more, no years."""
    return {
        one
        for one in _FIGURE.findall(answer)
        if sum(c.isdigit() for c in one) >= 3 and not _YEAR.fullmatch(one)
    }


def documents_of(sources: str, known: Iterable[str]) -> frozenset[str]:
    """Find the documents that a key names, by patterns such as ``*AAPL*`` parted by commas."""
    patterns = [one.strip() for one in sources.split(",") if one.strip()]
    return frozenset(
        name
        for name in known
        for pattern in patterns
        if fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(PurePath(name).stem, pattern)
    )


def pages_with(figures: Iterable[str], pages: Sequence[str]) -> frozenset[int]:
    """Give the numbers of the pages that hold one of some figures; common ones tell none."""
    found: set[int] = set()
    for figure in figures:
        whole = re.compile(rf"(?<![\d.,]){re.escape(figure)}(?![\d]|[.,]\d)")
        held = {number for number, text in enumerate(pages, 1) if whole.search(text)}
        found |= held if len(held) <= MOST_PAGES else set()
    return frozenset(found)


def read_series(path: Path, library: Library) -> list[SeriesQuestion]:
    """Read a folder's questions and find their documents and pages in a library."""
    texts = {
        one.name: [
            library.page_text(one.document_id, number) or "" for number in range(1, one.pages + 1)
        ]
        for one in library.documents()
    }
    questions = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            documents = documents_of(row["Source Docs"], texts)
            figures = figures_of(row["Answer"])
            pages = {name: pages_with(figures, texts[name]) for name in documents}
            questions.append(
                SeriesQuestion(
                    text=row["Question"],
                    documents=documents,
                    pages={name: own for name, own in pages.items() if own},
                )
            )
    return questions


def score(question: SeriesQuestion, passages: Sequence[Passage]) -> tuple[float, float | None]:
    """Give the share of the right documents, and of those with right pages, that were found."""
    found = {one.document for one in passages}
    places = {(one.document, one.page) for one in passages}
    documents = len(found & question.documents) / len(question.documents)
    right = [any((name, page) in places for page in own) for name, own in question.pages.items()]
    return documents, sum(right) / len(right) if right else None


def report(
    name: str, questions: Sequence[SeriesQuestion], found: Mapping[int, Sequence[Sequence[Passage]]]
) -> None:
    """Print a row: documents and pages at each depth, with 95% intervals."""
    cells = []
    for own in found.values():
        scores = [score(one, passages) for one, passages in zip(questions, own, strict=True)]
        for column in ([one for one, _ in scores], [one for _, one in scores if one is not None]):
            low, high = interval(column) or (0.0, 0.0)
            cells.append(f"{np.mean(column):.3f} [{low:.3f}, {high:.3f}]")
    print(f"{name:16}" + "".join(f"{one:>22}" for one in cells))


FORMS = (
    "{0}_{1}_10K.pdf",
    "{0}_{1}Q4_EARNINGS.pdf",
    "{0}_{1}_8K_dated-{1}-08-30.pdf",
    "{1} {0}.pdf",
)
"""Names that reports have, of the company's sign and the year."""


def read_reports(
    path: Path, *, embedder: Embedder, settings: Settings
) -> tuple[RetrievalSet, list[SeriesQuestion]]:
    """Read the reports of UDA-Bench and ask after each by company and year.

    A right passage is one of the page that the question was written for.
    """
    passages: list[RetrievalPassage] = []
    asked: list[tuple[str, str, range]] = []
    for number, (report_name, rows) in enumerate(json.loads(path.read_text()).items()):
        company, year = report_name.rsplit("_", 1)
        document = FORMS[number % len(FORMS)].format(company, year)
        places: dict[str, range] = {}
        for row in rows:
            page = row["q_uid"].rsplit("-", 1)[0]
            if page not in places:
                told = row["context"]
                lines = [" | ".join(one) for one in told["table"]]
                text = "\n".join([*told["pre_text"], *lines, *told["post_text"]])
                cut = cut_text(
                    "page.txt", text, count_tokens=embedder.count_tokens, settings=settings
                )
                places[page] = range(len(passages), len(passages) + len(cut))
                passages += [RetrievalPassage(text=one.text, document=document) for one in cut]
            asked.append((f"For {company}, FY {year}: {row['question']}", document, places[page]))
    chosen = sorted(asked, key=lambda one: fraction(one[0]))[:MOST_QUESTIONS]
    first = {one.document: at for at, one in reversed(list(enumerate(passages)))}
    questions = [
        SeriesQuestion(
            text=text,
            documents=frozenset([document]),
            pages={document: frozenset(at - first[document] + 1 for at in own)},
        )
        for text, document, own in chosen
    ]
    return RetrievalSet(name="reports", passages=tuple(passages), questions=()), questions


class Searcher:
    """Searches a library with other weights than the app's, comparing with every vector."""

    def __init__(self, catalogue: Catalogue, *, collection: str, embedder: Embedder) -> None:
        collection_id = catalogue.collection_id(collection)
        assert collection_id is not None
        self._catalogue, self._collection_id, self._embedder = catalogue, collection_id, embedder
        ids = sorted(catalogue.chunk_ids(collection_id=collection_id))
        stored = dict(catalogue.vectors(ids))
        self._ids = list(stored)
        self._matrix = np.stack(list(stored.values()))

    def _nearest(
        self, collection_id: int, vector: NDArray[np.float32], k: int
    ) -> list[tuple[int, float]]:
        del collection_id
        scores = self._matrix @ vector
        best = np.argsort(-scores, kind="stable")[:k]
        return [(self._ids[at], float(scores[at])) for at in best]

    def find(self, question: str, *, k: int, weights: Weights) -> list[Passage]:
        """Find the first passages, as the app does but for the weights."""
        return search(
            question,
            k=k,
            collection_id=self._collection_id,
            catalogue=self._catalogue,
            nearest=self._nearest,
            embedder=self._embedder,
            weights=weights,
        )


def compare(
    questions: Sequence[SeriesQuestion], searcher: Searcher, *, misses: bool = False
) -> None:
    """Print a row for each rule."""
    keyed = sum(bool(one.pages) for one in questions)
    print(f"{len(questions)} questions, {keyed} of them with pages")
    heads = [f"{what}@{depth}" for depth in DEPTHS for what in ("documents", "pages")]
    print(f"{'':16}" + "".join(f"{one:>22}" for one in heads))
    for name, (change, period) in RULES.items():
        names.PERIOD = period
        found = {
            depth: [searcher.find(one.text, k=depth, weights=change(WEIGHTS)) for one in questions]
            for depth in DEPTHS
        }
        names.PERIOD = RULES["in use"][1]
        report(name, questions, found)
        if misses and name == "in use":
            print_misses(questions, found[DEPTHS[-1]])


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="PDF files and questions.csv")
    parser.add_argument("--home", type=Path, help="use this library, and keep it")
    parser.add_argument("--reports", type=Path, help="bench_fin_qa.json of UDA-Bench")
    parser.add_argument("--vectors", type=Path, help="keep the reports' embeddings in this folder")
    parser.add_argument("--misses", action="store_true", help="list what is not found")
    options = parser.parse_args()
    if not (options.folder or options.reports):
        parser.error("name a folder of filings, or --reports")
    quiet_environment()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        settings = load_settings(home=options.home or scratch / "home")
        embedder = Embedder()
        if options.folder:
            library = Library(settings=settings, embedder=embedder)
            library.add(sorted(options.folder.glob("*.pdf")))
            questions = read_series(options.folder / "questions.csv", library)
            library.close()
            catalogue = Catalogue(path=settings.database_path)
            searcher = Searcher(catalogue, collection=settings.collection, embedder=embedder)
            compare(questions, searcher, misses=options.misses)
            catalogue.close()
        if options.reports:
            one, questions = read_reports(options.reports, embedder=embedder, settings=settings)
            vectors = options.vectors or scratch / "vectors"
            with open_set(one, folder=scratch, vectors=vectors, embedder=embedder) as held:
                searcher = Searcher(held.catalogue, collection=COLLECTION, embedder=embedder)
                compare(questions, searcher, misses=options.misses)
    return 0


def print_misses(questions: Sequence[SeriesQuestion], found: Sequence[Sequence[Passage]]) -> None:
    """List the questions that lack a right document or page among the passages."""
    for one, own in zip(questions, found, strict=True):
        documents, pages = score(one, own)
        if documents < 1 or (pages is not None and pages < 1):
            places = Counter(passage.document for passage in own)
            print(f"  {documents:.2f} {pages} {one.text}\n       {dict(places)}")
            print(f"       wanted {sorted(one.documents)}")


if __name__ == "__main__":
    raise SystemExit(main())
