"""The command that scores answers to known questions."""

import argparse
import contextlib
import sys
from dataclasses import asdict
from pathlib import Path
from typing import IO

from rare_app.commands.types import Declare, positive, write_json
from rare_app.errors import UserError
from rare_app.settings import Settings


def declare(
    command: Declare, *, within: argparse.ArgumentParser, reading: argparse.ArgumentParser
) -> None:
    """Declare the command."""
    one = command("evaluate", _evaluate, "Score answers to known questions.", within, reading)
    one.add_argument(
        "cases",
        metavar="CASES",
        help="JSON Lines, or a CSV file with the columns question, answer, source",
    )
    one.add_argument("--limit", type=positive, help="take the first cases only")
    one.add_argument(
        "--output", metavar="FILE", help="keep each case's full answer (as CSV for a CSV file)"
    )


def _evaluate(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.lab.evaluation import CaseResult, case_data, evaluate, figures_data, read_cases
    from rare_app.services import services

    if options.cases.lower().endswith((".csv", ".tsv")):
        return _evaluate_list(options, settings, out)
    # All cases are read first: a bad line is told at once, not after hours.
    cases = list(read_cases(Path(options.cases), limit=options.limit))
    with contextlib.ExitStack() as stack:
        kept = None
        if options.output:
            try:
                kept = stack.enter_context(Path(options.output).open("w", encoding="utf-8"))
            except OSError as error:
                raise UserError(
                    f"“{options.output}” cannot be written ({error.strerror}): name another file."
                ) from error
        done = 0

        def tell(result: CaseResult) -> None:
            nonlocal done
            done += 1
            if result.answer.notice:
                print(result.answer.notice, file=sys.stderr)
            print(f"\r{done} cases", end="", file=sys.stderr, flush=True)
            if kept is not None:
                write_json(kept, case_data(result))

        opened = stack.enter_context(services(settings))
        figures = evaluate(
            cases,
            assistant=opened.assistant,
            collection=options.collection,
            model=options.model,
            adapter=options.adapter,
            memory=options.memory == "on",
            on_result=tell,
        )
        print(file=sys.stderr)
    data = figures_data(figures)
    if options.json:
        write_json(out, data)
    else:
        for name, value in data.items():
            out.write(f"{name}: {value}\n")
    return 0


def _evaluate_list(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.checks import check_list, read_question_list, results_csv, sum_up_list
    from rare_app.present import list_result_data
    from rare_app.services import services

    questions = read_question_list(Path(options.cases))[: options.limit]
    results = []
    with services(settings) as opened:
        for result in check_list(
            questions,
            library=opened.library,
            assistant=opened.assistant,
            collection=options.collection,
            passages=settings.passages,
            model=options.model,
            adapter=options.adapter,
        ):
            results.append(result)
            print(f"\r{len(results)} of {len(questions)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    if options.output:
        try:
            path = Path(options.output)
            path.write_text(results_csv(results), encoding="utf-8-sig", newline="")
        except OSError as error:
            raise UserError(
                f"“{options.output}” cannot be written ({error.strerror}): name another file."
            ) from error
    figures = sum_up_list(results)
    missed = [list_result_data(one) for one in results if one.missed]
    if options.json:
        data = {"questions": len(results), "figures": list(map(asdict, figures)), "missed": missed}
        write_json(out, data)
        return 0
    for one in figures:
        out.write(f"{one.name}: {one.value:.2f} ({one.low:.2f}–{one.high:.2f}, {one.questions})\n")
    for miss in missed:
        found = ", ".join(miss["found"][:3]) or "nothing"
        out.write(f"missed {' and '.join(miss['missed'])}: {miss['question']}\n")
        out.write(f"  answer: {miss['answer']}\n  found: {found}\n")
    return 0
