"""Questions that need arithmetic over a table: how many figures come out right, with what steps.

``build`` writes TAT-QA's arithmetic questions as cases, the table as the reader writes tables;
``benchmarks.answers run`` answers them; ``table`` sums up::

    python -m benchmarks.arithmetic build --data DATA/tatqa --output out/cases --first 100
    python -m benchmarks.answers run --cases out/cases --sets arithmetic --label NAME …
    python -m benchmarks.arithmetic table out/answers/NAME.jsonl
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.answers import read_rows
from rare_app.documents.tables import Table, write_table
from rare_app.numbers import figures_in

FILE = "tatqa_dataset_test_gold.json"
MOST_PARAGRAPHS = 4
_SEED = 34


def cases(folder: Path) -> Iterator[dict[str, Any]]:
    """Give the arithmetic questions of TAT-QA's test file, in an order drawn once."""
    found = []
    for record in json.loads((folder / FILE).read_text(encoding="utf-8")):
        text = written(record["table"]["table"])
        paragraphs = [part["text"] for part in record["paragraphs"]]
        for asked in record["questions"]:
            if asked["answer_type"] != "arithmetic":
                continue
            needed = [int(number) - 1 for number in asked["rel_paragraphs"]]
            order = dict.fromkeys([*needed, *range(len(paragraphs))])
            kept = sorted(list(order)[:MOST_PARAGRAPHS])
            answer = str(asked["answer"])
            found.append(
                {
                    "id": f"tatqa-{asked['uid']}",
                    "question": asked["question"],
                    "passages": [text, *(paragraphs[at] for at in kept)],
                    "answers": [f"{answer} {asked['scale']}".strip(), answer],
                    "needed": ["calculation"],
                }
            )
    Random(_SEED).shuffle(found)
    return iter(found)


def written(cells: Sequence[Sequence[object]]) -> str:
    """Write a data set's table as the reader writes tables."""
    rows = tuple(tuple(str(cell) for cell in row) for row in cells)
    return write_table(Table(rows=join_heads(rows, count_heads(rows)), heads=1))[0]


def count_heads(rows: Sequence[Sequence[str]]) -> int:
    """Count the first rows that name columns: years, or no figures."""
    for number, row in enumerate(rows):
        values = [value for cell in row[1:] for one in figures_in(cell) for value in one]
        if values and not all(1900 <= value <= 2100 for value in values):
            return max(1, number)
    return 1


def join_heads(rows: Sequence[Sequence[str]], heads: int) -> tuple[tuple[str, ...], ...]:
    """Write heads of several rows as one, as the reader does."""
    names = zip(*rows[:heads], strict=True)
    joined = tuple(" · ".join(dict.fromkeys(filter(None, column))) for column in names)
    return (joined, *map(tuple, rows[heads:]))


def is_right(answer: str, accepted: Sequence[str]) -> bool:
    """Whether an answer has a figure that is an accepted one, rounded as that is, sign apart."""
    wanted = [value for text in accepted for one in figures_in(text) for value in one]
    return any(
        abs(value - right) <= Decimal(1).scaleb(-_decimals(right)) / 2
        for one in figures_in(answer)
        for value in one
        for right in wanted
    )


def _decimals(value: Decimal) -> int:
    return len(f"{value:f}".partition(".")[2])


def report(rows: Sequence[dict[str, Any]]) -> str:
    """Sum up answers, a line a label."""
    lines = [
        "| label | cases | right | wrong, doubted | wrong | refused | with a calculation | "
        "worked out |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for label in dict.fromkeys(row["label"] for row in rows):
        own = [row for row in rows if row["label"] == label and "trouble" not in row]
        right = [
            row for row in own if not row["refused"] and is_right(row["answer"], row["accepted"])
        ]
        wrong = [row for row in own if not row["refused"] and row not in right]
        steps = [row.get("steps", []) for row in own]
        figures = [
            len(right),
            sum(row["doubtful"] for row in wrong),
            sum(not row["doubtful"] for row in wrong),
            sum(row["refused"] for row in own),
            sum(bool(one) for one in steps),
            sum(any(step["result"] for step in one) for one in steps),
        ]
        lines.append(f"| {label} | {len(own)} | {' | '.join(map(str, figures))} |")
    return "\n".join(lines)


def main() -> int:
    """Build cases, or sum up answers."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    commands = parser.add_subparsers(dest="command", required=True)
    made = commands.add_parser("build")
    made.add_argument("--data", type=Path, required=True)
    made.add_argument("--output", type=Path, required=True)
    made.add_argument("--first", type=int)
    told = commands.add_parser("table")
    told.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args()
    if options.command == "table":
        print(report([row for path in options.files for row in read_rows(path)]))
        return 0
    lines = [json.dumps(one, ensure_ascii=False) for one in cases(options.data)][: options.first]
    (options.output / "arithmetic.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
