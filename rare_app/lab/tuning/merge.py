"""``tune export --merge``: base and adapter as one quantised model, for tools without adapters."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rare_app.errors import UserError
from rare_app.lab.tuning.export import BASE_HASH, read_adapter
from rare_app.model import hash_model

TYPES = ("q8_0", "q6_k", "q5_k_m", "q5_1", "q4_k_m", "q4_1", "q4_0", "bf16", "f16")
"""Kinds of weights that can be written, the first by default."""

_OWN_KEYS = (BASE_HASH, "rare.adapter_sha256")


def merge_adapter(base: Path, *, adapter: Path, output: Path, kind: str = TYPES[0]) -> int:
    """Write the base with the adapter added to its weights.

    The base is dequantised, W + (alpha / rank) B A is written in f16 one tensor at a time, and
    llama.cpp quantises that file. Metadata and tokenizer are the base's.

    Parameters
    ----------
    base, adapter : Path
        GGUF files; the adapter belongs to the base.
    kind : str
        One of :data:`TYPES`.

    Returns
    -------
    int
        Size of the file in bytes.

    Raises
    ------
    UserError
        The kind is unknown, or llama.cpp cannot quantise.
    """
    if kind not in TYPES:
        raise UserError(f"There is no type “{kind}”; known are {', '.join(TYPES)}.")
    output.parent.mkdir(parents=True, exist_ok=True)
    whole, part = output.with_suffix(".f16.part"), output.with_suffix(".part")
    try:
        _write_merged(base, adapter=adapter, output=whole)
        if kind == "f16":
            whole.replace(part)
        else:
            _quantise(whole, output=part, kind=kind)
        part.replace(output)
    finally:
        whole.unlink(missing_ok=True)
        part.unlink(missing_ok=True)
    return output.stat().st_size


def _write_merged(base: Path, *, adapter: Path, output: Path) -> None:
    import gguf

    reader = gguf.GGUFReader(base)
    scale, pairs = _read_adapter(adapter)
    names = {tensor.name for tensor in reader.tensors}
    if lost := sorted(set(pairs) - names):
        raise UserError(f"“{base.name}” has no tensor “{lost[0]}”: name the adapter's own base.")
    writer = gguf.GGUFWriter(output, _architecture(reader))
    _copy_metadata(reader, writer)
    writer.add_file_type(int(gguf.LlamaFileType.MOSTLY_F16))
    for key, path in zip(_OWN_KEYS, (base, adapter), strict=True):
        writer.add_string(key, hash_model(path))
    for tensor in reader.tensors:
        dtype = _dtype(tensor)
        shape = [int(size) for size in reversed(tensor.shape)]
        writer.add_tensor_info(
            tensor.name, shape, dtype, int(np.prod(shape)) * dtype.itemsize, raw_dtype=None
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for tensor in reader.tensors:
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        if tensor.name in pairs:
            low, high = pairs[tensor.name]
            values = values + scale / low.shape[0] * (high @ low)
        writer.write_tensor_data(np.ascontiguousarray(values.astype(_dtype(tensor))))
    writer.close()


def _read_adapter(path: Path) -> tuple[float, dict[str, tuple[NDArray[Any], NDArray[Any]]]]:
    """Give alpha, and for each of the base's tensors the two matrices, (rank, in), (out, rank)."""
    alpha, matrices = read_adapter(path)
    names = {name.rpartition(".")[0] for name in matrices}
    return alpha, {name: (matrices[f"{name}.lora_a"], matrices[f"{name}.lora_b"]) for name in names}


def _architecture(reader: Any) -> str:
    return str(reader.get_field("general.architecture").contents())


def _copy_metadata(reader: Any, writer: Any) -> None:
    import gguf

    # The reader's own counts and what the writer writes itself.
    left_out = {gguf.Keys.General.ARCHITECTURE, gguf.Keys.General.FILE_TYPE, *_OWN_KEYS}
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name in left_out:
            continue
        kind = field.types[0]
        inner = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), kind, sub_type=inner)


def _dtype(tensor: Any) -> np.dtype[Any]:
    """Matrices in f16; norms and biases stay in f32, as llama.cpp wants them."""
    return np.dtype(np.float16 if len(tensor.shape) > 1 else np.float32)


def _quantise(path: Path, *, output: Path, kind: str) -> None:
    import llama_cpp

    @llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]
    def hush(_level: int, _text: bytes, _data: Any) -> None:
        """Say nothing; llama.cpp would write hundreds of lines to stderr."""

    options = llama_cpp.llama_model_quantize_default_params()
    name = "LLAMA_FTYPE_MOSTLY_" + kind.upper()
    options.ftype = getattr(llama_cpp, name)
    options.nthread = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    llama_cpp.llama_log_set(hush, llama_cpp.ctypes.c_void_p(0))
    try:
        failed = llama_cpp.llama_model_quantize(os.fsencode(path), os.fsencode(output), options)
    finally:
        # Back to llama.cpp's own: a model that is loaded later sets the app's.
        llama_cpp.llama_log_set(llama_cpp.llama_log_callback(), llama_cpp.ctypes.c_void_p(0))
    if failed:
        raise UserError(
            f"llama.cpp could not write the type “{kind}”: choose another, or free disk space."
        )
