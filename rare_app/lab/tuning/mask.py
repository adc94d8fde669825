"""Who attends to whom in a pack: stretches of tokens and the stretches that each may see."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of tokens: causal within itself, and it sees all of its context.

    Attributes
    ----------
    start, end : int
        The stretch, end exclusive.
    context : tuple of (int, int)
        Earlier stretches that are seen whole.
    moved : bool
        Whether earlier stretches are seen at their final places (a question's view) rather than
        where they were read (a block's view).
    """

    start: int
    end: int
    context: tuple[Range, ...] = ()
    moved: bool = False


def lay_out(
    *,
    prefix: int,
    groups: Sequence[tuple[Sequence[int], Sequence[int]]],
    block_attention: Sequence[bool],
) -> list[Segment]:
    """Lay out a pack: prefix, then the passage blocks of all groups, then all questions.

    So what the base may read alone is one stretch, and what an activated adapter acts on another.
    Under block attention a passage block attends to the prefix and to itself; under ordinary
    attention also to the blocks of its group that stand before it. A question (with its
    completion) attends to the prefix, to all blocks of its group, and to itself: never to another
    question, never to another group.

    Parameters
    ----------
    prefix : int
        Tokens of the prefix.
    groups : sequence of (blocks, questions)
        Token counts of each block and of each question with its completion.
    block_attention : sequence of bool
        For each group, whether it is read block by block.

    Returns
    -------
    list of Segment
        In the order of the tokens, covering all of them.
    """
    segments = [Segment(0, prefix)]
    at = prefix
    shown: list[tuple[Range, ...]] = []
    for (blocks, _), blockwise in zip(groups, block_attention, strict=True):
        first = at
        for length in blocks:
            seen = _joined((0, prefix), (first, first if blockwise else at))
            segments.append(Segment(at, at + length, seen))
            at += length
        shown.append(_joined((0, prefix), (first, at)))
    for (_, questions), seen in zip(groups, shown, strict=True):
        for length in questions:
            segments.append(Segment(at, at + length, seen, moved=True))
            at += length
    return segments


def positions_of(
    *,
    prefix: int,
    groups: Sequence[tuple[Sequence[int], Sequence[int]]],
    block_attention: Sequence[bool],
) -> tuple[list[int], list[int]]:
    """Give each token the position it is read at, and by how much it is moved afterwards.

    Read and moved, every token stands where it does when its question is asked alone: blocks run
    on one after another from the prefix, every question of a group starts where the group's blocks
    end, every group where the prefix ends. Under block attention a block is *read* right behind the
    prefix, whatever its place, as the app reads it once for all questions.

    Returns
    -------
    positions, moves : list of int
        For each token.
    """
    positions, moves = list(range(prefix)), [0] * prefix
    places = []
    for (blocks, _), blockwise in zip(groups, block_attention, strict=True):
        place = prefix
        for length in blocks:
            begin = prefix if blockwise else place
            positions += range(begin, begin + length)
            moves += [place - begin] * length
            place += length
        places.append(place)
    for (_, questions), place in zip(groups, places, strict=True):
        for length in questions:
            positions += range(place, place + length)
            moves += [0] * length
    return positions, moves


def dense_mask(segments: Sequence[Segment], *, device: torch.device | str = "cpu") -> torch.Tensor:
    """Write the layout as an (n, n) boolean mask, ``True`` where row may see column.

    What a GPU attends with, and the reference that the processor's attention is tested against.
    """
    size = segments[-1].end
    mask = torch.zeros(size, size, dtype=torch.bool, device=device)
    longest = max(segment.end - segment.start for segment in segments)
    causal = torch.ones(longest, longest, dtype=torch.bool, device=device).tril()
    for segment in segments:
        rows = slice(segment.start, segment.end)
        length = segment.end - segment.start
        mask[rows, rows] = causal[:length, :length]
        for low, high in segment.context:
            mask[rows, low:high] = True
    return mask


def _joined(first: Range, second: Range) -> tuple[Range, ...]:
    """Drop an empty second range and join two that touch."""
    if second[0] == second[1]:
        return (first,)
    return ((first[0], second[1]),) if first[1] == second[0] else (first, second)
