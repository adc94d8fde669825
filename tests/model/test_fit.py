"""What cannot be loaded is refused before llama.cpp sees it, or without the app's end."""

import struct

import pytest

from rare_app.model import Engine, LanguageModel, ModelLoadError, bundled_model_path, fit
from rare_app.model.fit import check_loadable, estimate_bytes, parts_of
from rare_app.model.gguf_header import check_whole

from .make import header, make_adapter, make_model

GB = 10**9
SHAPE = {
    "llama__block_count": 10,
    "llama__embedding_length": 640,
    "llama__attention__head_count": 10,
    "llama__attention__head_count_kv": 2,
}


def load(path, **options):
    return LanguageModel(
        path=path, **{"context_tokens": 64, "batch_tokens": 32, "threads": 1, **options}
    )


def test_the_estimate_counts_weights_state_and_batch(tmp_path):
    path = make_model(tmp_path / "model.gguf", **SHAPE)
    size = path.stat().st_size
    state = 10 * 2 * (64 + 64) * 2  # layers, heads, keys and values of 64 numbers, two bytes each
    one = estimate_bytes(path, context_tokens=1000, batch_tokens=1)
    two = estimate_bytes(path, context_tokens=2000, batch_tokens=1)
    assert two - one == 1000 * (state + 4 * 10)  # and a score for each head
    assert one > size + 1000 * state


def test_all_parts_of_a_model_count(tmp_path):
    one, two = (make_model(tmp_path / f"m-0000{n}-of-00002.gguf", **SHAPE) for n in (1, 2))
    make_model(tmp_path / "m-00001-of-00003.gguf")
    assert parts_of(one) == [one, two]
    assert parts_of(tmp_path / "m.gguf") == [tmp_path / "m.gguf"]
    two.write_bytes(b"GGUF")
    with pytest.raises(ModelLoadError, match=r"“m-00002-of-00002.gguf” is not a whole GGUF"):
        check_loadable(one, context_tokens=64, batch_tokens=32)


def test_a_model_that_is_too_large_for_the_free_memory_is_refused(tmp_path, monkeypatch):
    large = {
        **SHAPE,
        "llama__attention__head_count_kv": 10,
        "llama__block_count": 100,
        "llama__context_length": 131072,
    }
    path = make_model(tmp_path / "large.gguf", **large)
    monkeypatch.setattr(fit, "available_memory", lambda: int(1.5 * GB))
    told = (
        r"“large.gguf” needs about 2.4 GB of memory with a context of 8192 tokens, and 1.5 GB are "
        r"free: close other programs, set RARE_CONTEXT_TOKENS lower, or choose a smaller model"
    )
    with pytest.raises(ModelLoadError, match=told):
        load(path, context_tokens=8192)
    check_loadable(path, context_tokens=2048, batch_tokens=32)  # a shorter context fits
    make_model(path, **{**large, "llama__context_length": 2048})
    check_loadable(path, context_tokens=8192, batch_tokens=32)  # it was trained with a shorter one


def test_a_file_that_is_cut_off_is_refused_with_its_size(tmp_path):
    whole = bundled_model_path().read_bytes()
    path = tmp_path / "cut.gguf"
    path.write_bytes(whole)
    check_whole(path)
    path.write_bytes(whole[:50_000_000])
    with pytest.raises(ModelLoadError, match=r"“cut.gguf” is cut off \(50 of 98 MB\): download it"):
        load(path)
    path.write_bytes(whole[:1_772_000])  # among the tensors' names
    with pytest.raises(ModelLoadError, match=r"“cut.gguf” is not a whole GGUF file"):
        load(path)


def test_no_damaged_list_of_tensors_raises_anything_else(tmp_path):
    path = make_adapter(tmp_path / "a.gguf", base="x", size=64)
    whole = path.read_bytes()
    check_whole(path)
    for at in range(len(header()), len(whole) - 512):
        for value in (0, 255):
            data = bytearray(whole)
            data[at] = value
            path.write_bytes(data)
            try:
                check_whole(path)
            except ModelLoadError as error:
                assert "download it again" in str(error)  # noqa: PT017


@pytest.mark.model
def test_a_kind_that_llama_cpp_does_not_know_is_named(tmp_path):
    path = make_model(tmp_path / "new.gguf", general__architecture="llama9")
    with pytest.raises(ModelLoadError, match=r"“new.gguf”: it does not know the kind “llama9”"):
        load(path)


@pytest.mark.model
def test_a_file_on_which_llama_cpp_ends_does_not_end_the_app(settings):
    """A model of no layers, which llama.cpp aborts on; and the same one mended."""
    data = bytearray(bundled_model_path().read_bytes())
    key = b"llama.block_count"
    at = data.index(key) + len(key) + 4
    right, data[at : at + 4] = bytes(data[at : at + 4]), struct.pack("<I", 0)
    path = settings.model_paths[0] / "odd.gguf"
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    engine = Engine(settings=settings)
    with (
        pytest.raises(ModelLoadError, match=r"llama.cpp ends on “odd.gguf”, .* download it again"),
        engine.use(model="odd"),
    ):
        pass
    data[at : at + 4] = right
    path.write_bytes(data)
    with engine.use(model="odd", adapter="none") as loaded:
        assert engine.record.has_run(loaded.file)
    engine.close()
