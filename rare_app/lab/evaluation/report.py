"""Figures of a comparison: with intervals, as JSON, as a Markdown table and as a chart."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rare_app.checks.intervals import Rows, Statistic, interval, macro_f1, ratio
from rare_app.checks.score import normalise_answer
from rare_app.lab.evaluation.compare import Record

Figure = dict[str, Any]
Results = dict[str, dict[str, dict[str, Figure]]]

RESULTS_FILE, TABLE_FILE, CHART_FILE = "results.json", "results.md", "results.png"

TITLES = {
    "token_f1": "token-F1",
    "answer_recall": "answer recall",
    "exact_match": "exact match",
    "choice_accuracy": "choice right",
    "macro_f1": "macro-F1",
    "majority_share": "majority class",
    "abstained_when_unanswerable": "refused, unanswerable",
    "abstained_when_answerable": "refused, answerable",
    "quotes_verbatim": "quotes verbatim",
    "quotes_in_gold": "quote from a gold passage",
    "evidence_recall": "evidence recall",
}
"""Figures by name, and how tables call them."""

_MAIN = ("token_f1", "choice_accuracy", "abstained_when_unanswerable")
"""What the chart shows of a set: the first of these that it has."""


def sum_up(records: Mapping[str, Mapping[str, Sequence[Record]]]) -> Results:
    """Sum up records by set and variant.

    Returns
    -------
    dict
        Set, variant, figure: ``{"value", "low", "high", "cases"}``; figures that no case tells
        are left out.
    """
    return {
        name: {variant: _figures(own) for variant, own in by_variant.items()}
        for name, by_variant in records.items()
    }


def write_report(results: Results, *, output: Path, facts: Mapping[str, Any]) -> list[Path]:
    """Write ``results.json``, ``results.md`` and ``results.png``; give their paths."""
    output.mkdir(parents=True, exist_ok=True)
    data = {"facts": dict(facts), "results": results}
    (output / RESULTS_FILE).write_text(
        json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    (output / TABLE_FILE).write_text(table(results), encoding="utf-8")
    draw(results, output / CHART_FILE)
    return [output / name for name in (RESULTS_FILE, TABLE_FILE, CHART_FILE)]


def table(results: Results) -> str:
    """Write a Markdown table for each set: a line a variant, with 95% intervals."""
    parts = []
    for name, by_variant in results.items():
        there = [one for one in TITLES if any(one in own for own in by_variant.values())]
        head = " | ".join(["variant", "cases", *(TITLES[one] for one in there)])
        lines = [f"## {name}", "", f"| {head} |"]
        lines.append("|---" * (len(there) + 2) + "|")
        for variant, own in by_variant.items():
            cases = max((one["cases"] for one in own.values()), default=0)
            cells = " | ".join(_cell(own.get(one)) for one in there)
            lines.append(f"| {variant} | {cases} | {cells} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def draw(results: Results, path: Path) -> None:
    """Draw the main figure of each set as bars with their intervals."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    main = {name: _main(by_variant) for name, by_variant in results.items()}
    variants = list(dict.fromkeys(one for own in results.values() for one in own))
    canvas = Canvas(figsize=(max(6.0, 1.0 + 1.7 * len(results)), 4.5), layout="constrained")
    FigureCanvasAgg(canvas)
    axes = canvas.subplots()
    width = 0.85 / max(1, len(variants))
    for number, variant in enumerate(variants):
        places, values, below, above = [], [], [], []
        for place, (name, by_variant) in enumerate(results.items()):
            figure = by_variant.get(variant, {}).get(main[name])
            if figure is not None:
                places.append(place + (number - (len(variants) - 1) / 2) * width)
                values.append(figure["value"])
                below.append(max(0.0, figure["value"] - figure["low"]))
                above.append(max(0.0, figure["high"] - figure["value"]))
        axes.bar(places, values, width, yerr=(below, above), label=variant, capsize=2)
    labels = [f"{name}\n{TITLES.get(main[name], '')}" for name in results]
    axes.set_xticks(range(len(results)), labels, fontsize=8)
    axes.set_ylim(0, 1)
    axes.set_ylabel("share, with 95% interval")
    axes.grid(visible=True, axis="y", alpha=0.3)
    canvas.legend(fontsize=8, ncols=4, loc="outside upper center")
    canvas.savefig(path, dpi=130)


def _main(by_variant: Mapping[str, Mapping[str, Figure]]) -> str:
    return next((one for one in _MAIN if any(one in own for own in by_variant.values())), "")


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    return f"{figure['value']:.3f} ({figure['low']:.3f}–{figure['high']:.3f})"


def _figures(records: Sequence[Record]) -> dict[str, Figure]:
    told = [one for one in records if one.get("applies")]
    answerable = [one for one in told if one["answerable"]]
    closed = [one for one in told if one["expected"] is not None]
    classes = {
        label: float(number)
        for number, label in enumerate(
            dict.fromkeys(
                normalise_answer(one[name])
                for name in ("expected", "chosen")
                for one in closed
                if one[name] is not None
            )
        )
    }
    pairs = [
        (
            classes[normalise_answer(one["expected"])],
            classes[normalise_answer(one["chosen"])] if one["chosen"] is not None else -1.0,
        )
        for one in closed
    ]
    most = Counter(pair[0] for pair in pairs).most_common(1)
    quotes = [
        (one["quotes"], one["quotes"] + one["invented"])
        for one in told
        if one["quotes"] + one["invented"]
    ]
    found = {
        "token_f1": _figure(_known(told, "token_f1")),
        "answer_recall": _figure(_known(told, "answer_recall")),
        "exact_match": _figure(_known(told, "exact_match")),
        "choice_accuracy": _figure(_known(told, "choice_right")),
        "macro_f1": _figure(pairs, macro_f1),
        "majority_share": _figure([float(pair[0] == most[0][0]) for pair in pairs]),
        "abstained_when_unanswerable": _figure(
            [float(not one["answered"]) for one in told if not one["answerable"]]
        ),
        "abstained_when_answerable": _figure([float(not one["answered"]) for one in answerable]),
        "quotes_verbatim": _figure(quotes, ratio),
        "quotes_in_gold": _figure(_known(answerable, "quote_in_gold")),
        "evidence_recall": _figure(_known(answerable, "evidence_found")),
    }
    return {name: figure for name, figure in found.items() if figure is not None}


def _known(records: Sequence[Record], name: str) -> list[float]:
    return [float(one[name]) for one in records if one.get(name) is not None]


def _mean(rows: Rows) -> float:
    return float(rows.mean())


def _figure(rows: Sequence[Any], statistic: Statistic = _mean) -> Figure | None:
    ends = interval(rows, statistic)
    if ends is None:
        return None
    value = round(statistic(np.asarray(rows, dtype=np.float64)), 4)
    return {"value": value, "low": ends[0], "high": ends[1], "cases": len(rows)}
