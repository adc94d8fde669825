"""Read the metadata of a GGUF file without loading it.

Only the header is read (GGUF v2 and v3, little-endian); long arrays such as the vocabulary are
stepped over. Layout: the GGUF specification of the ggml project.
"""

import mmap
import struct
from functools import lru_cache
from pathlib import Path

from rare_app.model.errors import ModelLoadError

Value = str | int | float | bool | tuple[int, ...]

_MOST_KEPT = 64
"""Entries of the longest array of whole numbers that is kept."""

_SCALARS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
_STRING, _ARRAY = 8, 9
_WHOLE = "BbHhIiQq"


def read_header(path: Path) -> dict[str, Value]:
    """Read a GGUF file's metadata; of arrays the short ones of whole numbers alone.

    Raises
    ------
    ModelLoadError
        The file is not GGUF, or is cut off in its header.
    """
    try:
        facts = path.stat()
        return dict(_read(str(path), facts.st_mtime_ns, facts.st_size))
    except (OSError, struct.error, LookupError, OverflowError, ValueError) as error:
        raise ModelLoadError(
            f"“{path.name}” is not a whole GGUF file: download it again, or remove it from "
            f"{path.parent}."
        ) from error


@lru_cache(maxsize=64)
def _read(path: str, _changed: int, size: int) -> dict[str, Value]:
    if size < 24:
        raise ValueError("too small")
    with (
        Path(path).open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        if data[:4] != b"GGUF":
            raise ValueError("no GGUF magic")
        reader = _Reader(data, 4)
        if reader.scalar(4) not in (2, 3):
            raise ValueError("unknown version")
        reader.scalar(10)  # number of tensors
        values: dict[str, Value] = {}
        for _ in range(int(reader.scalar(10))):
            key = reader.string()
            kind = int(reader.scalar(4))
            if kind == _ARRAY:
                if (numbers := reader.array()) is not None:
                    values[key] = numbers
            else:
                values[key] = reader.string() if kind == _STRING else reader.scalar(kind)
        return values


class _Reader:
    def __init__(self, data: mmap.mmap, at: int) -> None:
        self._data, self._at = data, at

    def scalar(self, kind: int) -> int | float | bool:
        form = "<" + _SCALARS[kind]
        (value,) = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        result: int | float | bool = value
        return result

    def string(self) -> str:
        length = int(self.scalar(10))
        if self._at + length > len(self._data):
            raise ValueError("cut off")
        self._at += length
        return self._data[self._at - length : self._at].decode("utf-8")

    def array(self) -> tuple[int, ...] | None:
        """Give a short array of whole numbers; step over any other."""
        kind, count = int(self.scalar(4)), int(self.scalar(10))
        if kind == _ARRAY:
            raise ValueError("nested array")
        if kind == _STRING:
            unpack, at = struct.Struct("<Q").unpack_from, self._at
            for _ in range(count):
                at += 8 + unpack(self._data, at)[0]
            self._at = at
            return None
        if count <= _MOST_KEPT and _SCALARS[kind] in _WHOLE:
            return tuple(int(self.scalar(kind)) for _ in range(count))
        self._at += count * struct.calcsize("<" + _SCALARS[kind])
        return None
