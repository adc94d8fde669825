"""How llama.cpp and transformers call a model's tensors, and how they order their rows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from rare_app.model import ModelLoadError
from rare_app.model.gguf_header import read_header

MODULES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
"""Names of a layer's matrices in transformers and in GGUF."""

_NORMS = {"input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm"}
_OUTSIDE = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
}
_IN_LAYERS = {short: name for name, short in (MODULES | _NORMS).items()}

PERMUTED = {"llama": True, "qwen2": False}
"""Architectures (GGUF names) that can be tuned: whether llama.cpp keeps the rows of the query and
key matrices in the order of the original Llama rotary embedding, and not in two halves a head."""


@dataclass(frozen=True, slots=True)
class Heads:
    """Numbers of attention heads: for queries, and for keys and values."""

    query: int
    key: int


def read_heads(model: Path) -> Heads | None:
    """Read the numbers of attention heads out of a model's GGUF file.

    Returns
    -------
    Heads or None
        ``None`` where rows are in the same order in GGUF and in transformers.

    Raises
    ------
    ModelLoadError
        The file is no whole GGUF file.
    """
    header = read_header(model)
    if not PERMUTED.get(str(header["general.architecture"]), True):
        return None
    attention = f"{header['general.architecture']}.attention"
    query, key = header[f"{attention}.head_count"], header[f"{attention}.head_count_kv"]
    if not (isinstance(query, int) and isinstance(key, int)):
        raise ModelLoadError(f"“{model.name}” does not say how many attention heads it has.")
    return Heads(query, key)


def model_name(name: str) -> str:
    """Turn a base's ``blk.3.attn_q.weight`` into ``model.layers.3.self_attn.q_proj.weight``.

    Raises
    ------
    KeyError
        There is no such tensor in the architectures that can be tuned.
    """
    stem, _, kind = name.rpartition(".")
    if not stem.startswith("blk."):
        return f"{_OUTSIDE[stem]}.{kind}"
    _, number, short = stem.split(".", 2)
    return f"model.layers.{number}.{_IN_LAYERS[short]}.{kind}"


def permute_rows(matrix: NDArray[Any], heads: int) -> NDArray[Any]:
    """Order a query or key matrix's rows as llama.cpp's converter does.

    In each head, row j of the first half and row j of the second become neighbours.

    Parameters
    ----------
    matrix : (out, n) array
        Rows in transformers' order.
    heads : int
        Number of heads that the rows belong to.
    """
    rows, columns = matrix.shape
    halves = matrix.reshape(heads, 2, rows // heads // 2, columns)
    return halves.swapaxes(1, 2).reshape(rows, columns)


def unpermute_rows(matrix: NDArray[Any], heads: int) -> NDArray[Any]:
    """Undo :func:`permute_rows`: rows as transformers has them, in two halves a head."""
    rows, columns = matrix.shape
    pairs = matrix.reshape(heads, rows // heads // 2, 2, columns)
    return pairs.swapaxes(1, 2).reshape(rows, columns)
