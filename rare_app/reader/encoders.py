"""The encoders that a reader can stand on, each known by the SHA-256 of its weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rare_app.errors import UserError
from rare_app.file_hash import hash_file
from rare_app.packaged import ENCODER_FILES, ENCODER_NAME, ENCODER_WEIGHTS_SHA256

WEIGHTS = ENCODER_FILES[-1]
LARGE_SHA256 = ENCODER_WEIGHTS_SHA256
"""Of the large encoder's weights, as their makers published them."""


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


def hash_weights(folder: Path) -> str:
    """SHA-256 of an encoder's weights (64 hexadecimal digits)."""
    return hash_file(folder / WEIGHTS)


def has_large_encoder(folders: Sequence[Path]) -> bool:
    """Tell whether the large encoder is in one of the folders."""
    return _large_in(folders) is not None


def large_encoder(folders: Sequence[Path]) -> Encoder:
    """Find the large encoder; its weights were held against their hash when they were fetched.

    Raises
    ------
    UserError
        It is in none of the folders.
    """
    found = _large_in(folders)
    if found is None:
        raise UserError(
            f"The reader's encoder {ENCODER_NAME} is not here: run “make setup” (or “python "
            "-m rare_app fetch encoder”), or name its folder with RARE_ENCODERS."
        )
    return Encoder(found, LARGE_SHA256)


def find_encoder(sha256: str, *, embedder: Path, folders: Sequence[Path]) -> Encoder:
    """Find the encoder of a hash: the large one, or the app's embedder.

    Parameters
    ----------
    embedder : Path
        Folder of the app's embedder.
    folders : sequence of Path
        Searched for the large encoder.

    Raises
    ------
    UserError
        There is none with that hash.
    """
    if sha256 == LARGE_SHA256:
        return large_encoder(folders)
    if sha256 == hash_weights(embedder):
        return Encoder(embedder, sha256)
    raise UserError(
        "The reader was tuned for another encoder than those of this app: remove its file, or "
        "tune it again."
    )


def _large_in(folders: Sequence[Path]) -> Path | None:
    places = (folder / ENCODER_NAME for folder in folders)
    return next((p for p in places if all((p / n).is_file() for n in ENCODER_FILES)), None)
