"""What should words, pairs of words and the reader weigh against meaning? Fitted on half the data.

``python -m benchmarks.retrieval_weights DATA`` gathers the candidates for the questions of the
public sets as the app does, tries a grid of weights on one half of the questions, and reports the
best on the other half, beside the weights in use. ``--reader 15`` has the reader read the first 15
passages of ``--read`` questions a set, and fits its weight too: run it when the reader has changed,
and put what it prints into ``rare_app/library/fuse.py`` and ``rare_app/library/rerank.py``.
"""

import argparse
import itertools
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rare_app.checks import interval
from rare_app.errors import UserError
from rare_app.lab.evaluation.ranking_scores import discounted_gain, recall_at
from rare_app.lab.evaluation.retrieval_library import open_set
from rare_app.lab.evaluation.retrieval_sets import RetrievalSet, read_retrieval_sets
from rare_app.library import Embedder, embedder_folder
from rare_app.library.fuse import Candidate, Weights, fuse
from rare_app.library.rerank import LEAST_NATS, READER_WEIGHT, Judge
from rare_app.library.search import WEIGHTS, gather
from rare_app.log import quiet_environment
from rare_app.reader import find_reader, judge_passages
from rare_app.settings import load_settings

WORDS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
PAIRS = (0.0, 0.1, 0.2, 0.3, 0.4)
READER = (0.0, 0.02, 0.04, 0.06, 0.08, 0.12, 0.16, 0.2, 0.3)


@dataclass(slots=True)
class Case:
    """A question's candidates, by the set's own indices, and what the reader says of the first."""

    data_set: str
    fits: bool
    relevant: frozenset[int]
    candidates: list[Candidate]
    nats: dict[int, float]


Score = Callable[[Sequence[int], frozenset[int]], float]


def ranked(case: Case, weights: Weights, *, reader: float = 0.0) -> list[int]:
    """Order a question's candidates."""
    scores = {one.chunk_id: fuse(one, weights) for one in case.candidates}
    order = sorted(scores, key=lambda at: (-scores[at], at))
    if reader and case.nats:
        head = [at for at in order if at in case.nats]
        head.sort(key=lambda at: -(scores[at] + reader * max(LEAST_NATS, case.nats[at])))
        order = [*head, *(at for at in order if at not in case.nats)]
    return order


def mean_by_set(cases: Iterable[Case], rank: Callable[[Case], list[int]], score: Score) -> float:
    """Average over the questions of each set, then over the sets."""
    found: dict[str, list[float]] = {}
    for case in cases:
        found.setdefault(case.data_set, []).append(score(rank(case), case.relevant))
    return float(np.mean([np.mean(own) for own in found.values()]))


def ndcg(order: Sequence[int], relevant: frozenset[int]) -> float:
    """Give nDCG@10."""
    return discounted_gain(order, relevant, k=10)


def recall(order: Sequence[int], relevant: frozenset[int]) -> float:
    """Give recall@5: about what the model is shown."""
    return recall_at(order, relevant, k=5)


def collect(
    one: RetrievalSet,
    *,
    vectors: Path,
    scratch: Path,
    embedder: Embedder,
    judge: Judge | None,
    depth: int,
    read: int,
) -> list[Case]:
    """Gather the candidates of a set's questions; the first `read` are read by the reader."""
    cases = []
    with open_set(one, folder=scratch, vectors=vectors, embedder=embedder) as library:
        for number, question in enumerate(one.questions):
            candidates = gather(
                question.text,
                reach=100,
                collection_id=library.collection_id,
                catalogue=library.catalogue,
                nearest=library.nearest,
                vector=library.embedder.embed([question.text])[0],
            )
            places = library.places(found.chunk_id for found in candidates)
            own = [
                replace(found, chunk_id=at) for found, at in zip(candidates, places, strict=True)
            ]
            case = Case(one.name, question.fits, question.relevant, own, {})
            if judge and number < read:
                head = ranked(case, WEIGHTS)[:depth]
                nats = judge(question.text, [one.passages[at].text for at in head])
                case.nats = dict(zip(head, nats, strict=True))
            cases.append(case)
    return cases


def report(cases: Sequence[Case], *, name: str, rank: Callable[[Case], list[int]]) -> None:
    """Print the figures of one ranking on the half that was not fitted."""
    held_out = [case for case in cases if not case.fits]
    print(
        f"{name:34} nDCG@10 {mean_by_set(held_out, rank, ndcg):.4f}"
        f"  recall@5 {mean_by_set(held_out, rank, recall):.4f}"
    )


def fit_weights(cases: Sequence[Case]) -> Weights:
    """Try all weights of words and pairs on the fitting half."""
    fitting = [case for case in cases if case.fits]
    grid = [
        replace(WEIGHTS, words=words, pairs=pairs)
        for words, pairs in itertools.product(WORDS, PAIRS)
    ]
    return max(grid, key=lambda own: mean_by_set(fitting, lambda case: ranked(case, own), ndcg))


def main() -> int:
    """Fit, and report on the other half."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", nargs="*", default=[])
    parser.add_argument("--questions", type=int, default=250, help="most questions of a set")
    parser.add_argument("--vectors", type=Path, help="keep embeddings in this folder")
    parser.add_argument("--reader", type=int, default=0, help="passages that the reader reads")
    parser.add_argument("--read", type=int, default=60, help="questions of a set that it reads for")
    options = parser.parse_args()
    quiet_environment()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        settings = load_settings(home=scratch / "home")
        embedder = Embedder()
        judge = None
        if options.reader:
            reader = find_reader(settings, embedder=embedder_folder())
            if reader is None:
                raise UserError("There is no reader in the models folders.")
            judge = judge_passages(reader)
        cases: list[Case] = []
        for one in read_retrieval_sets(
            options.data,
            names=options.sets,
            count_tokens=embedder.count_tokens,
            settings=settings,
            most=options.questions,
        ):
            cases += collect(
                one,
                vectors=options.vectors or scratch / "vectors",
                scratch=scratch,
                embedder=embedder,
                judge=judge,
                depth=options.reader,
                read=options.read,
            )
    best = fit_weights(cases)
    for name, weights in (
        ("meaning alone", Weights(words=0.0, pairs=0.0)),
        ("words 0.05, pairs 0", Weights(words=0.05, pairs=0.0)),
        (f"in use: {WEIGHTS.words}, {WEIGHTS.pairs}", WEIGHTS),
        (f"fitted: {best.words}, {best.pairs}", best),
    ):
        report(cases, name=name, rank=lambda case, own=weights: ranked(case, own))
    if options.reader:
        read = [case for case in cases if case.nats]
        fitting = [case for case in read if case.fits]
        weight = max(
            READER,
            key=lambda own: mean_by_set(
                fitting, lambda case: ranked(case, WEIGHTS, reader=own), ndcg
            ),
        )
        print(f"{len(read)} questions, the first {options.reader} passages read again")
        for own in sorted({0.0, weight, READER_WEIGHT}):
            name = f"reader {own}" + (" (fitted)" if own == weight else "")
            report(read, name=name, rank=lambda case, w=own: ranked(case, WEIGHTS, reader=w))
        gains = [
            ndcg(ranked(case, WEIGHTS, reader=weight), case.relevant)
            - ndcg(ranked(case, WEIGHTS), case.relevant)
            for case in read
            if not case.fits
        ]
        print(f"gain, paired: {np.mean(gains):+.4f}, 95% {interval(gains)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
