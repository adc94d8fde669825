"""Whether the app grows while it answers: resident memory over many questions.

``python -m benchmarks.memory_growth [--questions 200] [--every 20] [--start 50]`` asks short
questions over made-up documents, with a disk budget that holds half of their blocks, so that blocks
are stored, loaded and evicted all along. It prints the resident memory (RSS) and, at the end, the
growth from question ``--start`` to the last in percent.
"""

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from benchmarks.made_up import question, write_documents
from rare_app.log import quiet_environment
from rare_app.services import services
from rare_app.settings import load_settings

DOCUMENTS, SECTIONS = 4, 15


@dataclass(frozen=True, slots=True)
class Sample:
    """State after so many questions: bytes in memory and on disk, prompt tokens by origin."""

    questions: int
    resident: int
    stored: int
    loaded_tokens: int
    prompt_tokens: int
    evicted: bool


def measure(
    *, questions: int, every: int, tell: Callable[[Sample], None] = lambda _: None
) -> list[Sample]:
    """Ask and look; the first sample is of the first question."""
    process = psutil.Process()
    samples: list[Sample] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(
            load_settings(home=Path(folder) / "home"),
            chunk_tokens=100,
            chunk_overlap_tokens=1,
            passages=3,
            reasoning_tokens=8,
            answer_tokens=8,
            memory_gb=DOCUMENTS * SECTIONS / 2 * 100 * 23_100 / 1e9,
            memory_bits=16,
            read_ahead="off",
        )
        paths = write_documents(Path(folder) / "documents", documents=DOCUMENTS, sections=SECTIONS)
        loaded = prompt = 0
        seen: set[int] = set()
        with services(settings) as opened:
            opened.library.add(paths)
            store = opened.engine.store
            assert store is not None
            for number in range(1, questions + 1):
                # 17 steps through all places before it begins again.
                asked = opened.assistant.answer(question(number * 17 % (DOCUMENTS * SECTIONS)))
                loaded += asked.tokens.prompt_from_memory
                prompt += asked.tokens.prompt
                seen.add(store.status().blocks)
                if number == 1 or number % every == 0:
                    status = store.status()
                    sample = Sample(
                        questions=number,
                        resident=process.memory_info().rss,
                        stored=status.bytes,
                        loaded_tokens=loaded,
                        prompt_tokens=prompt,
                        evicted=status.blocks < max(seen) or status.bytes > 0.9 * status.budget,
                    )
                    samples.append(sample)
                    tell(sample)
    return samples


def growth(samples: list[Sample], *, start: int) -> float:
    """Growth of resident memory in percent, from the first sample at or after `start`."""
    first = next(one for one in samples if one.questions >= start)
    return 100 * (samples[-1].resident / first.resident - 1)


def line(sample: Sample) -> str:
    """Write a row of the table."""
    return (
        f"| {sample.questions} | {sample.resident / 1e6:.0f} | {sample.stored / 1e6:.0f} | "
        f"{sample.loaded_tokens / max(1, sample.prompt_tokens):.0%} |"
    )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--every", type=int, default=10)
    parser.add_argument("--start", type=int, default=50)
    options = parser.parse_args()
    quiet_environment()
    print("| questions | RSS, MB | on disk, MB | prompt tokens from memory |")
    print("|---|---|---|---|")
    samples = measure(
        questions=options.questions,
        every=options.every,
        tell=lambda sample: print(line(sample), flush=True),
    )
    found = growth(samples, start=options.start)
    print(f"growth from question {options.start} to {options.questions}: {found:+.1f}%")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
