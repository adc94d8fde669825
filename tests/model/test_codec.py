"""Saved sequences taken apart, turned, and stored in few bits."""

import numpy as np
import pytest

from rare_app.model import BlockCodec, ModelError
from rare_app.model.rotation import Rotation
from rare_app.model.sequences import SCRATCH
from rare_app.model.state import new_state, parse_state

TOKENS = 130
FIRST = 57


def rotation_of(*, halves):
    return Rotation(heads=2, size=64, base=10000.0, halves=halves)


@pytest.fixture(params=[True, False], ids=["halves", "neighbours"])
def rotation(request):
    return rotation_of(halves=request.param)


def plain_keys(layers=3):
    """Keys before they are turned: some channels large throughout, as those of models are."""
    random = np.random.default_rng(0)
    middle = random.normal(size=(layers, 1, 128)) * 10
    return (middle + random.normal(size=(layers, TOKENS, 128))).astype(np.float32)


def saved_state(rotation, keys, *, first=FIRST):
    state = new_state(tokens=TOKENS, layers=len(keys), width=128, first=first, owner=SCRATCH)
    state.keys[:] = rotation.turn(keys, np.arange(first, first + TOKENS))
    state.values[:] = np.random.default_rng(1).normal(size=state.values.shape)
    return bytearray(state.data.tobytes())


@pytest.mark.model
def test_what_llama_cpp_saves_is_taken_apart_and_written_again_to_the_byte(model):
    model.decode(model.tokenise("The queen lays eggs."), sequence=SCRATCH, at=5)
    saved = model.sequences.save(SCRATCH)
    state = parse_state(saved)
    layers, tokens, width = state.keys.shape
    assert state.positions.tolist() == list(range(5, 5 + tokens))
    made = new_state(tokens=tokens, layers=layers, width=width, first=5, owner=SCRATCH)
    made.keys[:] = state.keys
    made.values[:] = state.values
    assert made.data.tobytes() == bytes(saved)


@pytest.mark.model
def test_the_models_own_rotation_is_found(model):
    found = model.rotation
    assert (found.heads, found.size, found.halves) == (3, 64, False)


@pytest.mark.model
def test_a_rotation_that_llama_cpp_does_not_make_is_not_taken(model, monkeypatch):
    from rare_app.model import rotation

    header = rotation.read_header(model.path)
    for key, value in {"llama.rope.freq_base": 9_000.0, "llama.rope.dimension_count": 32}.items():
        monkeypatch.setattr(rotation, "read_header", lambda _, k=key, v=value: {**header, k: v})
        assert rotation.find_rotation(model) is None


def test_turning_there_and_back_changes_nothing(rotation):
    keys = plain_keys()
    places = np.arange(3000, 3000 + TOKENS)
    turned = rotation.turn(keys, places)
    assert np.abs(turned - keys).max() > 1
    np.testing.assert_allclose(rotation.turn(turned, -places), keys, atol=1e-4)
    # Further by a distance is the same as from the start to there.
    moved = rotation.turn(turned, np.array([500]))
    np.testing.assert_allclose(moved, rotation.turn(keys, places + 500), atol=0.02)


@pytest.mark.parametrize(("bits", "error"), [(4, 0.5), (8, 0.06), (16, 0.04)])
@pytest.mark.parametrize("first", [FIRST, 0, 4000])
def test_a_block_is_expanded_for_any_place(rotation, bits, error, first):
    keys = plain_keys()
    saved = saved_state(rotation, keys)
    codec = BlockCodec(rotation=rotation, bits=bits)
    stored = codec.encode(saved)
    assert len(stored) < (bits + 1.5) / 16 * len(saved)
    got = parse_state(codec.decode(stored, first=first))
    assert got.positions.tolist() == list(range(first, first + TOKENS))
    expected = rotation.turn(keys, np.arange(first, first + TOKENS))
    assert np.abs(got.keys - expected).max() < error
    values = parse_state(saved).values
    assert np.abs(got.values.astype(np.float32) - values).max() < error
    if bits == 16:
        assert (got.values == values).all()
        assert bytes(codec.decode(stored, first=FIRST)) == bytes(saved)


def test_one_token_and_numbers_that_are_all_the_same(rotation):
    state = new_state(tokens=1, layers=1, width=128, first=0, owner=SCRATCH)
    state.keys[:], state.values[:] = 2.5, 0
    codec = BlockCodec(rotation=rotation, bits=4)
    got = parse_state(codec.decode(codec.encode(bytearray(state.data.tobytes())), first=0))
    assert (got.keys == 2.5).all()
    assert (got.values == 0).all()


def test_numpy_alone_comes_to_the_same(rotation, monkeypatch):
    from rare_app.model import codec as module

    codec = BlockCodec(rotation=rotation, bits=4)
    stored = codec.encode(saved_state(rotation, plain_keys()))
    expected = bytes(codec.decode(stored, first=9))
    monkeypatch.setattr(module, "_converter", lambda _: None)
    assert bytes(codec.decode(stored, first=9)) == expected


@pytest.mark.parametrize("harm", [lambda d: d[:-1], lambda d: d + b"x", lambda d: d[:20], bytes])
def test_what_is_no_block_is_refused(rotation, harm):
    codec = BlockCodec(rotation=rotation, bits=4)
    stored = bytes(codec.encode(saved_state(rotation, plain_keys())))
    data = harm(stored)
    if data == stored:
        codec = BlockCodec(rotation=Rotation(heads=4, size=32, base=1e4, halves=True), bits=4)
    with pytest.raises(ModelError):
        codec.decode(data, first=0)


def test_a_state_of_another_form_is_stored_as_it_is(rotation):
    codec = BlockCodec(rotation=rotation, bits=4)
    saved = saved_state(rotation, plain_keys())
    for other in (saved[:-2], saved[:8] + b"\2" + saved[9:], saved + saved, saved[:12]):
        with pytest.raises(ModelError):
            parse_state(other)
        assert codec.encode(bytearray(other)) == other
        assert codec.decode(bytes(other), first=7) == other
    wider = BlockCodec(rotation=Rotation(heads=4, size=64, base=1e4, halves=True), bits=4)
    assert wider.encode(saved) == saved
