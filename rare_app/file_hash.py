"""The hash of a large file, computed once as long as the file does not change."""

import hashlib
from functools import lru_cache
from pathlib import Path


def hash_file(path: Path) -> str:
    """SHA-256 of a file (64 hexadecimal digits); kept while its time and size stay the same."""
    facts = path.stat()
    return _hash(str(path), facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=16)
def _hash(path: str, _changed: int, _size: int) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
