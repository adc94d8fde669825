"""``tune verdict``: which words of a finding speak for yes, no or maybe."""

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rare_app.errors import UserError
from rare_app.evaluation.intervals import macro_f1
from rare_app.evidence.verdict import CLASSES, VERDICTS, count_words, vector
from rare_app.tuning.items import Item
from rare_app.tuning.text import fraction

FINDINGS = "pubmedqa"
"""Its questions are answered by what a study found."""
SETS = {FINDINGS: 1.0, "boolq_dev": 0.15, "strategyqa": 0.15}
"""What each of a set's questions counts. Those of the others stand for texts of another kind."""
QUESTION_SHARE = 0.5
"""What the question's words count against the passage's."""
STRENGTH = 3.0
"""Inverse of the penalty on the squares of the weights."""
LEAST_TEXTS, PARTS = 3, 10
"""Texts that a word must be in to be known; parts of the cross-validation."""


@dataclass(frozen=True, slots=True)
class VerdictReport:
    """What came of a training, by cross-validation on the training questions.

    Attributes
    ----------
    questions, words : int
        All that was learned from; the words that are known.
    checked : int
        Questions on findings that were checked.
    accuracy, majority, macro_f1 : float
        Of their verdicts, shares (0–1); `majority` is that of the commonest.
    known, mistaken : float
        Share of the findings, and of the other texts, that are taken for findings.
    """

    questions: int
    words: int
    checked: int
    accuracy: float
    majority: float
    macro_f1: float
    known: float
    mistaken: float


def train_verdicts(items: Sequence[Item], *, output: Path) -> VerdictReport:
    """Train on the items that ask whether something is so, and write the weights.

    The words read are the question's and those of the last passage: a study tells its outcome
    after its aim and its methods.

    Raises
    ------
    UserError
        No item asks for a verdict, or only one verdict is given.
    """
    own = [item for item in items if item.data_set in SETS and item.answer.lower() in VERDICTS]
    said = np.array(
        [
            VERDICTS.index(item.answer.lower()) if item.data_set == FINDINGS else len(VERDICTS)
            for item in own
        ]
    )
    if len({*said.tolist()} - {len(VERDICTS)}) < 2:
        raise UserError(
            "Verdicts are learned from findings that say yes, no or maybe: name a folder with "
            f"“{FINDINGS}”."
        )
    texts = [[item.question for item in own], [item.passages[-1].text for item in own]]
    rarities = [_rarity(one) for one in texts]
    columns = [{word: i for i, word in enumerate(one)} for one in rarities]
    parts = [
        share * _matrix(own_texts, rarity, column)
        for share, own_texts, rarity, column in zip(
            (QUESTION_SHARE, 1.0), texts, rarities, columns, strict=True
        )
    ]
    features = np.hstack(parts)
    counts = np.array([SETS[item.data_set] for item in own])
    report = _check(own, features, said, counts)
    weights, bias = _fit(features, said, counts)
    stored: dict[str, Any] = {
        "bias": [round(float(one), 4) for one in bias],
        "sets": dict(Counter(item.data_set for item in own)),
    }
    at = 0
    for name, share, rarity in zip(
        ("question", "evidence"), (QUESTION_SHARE, 1.0), rarities, strict=True
    ):
        stored[name] = {
            word: [round(value, 4), *(round(share * float(w), 3) for w in weights[:, at + i])]
            for i, (word, value) in enumerate(rarity.items())
        }
        at += len(rarity)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(stored, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    return report


def _rarity(texts: Sequence[str]) -> dict[str, float]:
    """Give the inverse document frequency of each word that is in enough of the texts."""
    held = Counter(word for text in texts for word in count_words(text))
    return {
        word: 1 + math.log((1 + len(texts)) / (1 + count))
        for word, count in sorted(held.items())
        if count >= LEAST_TEXTS
    }


def _matrix(
    texts: Sequence[str], rarity: dict[str, float], column: dict[str, int]
) -> NDArray[np.float32]:
    made = np.zeros((len(texts), len(column)), dtype=np.float32)
    for row, text in enumerate(texts):
        for word, value in vector(text, rarity).items():
            made[row, column[word]] = value
    return made


def _fit(
    features: NDArray[np.float32], said: NDArray[Any], counts: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Fit; a class that no question is of stays far below the others."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, max_iter=3000)
    model.fit(features, said, sample_weight=counts)
    weights = np.zeros((len(CLASSES), features.shape[1]))
    bias = np.full(len(CLASSES), -10.0)
    if len(model.classes_) == 2:  # one row, for the second of them
        weights[model.classes_[1]], bias[model.classes_] = model.coef_[0], (0, model.intercept_[0])
    else:
        weights[model.classes_], bias[model.classes_] = model.coef_, model.intercept_
    return weights, bias


def _check(
    items: Sequence[Item], features: NDArray[np.float32], said: NDArray[Any], counts: NDArray[Any]
) -> VerdictReport:
    """Cross-validate; a question's part is fixed by its name."""
    part = np.array([int(PARTS * fraction(item.identifier)) for item in items])
    other = len(VERDICTS)
    verdict, kind = np.full(len(items), -1), np.full(len(items), -1)
    for number in sorted(set(part.tolist())):
        away = part == number
        if len({*said[~away].tolist()} - {other}) < 2:
            continue
        weights, bias = _fit(features[~away], said[~away], counts[~away])
        logits = features[away] @ weights.T + bias
        verdict[away] = logits[:, :other].argmax(1)
        kind[away] = np.logaddexp.reduce(logits[:, :other], axis=1) > logits[:, other]
    checked, others = (said < other) & (verdict >= 0), (said == other) & (verdict >= 0)
    known, given = said[checked], verdict[checked]
    return VerdictReport(
        questions=len(items),
        words=features.shape[1],
        checked=int(checked.sum()),
        accuracy=float((known == given).mean()) if len(known) else 0.0,
        majority=max(Counter(known.tolist()).values(), default=0) / max(1, len(known)),
        macro_f1=macro_f1(np.column_stack([known, given])) if len(known) else 0.0,
        known=float(kind[checked].mean()) if checked.any() else 0.0,
        mistaken=float(kind[others].mean()) if others.any() else 0.0,
    )
