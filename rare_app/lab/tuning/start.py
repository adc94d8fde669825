"""The adapter that a training starts from: of an earlier one, or a GGUF file of the app."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from rare_app.errors import UserError
from rare_app.lab.tuning.checkpoint import load_adapter
from rare_app.lab.tuning.export import BASE_HASH, read_adapter
from rare_app.lab.tuning.gguf_names import MODULES, Heads, read_heads, unpermute_rows
from rare_app.model.gguf_header import read_header

_PLACES = {short: module for module, short in MODULES.items()}


@dataclass(frozen=True, slots=True)
class Start:
    """An adapter to go on from.

    Attributes
    ----------
    state : dict of str to Tensor
        Its matrices by the names that training gives them.
    base_sha256 : str
        Of the base that it was trained on; empty where the file does not say.
    alpha, rank : float, int
        Its scale is ``alpha / rank``.
    """

    state: dict[str, torch.Tensor]
    base_sha256: str
    alpha: float
    rank: int


def read_start(path: Path, *, base: Path) -> Start:
    """Read an adapter: ``adapter.pt`` of a training, or a GGUF file of ``tune export``.

    Parameters
    ----------
    base : Path
        GGUF of the base, whose numbers of heads say how rows are ordered.

    Raises
    ------
    UserError
        The file is missing, damaged, or no adapter.
    """
    if path.suffix.lower() == ".gguf":
        return _read_gguf(path, heads=read_heads(base))
    state, facts = load_adapter(path)
    options = facts["options"]
    adapter = options["adapter"]
    return Start(
        state, options.get("base_sha256", ""), float(adapter["alpha"]), int(adapter["rank"])
    )


def _read_gguf(path: Path, *, heads: Heads | None) -> Start:
    alpha, tensors = read_adapter(path)
    state: dict[str, torch.Tensor] = {}
    for own, stored in tensors.items():
        name, target, side = _name(own)
        values = stored
        if heads and side == "B" and target in ("attn_q", "attn_k"):
            values = unpermute_rows(stored, heads.query if target == "attn_q" else heads.key)
        state[name] = torch.from_numpy(np.ascontiguousarray(values))
    ranks = {value.shape[0] for name, value in state.items() if ".lora_A." in name}
    if len(ranks) != 1:
        raise UserError(f"“{path.name}” holds no adapter of one rank: train a new one.")
    return Start(state, str(read_header(path).get(BASE_HASH, "")), alpha, ranks.pop())


def _name(name: str) -> tuple[str, str, str]:
    """Turn ``blk.3.attn_q.weight.lora_a`` into training's name, ``attn_q`` and ``A``."""
    block, _, rest = name.partition(".")
    number, _, rest = rest.partition(".")
    target, _, side = rest.partition(".weight.lora_")
    if block != "blk" or target not in _PLACES or side not in ("a", "b"):
        raise UserError(f"The adapter's tensor “{name}” has no place in a training.")
    side = side.upper()
    module = f"base_model.model.model.layers.{number}.{_PLACES[target]}"
    return f"{module}.lora_{side}.default.weight", target, side
