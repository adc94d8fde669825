"""``tune export``: an adapter as a GGUF file that llama.cpp loads beside its base."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from rare_app.errors import UserError
from rare_app.lab.tuning.base import find_base
from rare_app.lab.tuning.checkpoint import load_adapter
from rare_app.lab.tuning.gguf_names import MODULES, Heads, permute_rows, read_heads
from rare_app.lab.tuning.items import Form
from rare_app.model import INVOCATION_KEY, NO_ADAPTER, hash_model
from rare_app.model.gguf_header import read_header

BASE_HASH = "rare.base_sha256"
"""Metadata key that ties an adapter to its base."""

FORM = "rare.form"
"""Metadata key that says what an adapter has learned to write."""

LED = "rare.led"
"""Metadata key that says whether likely words stood above what it learned from."""

_STEPS = re.compile(r'^steps = """.*?"""\n', re.MULTILINE | re.DOTALL)
_TRAILING_COMMENTS = re.compile(r"(?:\n#[^\n]*)*\s*\Z")


def export_adapter(path: Path, *, output: Path, base: Path | None = None) -> int:
    """Write an adapter of ``tune train`` as a GGUF adapter in f16.

    Parameters
    ----------
    path : Path
        ``adapter.pt`` (or ``adapter-N.pt``) of a training; or a GGUF adapter, which is copied.
    output : Path
        The file to write.
    base : Path, optional
        GGUF of the base; default the bundled model.

    Returns
    -------
    int
        Size of the file in bytes.

    Raises
    ------
    UserError
        The adapter is unreadable, or belongs to another base.
    """
    model = find_base(base)
    sha256 = hash_model(model)
    if path.suffix.lower() == ".gguf":
        if read_header(path).get(BASE_HASH) != sha256:
            raise UserError(
                f"“{path.name}” belongs to another base than “{model.name}”: name its own with "
                "--base."
            )
        output.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, output)
        return output.stat().st_size
    state, facts = load_adapter(path)
    options = facts["options"]
    if options.get("base_sha256") != sha256:
        raise UserError(
            f"{path.name} was trained on “{options.get('base_name')}”, not on this "
            f"“{model.name}”: name its own base with --base."
        )
    tensors = adapter_tensors(state, heads=read_heads(model))
    write_adapter(
        output,
        tensors=tensors,
        architecture=str(read_header(model)["general.architecture"]),
        alpha=float(options["adapter"]["alpha"]),
        metadata=_metadata(facts, sha256),
        invocation=facts["options"].get("invocation") or (),
    )
    return output.stat().st_size


def form_of(adapter: Path) -> Form:
    """Tell what a GGUF adapter has learned to write."""
    return "sentence" if read_header(adapter).get(FORM) == "sentence" else "steps"


def is_led(adapter: Path) -> bool:
    """Tell whether a GGUF adapter has learned to weigh the reader's likely words."""
    return bool(read_header(adapter).get(LED))


def write_profile(adapter: Path, *, profile: Path, form: Form = "steps", led: bool = False) -> Path:
    """Write the profile of an adapter that acts from the question on, beside it.

    It is its base's, prefix and all, since passages are read by the base. An adapter that has
    learned to answer in one sentence leaves the steps to the base; one that has learned these needs
    no examples, and thinks before it quotes.

    Parameters
    ----------
    adapter : Path
        The GGUF file.
    profile : Path
        The base's profile.
    form : {"steps", "sentence"}
        What the adapter has learned to write.
    led : bool
        Whether likely words stood above the questions that it learned from.
    """
    text, own = profile.read_text(encoding="utf-8"), 'adapts = "sentence"'
    if form == "steps":
        own = "thinks_first = true"
        if found := _STEPS.search(text):
            text = text.replace(found[0], "", 1)
            text = _TRAILING_COMMENTS.sub("\n", text.partition("[[examples]]")[0])
    own = f'adapter = "{adapter.stem}"\n{own}' + "\nled = true" * led
    path = adapter.with_suffix(".toml")
    path.write_text(text.replace(f'adapter = "{NO_ADAPTER}"', own, 1), encoding="utf-8")
    return path


