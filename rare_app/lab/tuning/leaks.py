"""No validation passage or question in training: copies are found and dropped."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from rare_app.lab.tuning.items import Item
from rare_app.lab.tuning.text import normalise, shingles

COPIED_SHARE = 0.2
"""A passage is a copy when this share of its eight-word runs is in the other."""


@dataclass(slots=True)
class Held:
    """What the validation items hold, made comparable."""

    questions: set[str] = field(default_factory=set)
    runs: set[int] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)

    def copied(self, text: str) -> bool:
        """Tell whether a passage is (in part) one of the held-out ones."""
        own = shingles(text)
        return bool(own) and len(own & self.runs) >= COPIED_SHARE * len(own)


@dataclass(frozen=True, slots=True)
class LeakReport:
    """How many training items were dropped, and why."""

    dropped: dict[str, int]
    shared_documents: int

    def lines(self) -> list[str]:
        """Say it in plain lines."""
        said = [f"dropped {count} items: {why}" for why, count in sorted(self.dropped.items())]
        return [*said, f"{self.shared_documents} training items share only a document's title"]


def hold(items: Iterable[Item]) -> Held:
    """Collect questions and passages of the validation items."""
    held = Held()
    seen: set[str] = set()
    for item in items:
        held.questions.add(normalise(item.question))
        held.documents |= item.documents
        for passage in item.passages:
            if passage.text not in seen:
                seen.add(passage.text)
                held.runs |= shingles(passage.text)
    return held


def drop_leaks(items: Iterable[Item], held: Held) -> tuple[list[Item], LeakReport]:
    """Keep the training items that share no question and no gold passage with validation.

    Questions asked twice in training (same words, any set) are kept once.
    """
    kept: list[Item] = []
    dropped: Counter[str] = Counter()
    asked: set[tuple[str, frozenset[str]]] = set()
    shared = 0
    for item in items:
        question = normalise(item.question)
        needed = [item.passages[i].text for i in item.gold] or [p.text for p in item.passages]
        if question in held.questions:
            dropped[f"{item.data_set}: question validates"] += 1
        elif any(held.copied(text) for text in needed):
            dropped[f"{item.data_set}: passage validates"] += 1
        elif (question, _place(item)) in asked:
            dropped[f"{item.data_set}: asked before"] += 1
        else:
            asked.add((question, _place(item)))
            shared += bool(item.documents & held.documents)
            kept.append(item)
    return kept, LeakReport(dict(dropped), shared)


def _place(item: Item) -> frozenset[str]:
    """Open-domain questions are the same wherever asked; others only on their document."""
    return frozenset() if item.data_set in ("qed", "nq_open_oracle") else item.documents
