"""Validation cases in the form that ``evaluate`` reads."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rare_app.lab.tuning.items import Item
from rare_app.lab.tuning.neighbours import Embed, nearest
from rare_app.lab.tuning.text import holds, shingles

PASSAGES = (4, 6)
"""Fewest and most passages of a case."""


def closed_case(item: Item) -> dict[str, Any]:
    """Write an item as a case over its own passages, in their order."""
    return _case(item, [passage.text for passage in item.passages])


def open_cases(
    items: Sequence[Item], *, embed: Embed, seed: int, limit: int | None = None
) -> list[dict[str, Any]]:
    """Write items as cases of 4–6 passages: the gold one among hard negatives.

    The negatives come from the passages of all `items` (validation documents only), ranked for
    the question; one that holds the answer, or copies the gold passage, is passed over.
    """
    random_source = random.Random(seed)
    texts = list(dict.fromkeys(p.text for item in items for p in item.passages))
    passage_vectors = embed(texts)
    chosen = list(items)
    random_source.shuffle(chosen)
    chosen = chosen[:limit]
    ranked = nearest(embed([item.question for item in chosen]), passage_vectors, count=40)
    cases = []
    for item, ranking in zip(chosen, ranked, strict=True):
        shown = [item.passages[i].text for i in item.gold] or [item.passages[0].text]
        runs = set().union(*(shingles(text) for text in shown))
        size = random_source.randint(*PASSAGES)
        for index in ranking.tolist():
            text = texts[index]
            own = shingles(text)
            answered = item.answerable and any(holds(text, answer) for answer in item.answers)
            if len(shown) < size and not answered and len(own & runs) <= 0.1 * len(own):
                shown.append(text)
                runs |= own
        random_source.shuffle(shown)
        cases.append(_case(item, shown))
    return cases


def write_cases(path: Path, cases: Sequence[dict[str, Any]]) -> None:
    """Write cases as JSON Lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(case, ensure_ascii=False) for case in cases)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _case(item: Item, passages: list[str]) -> dict[str, Any]:
    return {
        "id": item.identifier,
        "question": item.question,
        "passages": passages,
        "answers": list(item.answers) if item.answerable else [],
        "choices": list(item.choices) or None,
        "evidence": [part.text for part in item.evidence] or None,
    }
