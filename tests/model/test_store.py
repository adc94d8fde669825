"""Blocks on disk: whole or not there, within the budget, and never a wrong one."""

import os
import random
import signal
import time

import pytest

from rare_app.model import BlockStore

KEYS = [f"{i:02x}" + "0" * 38 for i in range(16)]


@pytest.fixture
def store(tmp_path):
    opened = BlockStore(folder=tmp_path / "memory", budget=10_000)
    yield opened
    opened.close()


def read(store, key):
    with store.open(key) as data:
        return None if data is None else bytes(data)


def put(store, key, data=b"state", family="a", tokens=3):
    return store.put(key, data, family=family, tokens=tokens)


def file_of(store, key):
    return store._path(key)


def test_what_was_put_comes_back(store):
    assert read(store, KEYS[0]) is None
    assert put(store, KEYS[0], b"one")
    assert put(store, KEYS[1], bytearray(b"two"))
    assert read(store, KEYS[0]) == b"one"
    assert read(store, KEYS[1]) == b"two"
    assert store.has(KEYS) == set(KEYS[:2])
    status = store.status()
    assert (status.blocks, status.tokens, status.bytes) == (2, 6, 2 * 64 + 6)


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: data[:-1],
        lambda data: data[:40],
        lambda data: b"",
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: data[:70] + bytes([data[70] ^ 128]) + data[71:],
        lambda data: b"GGUF" + data[4:],
        lambda data: data + b"more",
    ],
    ids=["cut", "head cut", "empty", "one bit", "one bit ahead", "another kind", "longer"],
)
@pytest.mark.parametrize("size", [22, 9001])
def test_a_damaged_block_is_dropped_and_named_in_the_log(store, harm, caplog, size):
    put(store, KEYS[0], bytes(i * i % 251 for i in range(size)))
    path = file_of(store, KEYS[0])
    path.write_bytes(harm(path.read_bytes()))
    assert read(store, KEYS[0]) is None
    assert "computed again" in caplog.text
    assert store.has(KEYS) == set()
    assert not path.exists()


def test_the_blocks_used_longest_ago_make_room(tmp_path):
    store = BlockStore(folder=tmp_path, budget=1000)
    for key in KEYS[:4]:
        put(store, key, b"x" * 136)  # 200 bytes with the head
        time.sleep(0.002)
    assert read(store, KEYS[0])
    store.set_pins({KEYS[1]: 3})
    put(store, KEYS[4], b"x" * 136)
    put(store, KEYS[5], b"x" * 136)
    left = store.has(KEYS)
    assert {KEYS[0], KEYS[1], KEYS[5]} <= left
    assert KEYS[2] not in left
    assert store.status().bytes <= 1000
    assert not put(store, KEYS[6], b"x" * 2000)


def fill(store, keys, size=136):
    """Store blocks of 200 bytes with their heads, one after the other."""
    for key in keys:
        stored = put(store, key, b"x" * size)
        time.sleep(0.002)
    return stored


def test_pinned_blocks_push_the_others_out_and_stay(tmp_path):
    store = BlockStore(folder=tmp_path, budget=1000)
    fill(store, KEYS[:4])
    store.set_pins(dict.fromkeys(KEYS[8:12], 3))  # pinned before they are stored
    fill(store, KEYS[8:12])
    assert store.has(KEYS) == set(KEYS[8:12])
    status = store.status()
    assert (status.pinned, status.pinned_bytes, status.pinned_need) == (4, 800, 800)
    assert not status.crowded
    assert status.has_room(pinned=True)
    assert fill(store, KEYS[:1])
    assert not fill(store, KEYS[1:2], size=700)  # nothing but pinned ones could make room for it
    assert set(KEYS[8:12]) <= store.has(KEYS)
    store.close()
    again = BlockStore(folder=tmp_path, budget=1000)
    assert again.status().pinned == 4
    again.set_pins({KEYS[8]: 3})
    fill(again, KEYS[:4])
    assert KEYS[8] in again.has(KEYS)
    assert KEYS[9] not in again.has(KEYS)


def test_pins_over_the_budget_are_told_and_kept_within_it(tmp_path):
    store = BlockStore(folder=tmp_path, budget=1000)
    fill(store, KEYS[:1])
    store.set_pins(dict.fromkeys(KEYS[:6], 3))
    status = store.status()
    assert (status.pinned, status.pinned_bytes, status.pinned_need) == (1, 200, 1200)
    assert status.crowded
    assert fill(store, KEYS[1:6])
    assert store.has(KEYS) == set(KEYS[1:6])  # the one used longest ago went
    assert not store.status().has_room(pinned=True)
    store.close()
    smaller = BlockStore(folder=tmp_path, budget=500)
    assert smaller.has(KEYS) == set(KEYS[4:6])
    assert smaller.status().crowded


