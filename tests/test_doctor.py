import socket
from dataclasses import replace

import pytest

from rare_app import doctor
from rare_app.doctor import examine
from rare_app.model import hash_model

from .model.make import make_adapter, make_model


@pytest.fixture
def findings(embedder, monkeypatch):
    """Examine, with the embedder that is loaded already."""
    monkeypatch.setattr(doctor, "Embedder", lambda **_: embedder)

    def examine_by_name(settings):
        return {finding.name: finding for finding in examine(settings)}

    return examine_by_name


@pytest.mark.model
def test_a_sound_installation(findings, settings):
    found = findings(settings)
    for name in ("Python", "gradio", "torch", "Folder", "Embedder", "Model", "Library", "Port"):
        assert found[name].ok, found[name].detail
    assert found["Model"].detail.startswith("SmolLM2")
    assert found["Model"].detail.endswith("runs")
    assert found["Library"].detail == "empty"
    assert not list(settings.home.glob(".doctor"))


def test_each_trouble_says_how_it_is_mended(findings, settings, monkeypatch, tmp_path):
    broken = make_model(settings.model_paths[0] / "broken.gguf")
    make_adapter(settings.model_paths[0] / "own.gguf", base=hash_model(broken))
    settings.database_path.write_bytes(b"no library" * 500)
    monkeypatch.setattr(doctor, "_PACKAGES", ("no-such-package",))
    monkeypatch.setattr(doctor, "_LOW_DISK_MB", 1 << 40)
    monkeypatch.setattr(doctor, "_LOW_MEMORY_MB", 1 << 40)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = findings(replace(settings, model="broken", port=port))
    assert {name for name, one in found.items() if not one.ok} == {
        *("no-such-package", "Disk", "Memory", "Model", "Library"),
    }
    assert "run “make setup”" in found["no-such-package"].detail
    assert "llama.cpp cannot load “broken.gguf”" in found["Model"].detail
    assert found["Adapter"].detail == "own"
    assert "is damaged or is not a library" in found["Library"].detail
    assert f"{port} is in use" in found["Port"].detail


def test_a_folder_that_cannot_be_made_is_named(findings, settings, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(doctor, "check_model", lambda path: "")
    found = findings(replace(settings, home=tmp_path / "file" / "home"))
    assert not found["Folder"].ok
    assert "set RARE_HOME" in found["Folder"].detail
