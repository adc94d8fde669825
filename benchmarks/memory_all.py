"""All benchmarks of the memory, one after the other.

``python -m benchmarks.memory_all [CASES.jsonl…] [--limit 10] [--output DIR]`` runs recall in 16, 8
and 4 bits, the time to the first token, questions during reading, growth over 200 questions, and
the trade-off of size against answers. Without cases it takes made-up ones. ``--small`` is the same
way with one context size and a few questions, in minutes: it shows that everything works, and its
figures mean little.
"""

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks import first_token, made_up, memory_growth, memory_tradeoff, read_ahead, recall
from benchmarks.first_token import Likeness
from rare_app.lab.evaluation import Case
from rare_app.lab.evaluation.compare import find_sets
from rare_app.log import quiet_environment
from rare_app.settings import PROJECT_FOLDER, Settings, load_settings

BITS = (16, 8, 4)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is done in each benchmark."""

    continuation: int
    contexts: Sequence[int]
    rounds: int
    prefills: int
    compared: int
    asked: int
    chunks: int
    questions: int
    start: int
    every: int


FULL = Sizes(
    continuation=32,
    contexts=(1000, 2000, 4000, 7000),
    rounds=5,
    prefills=1,
    compared=10,
    asked=10,
    chunks=100,
    questions=200,
    start=50,
    every=10,
)
SMALL = Sizes(
    continuation=8,
    contexts=(500,),
    rounds=2,
    prefills=1,
    compared=1,
    asked=2,
    chunks=12,
    questions=8,
    start=4,
    every=2,
)


@dataclass(frozen=True, slots=True)
class Results:
    """What each benchmark found."""

    recalled: dict[int, list[recall.Compared]]
    first_token: list[first_token.Row]
    likeness: list[Likeness]
    while_reading: read_ahead.Figures
    growth: list[memory_growth.Sample]
    tradeoff: list[memory_tradeoff.Point]


def run(
    settings: Settings, sets: Mapping[str, Sequence[Case]], sizes: Sizes, *, output: Path
) -> Results:
    """Run all of them, and print each one's figures as they come."""
    cases = [case for own in sets.values() for case in own]
    recalled: dict[int, list[recall.Compared]] = {}
    model = recall.open_model(settings)
    for bits in BITS:
        print(f"## Recall, {bits} bits\n")
        found = recall.compare_all(model, cases, bits=bits, tokens=sizes.continuation)
        recalled[bits] = list(found)
        print(recall.table(recalled[bits]) + "\n", flush=True)
    model.close()
    print("## First token\n")
    with tempfile.TemporaryDirectory() as folder:
        rows, likeness = first_token.measure(
            settings,
            documents=PROJECT_FOLDER / "assets" / "samples",
            folder=Path(folder),
            sizes=sizes.contexts,
            bits=BITS,
            rounds=sizes.rounds,
            prefills=sizes.prefills,
            questions=sizes.compared,
        )
    print("\n## First token while documents are read\n")
    reading = read_ahead.measure(questions=sizes.asked, chunks=sizes.chunks)
    print(read_ahead.report(reading) + "\n", flush=True)
    print(f"## Growth over {sizes.questions} questions\n")
    samples = memory_growth.measure(
        questions=sizes.questions,
        every=sizes.every,
        tell=lambda sample: print(memory_growth.line(sample), flush=True),
    )
    grown = memory_growth.growth(samples, start=sizes.start)
    print(f"\ngrowth from question {sizes.start}: {grown:+.1f}%\n")
    print("## Size against answers\n", flush=True)
    points = memory_tradeoff.measure(
        settings,
        sets,
        BITS,
        output=output,
    )
    print(memory_tradeoff.table(points))
    memory_tradeoff.write(points, output)
    return Results(recalled, rows, likeness, reading, samples, points)


def main() -> int:
    """Run with the sizes that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path, nargs="*")
    parser.add_argument("--limit", type=int, help="cases of each file (default 10; small: 2)")
    parser.add_argument("--output", type=Path, default=Path("out/bench-memory"))
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    quiet_environment()
    settings = load_settings()
    limit = options.limit or (2 if options.small else 10)
    sets: Mapping[str, Sequence[Case]] = {"made-up": made_up.cases(limit)}
    if options.cases:
        sets = find_sets(options.cases, limit=limit)
    if options.small:
        settings = replace(settings, reasoning_tokens=24, answer_tokens=12)
    run(settings, sets, SMALL if options.small else FULL, output=options.output)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
