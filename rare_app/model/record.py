"""What is known of the models that ran on this machine: that they run, and how fast they write."""

import json
import logging
import threading
from pathlib import Path
from typing import TypedDict

from rare_app.model.find import ModelFile

log = logging.getLogger(__name__)

_LEAST_TOKENS = 20
"""Tokens from which a speed is told."""
_MOST_TOKENS = 2000
"""Tokens from which the older ones count half: a machine may be busy for a while."""


class _Known(TypedDict):
    bytes: int
    changed: int
    tokens: float
    seconds: float


class ModelRecord:
    """Kept in one small file of the user's folder; may be deleted at any time.

    A model is known by its name as long as its file's size and time stay the same.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def has_run(self, file: ModelFile) -> bool:
        """Whether this model has run here before."""
        return self._find(self._read(), file) is not None

    def tokens_per_second(self, file: ModelFile) -> float | None:
        """Tokens a second that it wrote in answers so far; ``None`` where that is not known yet."""
        known = self._find(self._read(), file)
        if known is None or known["tokens"] < _LEAST_TOKENS or known["seconds"] <= 0:
            return None
        return known["tokens"] / known["seconds"]

    def note(self, file: ModelFile, *, tokens: int = 0, seconds: float = 0.0) -> None:
        """Take note that a model has run, and how long it took to write how many tokens."""
        with self._lock:
            everything = self._read()
            known = self._find(everything, file) or _new(file)
            if known["tokens"] > _MOST_TOKENS:
                known["tokens"] /= 2
                known["seconds"] /= 2
            known["tokens"] += tokens
            known["seconds"] += seconds
            everything[file.name] = known
            part = self._path.with_suffix(".part")
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                part.write_text(json.dumps(everything, indent=1), encoding="utf-8")
                part.replace(self._path)
            except OSError:
                log.warning("What models do here could not be kept.", exc_info=True)

    def _read(self) -> dict[str, _Known]:
        try:
            read = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return read if isinstance(read, dict) else {}

    @staticmethod
    def _find(everything: dict[str, _Known], file: ModelFile) -> _Known | None:
        known = everything.get(file.name)
        new = _new(file)
        if not isinstance(known, dict) or known.keys() != new.keys():
            return None
        if any(not isinstance(value, int | float) for value in known.values()):
            return None
        same = (known["bytes"], known["changed"]) == (new["bytes"], new["changed"])
        return known if same else None


def _new(file: ModelFile) -> _Known:
    return {
        "bytes": file.bytes,
        "changed": file.path.stat().st_mtime_ns if file.path.exists() else 0,
        "tokens": 0.0,
        "seconds": 0.0,
    }
