"""What an answer comes to when one passage contradicts the one that answers; and what proof costs.

``python -m benchmarks.misleading CASES.jsonl… --output FILE [--items 200] [--skip N]`` answers each
case twice: as it is, and with its gold passage added once more with the answer's number, its name
or the sense of its sentence changed. A line a case goes to the file; cases that are in it already
are passed over, so that a long run can be taken up again. The summary tells how many answers are
right, wrong, abstained, shown as contradicted, said to be doubtful, and silently wrong: wrong, and
neither a conflict nor a doubt is shown.

``--given`` asks no model: it tells whether the conflict is found where the answer is the right one,
and where it is the changed one.

As each case is first answered with ``unsupported = mark``, the same run tells how many answers held
a claim that nothing supports before such answers were tried again or withheld, how many after,
and how many right answers that cost.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from benchmarks.proof import area
from rare_app.answer import Assistant
from rare_app.answer.decide import is_carried
from rare_app.checks import interval, token_f1
from rare_app.checks.score import holds
from rare_app.lab.evaluation import Case, given_passages, read_cases
from rare_app.lab.evaluation.misleading import mislead
from rare_app.log import quiet_environment
from rare_app.proof import Prover
from rare_app.services import open_services
from rare_app.settings import load_settings
from rare_app.types import Answer

RIGHT_FROM = 0.5
Row = dict[str, Any]
OUTCOMES = (
    "right",
    "abstained",
    "wrong, conflict shown",
    "wrong, said to be doubtful",
    "silently wrong",
)


def is_right(said: str, answers: Sequence[str]) -> bool:
    """Whether an answer is near a known one, holds one, or is held by one."""
    return token_f1(said, answers) >= RIGHT_FROM or (
        len(said) > 2 and any(holds(said, one) for one in answers)
    )


def told(answer: Answer, case: Case) -> Row:
    """Say what an answer came to."""
    right = answer.answered and is_right(answer.answer, case.answers)
    conflict = any(one.contradicted_by for one in answer.claims)
    return {
        "answer": answer.answer,
        "answered": answer.answered,
        "right": right,
        "conflict": conflict,
        "statuses": [one.status for one in answer.claims],
        "scores": [one.score for one in answer.claims],
        "withheld": answer.withheld,
        "expected": answer.expected,
        "confidence": answer.confidence,
        "doubtful": answer.doubtful,
        "seconds": answer.timings.total_s,
    }


def outcome(row: Row) -> str:
    """Name what an answer came to, one of five."""
    if not row["answered"]:
        return "abstained"
    if row["right"]:
        return "right"
    if row["conflict"]:
        return "wrong, conflict shown"
    return "wrong, said to be doubtful" if row.get("doubtful") else "silently wrong"


def share(values: Sequence[bool]) -> str:
    """Write a share with its interval."""
    low, high = interval([float(one) for one in values]) or (0.0, 0.0)
    mean = sum(values) / len(values) if values else 0.0
    return f"{mean:.1%} ({low:.0%}–{high:.0%})"


def summary(rows: Sequence[Row]) -> None:
    """Print the figures."""
    pairs = [one for one in rows if one.get("with")]
    print("| of all items | as it is | with a contradicting passage |")
    print("|---|---|---|")
    for name in OUTCOMES:
        cells = [share([outcome(one[way]) == name for one in pairs]) for way in ("plain", "with")]
        print(f"| {name} | {cells[0]} | {cells[1]} |")
    cells = [share([one[way]["conflict"] for one in pairs]) for way in ("plain", "with")]
    print(f"| conflict shown, whatever the answer | {cells[0]} | {cells[1]} |")
    misled = [
        outcome(one["with"]) == "silently wrong" and outcome(one["plain"]) == "right"
        for one in pairs
    ]
    print(f"{len(pairs)} items; right as it is and then silently wrong: {share(misled)}")
    for kind in ("number", "name", "negation"):
        own = [one for one in pairs if one["kind"] == kind]
        if own:
            silent = share([outcome(one["with"]) == "silently wrong" for one in own])
            shown = share([one["with"]["conflict"] for one in own])
            print(f"{kind}: {len(own)} items, conflict shown {shown}, silently wrong {silent}")
    answered = [one for one in rows if one["before"]["answered"]]
    before = [_unsupported(one["before"]) for one in answered]
    after = [_unsupported(one["plain"]) for one in answered if one["plain"]["answered"]]
    print(
        f"answers with a claim that no passage supports: before {share(before)} of {len(before)}, "
        f"after {share(after)} of {len(after)}"
    )
    right = [one for one in rows if one["before"]["right"]]
    lost = [not one["plain"]["right"] for one in right]
    gained = [one["plain"]["right"] and not one["before"]["right"] for one in rows]
    doubted = [one["plain"].get("doubtful", False) for one in right]
    print(f"right answers that are said to be doubtful: {share(doubted)}")
    known = [one["before"] for one in answered if one["before"].get("expected") is not None]
    expected = np.array([one["expected"] for one in known], dtype=float)
    rights = np.array([one["right"] for one in known], dtype=float)
    if 0 < rights.sum() < rights.size:
        roc = area(expected, rights)
        print(f"expected recall, right against wrong: area under ROC {roc:.3f} of {len(known)}")
    print(f"right answers lost: {share(lost)} of {len(lost)}; gained: {sum(gained)}")
    wrong = [one for one in answered if not one["before"]["right"]]
    gone = [not one["plain"]["answered"] for one in wrong]
    print(f"wrong answers withheld: {share(gone)} of {len(gone)}")


def _unsupported(row: Row) -> bool:
    return any(status == "unsupported" for status in row["statuses"])


def given(queue: Sequence[Case], answers: Sequence[str], *, items: int) -> None:
    """Print whether the conflict is found, were the answer the right or the changed one."""
    found: dict[str, list[tuple[bool, bool]]] = {}
    false = []
    for case in queue:
        made = mislead(case, answers=answers, chance=Random(case.id))
        if made is None or len(false) == items:
            continue
        plain = Prover(given_passages(case.passages or ()), question=case.question)
        false.append(bool(plain.prove(made.right).contradicted_by))
        misled = Prover(given_passages(made.case.passages or ()), question=case.question)
        told = [bool(misled.prove(one).contradicted_by) for one in (made.right, made.wrong)]
        found.setdefault(made.kind, []).append((told[0], told[1]))
    print("| changed | items | conflict shown at the right answer | at the changed one |")
    print("|---|---|---|---|")
    for kind, pairs in {**found, "all": [one for own in found.values() for one in own]}.items():
        cells = [share([pair[i] for pair in pairs]) for i in (0, 1)]
        print(f"| {kind} | {len(pairs)} | {' | '.join(cells)} |")
    print(f"without the added passage a conflict is shown for {share(false)}")


class Asker:
    """Answers a case as the app does, and as it would without a second try."""

    def __init__(self, home: Path | None) -> None:
        settings = load_settings(home=home)
        self.services = open_services(settings)
        self._numbers = self.services.engine.profile().confidence
        self._mark, self._quote = (
            Assistant(
                settings=replace(settings, unsupported=way),
                library=self.services.library,
                engine=self.services.engine,
            )
            for way in ("mark", "quote")
        )

    def ask(self, case: Case) -> tuple[Answer, Answer]:
        """Give the answer before and after it is tried again or withheld."""
        passages = given_passages(case.passages or ())
        before = self._mark.answer(case.question, passages=passages)
        if not before.answered or is_carried(before, case.question, self._numbers):
            return before, before
        return before, self._quote.answer(case.question, passages=passages)


def main() -> int:
    """Answer, keep, sum up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path, nargs="*")
    parser.add_argument("--output", type=Path, default=Path("misleading.jsonl"))
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--skip", type=int, default=0, help="items of each file")
    parser.add_argument("--home", type=Path)
    parser.add_argument(
        "--given", action="store_true", help="look at conflicts alone, without asking a model"
    )
    options = parser.parse_args()
    quiet_environment()
    kept = options.output
    rows = (
        [json.loads(one) for one in kept.read_text("utf-8").splitlines()] if kept.exists() else []
    )
    known = {one["id"] for one in rows}
    sets = [
        [one for one in read_cases(path) if one.answers and not one.choices][options.skip :]
        for path in options.cases
    ]
    answers = [one.answers[0] for cases in sets for one in cases]
    queue = [one for group in zip(*sets, strict=False) for one in group]
    done = len(rows)
    if options.given:
        given(queue, answers, items=options.items)
        return 0
    asker = Asker(options.home) if queue else None
    for case in queue:
        if done >= options.items or asker is None:
            break
        if case.id in known:
            continue
        made = mislead(case, answers=answers, chance=Random(case.id))
        if made is None:
            continue
        begun = time.perf_counter()
        before, plain = asker.ask(case)
        kind = made.kind
        _, changed = asker.ask(made.case)
        row = {
            "id": case.id,
            "question": case.question,
            "answers": list(case.answers),
            "kind": kind,
            "before": told(before, case),
            "plain": told(plain, case),
            "with": told(changed, case),
        }
        rows.append(row)
        done += 1
        with kept.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        spent = time.perf_counter() - begun
        print(
            f"{done} {kind}: {outcome(row['plain'])} → {outcome(row['with'])}, {spent:.0f} s",
            flush=True,
        )
    if asker is not None:
        asker.services.close()
    summary(rows)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
