"""Low-rank changes of a reader's encoder: what learns when all of its weights would be too many."""

from pathlib import Path

import torch
from torch import Tensor

from rare_app.errors import UserError
from rare_app.reader import EvidenceNetwork, apply_changes, read_changes, read_low_rank

ALPHA = 2.0
"""The change is this many times up times down (alpha / rank of LoRA, arXiv 2106.09685)."""
MATRICES = ("q", "k", "v", "o", "query", "key", "value", "dense")
"""The matrices of a layer, in MPNet and in BERT."""
_DOWN, _UP = ".lora_A.default.weight", ".lora_B.default.weight"


def add_low_rank(
    network: EvidenceNetwork,
    *,
    rank: int,
    first_layer: int = 0,
    start: Path | None = None,
    sha256: str = "",
) -> None:
    """Freeze a network's encoder and put low-rank changes on its layers' matrices.

    Parameters
    ----------
    rank : int
        Rows of down and columns of up.
    first_layer : int
        Layers before it are left as they are, and need no backward pass.
    start : Path, optional
        A reader of the same rank and layers to go on from.
    sha256 : str
        Of the encoder's weights, which `start` must name.

    Raises
    ------
    UserError
        `start` is no such reader.
    """
    from peft import LoraConfig, inject_adapter_in_model

    layers = range(first_layer, network.encoder.config.num_hidden_layers)
    inject_adapter_in_model(
        LoraConfig(
            r=rank,
            lora_alpha=round(ALPHA * rank),
            target_modules=list(MATRICES),
            layers_to_transform=list(layers),
            layers_pattern="layer",
        ),
        network.encoder,
    )
    if start is None:
        return
    changes = read_changes(start, base_sha256=sha256)
    apply_changes(network, (one for one in changes if not one[0].startswith("encoder.")))
    state = network.state_dict()
    known = {name: value.shape for name, value in state.items() if name.endswith((_DOWN, _UP))}
    stored: dict[str, Tensor] = {}
    for name, (down, up) in read_low_rank(start).items():
        module = name.removesuffix(".weight")
        stored |= {module + _DOWN: down, module + _UP: up / ALPHA}
    if known != {name: value.shape for name, value in stored.items()}:
        raise UserError(
            f"{start} has low-rank changes of another rank or other layers: name its rank, or "
            "start without it."
        )
    with torch.no_grad():
        for name, value in stored.items():
            state[name].copy_(value)


def low_rank_changes(
    network: EvidenceNetwork,
) -> tuple[dict[str, Tensor], dict[str, tuple[Tensor, Tensor]]]:
    """Give what training made: the heads, and by a matrix's name its change as down and up."""
    state = network.state_dict()
    heads = {name: value for name, value in state.items() if not name.startswith("encoder.")}
    pairs = {
        name.removesuffix(_DOWN) + ".weight": (
            down,
            ALPHA * state[name.removesuffix(_DOWN) + _UP],
        )
        for name, down in state.items()
        if name.endswith(_DOWN)
    }
    return heads, pairs
