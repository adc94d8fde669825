"""Questions that need a step: is more of them right with it, and is it taken where it should be.

``build`` writes cases (:mod:`benchmarks.steps_cases`), ``benchmarks.answers run`` answers them
without and with steps under two labels, ``table`` compares the labels. ``ask`` asks the own
questions over a library of their documents and writes a sheet for the person who judges the
answers; ``judge`` sums up what that person has written, a line ``{"id": "steps-01", "judgement":
"right"}`` a question (or ``partly``, ``wrong``, ``refused``)::

    python -m benchmarks.steps build --data DATA --output out/cases
    python -m benchmarks.answers run --cases out/cases --sets steps_finqa,steps_own --label NAME …
    python -m benchmarks.steps table --cases out/cases out/answers/{BEFORE,NAME}.jsonl
    python -m benchmarks.steps ask --kept out/steps.jsonl
    python -m benchmarks.steps judge --kept out/steps.jsonl judgements.jsonl
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks import arithmetic, own_documents
from benchmarks.answers import read_rows
from benchmarks.answers_table import Value, report
from benchmarks.asking import share
from benchmarks.steps_cases import DOCUMENTS, Row, all_cases, read_questions
from rare_app.errors import UserError
from rare_app.log import quiet_environment
from rare_app.numbers import figures_in

KINDS = ("calculation", "search")
JUDGEMENTS = ("right", "partly", "wrong", "refused")


def build(data: Path, output: Path) -> None:
    """Write a file of cases for each set."""
    output.mkdir(parents=True, exist_ok=True)
    for name, cases in all_cases(data):
        lines = [json.dumps(one, ensure_ascii=False) + "\n" for one in cases]
        (output / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
        print(f"{len(cases)} cases in {name}.jsonl")


def is_right(row: Row) -> bool:
    """Whether an answer is right, as its case says.

    A choice is the right one; an own question's answer holds all that it must; where a calculation
    is needed, the figure is right; everything else holds the words of an accepted answer.
    """
    if row["refused"]:
        return False
    if row["choice_right"] is not None:
        return bool(row["choice_right"])
    if row.get("must"):
        return not missing(row["answer"], row["must"])
    if "calculation" in row["needed"]:
        return arithmetic.is_right(row["answer"], row["accepted"])
    return bool(row["answer_recall"])


def missing(answer: str, must: Sequence[str]) -> list[str]:
    """Give what an answer must hold and does not; ``|`` stands between ways to write it."""
    said = {value for one in figures_in(answer) for value in one}
    words = set(re.findall(r"[^\W\d_]+", answer.casefold()))

    def holds(text: str) -> bool:
        figures, wanted = figures_in(text), re.findall(r"[^\W\d_]+", text.casefold())
        if not figures and not wanted:  # a date in digits is no number
            return text in answer
        return all(one & said for one in figures) and words.issuperset(wanted)

    return [one for one in must if not any(map(holds, one.split("|")))]


def join(rows: Sequence[Row], cases: Path) -> list[Row]:
    """Add to each answer what its case says of it.

    Raises
    ------
    UserError
        An answer's case is not in the folder.
    """
    told = {
        (path.stem, one["id"], one["question"]): one
        for path in sorted(cases.glob("*.jsonl"))
        for one in read_rows(path)
        if "needed" in one
    }
    joined = []
    for row in rows:
        case = told.get((row["set"], row["id"], row["question"]))
        if case is None:
            raise UserError(f"{cases} has no case {row['id']} of {row['set']} that says its steps.")
        joined.append({**row, "needed": case["needed"], "must": case.get("must")})
    return joined


def _steps(row: Mapping[str, object], kind: str) -> list[Row]:
    steps = row.get("steps") or []
    return [one for one in steps if one["kind"] == kind] if isinstance(steps, list) else []


def _taken(kind: str, *, needed: bool) -> Value:
    return lambda row: float(bool(_steps(row, kind))) if (kind in row["needed"]) is needed else None


def _well_formed(kind: str) -> Value:
    def share_of(row: Mapping[str, object]) -> float | None:
        steps = _steps(row, kind)
        return sum(not one["trouble"] for one in steps) / len(steps) if steps else None

    return share_of


def _right_where_taken(row: Mapping[str, object]) -> float | None:
    done = [one for kind in KINDS for one in _steps(row, kind) if not one["trouble"]]
    return float(bool(row["right"])) if done else None


def _if(condition: Callable[[Row], bool]) -> Value:
    return lambda row: float(condition(dict(row)))


MEASURES: dict[str, Value] = {
    "right": _if(lambda row: row["right"]),
    "wrong, no doubt": _if(lambda row: not (row["right"] or row["refused"] or row["doubtful"])),
    "refused": _if(lambda row: row["refused"]),
    "right after a step": _right_where_taken,
} | {
    name: measure
    for kind in KINDS
    for name, measure in (
        (f"{kind} where needed", _taken(kind, needed=True)),
        (f"{kind} where not needed", _taken(kind, needed=False)),
        (f"{kind} well-formed", _well_formed(kind)),
    )
}
"""What an answer counts for each figure; ``None`` where the figure does not apply."""


def table(rows: Sequence[Row], cases: Path) -> str:
    """Sum up answers by set and label, and compare each two labels, with 95% intervals."""
    joined = join(rows, cases)
    told = [row if "trouble" in row else {**row, "right": is_right(row)} for row in joined]
    return report(told, MEASURES)


def ask(kept: Path, limit: int) -> None:
    """Ask what is not answered yet, and write a sheet beside the answers."""
    asked = [
        {name: one[name] for name in ("id", "kind", "language", "question", "right")}
        | {"folder": DOCUMENTS.name}
        for one in read_questions()
    ]
    rows = own_documents.ask(DOCUMENTS.parent, asked, kept=kept, limit=limit)
    kept.with_suffix(".md").write_text(sheet(rows), encoding="utf-8")


def sheet(rows: Sequence[Row]) -> str:
    """Write what a person needs to judge each answer, a line each."""
    questions = {one["id"]: one for one in read_questions()}
    parts = []
    for row in rows:
        asked = questions[row["id"]]
        lacks = missing(row["answer"], asked["must"])
        cited = [one for _, _, citations in row["claims"] for one in citations]
        told = {
            "right": asked["right"],
            "a wrong answer": asked["wrong"],
            "answer": row["answer"] or "(refused)",
            "does not hold": ", ".join(lacks) or "–",
            "doubtful": "yes" if row["doubtful"] else "no",
            "remarks": row["remarks"] or "–",
            "reasoning": row["reasoning"],
            "steps": "; ".join(map(_step_line, row["steps"])) or "–",
            "citations": "; ".join(f"{name} {page}: “{quote}”" for name, page, quote in cited),
        }
        lines = [f"- {name}: {' '.join(str(text).split())}" for name, text in told.items()]
        parts.append("\n".join([f"## {row['id']} ({row['kind']}): {row['question']}", "", *lines]))
    return "\n\n".join(parts) + "\n"


def _step_line(step: Row) -> str:
    came = step["result"] or step["trouble"] or f"{len(step['passages'])} passages"
    return f"{step['kind']} “{step['text']}”: {came}"


def judge(rows: Sequence[Row], judgements: Sequence[Row]) -> str:
    """Sum up a person's judgements, a line a kind and a language.

    An answer that was refused needs none.

    Raises
    ------
    UserError
        A judgement is none of :data:`JUDGEMENTS`, or its question was not asked.
    """
    given = {one["id"]: one["judgement"] for one in judgements}
    if unknown := sorted({*given} - {row["id"] for row in rows}):
        raise UserError(f"Judged but not asked: {', '.join(unknown)}.")
    if others := sorted({*given.values()} - {*JUDGEMENTS}):
        raise UserError(f"“{others[0]}” is no judgement: {', '.join(JUDGEMENTS)}.")
    lines = [
        "| questions | judged | right | partly | wrong, doubt told | wrong, no doubt | refused |",
        "|---|---|---|---|---|---|---|",
    ]
    kinds = dict.fromkeys(row["kind"] for row in rows)
    groups = [(kind, "kind", kind) for kind in kinds]
    groups += [("English", "language", "en"), ("German", "language", "de")]
    for name, column, value in [*groups, ("all", "", "")]:
        own = [row for row in rows if not column or row[column] == value]
        found = [
            ("refused" if not row["answered"] else given[row["id"]], row["doubtful"])
            for row in own
            if not row["answered"] or row["id"] in given
        ]
        if found:
            chosen = [
                [one == "right" for one, _ in found],
                [one == "partly" for one, _ in found],
                [one == "wrong" and doubtful for one, doubtful in found],
                [one == "wrong" and not doubtful for one, doubtful in found],
                [one == "refused" for one, _ in found],
            ]
            cells = [f"{sum(one)}: {share(one)}" for one in chosen]
            lines.append(f"| {name} | {len(found)} of {len(own)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; exit status 1 for what can be mended."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    commands = parser.add_subparsers(dest="command", required=True)
    made = commands.add_parser("build", help="write the cases")
    made.add_argument("--data", type=Path, required=True)
    made.add_argument("--output", type=Path, required=True)
    told = commands.add_parser("table", help="sum up files of answers")
    told.add_argument("--cases", type=Path, required=True)
    told.add_argument("files", nargs="+", type=Path)
    asked = commands.add_parser("ask", help="ask the own questions that are not answered yet")
    asked.add_argument("--kept", type=Path, required=True)
    asked.add_argument("--limit", type=int, default=0, help="ask so many only")
    judged = commands.add_parser("judge", help="sum up judgements")
    judged.add_argument("--kept", type=Path, required=True)
    judged.add_argument("judgements", type=Path)
    options = parser.parse_args(arguments)
    quiet_environment()
    try:
        if options.command == "build":
            build(options.data, options.output)
        elif options.command == "table":
            rows = [row for path in options.files for row in read_rows(path)]
            print(table(rows, options.cases))
        elif options.command == "ask":
            ask(options.kept, options.limit)
        else:
            print(judge(read_rows(options.kept), read_rows(options.judgements)))
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
