"""Which model serves, and what a person is told of the models."""

import hashlib
import json
from dataclasses import replace

import pytest

from rare_app import file_hash, machine
from rare_app.model import (
    ModelRecord,
    choose_model,
    find,
    find_models,
    label,
    model_label,
    order_models,
    standard_notice,
)
from rare_app.packaged import STANDARD_MODEL
from rare_app.ui.chat import welcome_html
from rare_app.ui.fields import model_choice, model_choices

from ..conftest import SMALL_MODEL
from .make import make_model

GB = 10**9


@pytest.fixture
def default(settings, monkeypatch):
    """Settings that name no model; the user's folder alone is searched, in 8 GB of memory."""
    monkeypatch.setattr(type(settings), "model_paths", (settings.home / "models",))
    memory(monkeypatch, 8 * GB)
    return replace(settings, model="")


def memory(monkeypatch, size):
    for module in (find, label):
        monkeypatch.setattr(module, "total_memory", lambda: size)


@pytest.fixture
def standard(default, monkeypatch):
    """A small file in the standard model's place, under a name of the user's."""
    path = make_model(default.model_paths[0] / "b-mine.gguf")
    fake = replace(
        STANDARD_MODEL,
        bytes=path.stat().st_size,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )
    monkeypatch.setattr(find, "STANDARD_MODEL", fake)
    return path


def test_the_standard_model_serves_where_there_is_memory(default, standard, monkeypatch):
    make_model(default.model_paths[0] / "a-other.gguf", llama__context_length=4095)  # as large
    assert choose_model(default).path == standard
    assert [one.name for one in find_models(default) if one.standard] == ["b-mine"]
    assert choose_model(replace(default, model="a-other")).name == "a-other"
    assert choose_model(default, SMALL_MODEL).bundled
    memory(monkeypatch, 4 * GB)
    assert choose_model(default).bundled
    assert choose_model(default, "b-mine").path == standard  # who asks for it gets it
    memory(monkeypatch, 6 * GB)
    assert choose_model(default).path == standard
    standard.unlink()
    assert choose_model(default).bundled


def test_the_choice_says_what_the_models_are_for(default, standard):
    make_model(default.model_paths[0] / "a-other.gguf", llama__context_length=4095)
    record = ModelRecord(default.model_record_path)
    small = next(one for one in find_models(default) if one.bundled)
    record.note(small, tokens=300, seconds=4.0)
    assert [one.name for one in order_models(find_models(default))][:2] == ["b-mine", SMALL_MODEL]
    choices = model_choices(default, record)
    assert choices[0][1] == "b-mine"
    assert choices[0][0].startswith("Standard (Qwen2.5, 1.5B): better answers, other languages")
    assert choices[1] == (
        "Small (SmolLM2, 135M): quicker, short answers in English · 0.1 GB · "
        "75 tokens/s on this machine",
        SMALL_MODEL,
    )
    assert choices[2] == ("a-other · 0.0 GB", "a-other")
    assert model_choice(default, record).value == "b-mine"
    elsewhere = make_model(default.home / "elsewhere.gguf")
    named = model_choice(replace(default, model=str(elsewhere)), record)
    assert named.value == str(elsewhere)
    assert ("elsewhere", str(elsewhere)) in named.choices
    assert model_choices(replace(default, llm_url="http://x/v1"), record) == []


def test_what_stands_in_the_way_of_the_standard_model_is_said_once(default, monkeypatch, request):
    missing = standard_notice(default)
    assert "run “make setup”" in missing
    assert STANDARD_MODEL.file in missing
    assert missing.replace("“", "").split()[0] in welcome_html(documents=0, notice=missing)
    assert missing in str(model_choice(default, ModelRecord(default.model_record_path)).info)
    for silent in ({"model": SMALL_MODEL}, {"llm_url": "http://x/v1"}):
        assert standard_notice(replace(default, **silent)) == ""
    memory(monkeypatch, 4 * GB)
    assert standard_notice(default).startswith("This machine has 4.0 GB of memory")
    memory(monkeypatch, 8 * GB)
    request.getfixturevalue("standard")
    assert standard_notice(default) == ""


