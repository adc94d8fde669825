"""How far the confidence in an answer can be relied on; fits its weights.

``python -m benchmarks.confidence [ANSWERS.jsonl] [--signs expected,reader,carried]`` reads answers
of ``benchmarks.answers run`` from a run that always answered and withheld nothing
(``RARE_GATE_NATS=1000 RARE_UNSUPPORTED=mark``); without a file those that the standard model's
profile was fitted on (:data:`KEPT`, the first 42 to 57 cases of five sets). It prints the weights,
and what they do: each answer is judged by a fit on the other four fifths. An answer is right that
holds all words of a known one, or has a token-F1 of 0.5.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from benchmarks.proof import area

KEPT = Path(__file__).with_name("confidence_signs.jsonl")
SIGNS = ("expected", "reader", "carried")
BOUNDS = (0.1, 0.15, 0.2, 0.3, 0.4, 0.45, 0.5, 0.55, 0.6)
PARTS, FOLDS, SHUFFLES = 6, 5, 5
RIGHT_FROM = 0.5
"""Token-F1 from which an answer is right."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Answers of which all signs are known.

    Attributes
    ----------
    signs : array of float64, shape (answers, signs)
        In nats.
    right, answerable : array of bool, shape (answers,)
    """

    signs: NDArray[np.float64]
    right: NDArray[np.bool_]
    answerable: NDArray[np.bool_]


def read_answers(path: Path, names: Sequence[str] = SIGNS) -> Judged:
    """Read answers with what is known of them; those with a sign missing are left out."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if all(name in row.get("signs", {}) for name in names)]
    right = [
        bool(row["answerable"] and (row["answer_recall"] or row["token_f1"] >= RIGHT_FROM))
        for row in rows
    ]
    return Judged(
        np.array([[row["signs"][name] for name in names] for row in rows]),
        np.array(right),
        np.array([bool(row["answerable"]) for row in rows]),
    )


def fit(judged: Judged) -> tuple[NDArray[np.float64], float]:
    """Fit a logistic regression; gives weights and bias, in nats."""
    model = LogisticRegression(max_iter=2000).fit(judged.signs, judged.right)
    return model.coef_[0], float(model.intercept_[0])


def held_out(judged: Judged) -> NDArray[np.float64]:
    """Give each answer's probability by fits on the others, the mean of some shuffles."""
    found = [
        cross_val_predict(
            LogisticRegression(max_iter=2000),
            judged.signs,
            judged.right,
            cv=StratifiedKFold(FOLDS, shuffle=True, random_state=seed),
            method="predict_proba",
        )[:, 1]
        for seed in range(SHUFFLES)
    ]
    return np.asarray(np.mean(found, axis=0))


def report(judged: Judged, names: Sequence[str]) -> str:
    """Write the weights and what they do."""
    weights, bias = fit(judged)
    alone, bias_alone = fit(Judged(judged.signs[:, :1], judged.right, judged.answerable))
    told = ", ".join(f"{name} {value:.3f}" for name, value in zip(names, weights, strict=True))
    likely, right, could = held_out(judged), judged.right, judged.answerable
    lines = [
        f"{len(right)} answers, {right.sum()} right; {told}, bias {bias:.3f}; "
        f"{names[0]} alone {alone[0]:.3f}, bias {bias_alone:.3f}"
    ]
    for name, other in (("wrong", could & ~right), ("to unanswerable questions", ~could)):
        these = right | other
        roc = area(likely[these], right[these].astype(np.float64))
        lines.append(f"right against {name}, area under ROC: {roc:.3f}")
    lines += [
        "",
        "| below | right | wrong | to unanswerable questions | right, of those above |",
        "|---|---|---|---|---|",
    ]
    for bound in BOUNDS:
        low = likely < bound
        lines.append(
            f"| {bound} | {low[right].mean():.1%} | {low[could & ~right].mean():.1%} | "
            f"{low[~could].mean():.1%} | {right[~low].mean():.1%} |"
        )
    lines += ["", "| confidence | answers | right |", "|---|---|---|"]
    for part in np.array_split(np.argsort(likely), PARTS):
        lines.append(f"| {likely[part].mean():.2f} | {len(part)} | {right[part].mean():.2f} |")
    return "\n".join(lines)


def main() -> int:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("answers", type=Path, nargs="?", default=KEPT)
    parser.add_argument("--signs", default=",".join(SIGNS), help="what the confidence goes by")
    options = parser.parse_args()
    names = options.signs.split(",")
    print(report(read_answers(options.answers, names), names))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
