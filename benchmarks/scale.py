"""What a large library costs: ingest, questions, recall, memory, removal, restart.

``python -m benchmarks.scale [--chunks 100000] [--data ../shared/data]`` adds real files (embedded
for real) to measure ingest against the embedder's own rate, then fills a second library with
copies of those chunks that differ in their numbers and compares the two in the same run. The
copies' vectors are derived (the embedder's vector with seeded noise), because embedding 100,000
chunks takes hours on a laptop's CPU; the output says so.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.scale_texts import copy_document, questions, write_files
from rare_app.library import Embedder, Library, Passage
from rare_app.library.catalogue import Catalogue
from rare_app.library.vectors import VectorIndex
from rare_app.log import quiet_environment
from rare_app.settings import Settings, load_settings

_COPIED = 1000
"""Chunks of a document of the large library."""
_CHARACTERS_A_CHUNK = 690
"""About how many characters of the shared texts make a chunk."""


class HashEmbedder(Embedder):
    """Gives a vector for a text without a model, to see what everything else takes.

    Vectors lie in clusters, as those of texts do: a graph of vectors at random is far slower.
    """

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts by the hash of each."""
        random = np.random.default_rng(zlib.crc32("".join(texts).encode()))
        middles = np.random.default_rng(0).normal(size=(200, self.dimension))
        noise = random.normal(size=(len(texts), self.dimension))
        made = middles[random.integers(0, len(middles), len(texts))] + 0.5 * noise
        made /= np.linalg.norm(made, axis=1, keepdims=True)
        return made.astype(np.float32)


def peak_mb() -> float:
    """Largest resident memory of this process so far, in MB (10^6 bytes)."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count what the parent had when it started this one
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        return int(lines["VmHWM"].split()[0]) * 1024 / 1e6
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


def measure_ingest(settings: Settings, files: Sequence[Path], embedder: Embedder) -> dict[str, Any]:
    """Add files for real; after each third of them, embed the same chunks by themselves.

    By turns, because a shared machine is not equally fast all the time. The share is given of the
    wall clock and of the processor's time (all processes), which the machine's other work does not
    touch.
    """
    library = Library(settings=settings, embedder=embedder)
    wall, processor = {"ingest": 0.0, "raw": 0.0}, {"ingest": 0.0, "raw": 0.0}
    stages: dict[str, float] = {}
    known: set[str] = set()
    third = -(-len(files) // 3)
    for begin in range(0, len(files), third):
        spent = _processor_seconds()
        report = library.add(files[begin : begin + third])
        processor["ingest"] += _processor_seconds() - spent
        wall["ingest"] += report.seconds
        for name, seconds in report.shares.items():
            stages[name] = stages.get(name, 0.0) + seconds
        new = [one for one in library.documents() if one.name not in known]
        known |= {one.name for one in new}
        texts = [passage.text for one in new for passage in library.chunks_of(one)]
        spent, begun = _processor_seconds(), time.perf_counter()
        embedder.embed(texts)
        wall["raw"] += time.perf_counter() - begun
        processor["raw"] += _processor_seconds() - spent
    chunks = library.count_chunks()
    library.close()
    return {
        "chunks": chunks,
        "ingest_s": wall["ingest"],
        "raw_embedding_s": wall["raw"],
        "ingest_share_of_raw_rate": wall["raw"] / wall["ingest"],
        "ingest_share_by_processor_time": processor["raw"] / processor["ingest"],
        "stages_s": stages,
    }


def _processor_seconds() -> float:
    """Processor seconds of this process and of its children that have ended."""
    own, others = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def fill(settings: Settings, passages: Sequence[Passage], small: Settings, *, chunks: int) -> float:
    """Fill a library with copies of passages; gives the seconds of storing them."""
    source = Catalogue(path=small.database_path)
    vectors = dict(source.vectors([one.chunk_id for one in passages]))
    source.close()
    own = [passages[at % len(passages)] for at in range(_COPIED)]
    matrix = np.stack([vectors[one.chunk_id] for one in own])
    settings.home.mkdir(parents=True, exist_ok=True)
    catalogue = Catalogue(path=settings.database_path)
    index = VectorIndex(path=settings.chroma_path)
    collection = catalogue.collection_id(settings.collection, create=True)
    assert collection is not None
    catalogue.set_meta("embedder_sha256", Embedder().fingerprint)
    seconds = 0.0
    for number in range(-(-chunks // len(own))):
        document, made, derived = copy_document(own, matrix, number=number)
        left = min(len(own), chunks - number * len(own))
        begun = time.perf_counter()
        catalogue.add_document(
            document,
            made[:left],
            derived[:left],
            collection_id=collection,
            size=1,
            on_stored=lambda ids, rows=derived[:left]: index.add(
                collection_id=collection, chunk_ids=ids, vectors=rows
            ),
        )
        seconds += time.perf_counter() - begun
        print(f"\r  {number * len(own) + left:,} chunks", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    index.close()
    catalogue.close()
    return seconds


def measure_questions(
    small: Library, large: Library, asked: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Ask both libraries by turns, so that both see the same machine."""
    seconds: dict[str, list[float]] = {"small": [], "large": []}
    for question in asked[:5]:
        small.retrieve(question, k=6)
        large.retrieve(question, k=6)
    for question in asked:
        for name, library in (("small", small), ("large", large)):
            begun = time.perf_counter()
            library.retrieve(question, k=6)
            seconds[name].append(time.perf_counter() - begun)
    return {
        name: {
            "p50_ms": 1000 * float(np.percentile(own, 50)),
            "p95_ms": 1000 * float(np.percentile(own, 95)),
        }
        for name, own in seconds.items()
    }


