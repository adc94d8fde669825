"""The loss of a pack: weighted cross-entropy on the completions only."""

from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.utils.checkpoint import checkpoint

from rare_app.lab.tuning.attention import KEYWORD, SegmentMasks, States, Stretch, turn_by
from rare_app.lab.tuning.pack import Pack

_ROWS = 512
"""Tokens whose logits are held at once: a vocabulary of 152,000 takes 300 MB for them."""


def pack_hidden(model: Any, pack: Pack) -> Tensor:
    """Run a causal model over a pack; give the last hidden states, (n, width)."""
    device = next(model.parameters()).device
    masks = SegmentMasks(
        pack.segments,
        dtype=next(model.parameters()).dtype,
        device=device,
        turn=turn_by(pack.moves, _body(model).rotary_emb.inv_freq),
    )
    return _read(model, pack, slice(0, None), masks)


def read_prefix(model: Any, pack: Pack) -> States:
    """Let the base alone read a pack's prefix; its states are the same for all packs."""
    return _read_alone(model, pack, slice(0, pack.prefix), {})


def read_passages(model: Any, pack: Pack, *, prefix: States) -> States:
    """Let the base alone read a pack's passages behind its prefix; gives the states of both."""
    return _read_alone(model, pack, slice(pack.prefix, pack.context), prefix)


def asked_hidden(
    model: Any, pack: Pack, *, prefix: States, passages: States | None = None
) -> Tensor:
    """Run a model with an adapter that acts from the question on over a pack.

    The passages are read by the base alone and without a gradient, once for all questions over
    them, as stored memory is.

    Parameters
    ----------
    prefix : dict
        What :func:`read_prefix` gave.
    passages : dict, optional
        What :func:`read_passages` gives, where it is known already.

    Returns
    -------
    (n, width) tensor
        The last hidden states of the questions and completions.
    """
    past = passages or read_passages(model, pack, prefix=prefix)
    asked = [one for one in pack.segments if one.start >= pack.context]
    return _read(model, pack, slice(pack.context, None), Stretch(asked, past=past))


def pack_logits(model: Any, pack: Pack, *, prefix: States | None = None) -> Tensor:
    """Give the logits where a completion's token is predicted, (m, vocabulary).

    The head is applied to these places only: the vocabulary is a large share of the cost.

    Parameters
    ----------
    prefix : dict, optional
        As for :func:`asked_hidden`, of an adapter that acts from the question on.
    """
    logits: Tensor = _inner(model).lm_head(_predicting(model, pack, prefix))
    return logits


def pack_loss(
    model: Any, pack: Pack, *, prefix: States | None = None, passages: States | None = None
) -> tuple[Tensor, float]:
    """Compute the weighted mean cross-entropy of a pack.

    Parameters
    ----------
    prefix, passages : dict, optional
        As for :func:`asked_hidden`, of an adapter that acts from the question on.

    Returns
    -------
    loss : scalar tensor
        In nats a token, weighted.
    plain : float
        The unweighted mean, for the log.
    """
    hidden = _predicting(model, pack, prefix, passages)
    head, labels = _inner(model).lm_head, pack.labels.to(hidden.device)
    weights = pack.weights.to(hidden.device)

    def sums(rows: Tensor, label: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        losses = cross_entropy(head(rows).float(), label, reduction="none")
        return (losses * weight).sum(), losses.detach().sum()

    parts = list(zip(*(torch.split(one, _ROWS) for one in (hidden, labels, weights)), strict=True))
    if len(parts) == 1:
        found = [sums(*parts[0])]
    else:  # the logits of each part are computed again in the backward pass, and none are held
        found = [checkpoint(sums, *part, use_reentrant=False) for part in parts]
    loss = torch.stack([one for one, _ in found]).sum() / weights.sum()
    return loss, float(sum(float(plain) for _, plain in found)) / len(labels)


def _predicting(
    model: Any, pack: Pack, prefix: States | None, passages: States | None = None
) -> Tensor:
    if prefix is None:
        hidden, first = pack_hidden(model, pack), 0
    else:
        hidden = asked_hidden(model, pack, prefix=prefix, passages=passages)
        first = pack.context
    return hidden[(pack.predictors - first).to(hidden.device)]


def _read_alone(model: Any, pack: Pack, part: slice, past: States) -> States:
    segments = [one for one in pack.segments if part.start <= one.start < part.stop]
    turn = turn_by(pack.moves[part], _body(model).rotary_emb.inv_freq)
    stretch = Stretch(segments, past=past, turn=turn)
    without = model.disable_adapter() if hasattr(model, "disable_adapter") else nullcontext()
    with torch.no_grad(), without:
        _read(model, pack, part, stretch)
    return stretch.states


def _read(model: Any, pack: Pack, part: slice, layout: SegmentMasks | Stretch) -> Tensor:
    device = next(model.parameters()).device
    output = _body(model)(
        input_ids=pack.tokens[part].to(device).unsqueeze(0),
        position_ids=pack.positions[part].to(device).unsqueeze(0),
        use_cache=False,
        **{KEYWORD: layout},
    )
    hidden: Tensor = output.last_hidden_state[0]
    return hidden


def _inner(model: Any) -> Any:
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def _body(model: Any) -> Any:
    return _inner(model).model
