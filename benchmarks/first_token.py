"""Stored passages: their room, the time to the first token, and their likeness to what was read.

``python -m benchmarks.first_token [FOLDER] [--model NAME] [--tokens 1000 2000 4000 7000]
[--bits 16 8 4] [--rounds 5] [--questions 10] [--store DIR]`` cuts the text of a folder's files
into passages and measures, one after the other in each round, so that the machine's noise meets all
alike:

- *memory*: the context is empty but for the prefix; passages are loaded from disk and expanded, the
  question is read, the first token chosen; once for each number of bits.
- *floor*: the passages are in the context already; the question is read.
- *prefill*: the same prompt read with ordinary attention from its first token.

Then, for each of some questions, six passages stored in few bits are held against the same in 16:
divergence and sameness of the next token, along the greedy answer of the latter.

Blocks that ``--store`` holds are not read again, so that a run can be done in pieces; ``--cold``
drops the files from the page cache before each recall; ``--json FILE`` keeps the figures.
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

import numpy as np
from numpy.typing import NDArray

from benchmarks.recall import divergence, log_softmax
from rare_app.documents import SUPPORTED_SUFFIXES, read_document
from rare_app.log import quiet_environment
from rare_app.model import (
    BlockCodec,
    BlockStore,
    LanguageModel,
    Memory,
    Prompt,
    choose_model,
    default_threads,
)
from rare_app.settings import Settings, load_settings

QUESTIONS = (
    "What was the revenue of the quarter?",
    "By how much did operating income change, and why?",
    "Which risks does the company name?",
    "How much cash and cash equivalents did it hold at the end of the period?",
    "What does it say about taxes?",
    "Which legal proceedings are described?",
    "How are inventories valued?",
    "What was spent on research and development?",
    "How many shares were repurchased?",
    "What does the company expect of the next quarter?",
)
_SYSTEM = "Answer the question with the passages only. Say it if they do not answer it."
_SHOWN = 6
"""Passages of a question whose answers are compared."""


@dataclass(frozen=True, slots=True)
class Row:
    """Medians of one number of bits and size of context, in seconds; ratios of them."""

    model: str
    bits: int
    cache: str
    tokens: int
    memory: float
    floor: float
    prefill: float
    prefill_to_memory: float
    memory_to_floor: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """Bytes a token on disk; divergence (nats) and sameness of next tokens, against 16 bits."""

    bits: int
    bytes_a_token: float
    places: int
    mean: float
    largest: float
    same: float
    same_first: float


class Bench:
    """One model, its passages, and a store for each number of bits, all with the same blocks."""

    def __init__(
        self, settings: Settings, *, documents: Path, folder: Path, bits: Sequence[int]
    ) -> None:
        self.model = LanguageModel(
            path=choose_model(settings).path,
            context_tokens=8192,
            threads=settings.threads or default_threads(),
        )
        self.folder = folder
        self.stores = {
            n: BlockStore(folder=folder / str(n), budget=10**11) for n in sorted({16, *bits})
        }
        self.memories = {
            n: Memory(model=self.model, store=store, family="benchmark", bits=n)
            for n, store in self.stores.items()
        }
        frame = self.model.frame(_SYSTEM)
        self.prefix = tuple(self.model.start_tokens(frame.before))
        self._after = self.model.tokenise(frame.after, special=True)
        self.passages = _passages(self.model, documents, settings)

    def prompt(self, question: str, blocks: Sequence[tuple[int, ...]]) -> Prompt:
        """Put passages before a question."""
        asked = (*self.model.tokenise(f"Question: {question}\n"), *self._after)
        return Prompt(self.prefix, tuple(blocks), asked)

    def store(self, prompt: Prompt) -> None:
        """Read a prompt's passages once, and store them in each number of bits."""
        self.recall(prompt, 16)
        for bits, memory in self.memories.items():
            codec = BlockCodec(rotation=self.model.rotation, bits=bits)
            for block in prompt.blocks:
                key = memory.key(self.prefix, block)
                if self.stores[bits].has([key]):
                    continue
                with self.stores[16].open(key) as state:
                    assert state is not None
                    data = codec.encode(bytearray(state))
                family = memory.family_of(self.prefix)
                self.stores[bits].put(key, data, family=family, tokens=len(block))

    def recall(self, prompt: Prompt, bits: int) -> None:
        """Bring a prompt into an empty context."""
        self.model.keep(0)
        memory = self.memories[bits]
        memory.forget()
        memory.read(prompt)
        self.model.logits().argmax()

    def close(self) -> None:
        """Close stores and model."""
        for store in self.stores.values():
            store.close()
        self.model.close()

    # --- time ---

    def time(self, size: int, *, rounds: int, prefills: int, cold: bool) -> list[Row]:
        """Measure about so many passage tokens."""
        blocks = self.passages[: max(1, round(size / len(self.passages[0])))]
        prompt = self.prompt(QUESTIONS[0], blocks)
        self.store(prompt)
        caches = ("warm", "cold") if cold else ("warm",)
        found: dict[tuple[int, str], list[float]] = {}
        floor: list[float] = []
        prefill: list[float] = []
        for number in range(rounds):
            for cache in caches:
                for bits in self.memories:
                    self.recall(prompt, bits)  # the memory before this one took the prefix's place
                    if cache == "cold":
                        forget_files(self.folder)
                    seconds = timed(partial(self.recall, prompt, bits))
                    found.setdefault((bits, cache), []).append(seconds)
            self.model.keep(len(prompt.tokens) - len(prompt.question))
            floor.append(timed(partial(_go_on, self.model, prompt.question)))
            if number < prefills:
                self.model.forget()
                prefill.append(timed(partial(_go_on, self.model, prompt.tokens)))
        b, c = statistics.median(floor), statistics.median(prefill) if prefill else float("nan")
        name, count = self.model.path.stem, sum(map(len, blocks))
        rows = []
        for (bits, cache), seconds in found.items():
            a = statistics.median(seconds)
            rows.append(Row(name, bits, cache, count, a, b, c, c / a, a / b))
            print(line(rows[-1]), flush=True)
        return rows

    # --- likeness ---

    def compare(self, questions: int, *, tokens: int) -> list[Likeness]:
        """Hold recalled contexts against those in 16 bits, along the latter's greedy answers."""
        apart: dict[int, list[list[float]]] = {bits: [] for bits in self.memories}
        same: dict[int, list[list[bool]]] = {bits: [] for bits in self.memories}
        for number in range(questions):
            start = number * _SHOWN % max(1, len(self.passages) - _SHOWN)
            blocks = self.passages[start : start + _SHOWN]
            prompt = self.prompt(QUESTIONS[number % len(QUESTIONS)], blocks)
            self.store(prompt)
            expected: list[NDArray[np.float64]] = []
            answer: list[int] = []
            for _ in range(tokens):
                if not answer:
                    self.recall(prompt, 16)
                else:
                    self.model.extend(answer[-1:])
                expected.append(log_softmax(self.model.logits()))
                answer.append(int(expected[-1].argmax()))
                if self.model.is_end(answer[-1]):
                    break
            for bits in self.memories:
                self.recall(prompt, bits)
                got = [log_softmax(self.model.logits())]
                for token in answer[:-1]:
                    self.model.extend([token])
                    got.append(log_softmax(self.model.logits()))
                apart[bits].append(list(map(divergence, expected, got)))
                same[bits].append(
                    [int(one.argmax()) == token for one, token in zip(got, answer, strict=True)]
                )
        return [self._likeness(bits, apart[bits], same[bits]) for bits in self.memories]

    def _likeness(
        self, bits: int, apart: Sequence[Sequence[float]], same: Sequence[Sequence[bool]]
    ) -> Likeness:
        values, equal = np.concatenate(apart), np.concatenate(same)
        keys = [self.memories[bits].key(self.prefix, block) for block in self.passages]
        sizes = [
            path.stat().st_size / len(block)
            for key, block in zip(keys, self.passages, strict=True)
            for path in (self.folder / str(bits)).glob(f"??/{key}.kv")
        ]
        return Likeness(
            bits=bits,
            bytes_a_token=float(np.mean(sizes)),
            places=len(values),
            mean=float(values.mean()),
            largest=float(values.max()),
            same=float(equal.mean()),
            same_first=float(np.mean([one[0] for one in same])),
        )