def measure_removal(library: Library, *, documents: int = 3) -> list[float]:
    """Remove whole documents of 1,000 chunks; seconds of each."""
    seconds = []
    for one in [one for one in library.documents() if one.chunks == _COPIED][:documents]:
        begun = time.perf_counter()
        library.remove(one.name)
        seconds.append(time.perf_counter() - begun)
    return seconds


def restart(home: Path) -> dict[str, float]:
    """Start a process of its own that opens the library, checks it and answers one question."""
    return _child("--first", str(home))


def large_document(chunks: int) -> dict[str, float]:
    """Add one text file of about so many chunks in a process of its own, without a model."""
    return _child("--one", str(chunks))


def _child(*arguments: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.scale", *arguments],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def _first(home: Path) -> dict[str, float]:
    begun = time.perf_counter()
    library = Library(settings=load_settings(home=home))
    opened = time.perf_counter()
    library.check()
    checked = time.perf_counter()
    library.embedder.load()
    loaded = time.perf_counter()
    library.retrieve("What was decided?", k=6)
    asked = time.perf_counter()
    library.close()
    return {
        "open_s": opened - begun,
        "check_s": checked - opened,
        "load_embedder_s": loaded - checked,
        "first_question_s": asked - loaded,
        "restart_and_first_question_s": asked - begun,
        "peak_rss_mb": peak_mb(),
    }


def _one(chunks: int) -> dict[str, float]:
    words = np.random.default_rng(0).integers(0, 5000, size=chunks * 48)
    lines = [
        " ".join(f"w{word}" for word in words[begin : begin + 12]) + "."
        for begin in range(0, len(words), 12)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.txt"
        path.write_text("\n".join(lines), encoding="utf-8")
        size = path.stat().st_size
        del lines, words
        settings = load_settings(home=Path(folder) / "home")
        library = Library(settings=settings, embedder=HashEmbedder())
        before = peak_mb()
        report = library.add([path])
        library.close()
    if not report.added:
        raise SystemExit(str(report.failed))
    return {
        "bytes": size,
        "chunks": report.added[0].chunks,
        "seconds": report.seconds,
        "peak_rss_before_mb": before,
        "peak_rss_mb": peak_mb(),
        **{f"{name}_s": value for name, value in report.shares.items()},
    }


def main() -> int:
    """Print the figures; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--chunks", type=int, default=100_000, help="of the large library")
    parser.add_argument("--embedded", type=int, default=1000, help="chunks that are embedded")
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--keep", type=Path, help="folder for the libraries, used again if there")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--first", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    quiet_environment()
    if options.first or options.one:
        print(json.dumps(_first(options.first) if options.first else _one(options.one)))
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        figures = run(options, options.keep or Path(temporary))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return report(figures)


def run(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Measure everything once, telling each figure as it is known."""
    small, large = load_settings(home=folder / "small"), load_settings(home=folder / "large")
    embedder = Embedder()
    embedder.load()
    embedder.embed(["one text"])
    figures: dict[str, Any] = {"chunks": options.chunks, "vectors_of_the_copies": "derived"}

    def note(name: str, value: Any) -> None:
        figures[name] = value
        print(f"{name}: {json.dumps(value)}", file=sys.stderr, flush=True)

    if not small.database_path.exists():
        files = write_files(
            options.data, folder / "files", characters=options.embedded * _CHARACTERS_A_CHUNK
        )
        note("ingest", measure_ingest(small, files, embedder))
    first = Library(settings=small, embedder=embedder)
    note("small_chunks", first.count_chunks())
    if not large.database_path.exists():
        note("fill_s", fill(large, list(first.chunks()), small, chunks=options.chunks))
        note("peak_rss_of_filling_mb", peak_mb())
    note("restart", {"small": restart(small.home), "large": restart(large.home)})
    second = Library(settings=large, embedder=embedder)
    asked = questions(options.data, options.questions)
    note("question", measure_questions(first, second, asked))
    [audited] = second.audit()
    note("recall_at_10", audited.found.recall)
    note("remove_1000_chunks_s", measure_removal(second))
    first.close()
    second.close()
    note("one_document", [large_document(count) for count in (2_000, 8_000)])
    return figures


def report(figures: dict[str, Any]) -> int:
    """Print the figures beside their goals; 1 when one is missed."""
    print(json.dumps(figures, indent=1))
    asked = figures["question"]
    goals = [
        (
            "p95 of a question, large against small",
            "at most 3",
            ratio := asked["large"]["p95_ms"] / asked["small"]["p95_ms"],
            ratio <= 3,
        ),
        ("recall@10", "at least 0.99", figures["recall_at_10"], figures["recall_at_10"] >= 0.99),
        (
            "removing 1,000 chunks, seconds",
            "below 1",
            slowest := float(np.median(figures["remove_1000_chunks_s"])),
            slowest < 1,
        ),
    ]
    if "ingest" in figures:
        share = figures["ingest"]["ingest_share_of_raw_rate"]
        goals.insert(0, ("ingest, share of the raw rate", "at least 0.9", share, share >= 0.9))
    for name, goal, value, met in goals:
        print(f"{'met   ' if met else 'MISSED'} {name}: {value:.3f} ({goal})")
    return int(not all(met for *_, met in goals))


if __name__ == "__main__":
    raise SystemExit(main())
