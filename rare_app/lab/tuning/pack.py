"""Packs: many questions in one forward pass over their passages, without padding."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from rare_app.lab.tuning.mask import Segment, lay_out, positions_of
from rare_app.lab.tuning.tokens import GroupTokens


@dataclass(frozen=True, slots=True)
class Pack:
    """Groups laid out as one sequence of n tokens.

    Attributes
    ----------
    tokens, positions, moves : (n,) int tensor
        Token ids, where each is read, and by how much it is moved afterwards
        (:func:`rare_app.lab.tuning.mask.positions_of`).
    segments : tuple of Segment
        Who attends to whom.
    predictors : (m,) int tensor
        Places whose next token is learned.
    labels : (m,) int tensor
        Those next tokens.
    weights : (m,) float tensor
        Their weights in the loss.
    questions : int
        Number of questions.
    context : int
        How many of the tokens, the first ones, are prefix and passages.
    """

    tokens: Tensor
    positions: Tensor
    moves: Tensor
    segments: tuple[Segment, ...]
    predictors: Tensor
    labels: Tensor
    weights: Tensor
    questions: int
    context: int = 0

    @property
    def prefix(self) -> int:
        """How many of the tokens are the prefix."""
        return self.segments[0].end


def make_pack(
    prefix: Sequence[int], groups: Sequence[GroupTokens], *, block_attention: Sequence[bool]
) -> Pack:
    """Lay groups out after the prefix.

    Parameters
    ----------
    block_attention : sequence of bool
        For each group, whether its passages are read block by block (else causally).
    """
    shape = [
        (
            [len(block) for block in group.blocks],
            [len(asked.question) + len(asked.completion) for asked in group.asked],
        )
        for group in groups
    ]
    tokens = [*prefix, *(token for group in groups for block in group.blocks for token in block)]
    context = len(tokens)
    predictors: list[int] = []
    labels: list[int] = []
    weights: list[float] = []
    for asked in (one for group in groups for one in group.asked):
        first = len(tokens) + len(asked.question) - 1
        predictors += range(first, first + len(asked.completion))
        labels += asked.completion
        weights += asked.weights
        tokens += (*asked.question, *asked.completion)
    positions, moves = positions_of(
        prefix=len(prefix), groups=shape, block_attention=block_attention
    )
    return Pack(
        tokens=torch.tensor(tokens),
        positions=torch.tensor(positions),
        moves=torch.tensor(moves),
        segments=tuple(lay_out(prefix=len(prefix), groups=shape, block_attention=block_attention)),
        predictors=torch.tensor(predictors),
        labels=torch.tensor(labels),
        weights=torch.tensor(weights, dtype=torch.float32),
        questions=sum(len(group.asked) for group in groups),
        context=context,
    )


def fill(
    groups: Iterable[GroupTokens], *, prefix: int, most_tokens: int
) -> list[list[GroupTokens]]:
    """Put groups, in their order, into packs of at most `most_tokens`.

    A group that is too long alone loses questions from its end; one whose passages alone are too
    long is left out.
    """
    packs: list[list[GroupTokens]] = []
    room = 0
    for group in groups:
        fitting = _fitting(group, most_tokens - prefix)
        if fitting is None:
            continue
        if not packs or fitting.size > room:
            packs.append([])
            room = most_tokens - prefix
        packs[-1].append(fitting)
        room -= fitting.size
    return packs


def draw_block_attention(
    count: int, *, causal_share: float, random_source: random.Random
) -> list[bool]:
    """Draw for each group whether it is read block by block."""
    return [random_source.random() >= causal_share for _ in range(count)]


def _fitting(group: GroupTokens, room: int) -> GroupTokens | None:
    asked = list(group.asked)
    size = group.size
    while asked and size > room:
        gone = asked.pop()
        size -= len(gone.question) + len(gone.completion)
    return replace(group, asked=tuple(asked)) if asked else None
