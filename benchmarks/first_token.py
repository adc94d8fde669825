"""Time to the first token: with memory, with ordinary prefill, and the floor.

``python -m benchmarks.first_token [--tokens 1000 2000 4000 7000] [--rounds 5] [--large]`` builds
contexts of about so many passage tokens and measures, one after the other in each round, so that
the machine's noise meets all alike:

- *memory*: the context is empty but for the prefix; blocks are loaded from disk, the question is
  read, the first token chosen.
- *floor*: the passages are in the context already; the question is read.
- *prefill*: the same prompt through ``llama_cpp.Llama``, as other apps do it.

``--large`` adds a model of a 1B-class shape with random weights, which is written first (speed does
not depend on the weights); ``--cold`` drops the files from the page cache before each recall.
``--plot FILE`` draws the medians, ``--json FILE`` keeps the figures.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.large_model import write_large_model
from rare_app.log import quiet_environment
from rare_app.model import (
    BlockStore,
    LanguageModel,
    Memory,
    Prompt,
    choose_adapter,
    choose_model,
    default_threads,
)
from rare_app.settings import load_settings

QUESTION = (
    "Question: What does the lease say about repairs of the roof and who has to pay for them?"
)
_VOCABULARY = (
    "pump oil pressure valve hours maintenance tenant landlord roof repair interest revenue "
    "quarter patient dose trial risk protein increase decrease report table figure section "
    "contract term"
)


@dataclass(frozen=True, slots=True)
class Row:
    """Medians of one model and context size, in seconds; ratios of them."""

    model: str
    cache: str
    tokens: int
    memory: float
    floor: float
    prefill: float
    prefill_to_memory: float
    memory_to_floor: float


def passages(model: LanguageModel, tokens: int, block_tokens: int = 250) -> list[tuple[int, ...]]:
    """Make blocks of varied words, about so many tokens in all."""
    blocks: list[tuple[int, ...]] = []
    number, vocabulary = 0, _VOCABULARY.split()
    while sum(map(len, blocks)) < tokens - block_tokens // 2:
        words = [vocabulary[(number * 7 + i * (number + 3)) % len(vocabulary)] for i in range(400)]
        text = f"Passage: Document {number}\n" + " ".join(words)
        blocks.append(tuple(model.tokenise(text)[:block_tokens]))
        number += 1
    return blocks


def timed(work: Callable[[], object]) -> float:
    """Give the seconds that a call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def forget_files(folder: Path) -> None:
    """Drop the files of a folder from the page cache."""
    for path in folder.glob("??/*.kv"):
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def measure(
    path: Path,
    adapter: Path | None,
    *,
    sizes: Sequence[int],
    rounds: int,
    threads: int,
    cold: bool,
    ordinary_rounds: int,
) -> list[Row]:
    """Measure one model at all sizes."""
    import llama_cpp

    rows = []
    plain = llama_cpp.Llama(
        model_path=str(path),
        lora_path=str(adapter) if adapter else None,
        n_ctx=8192,
        n_batch=512,
        n_threads=threads,
        n_threads_batch=threads,
        verbose=False,
    )
    model = LanguageModel(path=path, context_tokens=8192, batch_tokens=512, threads=threads)
    model.use_adapter(adapter)
    with tempfile.TemporaryDirectory() as folder:
        store = BlockStore(folder=Path(folder), budget=10**11)
        memory = Memory(model=model, store=store, family="benchmark")
        prefix = tuple(model.tokenise("Answer the question with the passages only. " * 8))
        question = tuple(model.tokenise(QUESTION))
        for size in sizes:
            prompt = Prompt(prefix, tuple(passages(model, size)), question)
            memory.read(prompt)
            prefill: list[float] = []  # reads no file: the same for both
            for cache in ("warm", "cold") if cold else ("warm",):
                recalled, floor = [], []
                for number in range(rounds):
                    model.keep(0)
                    memory.forget()
                    if cache == "cold":
                        forget_files(Path(folder))
                    recalled.append(timed(partial(_recall, memory, model, prompt)))
                    model.keep(len(prompt.tokens) - len(question))
                    floor.append(timed(partial(_go_on, model, question)))
                    if cache == "warm" and number < ordinary_rounds:
                        plain.reset()
                        prefill.append(timed(partial(_prefill, plain, prompt.tokens)))
                a, b, c = map(statistics.median, (recalled, floor, prefill))
                count = sum(map(len, prompt.blocks))
                row = Row(path.stem, cache, count, a, b, c, c / a, a / b)
                print(line(row), flush=True)
                rows.append(row)
        store.close()
    model.close()
    plain.close()
    return rows


def _recall(memory: Memory, model: LanguageModel, prompt: Prompt) -> None:
    memory.read(prompt)
    model.logits().argmax()


def _go_on(model: LanguageModel, question: Sequence[int]) -> None:
    model.extend(question)
    model.logits().argmax()


def _prefill(plain: Any, tokens: Sequence[int]) -> None:
    plain.eval(tokens)
    plain.sample(temp=0.0)


def line(row: Row) -> str:
    """Write a row of the table."""
    return (
        f"| {row.model} | {row.cache} | {row.tokens} | {row.memory:.3f} | {row.floor:.3f} | "
        f"{row.prefill:.2f} | {row.prefill_to_memory:.0f} | {row.memory_to_floor:.2f} |"
    )


def plot(rows: Sequence[Row], file: Path) -> None:
    """Draw the medians against the size of the context."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = list(dict.fromkeys(row.model for row in rows))
    figure = Figure(figsize=(5.2 * len(names), 4), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        own = [row for row in rows if row.model == name and row.cache == "warm"]
        sizes = [row.tokens for row in own]
        for label, values in (
            ("ordinary prefill", [row.prefill for row in own]),
            ("memory", [row.memory for row in own]),
            ("floor (question alone)", [row.floor for row in own]),
        ):
            axes.plot(sizes, values, marker="o", label=label)
        axes.set(
            title=name,
            xlabel="passage tokens",
            ylabel="seconds to the first token",
            yscale="log",
            ylim=(min(row.floor for row in own) / 2, None),
        )
        axes.grid(visible=True, which="both", alpha=0.25)
        axes.legend()
    figure.savefig(file, dpi=120)


def main() -> int:
    """Measure, print the table, and keep what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, nargs="*", default=[1000, 2000, 4000, 7000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--prefills", type=int, help="rounds of ordinary prefill (default: all)")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    quiet_environment()
    settings = load_settings()
    model = choose_model(settings)
    adapter = choose_adapter(settings, model)
    given = {
        "sizes": options.tokens,
        "rounds": options.rounds,
        "threads": settings.threads or default_threads(),
        "cold": options.cold,
        "ordinary_rounds": options.prefills or options.rounds,
    }
    print(
        "| model | page cache | passage tokens | memory, s | floor, s | prefill, s | "
        "prefill / memory | memory / floor |"
    )
    print("|---|---|---|---|---|---|---|---|")
    rows = measure(model.path, adapter.path if adapter else None, **given)
    if options.large:
        with tempfile.TemporaryDirectory() as folder:
            large = write_large_model(Path(folder) / "random-1b.gguf", like=model.path)
            rows += measure(large, None, **given)
    if options.plot:
        plot(rows, options.plot)
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
