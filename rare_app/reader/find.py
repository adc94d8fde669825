"""Find the weights of the reader on this machine."""

import logging
from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path

from rare_app.errors import UserError
from rare_app.reader.encoders import LARGE_SHA256, has_large_encoder
from rare_app.reader.reader import EvidenceReader
from rare_app.reader.weights import read_header
from rare_app.settings import Settings

log = logging.getLogger(__name__)

PATTERN = "reader*.safetensors"
NO_READER = "none"


def find_reader(settings: Settings, *, embedder: Path) -> EvidenceReader | None:
    """Pick the reader that the settings name; by default the first in the models folders.

    Of several in one folder the one with the large encoder comes first, if that is here.

    Parameters
    ----------
    embedder : Path
        Folder of the app's embedder, on which a small reader stands.

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
            for path in sorted(folder.glob(PATTERN), key=partial(_rank, settings.encoder_paths))
        ]
    if not found:
        return None
    changed = found[0].stat().st_mtime_ns
    return _open(
        embedder=embedder, folders=settings.encoder_paths, tuned=found[0], _changed=changed
    )


@lru_cache(maxsize=2)
def _open(
    *, embedder: Path, folders: tuple[Path, ...], tuned: Path, _changed: int
) -> EvidenceReader:
    """Open a file once, however many ask for it."""
    return EvidenceReader(embedder=embedder, folders=folders, tuned=tuned)


def _rank(encoders: Sequence[Path], path: Path) -> tuple[int, str]:
    """Order files: large encoder, small one or damaged, large one that is not here."""
    try:
        large = read_header(path).get("base_sha256") == LARGE_SHA256
    except UserError:
        large = False
    place = 1 if not large else 0 if has_large_encoder(encoders) else 2
    return place, path.name
