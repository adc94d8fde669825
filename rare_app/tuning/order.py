"""In which order groups are learned: every skill to the end, easy ones first if wanted."""

import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

from rare_app.tuning.tokens import GroupTokens

Curriculum = Literal["shuffled", "easy-first"]

EASY_SHIFT = 0.3
"""How far (as a share of the run) a group of six passages is put behind one of one passage."""


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
    curriculum : {"shuffled", "easy-first"}
        ``easy-first`` puts groups of few passages earlier; each set still runs to the end.
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
    shifted = [
        (place / len(chosen) + EASY_SHIFT * min(len(group.blocks) - 1, 5) / 5, place)
        for place, group in enumerate(chosen)
    ]
    return [chosen[place] for _, place in sorted(shifted)]
