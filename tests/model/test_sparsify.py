"""Which tokens a smaller memory leaves out."""

import struct

import numpy as np
import pytest

from rare_app.model import BlockStore, Memory, ModelError, Prompt
from rare_app.model.sparsify import key_norms, least_important

MAGIC = 0xAF143CD8


def state_of(norms, *, first=7, layers=2, width=8):
    """Write a state as llama.cpp does, with keys of these norms."""
    data = struct.pack("<IIII", MAGIC, 2, 1, len(norms))
    for i in range(len(norms)):
        data += struct.pack("<iI", first + i, 0)
    data += struct.pack("<II", 1, layers)
    for layer in range(layers):
        keys = np.zeros((len(norms), width), dtype=np.float16)
        keys[:, layer] = norms
        data += struct.pack("<iQ", 1, 2 * width) + keys.tobytes()
    return data + b"values, which are not looked at"


def test_norms_are_read_from_the_state():
    positions, norms = key_norms(state_of([1, 2, 3]))
    assert positions.tolist() == [7, 8, 9]
    np.testing.assert_allclose(norms, [0.5, 1.0, 1.5])


def test_the_largest_keys_go_but_never_the_first_four_nor_the_last():
    norms = [9, 9, 9, 9, 1, 5, 2, 6, 1, 9]
    assert least_important(state_of(norms), kept=0.8) == [7 + 5, 7 + 7]
    assert least_important(state_of(norms), kept=1.0) == []
    assert least_important(state_of(norms), kept=0.05) == [11, 12, 13, 14, 15]
    assert least_important(state_of(norms[:4]), kept=0.5) == []


@pytest.mark.parametrize(
    "data", [b"", b"abc", state_of([1, 2, 3])[:60], struct.pack("<IIII", MAGIC, 0, 2, 0)]
)
def test_another_form_is_refused(data):
    with pytest.raises(ModelError):
        key_norms(data)


@pytest.mark.model
def test_a_smaller_memory_is_smaller_and_still_close(model, tmp_path):
    text = (
        "Passage: Bees\nThe queen lays up to 2,000 eggs a day. In winter the bees form a cluster."
    )
    prompt = Prompt(
        prefix=tuple(model.tokenise("Answer with the passages only.\n\n")),
        blocks=(tuple(model.tokenise(text * 3)),),
        question=tuple(model.tokenise("\nQuestion: How many eggs does a queen lay?\nAnswer:")),
    )
    sizes, first = {}, {}
    for kept in (1.0, 0.75, 0.25):
        store = BlockStore(folder=tmp_path / str(kept), budget=10**9)
        memory = Memory(model=model, store=store, family="test", kept=kept)
        model.forget()
        memory.read(prompt)
        model.forget()
        assert memory.read(prompt).loaded
        sizes[kept], first[kept] = store.status().bytes, model.logits()
        store.close()
    assert sizes[0.25] < 0.6 * sizes[1.0]
    assert sizes[0.75] < sizes[1.0]
    far = {kept: float(np.abs(first[kept] - first[1.0]).mean()) for kept in (0.75, 0.25)}
    assert 0 < far[0.75] < far[0.25]
