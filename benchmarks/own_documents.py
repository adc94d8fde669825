"""Ask small documents of every kind four questions each, every set in a library of its own.

``python -m benchmarks.own_documents [FOLDER] [--sets NAME…] [--kept FILE] [--limit N]`` takes the
questions of ``benchmarks/own_documents/questions.csv``, or those of another folder, whose
sub-folders hold documents and an ``expected.md`` with a table of questions and right answers
(one that tells of a refusal means that the documents do not answer). Each sub-folder's files are
added to a fresh library; at most N new questions are asked; a line an answer goes to the file, so
that a run that was cut off goes on.

*Holds it* counts the answers with all words of the right value: whether an answer in other words
is right, its reader decides. *Reading* is checked without a model by
``tests/documents/test_own_documents.py``.
"""

import argparse
import csv
import json
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.asking import Row
from rare_app.log import quiet_environment
from rare_app.services import Services, services
from rare_app.settings import load_settings
from rare_app.types import Answer

DOCUMENTS = Path(__file__).with_suffix("")
_EXPECTED = "expected.md"


def questions_of(root: Path) -> list[Row]:
    """Read kind, folder, question and right value of all questions of a folder."""
    table = root / "questions.csv"
    if table.exists():
        with table.open(encoding="utf-8", newline="") as file:
            return [
                {name: row[name] for name in ("kind", "folder", "question", "right")}
                for row in csv.DictReader(file)
            ]
    return [
        {"kind": page.parent.name, "folder": page.parent.name, "question": asked, "right": right}
        for page in sorted(root.glob(f"*/{_EXPECTED}"))
        for asked, right in _rows(page.read_text("utf-8"))
    ]


def _rows(text: str) -> Iterator[tuple[str, str]]:
    """First two cells of each row of a Markdown table, a right value "" where it is a refusal."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    for line in lines[2:]:
        asked, right = (cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:3])
        yield asked, "" if "refuse" in right else right


def holds(answer: str, right: str) -> bool:
    """Whether an answer holds all words of a right value, what stands in brackets aside."""
    said = set(re.findall(r"[^\W_]+(?:[.,/-][^\W_]+)*", answer.casefold()))
    wanted = re.findall(r"[^\W_]+(?:[.,/-][^\W_]+)*", re.sub(r"\(.*?\)", "", right).casefold())
    return bool(wanted) and said.issuperset(wanted)


def describe(answer: Answer) -> Row:
    """Keep what is to be known of an answer."""
    return {
        "answered": answer.answered,
        "answer": answer.answer if answer.answered else "",
        "withheld": answer.withheld,
        "doubtful": answer.doubtful,
        "confidence": answer.confidence,
        "remarks": answer.remarks,
        "reasoning": answer.reasoning,
        "steps": [asdict(one) for one in answer.steps],
        "claims": [
            (
                one.text,
                one.status,
                [(cited.document, cited.page, cited.quote) for cited in one.citations],
            )
            for one in answer.claims
        ],
        "passages": [(one.document, one.page, one.head, one.text[:300]) for one in answer.passages],
        "decision": str(answer.decision),
        "seconds": round(answer.timings.total_s, 1),
    }


def _fill(app: Services, folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != _EXPECTED:
            report = app.library.add([path])
            for failed in report.failed:
                print(f"FAILED {failed.path}: {failed.reason}")


def ask(root: Path, asked: Sequence[Row], *, kept: Path, limit: int) -> list[Row]:
    """Ask what is not in a file yet, every folder in a library of its own."""
    rows: list[Row] = []
    if kept.exists():
        rows = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
    known = {(row["folder"], row["question"]) for row in rows}
    left = [row for row in asked if (row["folder"], row["question"]) not in known]
    left = left[:limit] if limit else left
    for name in dict.fromkeys(row["folder"] for row in left):
        with (
            tempfile.TemporaryDirectory() as home,
            services(load_settings(home=Path(home))) as app,
            kept.open("a", encoding="utf-8") as file,
        ):
            _fill(app, root / name)
            for one in (one for one in left if one["folder"] == name):
                start = time.monotonic()
                row = one | describe(app.assistant.answer(one["question"]))
                rows.append(row)
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                file.flush()
                print(
                    f"{name} | {row['question']}\n    right: {row['right'] or '(refuse)'}\n"
                    f"    said:  {row['answer'] or 'refused'} doubtful={row['doubtful']} "
                    f"({time.monotonic() - start:.0f} s)",
                    flush=True,
                )
    return rows


def summary(rows: Sequence[Row]) -> str:
    """Write a table, a line for each kind and one for all."""
    lines = [
        "| kind | n | holds it | rightly refused | other words, doubt told | other words, no doubt "
        "| wrongly refused | answered, should refuse (no doubt) |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kind in [*dict.fromkeys(row["kind"] for row in rows), "all"]:
        own = [row for row in rows if kind in (row["kind"], "all")]
        known = [row for row in own if row["right"]]
        other = [row for row in known if row["answered"] and not holds(row["answer"], row["right"])]
        open_ = [row for row in own if not row["right"]]
        said = [row for row in open_ if row["answered"]]
        cells = [
            kind,
            len(own),
            sum(row["answered"] and holds(row["answer"], row["right"]) for row in known),
            len(open_) - len(said),
            sum(row["doubtful"] for row in other),
            sum(not row["doubtful"] for row in other),
            sum(not row["answered"] for row in known),
            f"{len(said)} ({sum(not row['doubtful'] for row in said)})",
        ]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def main() -> int:
    """Ask, and tell what was answered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=DOCUMENTS)
    parser.add_argument("--sets", nargs="*", default=[])
    parser.add_argument("--kept", type=Path, default=Path("own_documents.jsonl"))
    parser.add_argument("--limit", type=int, default=0)
    options = parser.parse_args()
    quiet_environment()
    asked = questions_of(options.folder)
    asked = [row for row in asked if not options.sets or row["folder"] in options.sets]
    print(summary(ask(options.folder, asked, kept=options.kept, limit=options.limit)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
