"""The hash of a large file, computed once as long as the file does not change."""

import hashlib
import json
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

_RECORD = ".hashes.json"
"""Beside the large files, so that whoever starts next does not read a gigabyte again."""
_RECORDED_FROM = 1 << 28
"""Bytes from which a hash is written down."""


def hash_file(path: Path) -> str:
    """SHA-256 of a file (64 hexadecimal digits); kept while its time and size stay the same."""
    facts = path.stat()
    return _hash(str(path), facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=16)
def _hash(path: str, changed: int, size: int) -> str:
    file = Path(path)
    record = file.parent / _RECORD
    known = _read(record) if size >= _RECORDED_FROM else {}
    kept = known.get(file.name)
    if isinstance(kept, list) and kept[:2] == [changed, size]:
        return str(kept[2])
    with file.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if size >= _RECORDED_FROM:
        known[file.name] = [changed, size, found]
        part = record.with_suffix(".part")
        with suppress(OSError):  # a folder that cannot be written to
            part.write_text(json.dumps(known), encoding="utf-8")
            part.replace(record)
    return found


def _read(record: Path) -> dict[str, object]:
    try:
        known = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
