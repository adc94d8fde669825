"""The reader's encoders: where they are looked for, and which reader is taken."""

from dataclasses import replace

import pytest
import torch

from rare_app.errors import UserError
from rare_app.library import embedder_folder
from rare_app.packaged import ENCODER_FILES, ENCODER_NAME
from rare_app.reader import find_reader
from rare_app.reader.encoders import (
    LARGE_SHA256,
    find_encoder,
    has_large_encoder,
    hash_weights,
    large_encoder,
)
from rare_app.reader.weights import save_reader
from rare_app.reader.windows import read_marks
from rare_app.settings import PROJECT_FOLDER


def put(folder, files=ENCODER_FILES):
    made = folder / ENCODER_NAME
    made.mkdir(parents=True)
    for name in files:
        (made / name).write_text("{}")
    return made


def test_the_encoder_is_looked_for_where_the_settings_say_first(settings, tmp_path):
    named = replace(settings, encoders=str(tmp_path / "named"))
    home, project = settings.home / "models" / "encoders", PROJECT_FOLDER / "models" / "encoders"
    assert named.encoder_paths == (tmp_path / "named", home, project)
    assert settings.encoder_paths[0] == settings.home / "encoders"
    places = named.encoder_paths[:2]
    assert not has_large_encoder(places)
    users = put(home)
    put(tmp_path / "named", files=ENCODER_FILES[:2])  # without its weights
    assert large_encoder(places).folder == users
    (tmp_path / "named" / ENCODER_NAME / ENCODER_FILES[2]).write_text("{}")
    assert large_encoder(places).folder == tmp_path / "named" / ENCODER_NAME


def test_an_encoder_that_is_not_there_is_named_with_the_way_out(tmp_path):
    with pytest.raises(UserError, match=r"all-mpnet-base-v2 is not here: run “make setup”"):
        find_encoder(LARGE_SHA256, embedder=embedder_folder(), folders=(tmp_path,))
    with pytest.raises(UserError, match="another encoder"):
        find_encoder("0" * 64, embedder=embedder_folder(), folders=(tmp_path,))


def test_the_large_encoder_is_preferred_where_it_is_here(settings, monkeypatch):
    settings = replace(settings, reader="")
    folder = settings.home / "models"
    for name, sha256 in (("a", hash_weights(embedder_folder())), ("z", LARGE_SHA256)):
        save_reader(
            folder / f"reader-{name}.safetensors",
            tuned={"span.bias": torch.zeros(2)},
            base={},
            base_sha256=sha256,
            described={},
        )
    for present, wanted in ((True, "reader-z"), (False, "reader-a")):
        monkeypatch.setattr(
            "rare_app.reader.find.has_large_encoder", lambda _, present=present: present
        )
        reader = find_reader(settings, embedder=embedder_folder())
        assert reader is not None
        assert reader.name == wanted
    (folder / "reader-a.safetensors").write_bytes(b"damaged")
    reader = find_reader(replace(settings, threads=1), embedder=embedder_folder())
    assert reader is not None
    with pytest.raises(UserError, match="cannot be used"):
        reader.load()


@pytest.mark.parametrize("sha256", [LARGE_SHA256, hash_weights(embedder_folder())])
def test_both_encoders_are_here_and_their_pairs_are_laid_out_as_their_own(settings, sha256):
    from tokenizers import Tokenizer

    encoder = find_encoder(sha256, embedder=embedder_folder(), folders=settings.encoder_paths)
    assert hash_weights(encoder.folder) == sha256
    tokenizer = Tokenizer.from_file(str(encoder.folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    marks = read_marks(tokenizer)
    pair = tokenizer.encode("Who?", "She did.").ids
    question = tokenizer.encode("Who?", add_special_tokens=False).ids
    window = tokenizer.encode("She did.", add_special_tokens=False).ids
    assert [marks.start, *question, *marks.between, *window, marks.end] == pair
    assert pair[marks.first(question)] == window[0]
