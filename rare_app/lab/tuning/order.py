"""In which order groups are learned: every skill to the end, easy ones first, or Bloom's order."""

import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

from rare_app.lab.tuning.tokens import GroupTokens

Curriculum = Literal["shuffled", "easy-first", "bloom"]

BLOOM_LEVELS = ("remember", "understand", "apply", "analyse", "evaluate")
"""What a question asks of a reader, the least first (Bloom's taxonomy as revised by Anderson and
Krathwohl, 2001; RARE, arXiv 2503.23513, takes its upper levels for reasoning)."""

_LEVEL_OF = {
    "qed": "remember",
    "nq_open_oracle": "remember",
    "squad2_half_dev": "remember",
    "squad1_train": "remember",
    "quac": "understand",
    "covid_qa": "understand",
    "qasper": "understand",
    "boolq_dev": "understand",
    "clapnq": "understand",
    "tatqa": "apply",
    "finqa": "apply",
    "multihop": "analyse",
    "musique": "analyse",
    "entailment_bank": "analyse",
    "strategyqa": "analyse",
    "pubmedqa": "evaluate",
}
_OTHER_SETS = "understand"

EASY_SHIFT = 0.3
"""How far (as a share of the run) a group of six passages is put behind one of one passage."""


def bloom_level(data_set: str) -> int:
    """Place a data set's questions among :data:`BLOOM_LEVELS`.

    Finding words is remembering, telling what a passage means understanding, computing applying,
    joining several facts analysing, and judging by findings evaluating. A set that is not known
    counts as understanding.
    """
    return BLOOM_LEVELS.index(_LEVEL_OF.get(data_set, _OTHER_SETS))


def interleave(groups: Sequence[GroupTokens], *, random_source: random.Random) -> list[GroupTokens]:
    """Spread each data set evenly, so that any first part of the list has every set's share."""
    sets: dict[str, list[GroupTokens]] = defaultdict(list)
    for group in groups:
        sets[group.data_set].append(group)
    placed: list[tuple[float, GroupTokens]] = []
    for own in sets.values():
        random_source.shuffle(own)
        placed += [((n + random_source.random()) / len(own), group) for n, group in enumerate(own)]
    return [group for _, group in sorted(placed, key=lambda pair: pair[0])]


def arrange(
    groups: Sequence[GroupTokens],
    *,
    tokens: int,
    curriculum: Curriculum,
    random_source: random.Random,
) -> list[GroupTokens]:
    """Choose groups for a run of about `tokens` tokens (several epochs if need be) and order them.

    Parameters
    ----------
    curriculum : {"shuffled", "easy-first", "bloom"}
        ``easy-first`` puts groups of few passages earlier; each set still runs to the end.
        ``bloom`` learns level after level, each in the order it would have shuffled.
    """
    chosen: list[GroupTokens] = []
    room = tokens
    while room > 0:
        for group in interleave(groups, random_source=random_source):
            chosen.append(group)
            room -= group.size
            if room <= 0:
                break
    if curriculum == "shuffled":
        return chosen
    if curriculum == "bloom":
        return sorted(chosen, key=lambda group: bloom_level(group.data_set))
    shifted = [
        (place / len(chosen) + EASY_SHIFT * min(len(group.blocks) - 1, 5) / 5, place)
        for place, group in enumerate(chosen)
    ]
    return [chosen[place] for _, place in sorted(shifted)]
