"""An adapter that a training starts from, in PyTorch's form and in llama.cpp's."""

import gguf
import numpy as np
import pytest
import torch

from rare_app.errors import UserError
from rare_app.lab.tuning.checkpoint import Progress, save_adapter
from rare_app.lab.tuning.export import adapter_tensors, write_adapter
from rare_app.lab.tuning.gguf_names import Heads, permute_rows, read_heads, unpermute_rows
from rare_app.lab.tuning.start import read_start
from rare_app.model import ModelLoadError, bundled_model_path
from rare_app.settings import PROJECT_FOLDER

from .test_export import state

SHIPPED = PROJECT_FOLDER / "models" / "rare-smollm2-135m.gguf"


@pytest.fixture
def base(tmp_path):
    """A GGUF file with the numbers of heads, and nothing else."""
    path = tmp_path / "base.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_head_count(3)
    writer.add_head_count_kv(1)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return path


def export(path, tensors, alpha=8.0):
    write_adapter(
        path,
        tensors=tensors,
        architecture="llama",
        alpha=alpha,
        metadata={"rare.base_sha256": "ab"},
    )
    return path


def test_rows_come_back_into_their_order():
    matrix = np.arange(48).reshape(24, 2)
    np.testing.assert_array_equal(unpermute_rows(permute_rows(matrix, 3), 3), matrix)


def test_an_exported_adapter_comes_back_as_it_was_trained(tmp_path, base):
    trained = state()
    path = export(tmp_path / "adapter.gguf", adapter_tensors(trained, heads=Heads(3, 1)))
    found = read_start(path, base=base)
    assert (found.base_sha256, found.alpha, found.rank) == ("ab", 8.0, 4)
    assert found.state.keys() == trained.keys()
    for name, value in trained.items():
        torch.testing.assert_close(found.state[name], value.half().float(), rtol=0, atol=0)


def test_an_adapter_of_a_training_is_read_too(tmp_path, base):
    trained = state()
    options = {"base_sha256": "cd", "adapter": {"rank": 4, "alpha": 16.0}}
    path = tmp_path / "adapter.pt"
    save_adapter(path, state=trained, progress=Progress(), options=options)
    found = read_start(path, base=base)
    assert (found.base_sha256, found.alpha, found.rank) == ("cd", 16.0, 4)
    assert found.state.keys() == trained.keys()


def test_what_is_no_adapter_is_told_in_a_sentence(tmp_path, base):
    with pytest.raises(UserError, match="is a model, not an adapter"):
        read_start(base, base=base)
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(b"GGUF" + bytes(8))
    with pytest.raises(ModelLoadError, match="not a whole GGUF file"):
        read_start(damaged, base=base)
    whole = export(tmp_path / "whole.gguf", adapter_tensors(state(), heads=Heads(3, 1)))
    damaged.write_bytes(whole.read_bytes()[:-40])
    with pytest.raises(UserError, match=r"“damaged\.gguf” cannot be read"):
        read_start(damaged, base=base)
    with pytest.raises(UserError, match="cannot be read"):
        read_start(tmp_path / "missing.pt", base=base)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("output.weight.lora_a", "no place in a training"),
        ("blk.0.ffn_up.weight.lora_b", "one rank"),
    ],
)
def test_tensors_without_a_place_are_named(tmp_path, base, name, said):
    path = export(tmp_path / "odd.gguf", {name: np.ones((4, 4), np.float16)})
    with pytest.raises(UserError, match=said):
        read_start(path, base=base)


@pytest.mark.model
def test_the_shipped_adapter_comes_back_whole():
    base = bundled_model_path()
    found = read_start(SHIPPED, base=base)
    again = adapter_tensors(found.state, heads=read_heads(base))
    stored = {tensor.name: tensor.data for tensor in gguf.GGUFReader(SHIPPED).tensors}
    assert again.keys() == stored.keys()
    for name, values in again.items():
        np.testing.assert_array_equal(values, stored[name].reshape(values.shape))
