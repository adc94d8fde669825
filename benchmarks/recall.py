"""Whether a recalled context is the one that is computed in place.

``python -m benchmarks.recall CASES.jsonl [--limit 50] [--type f16|q8_0]`` puts the passages of each
case together twice, once computed now and once loaded from disk, and compares the distribution of
the next token (KL divergence, nats) and the greedy continuation; the second row compares with
ordinary attention.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rare_app.evaluation import given_passages, read_cases
from rare_app.log import quiet_environment
from rare_app.model import (
    BlockStore,
    LanguageModel,
    Memory,
    choose_adapter,
    choose_model,
    default_threads,
)
from rare_app.reasoning import assemble
from rare_app.settings import load_settings


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


def main() -> int:
    """Compare and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path)
    parser.add_argument("--limit", type=int, default=50)
    parser.add_argument("--tokens", type=int, default=32, help="length of the continuation")
    parser.add_argument("--type", choices=("f16", "q8_0"), default="f16")
    options = parser.parse_args()
    quiet_environment()
    settings = load_settings()
    file = choose_model(settings)
    adapter = choose_adapter(settings, file)
    model = LanguageModel(
        path=file.path,
        context_tokens=settings.context_tokens,
        batch_tokens=settings.batch_tokens,
        threads=settings.threads or default_threads(),
        state_type=options.type,
    )
    model.use_adapter(adapter.path if adapter else None)
    recalled, ordinary, same, same_ordinary = [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        store = BlockStore(folder=Path(folder), budget=10**10)
        memory = Memory(model=model, store=store, family="benchmark")
        for case in read_cases(options.cases, limit=options.limit):
            prompt, _ = assemble(
                case.question, given_passages(case.passages or ()), model=model, reserve=400
            )
            model.forget()
            Memory(model=model, store=None, family="").read(prompt)
            expected = log_softmax(model.logits())
            written = greedy(model, options.tokens)
            for _ in range(2):  # the first time it is computed and stored
                model.forget()
                memory.read(prompt)
            recalled.append(divergence(expected, log_softmax(model.logits())))
            same.append(greedy(model, options.tokens) == written)
            model.forget()
            model.read(prompt.tokens)
            ordinary.append(divergence(log_softmax(model.logits()), expected))
            same_ordinary.append(greedy(model, options.tokens) == written)
        store.close()
    print(f"{len(same)} questions, {options.type}, continuation of {options.tokens} tokens")
    print("| compared with blocks computed in place | mean KL | largest KL | same continuation |")
    print("|---|---|---|---|")
    for name, values, equal in (
        ("recalled", recalled, same),
        ("ordinary attention", ordinary, same_ordinary),
    ):
        print(f"| {name} | {np.mean(values):.2e} | {np.max(values):.2e} | {np.mean(equal):.0%} |")
    model.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
