"""The base model: the very quantised weights that are shipped, dequantised."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from rare_app.errors import UserError
from rare_app.model import bundled_model_path, hash_model
from rare_app.tuning.attention import NAME, register

ARCHITECTURES = ("llama",)
"""Architectures (GGUF names) that can be tuned: the export knows how their rows are permuted."""


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
    if architecture not in ARCHITECTURES:
        raise UserError(
            f"“{found.name}” is of the architecture “{architecture}”; supported are: "
            f"{', '.join(ARCHITECTURES)}."
        )
    return found


def load_base(path: Path | None = None, *, dtype: torch.dtype = torch.bfloat16) -> Base:
    """Dequantise a GGUF into a frozen transformers model that attends by segments.

    Raises
    ------
    UserError
        As :func:`find_base`; or the file cannot be dequantised.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    found = find_base(path)
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    register()
    try:
        tokenizer = AutoTokenizer.from_pretrained(found.parent, gguf_file=found.name)
        model = AutoModelForCausalLM.from_pretrained(
            found.parent, gguf_file=found.name, dtype=torch.float32
        )
    except (ValueError, KeyError, RuntimeError, OSError) as error:
        raise UserError(f"“{found.name}” cannot be dequantised ({error}).") from error
    model.config._attn_implementation = NAME
    model = model.to(dtype)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return Base(found, hash_model(found), model, tokenizer)
