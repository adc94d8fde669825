import json

import numpy as np
import pytest
import torch

from rare_app.errors import UserError
from rare_app.lab.tuning.export import adapter_tensors, write_adapter
from rare_app.lab.tuning.gguf_names import Heads, permute_rows

NAME = "base_model.model.model.layers.{}.{}.lora_{}.default.weight"


def state(rank=4, width=12, key_width=4):
    shapes = {"self_attn.q_proj": width, "self_attn.k_proj": key_width, "mlp.down_proj": width}
    tensors = {}
    for module, out in shapes.items():
        tensors[NAME.format(1, module, "A")] = torch.randn(rank, width)
        tensors[NAME.format(1, module, "B")] = torch.randn(out, rank)
    return tensors


def test_names_and_shapes():
    tensors = adapter_tensors(state(), heads=Heads(3, 1))
    assert {name: value.shape for name, value in tensors.items()} == {
        "blk.1.attn_q.weight.lora_a": (4, 12),
        "blk.1.attn_q.weight.lora_b": (12, 4),
        "blk.1.attn_k.weight.lora_a": (4, 12),
        "blk.1.attn_k.weight.lora_b": (4, 4),
        "blk.1.ffn_down.weight.lora_a": (4, 12),
        "blk.1.ffn_down.weight.lora_b": (12, 4),
    }
    assert all(value.dtype == np.float16 for value in tensors.values())


def test_rows_of_a_head_are_interleaved():
    rows = np.arange(8).reshape(8, 1)
    assert permute_rows(rows, 2)[:, 0].tolist() == [0, 2, 1, 3, 4, 6, 5, 7]


def test_unknown_tensor_is_named():
    with pytest.raises(UserError, match="lm_head"):
        adapter_tensors(
            {"base_model.model.lm_head.lora_A.default.weight": torch.ones(1, 1)}, heads=Heads(1, 1)
        )


def test_file_reads_back(tmp_path):
    import gguf

    from rare_app.model.gguf_header import read_header

    tensors = adapter_tensors(state(), heads=Heads(3, 1))
    path = tmp_path / "adapter.gguf"
    write_adapter(
        path,
        tensors=tensors,
        architecture="llama",
        alpha=8.0,
        metadata={"rare.base_sha256": "ab", "rare.steps": 3, "rare.rate": 0.5},
    )
    header = read_header(path)
    assert header["general.type"] == "adapter"
    assert header["adapter.type"] == "lora"
    assert header["adapter.lora.alpha"] == 8.0
    assert header["rare.base_sha256"] == "ab"
    reader = gguf.GGUFReader(path)
    stored = {tensor.name: tensor.data for tensor in reader.tensors}
    for name, values in tensors.items():
        np.testing.assert_array_equal(stored[name].reshape(values.shape), values)


@pytest.mark.model
def test_adapter_of_another_base_is_refused(tmp_path):
    from rare_app.lab.tuning.export import export_adapter

    options = {
        "base_sha256": "0" * 64,
        "base_name": "other.gguf",
        "adapter": {"alpha": 1, "rank": 4},
    }
    facts = json.dumps({"options": options, "progress": {}})
    torch.save({"adapter": state(), "facts": facts}, tmp_path / "adapter.pt")
    with pytest.raises(UserError, match=r"trained on “other\.gguf”"):
        export_adapter(tmp_path / "adapter.pt", output=tmp_path / "out.gguf")


@pytest.mark.model
def test_a_written_adapter_is_copied_to_its_own_base_only(tmp_path):
    from rare_app.lab.tuning.base import find_base
    from rare_app.lab.tuning.export import export_adapter
    from rare_app.model import hash_model

    tensors = adapter_tensors(state(), heads=Heads(3, 1))
    facts = {"architecture": "llama", "alpha": 8.0, "tensors": tensors}
    own, other = tmp_path / "own.gguf", tmp_path / "other.gguf"
    write_adapter(own, metadata={"rare.base_sha256": hash_model(find_base(None))}, **facts)
    write_adapter(other, metadata={"rare.base_sha256": "0" * 64}, **facts)
    size = export_adapter(own, output=tmp_path / "new" / "out.gguf")
    assert (tmp_path / "new" / "out.gguf").read_bytes() == own.read_bytes()
    assert size == own.stat().st_size
    with pytest.raises(UserError, match=r"“other\.gguf” belongs to another base"):
        export_adapter(other, output=tmp_path / "out.gguf")