def test_blocks_of_other_models_stay_while_there_is_room_and_go_first(tmp_path):
    store = BlockStore(folder=tmp_path, budget=1000)
    for key in KEYS[:2]:
        put(store, key, bytes(136), family="one")
    for key in KEYS[2:4]:
        put(store, key, bytes(136), family="two")
    assert store.prefer(["one"]) == 0
    status = store.status()
    assert (status.blocks, status.bytes, status.others) == (4, 800, 400)
    assert status.has_room(pinned=False)
    for key in KEYS[4:7]:
        put(store, key, bytes(136), family="one")
    assert store.has(KEYS) == {*KEYS[:2], *KEYS[4:7]} - set(KEYS[2:4])
    assert not store.status().has_room(pinned=False)
    store.prefer(["two"])
    assert store.has(KEYS[:2]) == set(KEYS[:2])
    assert store.status().others == store.status().bytes


def test_blocks_of_a_model_not_used_for_a_month_go(store, monkeypatch):
    put(store, KEYS[0], family="old")
    put(store, KEYS[1], family="new")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 31 * 86400)
    put(store, KEYS[2], family="old")
    assert store.prefer(["new"]) == 1
    assert store.has(KEYS) == {KEYS[1], KEYS[2]}
    assert store.clear() == 2
    assert store.status().blocks == 0


def test_the_blocks_are_there_after_a_restart_and_litter_is_swept(tmp_path):
    store = BlockStore(folder=tmp_path, budget=1000)
    put(store, KEYS[0], b"kept")
    put(store, KEYS[1], b"gone")
    file_of(store, KEYS[1]).unlink()
    litter = file_of(store, KEYS[2])
    litter.parent.mkdir()
    litter.write_bytes(b"no row knows it")
    os.utime(litter, (0, 0))
    store.close()
    again = BlockStore(folder=tmp_path, budget=1000)
    assert again.has(KEYS) == {KEYS[0]}
    assert read(again, KEYS[0]) == b"kept"
    assert not litter.exists()


def test_a_damaged_index_is_begun_anew(tmp_path):
    (tmp_path / "index.db").write_bytes(b"this is no database, but it is long enough" * 50)
    store = BlockStore(folder=tmp_path, budget=1000)
    assert put(store, KEYS[0])
    assert read(store, KEYS[0]) == b"state"


def test_two_may_share_a_folder(tmp_path):
    one = BlockStore(folder=tmp_path, budget=1000)
    other = BlockStore(folder=tmp_path, budget=1000)
    put(one, KEYS[0], b"mine")
    assert read(other, KEYS[0]) == b"mine"
    put(other, KEYS[0], b"yours")
    assert read(one, KEYS[0]) == b"yours"
    one.remove([KEYS[0]])
    assert read(other, KEYS[0]) is None


def test_a_full_disk_stops_the_storing_alone(store, monkeypatch, caplog):
    put(store, KEYS[0], b"kept")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    assert not put(store, KEYS[1])
    assert not put(store, KEYS[2])
    assert caplog.text.count("No space left on device") == 1
    assert store.status().full
    monkeypatch.undo()
    assert read(store, KEYS[0]) == b"kept"
    assert not list(file_of(store, KEYS[1]).parent.glob("*.part"))
    assert put(store, KEYS[1])
    assert not store.status().full


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_while_writing_nothing_half_written_is_ever_read(tmp_path):
    """A hundred kills at random moments; whatever is read afterwards is whole."""
    random_source = random.Random(0)
    content = {key: bytes([i]) * (200_000 + i) for i, key in enumerate(KEYS)}
    found = 0
    for _ in range(100):
        child = os.fork()
        if child == 0:
            writer = BlockStore(folder=tmp_path, budget=10**9)
            while True:
                for key, data in content.items():
                    put(writer, key, data)
        time.sleep(random_source.uniform(0.005, 0.04))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        store = BlockStore(folder=tmp_path, budget=10**9)
        for key, data in content.items():
            got = read(store, key)
            assert got in (None, data)
            found += got is not None
        store.close()
    assert found > 100
