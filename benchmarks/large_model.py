"""A GGUF of a 1B-class shape with random weights: speed does not depend on what they are."""

from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

LAYERS, WIDTH, HEADS, KEY_HEADS, INNER = 16, 2048, 32, 8, 8192
"""The shape of Llama-3.2-1B, with the vocabulary of the model that it is written like."""
_BLOCK = 32


def write_large_model(path: Path, *, like: Path) -> Path:
    """Write the model, matrices in Q4_0.

    Parameters
    ----------
    like : Path
        A GGUF whose tokenizer is taken over.
    """
    reader = gguf.GGUFReader(like)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(8192)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_rope_freq_base(500000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0)
    for name, field in reader.fields.items():
        if name.startswith("tokenizer."):
            kind = field.types[0]
            inner = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(name, field.contents(), kind, sub_type=inner)
    vocabulary = len(reader.fields["tokenizer.ggml.tokens"].data)
    random = np.random.default_rng(0)

    def matrix(name: str, rows: int, columns: int) -> None:
        data = _random_q4(random, rows, columns)
        writer.add_tensor(name, data, raw_dtype=gguf.GGMLQuantizationType.Q4_0)

    matrix("token_embd.weight", vocabulary, WIDTH)
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    narrow = WIDTH // HEADS * KEY_HEADS
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        for norm in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"{block}{norm}.weight", np.ones(WIDTH, np.float32))
        for name, rows, columns in (
            ("attn_q", WIDTH, WIDTH),
            ("attn_k", narrow, WIDTH),
            ("attn_v", narrow, WIDTH),
            ("attn_output", WIDTH, WIDTH),
            ("ffn_gate", INNER, WIDTH),
            ("ffn_up", INNER, WIDTH),
            ("ffn_down", WIDTH, INNER),
        ):
            matrix(f"{block}{name}.weight", rows, columns)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _random_q4(random: np.random.Generator, rows: int, columns: int) -> NDArray[np.uint8]:
    """Blocks of 32 weights: a float16 scale and sixteen bytes of two weights each."""
    blocks = columns // _BLOCK
    data = random.integers(0, 256, size=(rows, blocks, 18), dtype=np.uint8)
    scale = np.float16(0.2 / columns**0.5).tobytes()
    data[:, :, :2] = np.frombuffer(scale, dtype=np.uint8)
    return data.reshape(rows, blocks * 18)