def adapter_tensors(
    state: dict[str, torch.Tensor], *, heads: Heads | None
) -> dict[str, NDArray[np.float16]]:
    """Name and turn LoRA matrices as llama.cpp has them.

    For Llama, llama.cpp keeps the rows of the query and key matrices in the order of the original
    rotary embedding, transformers in two halves a head; ``lora_b``, whose rows are the outputs, is
    permuted as the base is by llama.cpp's converter. ``lora_a`` is (rank, in), ``lora_b``
    (out, rank).

    Parameters
    ----------
    heads : Heads or None
        ``None`` where no rows are permuted.

    Raises
    ------
    UserError
        A tensor has no place in a GGUF adapter.
    """
    tensors: dict[str, NDArray[np.float16]] = {}
    for name, tensor in state.items():
        target, side = _target(name)
        values = tensor.float().numpy()
        if heads and side == "lora_b" and target.endswith(("attn_q", "attn_k")):
            values = permute_rows(values, heads.query if target.endswith("q") else heads.key)
        tensors[f"{target}.weight.{side}"] = np.ascontiguousarray(values.astype(np.float16))
    return tensors


def write_adapter(
    path: Path,
    *,
    tensors: dict[str, NDArray[np.float16]],
    architecture: str,
    alpha: float,
    metadata: dict[str, str | int | float],
    invocation: Sequence[int] = (),
) -> None:
    """Write a GGUF adapter; an older file stays until the new one is whole.

    Parameters
    ----------
    invocation : sequence of int
        Tokens of the prompt from whose last occurrence on the adapter acts (activated LoRA, arXiv
        2504.12397; llama.cpp's key, PEFT's ``alora_invocation_tokens``); empty for one that acts
        everywhere.
    """
    import gguf

    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    writer = gguf.GGUFWriter(part, architecture)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, alpha)
    for key, value in metadata.items():
        if isinstance(value, str):
            writer.add_string(key, value)
        elif isinstance(value, int):
            writer.add_uint64(key, value)
        else:
            writer.add_float32(key, value)
    if invocation:
        # GGUFWriter.add_array would write signed numbers; llama.cpp reads unsigned ones.
        unsigned = gguf.GGUFValueType.UINT32
        writer.add_key_value(
            INVOCATION_KEY, list(invocation), gguf.GGUFValueType.ARRAY, sub_type=unsigned
        )
    for name, values in tensors.items():
        writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    part.replace(path)


def read_adapter(path: Path) -> tuple[float, dict[str, NDArray[np.float32]]]:
    """Read a GGUF adapter.

    Returns
    -------
    alpha : float
    tensors : dict of str to array of float32
        By llama.cpp's names, as :func:`adapter_tensors` gives them.

    Raises
    ------
    ModelLoadError
        The file is missing, or no GGUF file.
    UserError
        It is a model, or cut off.
    """
    import gguf

    if read_header(path).get("general.type") != "adapter":
        raise UserError(f"“{path.name}” is a model, not an adapter: name an adapter.")
    try:
        reader = gguf.GGUFReader(path)
        alpha = float(reader.get_field(gguf.Keys.Adapter.LORA_ALPHA).contents())
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        raise UserError(
            f"“{path.name}” cannot be read ({error}): export or download it again."
        ) from error
    return alpha, {
        tensor.name: gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        for tensor in reader.tensors
    }


def _target(name: str) -> tuple[str, str]:
    """Turn ``…layers.3.self_attn.q_proj.lora_A…`` into ``blk.3.attn_q`` and ``lora_a``."""
    _, found, rest = name.partition("layers.")
    number, _, rest = rest.partition(".")
    module, mark, side = rest.partition(".lora_")
    if not (found and mark and number.isdigit() and module in MODULES and side[:1] in "AB"):
        raise UserError(f"The adapter's tensor “{name}” has no place in a GGUF adapter.")
    return f"blk.{number}.{MODULES[module]}", f"lora_{side[0].lower()}"


def _metadata(facts: dict[str, Any], sha256: str) -> dict[str, str | int | float]:
    progress, options = facts["progress"], facts["options"]
    return {
        "general.name": "RARE adapter",
        "rare.base_name": str(options.get("base_name", "")),
        BASE_HASH: sha256,
        FORM: str(options.get("form", "steps")),
        LED: int(options.get("led", False)),
        "rare.rank": int(options["adapter"]["rank"]),
        "rare.steps": int(progress["step"]),
        "rare.questions": int(progress["questions"]),
        "rare.tokens": int(progress["tokens"]),
        "rare.causal_share": float(options["causal_share"]),
        "rare.rate": float(options["rate"]),
    }
