"""How long should a chunk be, and how far overlap? Token by token, over the chunking evaluation.

``python -m benchmarks.chunking FOLDER`` cuts the corpora in FOLDER (``chunking_eval``) with each
setting, ranks the chunks for each question as the app does, and reads as many as fit into
``--tokens``: recall, precision and IoU of what is read, Precision-Omega of the cut itself, with 95%
bootstrap intervals. Tokens are the embedder's. ``--vectors`` keeps the embeddings by text, so that
a run that was stopped goes on where it was.
"""

import argparse
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.retrieval import as_the_app
from rare_app.checks import interval
from rare_app.lab.evaluation.chunk_scores import CHUNK_COLUMNS, Span, TokenGrid, score_chunks
from rare_app.lab.evaluation.retrieval_library import open_set
from rare_app.lab.evaluation.retrieval_sets import (
    RetrievalPassage,
    RetrievalQuestion,
    RetrievalSet,
    SpanQuestion,
    cut_text,
    read_chunking_corpora,
)
from rare_app.library import Embedder
from rare_app.log import quiet_environment
from rare_app.settings import Settings, load_settings

SETTINGS = ("100/0", "100/30", "200/0", "200/30", "250/0", "250/50")
"""Tokens of a chunk / tokens of overlap; 256 is the most that the embedder reads."""


def within(ranked: Iterable[Span], *, tokens: int, grid: TokenGrid) -> list[Span]:
    """Take the best chunks as long as they fit; at least the first."""
    taken: list[Span] = []
    room = tokens
    for span in ranked:
        room -= grid.count(span)
        if taken and room < 0:
            break
        taken.append(span)
    return taken


def measure(
    texts: Sequence[tuple[str, str]],
    questions: Sequence[SpanQuestion],
    *,
    settings: Settings,
    budgets: Sequence[int],
    grid: TokenGrid,
    embedder: Embedder,
    vectors: Path,
) -> tuple[int, dict[int, np.ndarray]]:
    """Cut, rank and score.

    Returns
    -------
    chunks : int
        How many the texts were cut into.
    scores : dict of int to array, shape (questions, 4)
        By tokens read; columns as :data:`CHUNK_COLUMNS`.
    """
    passages: list[RetrievalPassage] = []
    spans: list[Span] = []
    for at, (name, text) in enumerate(texts):
        for one in cut_text(name, text, count_tokens=embedder.count_tokens, settings=settings):
            passages.append(RetrievalPassage(text=one.text, document=name, section=one.section))
            spans.append((at, one.start, one.end))
    asked = tuple(
        RetrievalQuestion(identifier=name, text=question, relevant=frozenset())
        for name, question, _, _ in questions
    )
    one = RetrievalSet(name="chunks", passages=tuple(passages), questions=asked)
    scores: dict[int, list[tuple[float, ...]]] = {budget: [] for budget in budgets}
    with (
        tempfile.TemporaryDirectory() as folder,
        open_set(one, folder=Path(folder), vectors=vectors, embedder=embedder) as library,
    ):
        for _, question, at, parts in questions:
            evidence = [(at, start, end) for start, end in parts]
            ranked = [spans[i] for i in library.places(as_the_app(library, question))]
            for budget, own in scores.items():
                found = within(ranked, tokens=budget, grid=grid)
                own.append(score_chunks(found, evidence, chunks=spans, grid=grid))
    return len(spans), {budget: np.array(own) for budget, own in scores.items()}


def main() -> int:
    """Print a line for each setting and number of tokens read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--corpora", nargs="*", default=[], help="some of them; default: all")
    parser.add_argument("--settings", nargs="+", default=SETTINGS, help="tokens/overlap")
    parser.add_argument("--tokens", nargs="+", type=int, default=[600, 1600], help="tokens read")
    parser.add_argument("--vectors", type=Path, help="keep embeddings in this folder")
    options = parser.parse_args()
    quiet_environment()
    settings = load_settings()
    embedder = Embedder()
    texts, questions = read_chunking_corpora(options.folder, corpora=options.corpora)
    unique = list({one[1]: one for one in reversed(questions)}.values())
    grid = TokenGrid([embedder.token_offsets(text) for _, text in texts])
    print(f"{len(texts)} corpora, {len(unique)} questions")
    print(
        f"{'tokens/overlap':16}{'chunks':>7}{'read':>6}"
        + "".join(map("{:>22}".format, CHUNK_COLUMNS))
    )
    with tempfile.TemporaryDirectory() as scratch:
        for setting in options.settings:
            tokens, overlap = map(int, setting.split("/"))
            chunks, scores = measure(
                texts,
                unique,
                settings=replace(settings, chunk_tokens=tokens, chunk_overlap_tokens=overlap),
                budgets=options.tokens,
                grid=grid,
                embedder=embedder,
                vectors=options.vectors or Path(scratch),
            )
            for budget, own in scores.items():
                cells = []
                for column in own.T:
                    low, high = interval(column) or (0.0, 0.0)
                    cells.append(f"{column.mean():8.3f} [{low:.3f}, {high:.3f}]")
                print(f"{setting:16}{chunks:7}{budget:6}" + "".join(cells), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
