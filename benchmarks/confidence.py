"""How far the confidence in an answer can be relied on; fits its weights.

``python -m benchmarks.confidence KEPT… --cases CASES.jsonl… [--fit 100 200]`` reads what
``benchmarks.quoting --kept`` has written of runs that always quoted (``RARE_GATE_NATS=1000``),
applies the settings' gate, and takes the answers that are left. The weights are fitted on the cases
of each file whose numbers are in the range of ``--fit``, and all that is printed beside them is of
the other cases: how many right answers, wrong answers and answers to unanswerable questions each
bound calls doubtful, the areas under ROC, and the share of right answers for eight equal parts of
the confidence. An answer is right from a token-F1 of 0.5 on, or if it holds a known one or is held
by it.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from benchmarks.misleading import is_right
from benchmarks.proof import area
from rare_app.answer.gate import Gate
from rare_app.lab.evaluation import read_cases
from rare_app.proof.confidence import logit
from rare_app.settings import Settings, load_settings
from rare_app.types import Decision

BOUNDS = (0.3, 0.35, 0.38, 0.4, 0.45, 0.5, 0.55, 0.6)
PARTS = 8


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer that was shown: what is known of it, and what it was."""

    signs: tuple[float, float, float]
    right: bool
    answerable: bool
    fitted: bool


def read_answers(
    kept: Sequence[Path], cases: Sequence[Path], *, fit: tuple[int, int], settings: Settings
) -> list[Judged]:
    """Read the answers that the gate and the bound of withholding let through."""
    known = {(path.stem, case.id): case.answers for path in cases for case in read_cases(path)}
    judged: list[Judged] = []
    number: dict[str, int] = {}
    for path in kept:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            place = number[row["file"]] = number.get(row["file"], -1) + 1
            if not _is_shown(row, settings):
                continue
            decision = row["decision"]
            odds = (decision["log_odds"], decision["reader_log_odds"])
            judged.append(
                Judged(
                    (logit(row["expected"]), *odds),
                    right=row["answerable"]
                    and is_right(row["answer"], known[row["file"], row["id"]]),
                    answerable=row["answerable"],
                    fitted=fit[0] <= place < fit[1],
                )
            )
    return judged


def _is_shown(row: dict[str, Any], settings: Settings) -> bool:
    if not row["answered"] or row["expected"] is None or row["decision"] is None:
        return False
    odds = Gate.of(settings).total(Decision(**row["decision"]))
    return bool(odds > 0 and row["expected"] >= settings.withhold_below)


def fit_weights(
    signs: NDArray[np.float64], right: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], float]:
    """Fit a logistic regression; gives weights and constant."""
    model = LogisticRegression(C=10, max_iter=1000).fit(signs, right)
    return model.coef_[0], float(model.intercept_[0])


def main() -> int:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kept", type=Path, nargs="+")
    parser.add_argument("--cases", type=Path, nargs="+", required=True)
    parser.add_argument("--fit", type=int, nargs=2, default=(100, 200))
    options = parser.parse_args()
    judged = read_answers(
        options.kept, options.cases, fit=tuple(options.fit), settings=load_settings()
    )
    print(report(judged))
    return 0


def report(judged: Sequence[Judged]) -> str:
    """Fit on one part; write the weights and what they do on the other."""
    fitted = np.array([one.fitted for one in judged])
    signs = np.array([one.signs for one in judged])
    right = np.array([one.right for one in judged])
    answerable = np.array([one.answerable for one in judged])
    weights, bias = fit_weights(signs[fitted], right[fitted])
    alone, bias_alone = fit_weights(signs[fitted, :1], right[fitted])
    lines = [
        f"fitted on {fitted.sum()}: expected {weights[0]:.3f}, model {weights[1]:.3f}, reader "
        f"{weights[2]:.3f}, constant {bias:.3f}; alone: {alone[0]:.3f}, {bias_alone:.3f}"
    ]
    likely = 1 / (1 + np.exp(-(signs[~fitted] @ weights + bias)))
    was, could = right[~fitted], answerable[~fitted]
    for name, other in (("wrong", could & ~was), ("to unanswerable questions", ~could)):
        these = was | other
        for sign, values in (("confidence", likely), ("expected recall", signs[~fitted, 0])):
            told = area(values[these], was[these].astype(np.float64))
            lines.append(f"right against {name}, area under ROC by {sign}: {told:.3f}")
    lines += [
        "",
        "| below | right | wrong | to unanswerable questions | right, of those above |",
        "|---|---|---|---|---|",
    ]
    for bound in BOUNDS:
        low = likely < bound
        lines.append(
            f"| {bound} | {low[was].mean():.1%} | {low[could & ~was].mean():.1%} | "
            f"{low[~could].mean():.1%} | {was[~low].mean():.1%} |"
        )
    lines += ["", "| confidence | answers | right |", "|---|---|---|"]
    for part in np.array_split(np.argsort(likely), PARTS):
        lines.append(f"| {likely[part].mean():.2f} | {len(part)} | {was[part].mean():.2f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
