import random
from dataclasses import replace

import pytest

from rare_app.model import (
    AdapterError,
    ModelLoadError,
    ModelNotFoundError,
    bundled_model_path,
    choose_adapter,
    choose_model,
    find,
    find_adapters,
    find_models,
    hash_model,
)
from rare_app.model.gguf_header import read_header

from .make import header, make_adapter, make_model


def test_the_header_of_the_bundled_model_is_read():
    values = read_header(bundled_model_path())
    assert values["general.architecture"] == "llama"
    assert values["llama.context_length"] == 8192
    assert "<|im_start|>" in values["tokenizer.chat_template"]
    assert "tokenizer.ggml.tokens" not in values


def test_no_damaged_header_raises_anything_else(tmp_path):
    path = make_model(tmp_path / "model.gguf", general__type="model")
    whole = path.read_bytes()
    for cut in range(0, len(whole), 7):
        path.write_bytes(whole[:cut])
        with pytest.raises(ModelLoadError, match=r"“model.gguf” is not a whole GGUF file"):
            read_header(path)
    chance = random.Random(0)
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 8))):
            data[chance.randrange(len(data))] = chance.choice((0, 1, 255))
        path.write_bytes(data)
        try:
            find._describe(path)
        except ModelLoadError:
            continue


@pytest.mark.parametrize(
    "data", [b"", b"text", b"GGUF", b"GGJT" + bytes(99), b"GGUF" + b"\xff" * 99]
)
def test_what_is_no_gguf_is_refused(tmp_path, data):
    path = tmp_path / "x.gguf"
    path.write_bytes(data)
    with pytest.raises(ModelLoadError, match=r"download it again, or remove it"):
        read_header(path)


def test_models_of_the_user_are_found_first(settings):
    folder = settings.model_paths[0]
    make_model(
        folder / "deep" / "mine.gguf", general__architecture="gemma3", gemma3__context_length=64
    )
    make_model(folder / "parts-00001-of-00002.gguf")
    make_model(folder / "parts-00002-of-00002.gguf")
    make_model(folder / "odd.gguf", llama__context_length="many")
    make_adapter(folder / "adapter.gguf", base="x")
    (folder / "broken.gguf").write_bytes(b"GGUF")
    (folder / "folder.gguf").mkdir()
    (folder / "clip.gguf").write_bytes(header(general__type="mmproj", general__architecture="clip"))
    models = find_models(settings)
    here = [one.name for one in models if one.path.is_relative_to(folder)]
    assert here == ["mine", "odd", "parts-00001-of-00002"]
    assert (models[0].architecture, models[0].context_tokens, models[0].bundled) == (
        "gemma3",
        64,
        False,
    )
    assert models[-1].bundled
    assert find_adapters(settings)[0].name == "adapter"


def test_a_model_is_chosen_by_name_or_path(settings, tmp_path):
    mine = make_model(settings.model_paths[0] / "mine.gguf")
    elsewhere = make_model(tmp_path / "elsewhere.gguf")
    assert choose_model(settings).bundled
    assert choose_model(settings, "mine").path == choose_model(settings, "mine.gguf").path == mine
    assert choose_model(settings, str(elsewhere)).name == "elsewhere"
    with pytest.raises(ModelNotFoundError, match=r"no model “x”. Models here: “mine”, .*Put GGUF"):
        choose_model(settings, "x")
    elsewhere.write_bytes(b"GGUF")
    with pytest.raises(ModelLoadError, match=r"“elsewhere.gguf” is not a whole GGUF file"):
        choose_model(settings, str(elsewhere))
    adapter = make_adapter(tmp_path / "adapter.gguf", base="x")
    with pytest.raises(ModelLoadError, match=r"is an adapter, not a model"):
        choose_model(settings, str(adapter))


def test_no_model_at_all_is_said(settings, monkeypatch):
    monkeypatch.setattr(find, "bundled_model_path", lambda: None)
    monkeypatch.setattr(type(settings), "model_paths", (settings.home / "models",))
    assert find_models(settings) == []
    with pytest.raises(ModelNotFoundError, match=r"No language model was found.*put a GGUF file"):
        choose_model(replace(settings, model=""))


def test_an_adapter_belongs_to_its_base(settings):
    folder = settings.model_paths[0]
    model = choose_model(settings, str(make_model(folder / "mine.gguf")))
    assert choose_adapter(settings, model) is None
    make_adapter(folder / "other.gguf", base="0" * 64)
    own = make_adapter(folder / "own.gguf", base=hash_model(model.path))
    assert choose_adapter(settings, model).path == own
    assert choose_adapter(settings, model, "own.gguf").name == "own"
    assert choose_adapter(settings, model, "none") is None
    with pytest.raises(AdapterError, match=r"“other” was trained for another model than “mine”"):
        choose_adapter(settings, model, "other")
    elsewhere = make_adapter(settings.home / "elsewhere.gguf", base=hash_model(model.path))
    assert choose_adapter(settings, model, str(elsewhere)).path == elsewhere
    with pytest.raises(AdapterError, match=r"“mine.gguf” is no adapter"):
        choose_adapter(settings, model, str(model.path))
    with pytest.raises(AdapterError, match=r"no adapter “x”. Adapters here: “other”, “own”"):
        choose_adapter(settings, model, "x")
