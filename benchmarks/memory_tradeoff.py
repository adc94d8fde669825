"""What a smaller memory costs in answers, and what relinking brings back.

``python -m benchmarks.memory_tradeoff CASES.jsonl… --output DIR [--limit N] [--bits 16 8 4]
[--relink 0 8 32]`` answers all cases with each setting of ``memory_bits`` and ``memory_relink``,
and with ordinary attention, and writes size on disk against token-F1 as a table, as JSON and as a
plot (matplotlib, requirements-tuning.txt) into the folder. Every answer is a line of a file there:
a run that was cut off goes on by the same command. Blocks are stored once for each number of bits.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
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
class Setting:
    """One way of keeping blocks."""

    bits: int
    relink: int = 0

    @property
    def name(self) -> str:
        """What its files are called."""
        return f"{self.bits}bits-relink{self.relink}" if self.bits else "ordinary"


@dataclass(frozen=True, slots=True)
class Point:
    """Figures of one setting: kB a token on disk, token-F1 with its 95% interval, seconds."""

    setting: Setting
    cases: int
    kilobytes: float | None
    token_f1: float
    low: float
    high: float
    first_token_s: float


def settings_of(bits: Sequence[int], relink: Sequence[int]) -> list[Setting]:
    """List all settings; those that share their blocks come one after the other."""
    made = [Setting(*one) for one in product(bits, relink)]
    return [Setting(ORDINARY), *made]


def measure(
    base: Settings,
    sets: Mapping[str, Sequence[Case]],
    settings: Sequence[Setting],
    *,
    output: Path,
) -> list[Point]:
    """Answer all cases in each setting, or go on with what `output` holds."""
    model = choose_model(base)
    adapter = choose_adapter(base, model)
    facts = {
        "model_sha256": hash_model(model.path),
        "adapter_sha256": hash_model(adapter.path) if adapter else None,
    }
    points = []
    for one in settings:
        ordinary = one.bits == ORDINARY
        home = output / "homes" / (one.name if ordinary else f"{one.bits}bits")
        own = replace(
            base,
            home=home,
            model=str(model.path),
            adapter=str(adapter.path) if adapter else "none",
            memory_bits=one.bits or 16,
            memory_relink=one.relink,
        )
        variant = Variant(
            name=one.name, meaning=one.name, adapted=adapter is not None, memory=not ordinary
        )
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
        points.append(
            _sum_up(one, [row for own in records.values() for row in own[one.name]], size)
        )
    return points


def _sum_up(setting: Setting, records: Sequence[Record], kilobytes: float | None) -> Point:
    scores = [row["token_f1"] for row in records if row["token_f1"] is not None]
    waits = [row["first_token_s"] for row in records if row["first_token_s"] is not None]
    low, high = interval(scores) or (float("nan"), float("nan"))
    return Point(
        setting=setting,
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
        "| bits | relinked tokens | kB a token | token-F1 (95%) | cases | first token, s |",
        "|---|---|---|---|---|---|",
    ]
    for one in points:
        what = one.setting
        size = "–" if one.kilobytes is None else f"{one.kilobytes:.1f}"
        how = f"{what.bits} | {what.relink}" if what.bits else "ordinary attention | –"
        lines.append(
            f"| {how} | {size} | {one.token_f1:.3f} ({one.low:.3f}–{one.high:.3f}) "
            f"| {one.cases} | {one.first_token_s:.2f} |"
        )
    return "\n".join(lines)


def draw(points: Sequence[Point], path: Path) -> None:
    """Draw token-F1 against size, a line for each type and number of relinked tokens."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for one in points:
        if one.setting.bits == ORDINARY:
            axes.axhline(one.token_f1, color="grey", linestyle=":", label="ordinary attention")
    lines = dict.fromkeys(
        (one.setting.bits, one.setting.relink) for one in points if one.kilobytes is not None
    )
    for bits, relink in lines:
        own = [
            one
            for one in points
            if (one.setting.bits, one.setting.relink) == (bits, relink) and one.kilobytes
        ]
        axes.errorbar(
            [one.kilobytes for one in own],
            [one.token_f1 for one in own],
            yerr=(
                [max(0.0, one.token_f1 - one.low) for one in own],
                [max(0.0, one.high - one.token_f1) for one in own],
            ),
            marker="o" if bits == 16 else "s",
            linestyle={16: "-", 8: "--"}.get(bits, ":"),
            color=f"C{[0, 8, 32].index(relink) if relink in (0, 8, 32) else 3}",
            elinewidth=0.6,
            capsize=2,
            label=f"{bits} bits, {relink} relinked",
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
    parser.add_argument("--relink", nargs="*", type=int, default=[0, 8, 32])
    options = parser.parse_args()
    quiet_environment()
    points = measure(
        load_settings(),
        find_sets(options.cases, limit=options.limit),
        settings_of(options.bits, options.relink),
        output=options.output,
    )
    print(table(points))
    for path in write(points, options.output):
        print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
