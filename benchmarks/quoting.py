"""What constraint, guide and gate do to quotes and answers, and what they cost.

``python -m benchmarks.quoting CASES.jsonl… [--home DIR] [--skip N] [--limit N]`` answers every case
in each way of quoting, one after the other, so that the passages are read once and the machine's
noise meets all ways alike. It prints quality and the speed of writing for each file and way; with
``--kept FILE`` the log-odds of model and reader of each case go there, and ``--fit`` prints
what each setting of the gate would refuse.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from rare_app.answer import Assistant
from rare_app.answer.gate import Gate
from rare_app.checks.score import choice_of
from rare_app.lab.evaluation import CaseResult, evaluate, given_passages, read_cases, sum_up
from rare_app.lab.evaluation.passages import gold_places
from rare_app.log import quiet_environment
from rare_app.services import open_services
from rare_app.settings import load_settings
from rare_app.types import Decision

WAYS = {
    "free": {"quoting": "free"},
    "constrained": {"quoting": "constrained"},
    "guided": {"quoting": "guided", "gate": "off"},
    "gated": {"quoting": "guided", "gate": "on"},
}


def line(name: str, way: str, results: Sequence[CaseResult]) -> str:
    """Write the figures of one file and way."""
    figures = sum_up(results, seconds=0.0)
    spent = sum(
        one.answer.timings.total_s - (one.answer.timings.first_token_s or 0) for one in results
    )
    written = sum(one.answer.tokens.generated for one in results)
    shares = (
        figures.token_f1,
        figures.choice_accuracy,
        figures.abstained_when_answerable,
        figures.abstained_when_unanswerable,
        figures.quotes_verbatim,
        figures.evidence_recall,
    )
    shown = " ".join(f"{'–' if one is None else format(one, '.3f'):>9}" for one in shares)
    return f"{name:<30} {way:<12} {len(results):4} {shown} {written / max(spent, 1e-9):9.1f}"


def fit(kept: Path) -> None:
    """Print what each setting of the gate would bring, from a run that always quoted.

    Such a run is the way ``gated`` with a large ``RARE_GATE_NATS``. What was withheld after it
    was written counts as refused, too.
    """
    rows = [json.loads(one) for one in kept.read_text(encoding="utf-8").splitlines()]
    rows = [one for one in rows if one["decision"]]
    known_gate = Gate.of(load_settings())
    own = replace(known_gate, numbers=replace(known_gate.numbers, reader=0.0, offset=0.0))
    odds = np.array([own.total(Decision(**one["decision"])) for one in rows])
    reader = np.array([one["decision"]["reader_log_odds"] or 0.0 for one in rows])
    known = np.array([one["answerable"] for one in rows])
    scores = np.array([float(one["score"] or 0) for one in rows])
    stands = np.array([bool(one["answered"]) for one in rows])
    print(f"{len(rows)} cases, {known.sum()} of them answerable")
    print("reader  offset  answerable refused  unanswerable refused  score of the answerable")
    for weight in (0, 0.25, 0.5, 1, 2, 4):
        values = odds + weight * reader
        for share in (0.0, 0.02, 0.05, 0.1, 0.15, 0.2):
            offset = -float(np.quantile(values[known], share))
            quotes = (values + offset > 0) & stands
            right, wrong = 1 - quotes[known].mean(), 1 - quotes[~known].mean()
            score = (scores * quotes)[known].mean()
            print(f"{weight:6} {offset:7.2f} {right:19.1%} {wrong:21.1%} {score:24.3f}")


def main() -> int:
    """Answer, count and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path, nargs="*")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--ways", nargs="*", default=list(WAYS), choices=list(WAYS))
    parser.add_argument("--kept", type=Path, help="file for the numbers that the gate goes by")
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    if options.cases:
        measure(options)
    if options.fit and options.kept:
        fit(options.kept)
    return 0


def measure(options: argparse.Namespace) -> None:
    """Answer the cases of all files in all ways, a case of each file in turn."""
    quiet_environment()
    settings = load_settings(home=options.home)
    services = open_services(settings)
    ways = {
        way: Assistant(
            settings=replace(settings, **WAYS[way]),
            library=services.library,
            engine=services.engine,
        )
        for way in options.ways
    }
    cases = {
        path.stem: list(read_cases(path, limit=options.limit and options.skip + options.limit))
        for path in options.cases
    }
    results: dict[tuple[str, str], list[CaseResult]] = {}
    begun = time.perf_counter()
    longest = max(map(len, cases.values()))
    for number in range(options.skip, longest):
        for name, listed in cases.items():
            for case in listed[number : number + 1]:
                for way, assistant in ways.items():
                    found = results.setdefault((name, way), [])
                    evaluate([case], assistant=assistant, on_result=found.append)
                    if options.kept:
                        keep(options.kept, name=name, way=way, result=found[-1])
        print(f"{number + 1} of {longest}, {time.perf_counter() - begun:.0f} s", flush=True)
    head = "token-F1    choice abst.answ abst.unan  verbatim  evidence  tokens/s"
    print(f"{'':<30} {'':<12} {'n':>4}  {head}")
    for (name, way), found in results.items():
        print(line(name, way, found))
    services.close()


def keep(file: Path, *, name: str, way: str, result: CaseResult) -> None:
    """Add a line with what the gate went by and what came of it."""
    case, answer = result.case, result.answer
    gold = set(gold_places(case, given_passages(case.passages or ())))
    row = {
        "file": name,
        "way": way,
        "id": case.id,
        "answerable": bool(case.answers),
        "expects": case.answers[0] if case.choices and case.answers else None,
        "chosen": choice_of(answer.answer, case.choices) if case.choices else None,
        "quotes_gold": bool(gold & {one.passage for one in answer.quotes}) if gold else None,
        "answered": answer.answered,
        "answer": answer.answer,
        "withheld": answer.withheld,
        "expected": answer.expected,
        "confidence": answer.confidence,
        "doubtful": answer.doubtful,
        "quotes": [one.quote for one in answer.quotes],
        "score": result.choice_right if result.token_f1 is None else result.token_f1,
        "exact": result.exact_match,
        "evidence": result.evidence_found,
        "verbatim": len(answer.quotes),
        "invented": len(answer.invented_quotes),
        "generated": answer.tokens.generated,
        "seconds": answer.timings.total_s - (answer.timings.first_token_s or 0),
        "decision": answer.decision and asdict(answer.decision),
    }
    with file.open("a", encoding="utf-8") as kept:
        kept.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
