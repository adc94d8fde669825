"""Find the reader's weights on this machine."""

from functools import lru_cache
from pathlib import Path

from rare_app.errors import UserError
from rare_app.evidence.reader import EvidenceReader
from rare_app.file_hash import hash_file
from rare_app.settings import Settings

PATTERN = "reader*.safetensors"
NO_READER = "none"


def find_reader(settings: Settings, *, embedder: Path) -> EvidenceReader | None:
    """Pick the reader that the settings name; by default the first in the models folders.

    Parameters
    ----------
    embedder : Path
        Folder of the embedder that the reader was tuned from.

    Returns
    -------
    EvidenceReader or None
        ``None`` where there is none, and for ``none``. Its weights load at the first use.

    Raises
    ------
    UserError
        The settings name a file that is not there.
    """
    if settings.reader == NO_READER:
        return None
    if settings.reader:
        path = Path(settings.reader).expanduser()
        if not path.is_file():
            raise UserError(
                f"There is no reader “{settings.reader}”: name a file that “tune reader” wrote, "
                f"or “{NO_READER}”."
            )
        found = [path]
    else:
        found = [
            path
            for folder in settings.model_paths
            if folder.is_dir()
            for path in sorted(folder.glob(PATTERN))
        ]
    if not found:
        return None
    changed = found[0].stat().st_mtime_ns
    return _open(folder=embedder, fingerprint=hash_weights(embedder), tuned=found[0], _at=changed)


@lru_cache(maxsize=2)
def _open(*, folder: Path, fingerprint: str, tuned: Path, _at: int) -> EvidenceReader:
    """Open a file once, however many ask for it."""
    return EvidenceReader(folder=folder, fingerprint=fingerprint, tuned=tuned)


def hash_weights(folder: Path) -> str:
    """SHA-256 of an embedder's weights (64 hexadecimal digits)."""
    return hash_file(folder / "model.safetensors")
