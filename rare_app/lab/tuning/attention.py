"""Attention by segments, for transformers: exact, without the masked part of the square.

A pack of 1,580 tokens takes 42 ms a layer (forward and backward, bf16, two cores) where
``scaled_dot_product_attention`` with the dense mask takes 131 ms: most of the square is masked.
On a GPU, which starts few large operations faster than many small ones, it is the dense mask.
"""

import itertools
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from rare_app.lab.tuning.mask import Segment, dense_mask

NAME = "rare_segments"
"""Name under which transformers knows this attention (``attn_implementation``)."""

KEYWORD = "rare_segments"
"""Keyword of the model's forward call that carries the segments and their masks."""


class SegmentMasks:
    """Segments with the additive mask of each, made once a pack and used by all layers.

    Parameters
    ----------
    segments : sequence of Segment
    dtype : torch.dtype
        Of the masks.
    turn : (Tensor, Tensor) or None
        Cosines and sines, (n, d) each, that turn keys from where they were read to their final
        places (:func:`turn_by`); ``None`` when nothing is moved.
    whole : bool or None
        Whether the masks go over all columns; ``None`` for where that is faster, on a GPU.

    Attributes
    ----------
    masks : list of Tensor
        Segment by segment: the additive mask of each segment.
    dense : tuple of (Tensor, Tensor), or None
        Over all columns: rows and their additive mask; first those that see keys where they were
        read, then those that see them at their final places.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        *,
        dtype: torch.dtype,
        device: torch.device | str = "cpu",
        turn: tuple[Tensor, Tensor] | None = None,
        whole: bool | None = None,
    ) -> None:
        self.segments = tuple(segments)
        self.turn = turn
        self.dense: tuple[tuple[Tensor, Tensor], ...] | None = None
        self.masks: list[Tensor] = []
        if torch.device(device).type == "cuda" if whole is None else whole:
            self.dense = _dense(self.segments, dtype=dtype, device=device, apart=turn is not None)
            return
        known: dict[tuple[int, int], Tensor] = {}
        for segment in segments:
            length = segment.end - segment.start
            seen = sum(high - low for low, high in segment.context)
            if (length, seen) not in known:
                mask = torch.zeros(length, seen + length, dtype=dtype, device=device)
                mask[:, seen:] = torch.full(
                    (length, length), torch.finfo(dtype).min, dtype=dtype, device=device
                ).triu(1)
                known[length, seen] = mask
            self.masks.append(known[length, seen])


States = dict[int, tuple[Tensor, Tensor]]
"""By layer: keys at their final places and values, (heads, n, d) each."""


class Stretch:
    """A part of a pack that is read behind states which are there already, and learn nothing.

    So passages are read by the base alone behind the prefix's states, and questions by base and
    adapter behind those of both (activated LoRA, arXiv 2504.12397).

    Parameters
    ----------
    segments : sequence of Segment
        Those of this part, in the pack's places.
    past : dict
        States of all that stands before it in the pack.
    turn : (Tensor, Tensor) or None
        As for :class:`SegmentMasks`, of this part alone.

    Attributes
    ----------
    states : dict
        Of what stands before it and of itself; filled as the layers read it.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        *,
        past: States,
        turn: tuple[Tensor, Tensor] | None = None,
    ) -> None:
        self._segments = tuple(segments)
        self._past, self._turn = past, turn
        self._masks: dict[tuple[int, int], Tensor] = {}
        self.states: States = {}

    def attend(self, layer: int, query: Tensor, key: Tensor, value: Tensor, scale: float) -> Tensor:
        """Attend with (heads, n, d) states of one layer."""
        none = key[:, :0]
        past_key, past_value = self._past.get(layer, (none, none))
        if not key.requires_grad:
            moved = _turned(key, self._turn)
            self.states[layer] = torch.cat([past_key, moved], 1), torch.cat([past_value, value], 1)
        keys, values = torch.cat([past_key, key], 1), torch.cat([past_value, value], 1)
        lengths = [segment.end - segment.start for segment in self._segments]
        found = []
        for segment, rows in zip(self._segments, torch.split(query, lengths, dim=1), strict=True):
            ranges = _ranges(segment)
            output = torch.nn.functional.scaled_dot_product_attention(
                rows.reshape(1, len(key), -1, rows.shape[-1]),
                _gather(keys, ranges).unsqueeze(0),
                _gather(values, ranges).unsqueeze(0),
                attn_mask=self._mask(segment, rows, heads=len(query) // len(key)),
                scale=scale,
            )
            found.append(output.view(rows.shape))
        return torch.cat(found, dim=1)

    def _mask(self, segment: Segment, rows: Tensor, *, heads: int) -> Tensor:
        length = segment.end - segment.start
        seen = sum(high - low for low, high in segment.context)
        if (length, seen) not in self._masks:
            mask = rows.new_zeros(length, seen + length)
            least = torch.finfo(rows.dtype).min
            mask[:, seen:] = rows.new_full((length, length), least).triu(1)
            self._masks[length, seen] = mask.repeat(heads, 1)
        return self._masks[length, seen]


def _dense(
    segments: Sequence[Segment], *, dtype: torch.dtype, device: torch.device | str, apart: bool
) -> tuple[tuple[Tensor, Tensor], ...]:
    seen = dense_mask(segments, device=device)
    least = torch.finfo(dtype).min
    mask = torch.zeros(seen.shape, dtype=dtype, device=device).masked_fill_(~seen, least)
    lengths = torch.tensor([segment.end - segment.start for segment in segments])
    moved = torch.tensor([segment.moved for segment in segments]) & apart
    rows = moved.repeat_interleave(lengths).to(device)
    return tuple((own, mask[own]) for own in (torch.where(~rows)[0], torch.where(rows)[0]))


def turn_by(moves: Tensor, frequencies: Tensor) -> tuple[Tensor, Tensor] | None:
    """Give the cosines and sines that move keys by so many positions (RoPE, arXiv 2104.09864).

    Parameters
    ----------
    moves : (n,) int tensor
    frequencies : (d / 2,) tensor
        The model's own (``inv_freq`` of its rotary embedding).
    """
    if not moves.any():
        return None
    angles = moves.to(frequencies.device).float()[:, None] * frequencies.float()[None, :]
    angles = torch.cat([angles, angles], dim=-1)
    return angles.cos(), angles.sin()


def _turned(key: Tensor, turn: tuple[Tensor, Tensor] | None) -> Tensor:
    """Move keys, (heads, n, d); dimensions i and i + d/2 are turned together, as in Llama."""
    if turn is None:
        return key
    cosines, sines = (part.to(key.dtype) for part in turn)
    half = key.shape[-1] // 2
    crossed = torch.cat([-key[..., half:], key[..., :half]], dim=-1)
    return key * cosines + crossed * sines


def register() -> None:
    """Make the attention known to transformers (calling it again does no harm)."""
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, attend)


