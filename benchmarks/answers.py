"""Answer the validation cases through the app, a line a case, and compare states of it.

``build`` writes the cases, ``run`` answers them and goes on after any stop, ``table`` sums up::

    python -m benchmarks.answers build --data DATA --output out/cases
    python -m benchmarks.answers run --cases out/cases --first 100 --label NAME --output out/answers
    python -m benchmarks.answers table out/answers/*.jsonl
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import zip_longest
from pathlib import Path
from typing import Any

from benchmarks.answers_table import case_key, report
from benchmarks.language_questions import language_cases
from rare_app.answer import Assistant, choice_of
from rare_app.errors import UserError
from rare_app.lab.evaluation import (
    Case,
    Embed,
    given_passages,
    held_back,
    read_cases,
    score_case,
    whole_lines,
)
from rare_app.log import quiet_environment
from rare_app.services import services
from rare_app.settings import load_settings
from rare_app.types import Answer

Row = dict[str, Any]


def build(data: Path, output: Path, names: Sequence[str] = ()) -> None:
    """Write a file of cases for each set: those of ``tune examples``, and the language questions.

    Parameters
    ----------
    data : Path
        Folder with a folder for each data set.
    names : sequence of str
        Data sets; empty for all that have validation cases.
    """
    from rare_app.lab.tuning.cases import write_cases
    from rare_app.lab.tuning.examples import write_all_cases
    from rare_app.lab.tuning.neighbours import cached_embed, minilm_embed
    from rare_app.lab.tuning.readers import read_sets

    items = [item for own in read_sets(data, names).values() for item in own]
    write_all_cases(
        [item for item in items if item.split == "validation"],
        output=output,
        embed=cached_embed(folder=output, embed=minilm_embed()),
        say=print,
    )
    for name, cases in language_cases().items():
        write_cases(output / f"{name}.jsonl", cases)
        print(f"{len(cases)} cases in {name}.jsonl")


def take_in_turn(sets: Mapping[str, Sequence[Case]]) -> Iterator[tuple[str, Case]]:
    """Give the first case of each set, then the second of each: a stopped run is even."""
    for row in zip_longest(*sets.values()):
        for name, case in zip(sets, row, strict=True):
            if case is not None:
                yield name, case


def read_rows(path: Path) -> list[Row]:
    """Read the answers so far."""
    return [json.loads(line) for line in whole_lines(path)]


def answer_all(
    sets: Mapping[str, Sequence[Case]],
    *,
    assistant: Assistant,
    output: Path,
    label: str,
    options: Row,
    embed: Embed | None = None,
    seconds: float | None = None,
) -> int:
    """Answer what is not in the label's file yet, a line an answer.

    Parameters
    ----------
    options : dict
        For :meth:`Assistant.answer`; a label's file has answers of one choice of them.
    embed : callable, optional
        Looks through passages that are held back until they are searched for.
    seconds : float, optional
        No case is begun after so long.

    Returns
    -------
    int
        How many cases are left.

    Raises
    ------
    UserError
        The file has answers with other options, or nothing can be asked.
    """
    output.mkdir(parents=True, exist_ok=True)
    path, begun = output / f"{label}.jsonl", time.monotonic()
    rows = read_rows(path)
    if any(row["options"] != options for row in rows):
        raise UserError(f"{path} has answers with other options: name another label.")
    done = {case_key(row) for row in rows}
    left = [
        (name, case)
        for name, case in take_in_turn(sets)
        if (name, case.id, case.question) not in done
    ]
    with path.open("a", encoding="utf-8") as file:
        for number, (name, case) in enumerate(left):
            if seconds is not None and time.monotonic() - begun > seconds:
                return len(left) - number
            try:
                row = ask(assistant, case, options, embed)
            except UserError as error:
                if number == 0:  # nothing has gone well yet: it is not this case alone
                    raise
                row = {"trouble": str(error)}
            row = {"label": label, "set": name, "id": case.id, "options": options, **row}
            row["question"] = case.question
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            file.flush()
            took = row.get("timings", {}).get("total_s", 0.0)
            said = " ".join(row.get("answer", row.get("trouble", "")).split())[:80]
            print(f"{number + 1}/{len(left)} {name} {took:.1f} s: {said}", flush=True)
    return 0


def ask(
    assistant: Assistant, case: Case, options: Mapping[str, Any], embed: Embed | None = None
) -> Row:
    """Answer one case over its own passages, and score it."""
    answer = assistant.answer(
        case.question,
        passages=given_passages(case.passages or ()),
        choices=case.choices or (),
        more=held_back(case, embed) if embed else None,
        **options,
    )
    return measure(case, answer)


def measure(case: Case, answer: Answer) -> Row:
    """Tell what is to be known of an answer; scores that do not apply are ``None``."""
    scores = score_case(case, answer)
    decision = answer.decision
    return {
        "answerable": bool(case.answers),
        "accepted": list(case.answers),
        "refused": not answer.answered,
        "answer": answer.answer,
        "reasoning": answer.reasoning,
        "choice": choice_of(answer.choice or answer.said, case.choices) if case.choices else None,
        "token_f1": scores.token_f1,
        "answer_recall": scores.answer_recall,
        "exact_match": scores.exact_match,
        "choice_right": scores.choice_right,
        "evidence_found": scores.evidence_found,
        "decision": None if decision is None else asdict(decision),
        "expected": answer.expected,
        "confidence": answer.confidence,
        "signs": answer.signs,
        "doubtful": answer.doubtful,
        "withheld": answer.withheld,
        "status": [one.status for one in answer.claims],
        "quotes": len(answer.quotes),
        "invented": len(answer.invented_quotes),
        "steps": [asdict(one) for one in answer.steps],
        "timings": asdict(answer.timings),
        "tokens": asdict(answer.tokens),
        "model": answer.model,
        "adapter": answer.adapter,
    }


def find_cases(folder: Path, names: Sequence[str], first: int | None) -> dict[str, list[Case]]:
    """Read the sets of a folder, in the order that they are named in.

    Raises
    ------
    UserError
        A set is not there.
    """
    there = sorted(path.stem for path in folder.glob("*.jsonl"))
    for name in names or there:
        if name not in there:
            raise UserError(f"{folder} has no set “{name}”: {', '.join(there) or 'none'}.")
    return {
        name: list(read_cases(folder / f"{name}.jsonl", limit=first)) for name in names or there
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; exit status 1 where cases are left, or for what can be mended."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    commands = parser.add_subparsers(dest="command", required=True)
    made = commands.add_parser("build", help="write the cases")
    made.add_argument("--data", type=Path, required=True)
    made.add_argument("--output", type=Path, required=True)
    made.add_argument("--set", action="append", default=[], dest="names", help="this data set")
    asked = commands.add_parser("run", help="answer what is not answered yet")
    asked.add_argument("--cases", type=Path, required=True)
    asked.add_argument("--output", type=Path, required=True)
    asked.add_argument("--label", required=True, help="names the file of answers")
    asked.add_argument("--sets", default="", metavar="A,B", help="default: all of the folder")
    asked.add_argument("--first", type=int, help="take each set's first cases only")
    asked.add_argument("--seconds", type=float, help="begin no case after so long")
    asked.add_argument("--model", default="")
    asked.add_argument("--adapter", default="", metavar="NAME|none")
    asked.add_argument("--quoting", default="", choices=("guided", "constrained", "free"))
    asked.add_argument("--memory", choices=("on", "off"), default="on")
    asked.add_argument("--home", type=Path, help="folder of the memory (default: RARE_HOME)")
    told = commands.add_parser("table", help="sum up files of answers")
    told.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args(arguments)
    quiet_environment()
    try:
        if options.command == "build":
            build(options.data, options.output, options.names)
        elif options.command == "table":
            print(report([row for path in options.files for row in read_rows(path)]))
        else:
            return _run(options)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run(options: argparse.Namespace) -> int:
    names = [name.strip() for name in options.sets.split(",") if name.strip()]
    sets = find_cases(options.cases, names, options.first)
    how = {name: getattr(options, name) for name in ("model", "adapter", "quoting")}
    with services(load_settings(home=options.home)) as opened:
        left = answer_all(
            sets,
            assistant=opened.assistant,
            embed=opened.library.embedder.embed,
            output=options.output,
            label=options.label,
            options={**how, "memory": options.memory == "on"},
            seconds=options.seconds,
        )
    print(f"{left} cases are left")
    return int(left > 0)


if __name__ == "__main__":
    raise SystemExit(main())
