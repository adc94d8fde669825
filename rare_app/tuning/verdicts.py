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
from rare_app.evidence.verdict import VERDICTS, count_words, vector
from rare_app.tuning.items import Item
from rare_app.tuning.text import fraction

SETS = {"pubmedqa": 1.0, "boolq_dev": 0.15}
"""What each of a set's questions counts. BoolQ's are many, of other texts, and know no maybe."""
QUESTION_SHARE = 0.5
"""What the question's words count against the passage's."""
STRENGTH = 3.0
"""Inverse of the penalty on the squares of the weights."""
LEAST_TEXTS, PARTS = 3, 10
"""Texts that a word must be in to be known; parts of the cross-validation."""


@dataclass(frozen=True, slots=True)
class VerdictReport:
    """What came of a training, by cross-validation on the training questions of the first set.

    Attributes
    ----------
    questions, words : int
        All that was learned from; the words that are known.
    checked : int
        Questions that were checked.
    accuracy, majority, macro_f1 : float
        Shares (0–1); `majority` is that of the commonest verdict.
    """

    questions: int
    words: int
    checked: int
    accuracy: float
    majority: float
    macro_f1: float


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
    said = np.array([VERDICTS.index(item.answer.lower()) for item in own])
    if len(set(said.tolist())) < 2:
        raise UserError(
            "Verdicts are learned from questions answered yes, no or maybe: name a folder with "
            f"one of {', '.join(SETS)}."
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
    """Fit; a verdict that no question has got stays far below the others."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, max_iter=3000)
    model.fit(features, said, sample_weight=counts)
    weights = np.zeros((len(VERDICTS), features.shape[1]))
    bias = np.full(len(VERDICTS), -10.0)
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
    first = next(name for name in SETS if any(item.data_set == name for item in items))
    own = np.array([item.data_set == first for item in items])
    found = np.full(len(items), -1)
    for number in sorted(set(part[own].tolist())):
        away = (part == number) & own
        if len(set(said[part != number].tolist())) < 2:
            continue
        weights, bias = _fit(features[part != number], said[part != number], counts[part != number])
        found[away] = (features[away] @ weights.T + bias).argmax(1)
    checked = own & (found >= 0)
    known, given = said[checked], found[checked]
    scores = []
    for one in sorted(set(known.tolist())):
        hit = ((known == one) & (given == one)).sum()
        scores.append(2 * hit / max(1, (known == one).sum() + (given == one).sum()))
    return VerdictReport(
        questions=len(items),
        words=features.shape[1],
        checked=int(checked.sum()),
        accuracy=float((known == given).mean()) if len(known) else 0.0,
        majority=max(Counter(known.tolist()).values(), default=0) / max(1, len(known)),
        macro_f1=float(np.mean(scores)) if scores else 0.0,
    )