def attend(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    **options: Any,
) -> tuple[Tensor, None]:
    """Attend within the segments that the forward call was given.

    Parameters
    ----------
    query : (1, heads, n, d) tensor
    key, value : (1, key heads, n, d) tensor
        ``heads`` is a multiple of ``key heads`` (grouped-query attention).
    scaling : float
        Factor of the scores.
    **options
        Must hold :data:`KEYWORD`, a :class:`SegmentMasks` or a :class:`Stretch`.

    Returns
    -------
    (1, n, heads, d) tensor and None

    Raises
    ------
    ValueError
        The segments are missing, or more than one sequence was given.
    """
    del attention_mask
    layout = options.get(KEYWORD)
    if not isinstance(layout, SegmentMasks | Stretch) or query.shape[0] != 1:
        raise ValueError(f"This attention needs one packed sequence and “{KEYWORD}”.")
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    if isinstance(layout, Stretch):
        output = layout.attend(module.layer_idx, query[0], key[0], value[0], scale)
        return output.transpose(0, 1).unsqueeze(0), None
    moved = _turned(key[0], layout.turn)
    if layout.dense is not None:
        output = _attend_densely(query, (key, moved.unsqueeze(0)), value, layout.dense, scale)
        return output.transpose(1, 2), None
    attend_segments: Any = _SegmentAttention.apply
    output = attend_segments(query[0], key[0], moved, value[0], layout, scale)
    return output.transpose(0, 1).unsqueeze(0), None


