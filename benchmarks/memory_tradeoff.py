"""What a smaller memory costs in answers.

``python -m benchmarks.memory_tradeoff CASES.jsonl… --output DIR [--limit N] [--bits 16 8 4]``
answers all cases with each value of ``memory_bits``, and with ordinary attention, and writes size
on disk against token-F1 as a table, as JSON and as a plot (matplotlib, requirements-tuning.txt)
into the folder. Every answer is a line of a file there: a run that was cut off goes on by the same
command.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from rare_app.checks import interval
from rare_app.lab.evaluation import Case
from rare_app.lab.evaluation.answerer import ModelAnswerer
from rare_app.lab.evaluation.compare import Record, compare, find_sets
from rare_app.lab.evaluation.variants import Variant
from rare_app.log import quiet_environment
from rare_app.model import choose_adapter, choose_model, hash_model
from rare_app.services import services
from rare_app.settings import Settings, load_settings

ORDINARY = 0
"""Bits where no blocks are kept: ordinary attention."""


@dataclass(frozen=True, slots=True)
class Point:
    """Figures of one way of keeping blocks: kB a token on disk, token-F1 (95%), seconds."""

    bits: int
    cases: int
    kilobytes: float | None
    token_f1: float
    low: float
    high: float
    first_token_s: float


def measure(
    base: Settings,
    sets: Mapping[str, Sequence[Case]],
    bits: Sequence[int],
    *,
    output: Path,
) -> list[Point]:
    """Answer all cases in each number of bits, or go on with what `output` holds."""
    model = choose_model(base)
    adapter = choose_adapter(base, model)
    facts = {
        "model_sha256": hash_model(model.path),
        "adapter_sha256": hash_model(adapter.path) if adapter else None,
    }
    points = []
    for one in (ORDINARY, *bits):
        ordinary = one == ORDINARY
        name = "ordinary" if ordinary else f"{one}bits"
        own = replace(
            base,
            home=output / "homes" / name,
            model=str(model.path),
            adapter=str(adapter.path) if adapter else "none",
            memory_bits=one or 16,
        )
        variant = Variant(name=name, meaning=name, adapted=adapter is not None, memory=not ordinary)
        with services(own) as opened:
            records = compare(
                sets,
                [variant],
                answer=ModelAnswerer(
                    settings=own, assistant=opened.assistant, engine=opened.engine
                ),
                embed=opened.library.embedder.embed,
                output=output,
                facts=facts,
                say=lambda line: print(line, flush=True),
            )
            status = opened.engine.store.status() if opened.engine.store else None
        size = None
        if status is not None and status.tokens and not ordinary:
            size = status.bytes / status.tokens / 1e3
        points.append(_sum_up(one, [row for own in records.values() for row in own[name]], size))
    return points


def _sum_up(bits: int, records: Sequence[Record], kilobytes: float | None) -> Point:
    scores = [row["token_f1"] for row in records if row["token_f1"] is not None]
    waits = [row["first_token_s"] for row in records if row["first_token_s"] is not None]
    low, high = interval(scores) or (float("nan"), float("nan"))
    return Point(
        bits=bits,
        cases=len(scores),
        kilobytes=kilobytes,
        token_f1=float(np.mean(scores)),
        low=low,
        high=high,
        first_token_s=float(np.median(waits)) if waits else float("nan"),
    )


def table(points: Sequence[Point]) -> str:
    """Write the figures as a Markdown table."""
    lines = [
        "| bits | kB a token | token-F1 (95%) | cases | first token, s |",
        "|---|---|---|---|---|",
    ]
    for one in points:
        size = "–" if one.kilobytes is None else f"{one.kilobytes:.1f}"
        how = one.bits or "ordinary attention"
        lines.append(
            f"| {how} | {size} | {one.token_f1:.3f} ({one.low:.3f}–{one.high:.3f}) "
            f"| {one.cases} | {one.first_token_s:.2f} |"
        )
    return "\n".join(lines)


def draw(points: Sequence[Point], path: Path) -> None:
    """Draw token-F1 against size."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    kept = [one for one in points if one.kilobytes is not None]
    for one in points:
        if one.bits == ORDINARY:
            axes.axhline(one.token_f1, color="grey", linestyle=":", label="ordinary attention")
    axes.errorbar(
        [one.kilobytes for one in kept],
        [one.token_f1 for one in kept],
        yerr=(
            [max(0.0, one.token_f1 - one.low) for one in kept],
            [max(0.0, one.high - one.token_f1) for one in kept],
        ),
        marker="o",
        elinewidth=0.6,
        capsize=2,
        label=", ".join(f"{one.bits}" for one in kept) + " bits",
    )
    axes.set(xlabel="kB on disk for a token", ylabel="token-F1, with 95% interval")
    axes.grid(visible=True, alpha=0.25)
    axes.legend(fontsize=8)
    figure.savefig(path, dpi=120)


def write(points: Sequence[Point], output: Path) -> list[Path]:
    """Write table, figures and plot; give their paths."""
    names = [output / f"tradeoff.{suffix}" for suffix in ("md", "json", "png")]
    names[0].write_text(table(points) + "\n", encoding="utf-8")
    names[1].write_text(
        json.dumps([asdict(one) for one in points], indent=1) + "\n", encoding="utf-8"
    )
    draw(points, names[2])
    return names


def main() -> int:
    """Measure, print the table, write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path, nargs="+")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="first cases of each file")
    parser.add_argument("--bits", nargs="*", type=int, default=[16, 8, 4], choices=(16, 8, 4))
    options = parser.parse_args()
    quiet_environment()
    points = measure(
        load_settings(),
        find_sets(options.cases, limit=options.limit),
        options.bits,
        output=options.output,
    )
    print(table(points))
    for path in write(points, options.output):
        print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
