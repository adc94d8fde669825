"""The loss of a pack: weighted cross-entropy on the completions only."""

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from rare_app.tuning.attention import KEYWORD, SegmentMasks, turn_by
from rare_app.tuning.pack import Pack


def pack_hidden(model: Any, pack: Pack) -> Tensor:
    """Run a causal model over a pack; give the last hidden states, (n, width)."""
    device = next(model.parameters()).device
    body = model.get_base_model().model if hasattr(model, "get_base_model") else model.model
    masks = SegmentMasks(
        pack.segments,
        dtype=next(model.parameters()).dtype,
        device=device,
        turn=turn_by(pack.moves, body.rotary_emb.inv_freq),
    )
    output = body(
        input_ids=pack.tokens.to(device).unsqueeze(0),
        position_ids=pack.positions.to(device).unsqueeze(0),
        use_cache=False,
        **{KEYWORD: masks},
    )
    hidden: Tensor = output.last_hidden_state[0]
    return hidden


def pack_logits(model: Any, pack: Pack) -> Tensor:
    """Give the logits where a completion's token is predicted, (m, vocabulary).

    The head is applied to these places only: the vocabulary is a large share of the cost.
    """
    hidden = pack_hidden(model, pack)
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    logits: Tensor = inner.lm_head(hidden[pack.predictors.to(hidden.device)])
    return logits


def pack_loss(model: Any, pack: Pack) -> tuple[Tensor, float]:
    """Compute the weighted mean cross-entropy of a pack.

    Returns
    -------
    loss : scalar tensor
        In nats a token, weighted.
    plain : float
        The unweighted mean, for the log.
    """
    logits = pack_logits(model, pack).float()
    losses = cross_entropy(logits, pack.labels.to(logits.device), reduction="none")
    weights = pack.weights.to(logits.device)
    with torch.no_grad():
        plain = float(losses.mean())
    return (losses * weights).sum() / weights.sum(), plain
