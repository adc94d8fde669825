"""Ask documents whether something is so, and count the answers that say yes or no rightly.

``python -m benchmarks.whether [FOLDER] [--sets second] [--kept FILE] [--home HOME]`` adds the
documents of ``benchmarks/list_documents``, three licences (``benchmarks/whether_documents``) and
the PDF files of a folder, asks the questions of ``benchmarks/whether_questions.csv`` (columns
``set``, ``question``, ``keys``) and tells how many answers say the right one of yes and no, how
many show just the sentence that says it, and how many say or show something else. The first key is
the right answer, one of the others must stand in the sentence; a question without keys is one that
the documents do not answer. A line an answer goes to the file, so that a run that was cut off goes
on.

*tried on* was looked at while yes and no were learned to be told, a part of *first*, too. *second*
and *filings* (which needs the folder of the filings) were written before they were asked; rules
were mended after (docs/quoting-tried.md has their first runs).
"""

import re
from collections.abc import Sequence
from pathlib import Path

from benchmarks.asking import Row, run, share
from rare_app.reasoning import Answer

QUESTIONS = Path(__file__).with_name("whether_questions.csv")
DOCUMENTS = (
    Path(__file__).with_name("list_documents"),
    Path(__file__).with_name("whether_documents"),
)
_SAID = re.compile(r"^\W*(yes|no)\b(?!\s+\w+ (?:is|are)\b)", re.IGNORECASE)


def outcome(answer: str, keys: Sequence[str]) -> str:
    """Tell what an answer came to.

    Returns
    -------
    str
        ``right`` or ``wrong`` where it says yes or no; ``words`` where it shows the sentence that
        says it, else ``other``; ``refused`` for an empty one.
    """
    if not answer:
        return "refused"
    said = _SAID.match(answer)
    if said and keys:
        return "right" if said[1].lower() == keys[0] else "wrong"
    shown = " ".join(answer.lower().split())
    held = any(" ".join(key.lower().split()) in shown for key in keys[1:])
    return "words" if held else "other"


def measure(answer: Answer, keys: Sequence[str]) -> Row:
    """Say what the answer came to."""
    text = answer.answer if answer.answered else ""
    return {"outcome": outcome(text, keys), "seconds": round(answer.timings.total_s, 2)}


def summary(rows: Sequence[Row]) -> str:
    """Write a table, a line for each set."""
    lines = [
        "| set | n | yes or no, rightly | the sentence that says it | yes or no, wrongly |"
        " wrong or another sentence, not said to be doubtful | refused |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(row["set"] for row in rows):
        own = [row for row in rows if row["set"] == name]
        silent = [row["outcome"] in ("wrong", "other") and not row["doubtful"] for row in own]
        cells = [name, str(len(own))]
        cells += [share([row["outcome"] == one for row in own]) for one in ("right", "words")]
        cells.append(share([row["outcome"] == "wrong" for row in own]))
        cells += [share(silent), share([row["outcome"] == "refused" for row in own])]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> int:
    """Ask, and tell how many answers are right."""
    return run(
        __doc__ or "",
        QUESTIONS,
        DOCUMENTS,
        measure=measure,
        summary=summary,
        kept="whether.jsonl",
    )


if __name__ == "__main__":
    raise SystemExit(main())
