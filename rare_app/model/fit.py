"""Whether a model is whole and fits into the memory of this machine, told before it is loaded."""

from glob import escape
from pathlib import Path

from rare_app.machine import available_memory
from rare_app.model.errors import ModelLoadError
from rare_app.model.gguf_header import Value, check_whole, read_header, vocabulary_size

_STATE_BYTES = 2
"""Bytes of a number of keys and values."""


def estimate_bytes(path: Path, *, context_tokens: int, batch_tokens: int) -> int:
    """Estimate the memory that a model takes once it is loaded.

    Parameters
    ----------
    context_tokens, batch_tokens : int
        Tokens that the context holds, and that are decoded at once.

    Returns
    -------
    int
        Bytes of the weights (of all parts of the model), the keys and values, and one batch's
        scores and logits. The standard model was seen to take 1.6 GB where this says 1.9.

    Raises
    ------
    ModelLoadError
        The file is not GGUF.
    """
    header = read_header(path)
    architecture = header.get("general.architecture", "")

    def number(key: str, default: int) -> int:
        value: Value = header.get(f"{architecture}.{key}", default)
        return int(value) if isinstance(value, (int, float)) and value >= 0 else default

    heads = number("attention.head_count", 0)
    width = number("embedding_length", 0)
    of_head = width // heads if heads else 0
    keys = number("attention.key_length", of_head) + number("attention.value_length", of_head)
    layers = number("block_count", 0)
    a_token = layers * number("attention.head_count_kv", heads) * keys * _STATE_BYTES
    batch = 4 * batch_tokens * (heads * context_tokens + vocabulary_size(path) + 8 * width)
    weights = sum(one.stat().st_size for one in parts_of(path))
    return int(weights + a_token * context_tokens + batch)


def check_loadable(
    path: Path,
    *,
    context_tokens: int,
    batch_tokens: int,
    spare_tokens: int = 0,
) -> None:
    """Make sure that a model is whole and that there is memory for it.

    Parameters are those of :func:`estimate_bytes`; a model that was trained with a shorter context
    gets that. `spare_tokens` are held beside it.

    Raises
    ------
    ModelLoadError
        The file is not GGUF, is cut off, or there is not enough memory.
    """
    for part in parts_of(path):
        check_whole(part)
    header = read_header(path)
    trained = header.get(f"{header.get('general.architecture')}.context_length")
    if isinstance(trained, int) and trained > 0:
        context_tokens = min(context_tokens, trained)
    needed = estimate_bytes(
        path,
        context_tokens=context_tokens + spare_tokens,
        batch_tokens=min(batch_tokens, context_tokens),
    )
    free = available_memory()
    if needed > free:
        raise ModelLoadError(
            f"“{path.name}” needs about {needed / 1e9:.1f} GB of memory with a context of "
            f"{context_tokens} tokens, and {free / 1e9:.1f} GB are free: close other programs, set "
            "RARE_CONTEXT_TOKENS lower, or choose a smaller model."
        )


def parts_of(path: Path) -> list[Path]:
    """List a model's file, or all parts of it that are here (``…-00001-of-00003.gguf``)."""
    stem, mark, count = path.stem.rpartition("-of-")
    if mark and count.isdigit() and stem[-5:].isdigit():
        return sorted(path.parent.glob(f"{escape(stem[:-5])}?????-of-{count}.gguf"))
    return [path]
