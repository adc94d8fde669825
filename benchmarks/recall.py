"""Whether a recalled context is the one that is computed in place.

``python -m benchmarks.recall CASES.jsonl… [--limit 10] [--bits 16|8|4] [--output FILE]``
compares, for each case of each file, the context that is put together from blocks loaded from disk
with

- *computed*: the same blocks computed now and put together in the same way;
- *in place*: every block decoded at the very place where it stands, the prefix right before it;
  nothing is saved, moved or restored;
- *ordinary* (with ``--ordinary``): the same text read with ordinary attention.

It prints the divergence of the next token (KL, nats; of the other context from the recalled one)
and how many greedy continuations are the same. With ``--output`` each case is a line of that file,
and a run that was cut off goes on after the last one.
"""

import argparse
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rare_app.answer import assemble
from rare_app.lab.evaluation import Case, given_passages, read_cases
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
from rare_app.model.sequences import ANSWER, SCRATCH
from rare_app.settings import Settings, load_settings

NAMES = ("computed", "in place", "ordinary")


@dataclass(frozen=True, slots=True)
class Compared:
    """One case: divergence in nats and sameness by what the recalled context is compared with."""

    id: str
    tokens: int
    loaded: int
    divergence: dict[str, float]
    same: dict[str, bool]


def log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Turn logits into log-probabilities."""
    values = logits.astype(np.float64) - logits.max()
    return np.asarray(values - np.log(np.exp(values).sum()))


def divergence(expected: NDArray[np.float64], got: NDArray[np.float64]) -> float:
    """KL divergence of two distributions given by log-probabilities, in nats."""
    return float((np.exp(expected) * (expected - got)).sum())


def greedy(model: LanguageModel, count: int) -> list[int]:
    """Write the likeliest tokens."""
    tokens: list[int] = []
    for _ in range(count):
        token = int(model.logits().argmax())
        tokens.append(token)
        if model.is_end(token):
            break
        model.extend([token])
    return tokens


def read_in_place(model: LanguageModel, prompt: Prompt) -> None:
    """Decode each block where it stands, in view of a prefix right before it and of itself."""
    model.forget()
    model.extend(prompt.prefix)
    sequences, start = model.sequences, len(prompt.prefix)
    for block in prompt.blocks:
        at = model.held_tokens
        model.decode(prompt.prefix, sequence=SCRATCH, at=at - start)
        model.decode(block, sequence=SCRATCH, at=at)
        sequences.remove(SCRATCH, 0, at)
        sequences.copy(SCRATCH, ANSWER)
        sequences.remove(SCRATCH)
        model.hold(block)
    model.extend(prompt.question)


def compare(
    model: LanguageModel,
    store: BlockStore,
    prompt: Prompt,
    *,
    bits: int,
    tokens: int,
    ordinary: bool,
) -> Compared:
    """Bring one prompt into the context in each way; gives what differs."""
    memory = Memory(model=model, store=store, family="benchmark", bits=bits)
    for _ in range(2):  # the first time it is computed and stored
        model.forget()
        recalled = memory.read(prompt)
    got = log_softmax(model.logits())
    written = greedy(model, tokens)
    ways = {
        "computed": lambda: Memory(model=model, store=None, family="", bits=bits).read(prompt),
        "in place": lambda: read_in_place(model, prompt),
        "ordinary": lambda: model.read(prompt.tokens),
    }
    apart: dict[str, float] = {}
    same: dict[str, bool] = {}
    for name, read in ways.items():
        if name == "ordinary" and not ordinary:
            continue
        model.forget()
        read()
        apart[name] = divergence(log_softmax(model.logits()), got)
        same[name] = greedy(model, tokens) == written
    return Compared("", len(prompt.tokens), recalled.loaded, apart, same)


def compare_all(
    model: LanguageModel,
    cases: Iterable[Case],
    *,
    bits: int,
    tokens: int,
    ordinary: bool = False,
    longest: int = 0,
) -> Iterator[Compared]:
    """Compare case by case; `longest` cuts each passage to so many characters, 0 does not."""
    with tempfile.TemporaryDirectory() as folder:
        store = BlockStore(folder=Path(folder), budget=10**10)
        for case in cases:
            texts = [text[: longest or None] for text in case.passages or ()]
            prompt, _ = assemble(case.question, given_passages(texts), model=model, reserve=400)
            one = compare(model, store, prompt, bits=bits, tokens=tokens, ordinary=ordinary)
            yield Compared(case.id, one.tokens, one.loaded, one.divergence, one.same)
        store.close()


def table(rows: Sequence[Compared]) -> str:
    """Write the figures as a Markdown table."""
    lines = [
        "| recalled, compared with | mean KL | largest KL | same continuation |",
        "|---|---|---|---|",
    ]
    for name in NAMES:
        values = [row.divergence[name] for row in rows if name in row.divergence]
        if values:
            same = sum(row.same[name] for row in rows)
            lines.append(
                f"| {name} | {np.mean(values):.2e} | {np.max(values):.2e} "
                f"| {same} of {len(values)} |"
            )
    return "\n".join(lines)


def open_model(settings: Settings) -> LanguageModel:
    """Load the default model with its adapter."""
    file = choose_model(settings)
    adapter = choose_adapter(settings, file)
    model = LanguageModel(
        path=file.path,
        context_tokens=settings.context_tokens,
        threads=settings.threads or default_threads(),
    )
    model.use_adapter(adapter.path if adapter else None)
    return model


def _kept(path: Path | None) -> list[Compared]:
    if path is None or not path.is_file():
        return []
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    path.write_text(whole, encoding="utf-8")  # without a line that was cut short
    return [Compared(**json.loads(line)) for line in whole.splitlines()]


def main() -> int:
    """Compare and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path, nargs="+")
    parser.add_argument("--limit", type=int, default=10, help="cases of each file")
    parser.add_argument("--tokens", type=int, default=32, help="length of the continuation")
    parser.add_argument("--bits", type=int, choices=(16, 8, 4), default=16)
    parser.add_argument("--ordinary", action="store_true")
    parser.add_argument("--output", type=Path, help="file for the cases, and to go on from")
    options = parser.parse_args()
    quiet_environment()
    settings = load_settings()
    cases = [case for path in options.cases for case in read_cases(path, limit=options.limit)]
    rows = _kept(options.output)
    if any(row.id != case.id for row, case in zip(rows, cases, strict=False)):
        parser.error(f"{options.output} belongs to other cases: name another file")
    model = open_model(settings)
    compared = compare_all(
        model,
        cases[len(rows) :],
        bits=options.bits,
        tokens=options.tokens,
        ordinary=options.ordinary,
    )
    for row in compared:
        rows.append(row)
        if options.output:
            with options.output.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(row)) + "\n")
    print(f"{len(rows)} questions, {options.bits} bits, continuation of {options.tokens} tokens")
    print(table(rows))
    model.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
