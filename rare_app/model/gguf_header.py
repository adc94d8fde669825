"""Read the metadata of a GGUF file without loading it.

Only the header is read (GGUF v2 and v3, little-endian); long arrays such as the vocabulary are
stepped over. Layout: the GGUF specification of the ggml project.
"""

import math
import mmap
import struct
from dataclasses import dataclass
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
_BLOCKS = {
    kind: (numbers, size)
    for numbers, known in {
        1: "0:4 1:2 24:1 25:2 26:4 27:8 28:8 30:2",
        32: "2:18 3:20 6:22 7:24 8:34 9:40 20:18 39:17",
        256: "10:84 11:110 12:144 13:176 14:210 15:292 16:66 17:74 18:98 19:50 21:110 22:82 23:136 "
        "29:56 34:54 35:66",
        64: "40:36",
        128: "41:18",
    }.items()
    for kind, size in (map(int, one.split(":")) for one in known.split())
}
"""Of each of ggml's number types: how many numbers a block holds, and its bytes."""
_MOST_DIMENSIONS = 4


@dataclass(frozen=True, slots=True)
class _Header:
    values: dict[str, Value]
    vocabulary: int
    """How many tokens the model knows."""
    end: int
    """Where the last tensor ends, in bytes; of unknown types only the beginning counts."""


def read_header(path: Path) -> dict[str, Value]:
    """Read a GGUF file's metadata; of arrays the short ones of whole numbers alone.

    Raises
    ------
    ModelLoadError
        The file is not GGUF, or is cut off in its header.
    """
    return dict(_header(path).values)


def vocabulary_size(path: Path) -> int:
    """Count the tokens that a GGUF file's vocabulary has; raises as :func:`read_header`."""
    return _header(path).vocabulary


def check_whole(path: Path) -> None:
    """Make sure that all tensors which a GGUF file names lie within it.

    Raises
    ------
    ModelLoadError
        The file is not GGUF, or is cut off.
    """
    wanted, there = _header(path).end, path.stat().st_size
    if wanted > there:
        raise ModelLoadError(
            f"“{path.name}” is cut off ({there / 1e6:,.0f} of {wanted / 1e6:,.0f} MB): download it "
            f"again, or remove it from {path.parent}."
        )


def _header(path: Path) -> _Header:
    try:
        facts = path.stat()
        return _read(str(path), facts.st_mtime_ns, facts.st_size)
    except (OSError, struct.error, LookupError, OverflowError, ValueError) as error:
        raise ModelLoadError(
            f"“{path.name}” is not a whole GGUF file: download it again, or remove it from "
            f"{path.parent}."
        ) from error


@lru_cache(maxsize=64)
def _read(path: str, _changed: int, size: int) -> _Header:
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
        tensors = int(reader.scalar(10))
        values: dict[str, Value] = {}
        vocabulary = 0
        for _ in range(int(reader.scalar(10))):
            key = reader.string()
            kind = int(reader.scalar(4))
            if kind == _ARRAY:
                numbers, count = reader.array()
                vocabulary = count if key == "tokenizer.ggml.tokens" else vocabulary
                if numbers is not None:
                    values[key] = numbers
            else:
                values[key] = reader.string() if kind == _STRING else reader.scalar(kind)
        ends = [reader.tensor_end() for _ in range(tensors)]
        grain = values.get("general.alignment", 32)
        if not isinstance(grain, int) or grain <= 0:
            raise ValueError("wrong alignment")
        begin = -(-reader.at // grain) * grain
        return _Header(values, vocabulary, begin + max(ends) if ends else 0)


class _Reader:
    def __init__(self, data: mmap.mmap, at: int) -> None:
        self._data, self._at = data, at

    @property
    def at(self) -> int:
        return self._at

    def tensor_end(self) -> int:
        """Read about a tensor; gives where it ends, from the beginning of all tensors."""
        self.string()
        dimensions = int(self.scalar(4))
        if not 0 <= dimensions <= _MOST_DIMENSIONS:
            raise ValueError("wrong number of dimensions")
        numbers = math.prod(int(self.scalar(10)) for _ in range(dimensions))
        block, size = _BLOCKS.get(int(self.scalar(4)), (1, 0))
        return int(self.scalar(10)) + -(-numbers // block) * size

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

    def array(self) -> tuple[tuple[int, ...] | None, int]:
        """Give a short array of whole numbers, else ``None``; and how many entries there are."""
        kind, count = int(self.scalar(4)), int(self.scalar(10))
        if kind == _ARRAY:
            raise ValueError("nested array")
        if kind == _STRING:
            unpack, at = struct.Struct("<Q").unpack_from, self._at
            for _ in range(count):
                at += 8 + unpack(self._data, at)[0]
            self._at = at
            return None, count
        if count <= _MOST_KEPT and _SCALARS[kind] in _WHOLE:
            return tuple(int(self.scalar(kind)) for _ in range(count)), count
        self._at += count * struct.calcsize("<" + _SCALARS[kind])
        return None, count