def _passages(
    model: LanguageModel, documents: Path, settings: Settings, *, block_tokens: int = 200
) -> list[tuple[int, ...]]:
    """Cut the text of a folder's files into passages of so many tokens."""
    blocks: list[tuple[int, ...]] = []
    for path in sorted(one for one in documents.iterdir() if one.suffix in SUPPORTED_SUFFIXES):
        document = read_document(path, name=path.name, settings=settings)
        text = "\n".join(page.text for page in document.pages)
        tokens = model.tokenise(text)
        cuts = range(0, len(tokens) - block_tokens, block_tokens)
        blocks += [tuple(tokens[at : at + block_tokens]) for at in cuts]
    return blocks


def timed(work: Callable[[], object]) -> float:
    """Give the seconds that a call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def forget_files(folder: Path) -> None:
    """Drop the files of a folder from the page cache."""
    for path in folder.rglob("*.kv"):
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def _go_on(model: LanguageModel, tokens: Sequence[int]) -> None:
    model.extend(tokens)
    model.logits().argmax()


HEAD = (
    "| model | bits | page cache | passage tokens | memory, s | floor, s | prefill, s | "
    "prefill / memory | memory / floor |\n|---|---|---|---|---|---|---|---|---|"
)


def line(row: Row) -> str:
    """Write a row of the table."""
    return (
        f"| {row.model} | {row.bits} | {row.cache} | {row.tokens} | {row.memory:.3f} | "
        f"{row.floor:.3f} | {row.prefill:.2f} | {row.prefill_to_memory:.0f} | "
        f"{row.memory_to_floor:.2f} |"
    )


def likeness_table(rows: Sequence[Likeness]) -> str:
    """Write what few bits cost as a table."""
    lines = [
        "| bits | bytes a token | mean KL | largest KL | same next token | same first token "
        "| places |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.bits} | {row.bytes_a_token:,.0f} | {row.mean:.1e} | {row.largest:.1e} | "
        f"{row.same:.1%} | {row.same_first:.0%} | {row.places} |"
        for row in rows
    ]
    return "\n".join(lines)


def measure(
    settings: Settings,
    *,
    documents: Path,
    folder: Path,
    sizes: Sequence[int],
    bits: Sequence[int],
    rounds: int,
    prefills: int,
    questions: int,
    cold: bool = False,
) -> tuple[list[Row], list[Likeness]]:
    """Measure all sizes, then the likeness over so many questions, and print the tables."""
    bench = Bench(settings, documents=documents, folder=folder, bits=bits)
    print(HEAD)
    rows = [
        row
        for size in sizes
        for row in bench.time(size, rounds=rounds, prefills=prefills, cold=cold)
    ]
    found = bench.compare(questions, tokens=16) if questions else []
    print("\n" + likeness_table(found))
    bench.close()
    return rows, found


def main() -> int:
    """Measure, print the tables, and keep what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", type=Path, nargs="?", default=Path("assets/samples"))
    parser.add_argument("--model", help="name or path (default: that of the settings)")
    parser.add_argument("--tokens", type=int, nargs="*", default=[1000, 2000, 4000, 7000])
    parser.add_argument("--bits", type=int, nargs="*", default=[16, 8, 4], choices=(16, 8, 4))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--prefills", type=int, default=1, help="rounds of ordinary prefill")
    parser.add_argument("--questions", type=int, default=10)
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--store", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    quiet_environment()
    with tempfile.TemporaryDirectory() as folder:
        rows, found = measure(
            load_settings(model=options.model),
            documents=options.documents,
            folder=options.store or Path(folder),
            sizes=options.tokens,
            bits=options.bits,
            rounds=options.rounds,
            prefills=options.prefills,
            questions=options.questions,
            cold=options.cold,
        )
    if options.json:
        kept = {"time": [asdict(row) for row in rows], "likeness": [asdict(one) for one in found]}
        options.json.write_text(json.dumps(kept, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
