"""Small GGUF files, made on the spot."""

import struct
from pathlib import Path

import numpy as np

STRING, UINT32 = 8, 4


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def entry(key: str, value: str | int | list[str]) -> bytes:
    if isinstance(value, list):
        array = struct.pack("<IIQ", 9, STRING, len(value)) + b"".join(map(_text, value))
        return _text(key) + array
    if isinstance(value, int):
        return _text(key) + struct.pack("<II", UINT32, value)
    return _text(key) + struct.pack("<I", STRING) + _text(value)


def header(**values: str | int | list[str]) -> bytes:
    """Write the header of a GGUF file without tensors; ``__`` in a key stands for a dot."""
    entries = [entry(key.replace("__", "."), value) for key, value in values.items()]
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(entries)) + b"".join(entries)


def make_model(path: Path, **values: str | int | list[str]) -> Path:
    """Write what looks like a model; llama.cpp cannot load it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    values = {
        "general__architecture": "llama",
        "tokenizer__ggml__tokens": ["a", "b"],
        "llama__context_length": 4096,
        **values,
    }
    path.write_bytes(header(**values))
    return path


def make_adapter(path: Path, *, base: str, size: int = 0) -> Path:
    """Write an adapter; with a size, a real one that changes the first layer of such a model."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kinds = {"general__type": "adapter", "general__architecture": "llama"}
    lora = {"adapter__type": "lora", "rare__base_sha256": base}
    if not size:
        path.write_bytes(header(**kinds, **lora))
        return path
    alpha = _text("adapter.lora.alpha") + struct.pack("<If", 6, 1.0)
    entries = [entry(k.replace("__", "."), v) for k, v in {**kinds, **lora}.items()] + [alpha]
    random = np.random.default_rng(0)
    weights = random.normal(size=(2, size)).astype("<f4")
    infos, at = b"", 0
    for letter, shape in (("a", (size, 1)), ("b", (1, size))):
        name = f"blk.0.attn_output.weight.lora_{letter}"
        infos += _text(name) + struct.pack("<IQQIQ", 2, *shape, 0, at)
        at += 4 * size
    head = b"GGUF" + struct.pack("<IQQ", 3, 2, len(entries)) + b"".join(entries) + infos
    path.write_bytes(head + b"\0" * (-len(head) % 32) + weights.tobytes())
    return path
