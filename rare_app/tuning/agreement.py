"""How far llama.cpp and PyTorch agree on the next token, with the exported adapter."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from rare_app.model import LanguageModel
from rare_app.tuning.loss import pack_logits
from rare_app.tuning.pack import make_pack
from rare_app.tuning.tokens import GroupTokens


@dataclass(frozen=True, slots=True)
class Agreement:
    """Figures over the positions of real completions.

    Attributes
    ----------
    positions : int
        Positions compared.
    same_first : float
        Share whose likeliest next token is the same.
    divergence : float
        Mean KL divergence of llama.cpp from PyTorch, in nats.
    """

    positions: int
    same_first: float
    divergence: float


def measure_agreement(
    *,
    model: Any,
    prefix: Sequence[int],
    groups: Sequence[GroupTokens],
    base: Path,
    adapter: Path,
    threads: int = 1,
) -> Agreement:
    """Compare next-token distributions under ordinary causal attention.

    Parameters
    ----------
    model
        The PyTorch model with the adapter's weights.
    prefix : sequence of int
        The prompt's prefix.
    groups : sequence of GroupTokens
        Of each the first question is compared, at every token of its completion.
    base, adapter : Path
        The GGUF files for llama.cpp.
    """
    longest = max(len(prefix) + group.size for group in groups)
    engine = LanguageModel(path=base, context_tokens=longest, batch_tokens=512, threads=threads)
    same, divergence, positions = 0, 0.0, 0
    try:
        engine.use_adapter(adapter)
        for group in groups:
            one = GroupTokens(group.data_set, group.blocks, group.asked[:1])
            pack = make_pack(prefix, [one], block_attention=[False])
            with torch.no_grad():
                ours = torch.log_softmax(pack_logits(model, pack).float(), dim=-1).numpy()
            tokens = pack.tokens.tolist()
            for row, place in enumerate(pack.predictors.tolist()):
                engine.read(tokens[: place + 1])
                theirs = _log_softmax(engine.logits())
                same += int(theirs.argmax() == ours[row].argmax())
                divergence += float(np.sum(np.exp(ours[row]) * (ours[row] - theirs)))
                positions += 1
    finally:
        engine.close()
    return Agreement(positions, same / positions, divergence / positions)


def _log_softmax(logits: Any) -> Any:
    values = np.asarray(logits, dtype=np.float64)
    values = values - values.max()
    return values - np.log(np.exp(values).sum())
