"""Ask real filings for figures of their tables, and count the answers that are right.

``python -m benchmarks.tables FOLDER [--sets "held out once"] [--kept FILE] [--home HOME]`` adds the
PDF files of a folder as a user would, asks the questions of ``benchmarks/table_questions.csv``
(columns ``set``, ``question``, ``keys``) and tells how many answers are the figure that is asked
for and no other, how many are wrong, refused, or said to be doubtful. Keys are parted by ``|``; a
question without keys is one that the filings do not answer. A line an answer goes to the file, so
that a run that was cut off goes on.

The questions were written from the pages of three 10-Q filings (Microsoft, Intel) before they were
asked: those *tried on* while tables were learned to be read, those *mended after* once they had
been asked, and those *held out once*, whose first answers nothing had been chosen on.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from benchmarks.asking import Row, run, share
from rare_app.types import Answer

QUESTIONS = Path(__file__).with_name("table_questions.csv")
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
_FORMULA = re.compile(r" \(.* [-+/] .*\)$")


def figures_in(text: str) -> list[str]:
    """List the figures of a text, zeros behind the point left out."""
    found = (one.rstrip(",") for one in _FIGURE.findall(text))
    return [one.rstrip("0").rstrip(".") if "." in one else one for one in found]


def is_right(answer: str, keys: Sequence[str]) -> bool:
    """Whether an answer holds one figure, and that is a key's; a formula behind it aside."""
    said = figures_in(_FORMULA.sub("", answer))
    return len(said) == 1 and any(said == figures_in(key) for key in keys)


def measure(answer: Answer, keys: Sequence[str]) -> Row:
    """Tell whether a passage holds one of the keys."""
    return {"shown": any(key in one.text for one in answer.passages for key in keys)}


def summary(rows: Sequence[Row]) -> str:
    """Write a table, a line for each set."""
    lines = [
        "| set | n | figure shown | right | wrong, not said to be doubtful | refused |",
        "|---|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(row["set"] for row in rows):
        own = [row for row in rows if row["set"] == name]
        right = [is_right(row["answer"], row["keys"]) for row in own]
        silent = [
            bool(row["answer"]) and not good and not row["doubtful"]
            for row, good in zip(own, right, strict=True)
        ]
        told = bool(own[0]["keys"])
        cells = [
            name,
            str(len(own)),
            share([row["shown"] for row in own]) if told else "–",
            share(right) if told else "–",
            share(silent),
            share([not row["answer"] for row in own]),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> int:
    """Ask, and tell how many figures are right."""
    return run(
        __doc__ or "",
        QUESTIONS,
        [],
        measure=measure,
        summary=summary,
        kept="tables.jsonl",
    )


if __name__ == "__main__":
    raise SystemExit(main())
