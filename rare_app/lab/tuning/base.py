"""The base model: the very quantised weights that are shipped, dequantised."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from rare_app.errors import UserError
from rare_app.lab.tuning.attention import NAME, register
from rare_app.lab.tuning.gguf_names import PERMUTED, model_name, read_heads, unpermute_rows
from rare_app.model import bundled_model_path, hash_model


@dataclass(frozen=True, slots=True)
class Base:
    """A base model in PyTorch and where it came from."""

    path: Path
    sha256: str
    model: Any
    tokenizer: Any


def find_base(path: Path | None) -> Path:
    """Give the path of the base: the one named, else the bundled one.

    Raises
    ------
    UserError
        There is no such file, or it is of an architecture that cannot be tuned.
    """
    found = path or bundled_model_path()
    if found is None or not found.is_file():
        raise UserError(f"The base model {found or '(bundled)'} is not there: name a GGUF file.")
    from rare_app.model.gguf_header import read_header

    architecture = str(read_header(found).get("general.architecture", "unknown"))
    if architecture not in PERMUTED:
        raise UserError(
            f"“{found.name}” is of the architecture “{architecture}”; supported are: "
            f"{', '.join(PERMUTED)}."
        )
    return found


def load_base(path: Path | None = None, *, dtype: torch.dtype = torch.bfloat16) -> Base:
    """Dequantise a GGUF into a frozen transformers model that attends by segments.

    Raises
    ------
    UserError
        As :func:`find_base`; or the file cannot be dequantised.
    """
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    found = find_base(path)
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    register()
    try:
        tokenizer = AutoTokenizer.from_pretrained(found.parent, gguf_file=found.name)
        config = AutoConfig.from_pretrained(found.parent, gguf_file=found.name)
        state = _dequantised(found, dtype)
        config.tie_word_embeddings = "lm_head.weight" not in state
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(config, dtype=dtype)
        model.load_state_dict(state, strict=False, assign=True)
        model.tie_weights()
        model.model.rotary_emb = type(model.model.rotary_emb)(config)
    except (ValueError, KeyError, RuntimeError, OSError) as error:
        raise UserError(f"“{found.name}” cannot be dequantised ({error}).") from error
    if lost := [name for name, one in model.named_parameters() if one.is_meta]:
        raise UserError(f"“{found.name}” lacks the weights “{lost[0]}”: download it again.")
    model.config._attn_implementation = NAME
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return Base(found, hash_model(found), model.eval(), tokenizer)


def _dequantised(path: Path, dtype: torch.dtype) -> dict[str, torch.Tensor]:
    """Read a model's weights by transformers' names, one tensor at a time."""
    import gguf

    heads = read_heads(path)
    state: dict[str, torch.Tensor] = {}
    for tensor in gguf.GGUFReader(path).tensors:
        if tensor.name.startswith("rope_freqs"):
            continue
        name = model_name(tensor.name)
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        if heads and name.endswith(("q_proj.weight", "k_proj.weight")):
            count = heads.query if name.endswith("q_proj.weight") else heads.key
            values = unpermute_rows(values, count)
        state[name] = torch.from_numpy(np.array(values, dtype=np.float32)).to(dtype)
    return state