def _attend_densely(
    query: Tensor,
    keys: tuple[Tensor, Tensor],
    value: Tensor,
    parts: Sequence[tuple[Tensor, Tensor]],
    scale: float,
) -> Tensor:
    """Attend with masks over all columns: the rows of each part with its own keys."""
    shared = query.shape[1] // value.shape[1]
    values = value.repeat_interleave(shared, dim=1)
    output = torch.zeros_like(query)
    for key, (rows, mask) in zip(keys, parts, strict=True):
        if len(rows):
            found = torch.nn.functional.scaled_dot_product_attention(
                query[:, :, rows],
                key.repeat_interleave(shared, dim=1),
                values,
                attn_mask=mask[None, None],
                scale=scale,
            )
            output = output.index_copy(2, rows, found)
    return output


class _SegmentAttention(torch.autograd.Function):
    """Attention over (heads, n, d) states with its gradient.

    Written out because autograd would fill and add a whole (n, d) gradient for every slice. With
    P = softmax(S), the gradient of the scores is P ∘ (dP − rowsum(dO ∘ O)) (Dao et al. 2022,
    "FlashAttention", section 3.1 and appendix B).
    """

    @staticmethod
    def forward(
        context: Any,
        query: Tensor,
        read: Tensor,
        moved: Tensor,
        value: Tensor,
        layout: SegmentMasks,
        scale: float,
    ) -> Tensor:
        output = torch.empty_like(query)
        kept = []
        for segment, mask in zip(layout.segments, layout.masks, strict=True):
            key = moved if segment.moved else read
            rows = _rows(query, segment, key.shape[0])
            ranges = _ranges(segment)
            wide = mask.to(rows.dtype).repeat(rows.shape[1] // len(mask), 1)
            scores = torch.baddbmm(
                wide.expand(len(rows), -1, -1), rows, _gather(key, ranges).mT, alpha=scale
            )
            weights = torch.softmax(scores, dim=-1)
            found = torch.bmm(weights, _gather(value, ranges))
            output[:, segment.start : segment.end] = found.view(len(query), -1, query.shape[-1])
            kept.append(weights)
        context.save_for_backward(query, read, moved, value, output, *kept)
        context.layout, context.scale = layout, scale
        return output

    @staticmethod
    def backward(
        context: Any, *gradients: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, None, None]:
        gradient = gradients[0]
        query, read, moved, value, output, *kept = context.saved_tensors
        to_query = torch.empty_like(query)
        to_read = torch.zeros_like(read, dtype=torch.float32)
        to_moved = torch.zeros_like(read, dtype=torch.float32)
        to_value = torch.zeros_like(value, dtype=torch.float32)
        for segment, weights in zip(context.layout.segments, kept, strict=True):
            ranges = _ranges(segment)
            key, to_key = (moved, to_moved) if segment.moved else (read, to_read)
            rows = _rows(query, segment, len(key))
            above = _rows(gradient, segment, len(key))
            shares = (above * _rows(output, segment, len(key))).sum(-1, keepdim=True)
            scores = torch.bmm(above, _gather(value, ranges).mT).sub_(shares).mul_(weights)
            found = torch.bmm(scores, _gather(key, ranges)).mul_(context.scale)
            to_query[:, segment.start : segment.end] = found.view(len(query), -1, query.shape[-1])
            _scatter(to_key, ranges, torch.bmm(scores.mT, rows).mul_(context.scale))
            _scatter(to_value, ranges, torch.bmm(weights.mT, above))
        kind = read.dtype
        return to_query, to_read.to(kind), to_moved.to(kind), to_value.to(kind), None, None


def _ranges(segment: Segment) -> list[tuple[int, int]]:
    return [*segment.context, (segment.start, segment.end)]


def _rows(states: Tensor, segment: Segment, key_heads: int) -> Tensor:
    """Cut a segment and put the heads that share a key head below one another."""
    cut = states[:, segment.start : segment.end]
    return cut.reshape(key_heads, -1, states.shape[-1])


def _scatter(states: Tensor, ranges: Sequence[tuple[int, int]], parts: Tensor) -> None:
    """Add to the stretches that :func:`_gather` took."""
    at = 0
    for low, high in ranges:
        states[:, low:high] += parts[:, at : at + high - low]
        at += high - low


def _gather(states: Tensor, ranges: Sequence[tuple[int, int]]) -> Tensor:
    if all(first[1] == second[0] for first, second in itertools.pairwise(ranges)):
        return states[:, ranges[0][0] : ranges[-1][1]]
    return torch.cat([states[:, low:high] for low, high in ranges], dim=1)