def test_a_speed_is_kept_as_long_as_the_file_is_the_same(default, standard):
    file = choose_model(default)
    record = ModelRecord(default.model_record_path)
    assert not record.has_run(file)
    record.note(file, tokens=19, seconds=1.0)
    assert record.has_run(file)
    assert record.tokens_per_second(file) is None  # too few to tell
    record.note(file, tokens=1, seconds=1.0)
    again = ModelRecord(default.model_record_path)
    assert again.tokens_per_second(file) == 10
    assert "10 tokens/s" in model_label(file, again)
    for _ in range(60):  # the machine has got slower
        again.note(file, tokens=200, seconds=100.0)
    assert again.tokens_per_second(file) == pytest.approx(2, rel=0.05)
    assert " 2.0 tokens/s" in model_label(file, again)
    make_model(standard, llama__context_length=7)
    assert not again.has_run(choose_model(default, "b-mine"))


@pytest.mark.parametrize("damage", ["", "[]", '{"b-mine": 3}', '{"b-mine": {"bytes": "x"}}'])
def test_a_damaged_record_is_begun_anew(default, standard, damage):
    file = choose_model(default)
    default.home.mkdir(exist_ok=True)
    default.model_record_path.write_text(damage)
    record = ModelRecord(default.model_record_path)
    assert record.tokens_per_second(file) is None
    record.note(file, tokens=40, seconds=2.0)
    assert record.tokens_per_second(file) == 20


def test_the_hash_of_a_large_file_is_written_down_beside_it(tmp_path, monkeypatch):
    monkeypatch.setattr(file_hash, "_RECORDED_FROM", 4)
    path = tmp_path / "large.gguf"
    path.write_bytes(b"12345")
    found = file_hash.hash_file(path)
    file_hash._hash.cache_clear()
    with monkeypatch.context() as patched:
        patched.setattr(file_hash.hashlib, "file_digest", None)  # it is not read again
        assert file_hash.hash_file(path) == found
    record = tmp_path / ".hashes.json"
    assert list(json.loads(record.read_text())) == ["large.gguf"]
    path.write_bytes(b"54321x")
    assert file_hash.hash_file(path) == hashlib.sha256(b"54321x").hexdigest()
    record.write_text("no json")
    file_hash._hash.cache_clear()
    assert file_hash.hash_file(path) == hashlib.sha256(b"54321x").hexdigest()


@pytest.mark.parametrize("version", [1, 2])
def test_the_limit_of_a_control_group_is_the_machines_memory(tmp_path, monkeypatch, version):
    own = tmp_path / ("memory" if version == 1 else "") / "a" / "b"
    own.mkdir(parents=True)
    names = ("limit_in_bytes", "usage_in_bytes") if version == 1 else ("max", "current")
    limits = {own: "max" if version == 2 else str(2**63 - 4096), own.parent: "3000"}
    for folder, limit in limits.items():
        for name, value in zip(names, (limit, "2500"), strict=True):
            (folder / f"memory.{name}").write_text(f"{value}\n")
        total = "total_" if version == 1 else ""
        stat = f"cache 9\n{total}inactive_file 500\n{total}active_file 100\n"
        (folder / "memory.stat").write_text(stat)
    groups = tmp_path / "cgroup"
    groups.write_text("3:cpu:/z\n4:memory:/a/b\n" if version == 1 else "0::/a/b\n")
    monkeypatch.setattr(machine, "_GROUPS", tmp_path)
    monkeypatch.setattr(machine, "_OWN_GROUPS", groups)
    assert machine.total_memory() == 3000
    assert machine.available_memory() == 3000 - (2500 - 600)
    groups.unlink()  # as on other systems
    assert machine.total_memory() > GB
    assert 0 < machine.available_memory() <= machine.total_memory()
