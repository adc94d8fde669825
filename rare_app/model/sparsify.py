"""Smaller memories: which tokens of a block matter least, by the size of their keys.

Keys of small norm draw more attention (Devoto et al. 2024, arXiv 2406.11430, section 3), so the
tokens whose keys are largest are left out. The norms are read from the saved state itself.
"""

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from rare_app.model.errors import ModelError

_F16, _Q8_0 = 1, 8
_Q8_BLOCK, _Q8_BYTES = 32, 34
_MAGIC = 0xAF143CD8
"""First number of a saved sequence in llama.cpp; its own number and that of streams follow."""
_SINKS = 4
"""First tokens of a block, which draw attention whatever they are, are kept."""


def least_important(state: bytes | bytearray, *, kept: float) -> list[int]:
    """Choose the tokens of a saved block to leave out.

    Parameters
    ----------
    state : bytes
        The saved state of one sequence.
    kept : float
        Share of the tokens that stay, in (0, 1].

    Returns
    -------
    list of int
        Positions, in order; never among the first four tokens, never the last one.

    Raises
    ------
    ModelError
        The state is of a form that is not known.
    """
    positions, norms = key_norms(state)
    leaving = len(positions) - max(_SINKS + 1, round(kept * len(positions)))
    if leaving <= 0:
        return []
    order = np.argsort(positions, kind="stable")
    positions, norms = positions[order], norms[order]
    inner = np.arange(_SINKS, len(positions) - 1)
    chosen = inner[np.argsort(-norms[inner], kind="stable")[:leaving]]
    return sorted(int(place) for place in positions[chosen])


def key_norms(
    state: bytes | bytearray,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Read positions and mean key norms from a saved sequence.

    Returns
    -------
    positions : array of int, shape (tokens,)
    norms : array of float, shape (tokens,)
        Each layer's norms divided by their mean, averaged over the layers.

    Raises
    ------
    ModelError
        The state is of a form that is not known.
    """
    reader = _Reader(memoryview(state))
    try:
        magic, _, streams = (reader.number("I") for _ in range(3))
        if magic != _MAGIC or streams != 1:
            raise ModelError("The model's state is of a form that is not known.")
        cells = reader.number("I")
        positions = np.empty(cells, dtype=np.int64)
        for cell in range(cells):
            positions[cell] = reader.number("i")
            reader.skip(4 * reader.number("I"))
        reader.number("I")  # whether values lie the other way round
        layers = reader.number("I")
        norms = np.zeros(cells)
        for keys in _layers(reader, cells, layers):
            own = np.sqrt((keys.astype(np.float64) ** 2).sum(axis=1))
            norms += own / max(float(own.mean()), 1e-12)
    except (struct.error, ValueError) as error:
        raise ModelError("The model's state is of a form that is not known.") from error
    return positions, norms / max(1, layers)


class _Reader:
    """Takes numbers and stretches off a state, one after the other."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._at = 0

    def number(self, form: str) -> int:
        (value,) = struct.unpack_from(f"<{form}", self._data, self._at)
        self._at += struct.calcsize(f"<{form}")
        return int(value)

    def skip(self, count: int) -> None:
        self._at += count

    def take(self, count: int) -> memoryview:
        part = self._data[self._at : self._at + count]
        if len(part) != count:
            raise ModelError("The state is cut short.")
        self._at += count
        return part


def _layers(reader: _Reader, cells: int, layers: int) -> Iterator[NDArray[np.floating]]:
    """Give each layer's keys, (tokens, width)."""
    for _ in range(layers):
        kind, row = reader.number("i"), reader.number("Q")
        rows = np.frombuffer(reader.take(cells * row), dtype=np.uint8).reshape(cells, row)
        if kind == _F16:
            yield rows.view(np.float16)
        elif kind == _Q8_0 and row % _Q8_BYTES == 0:
            blocks = rows.reshape(cells, row // _Q8_BYTES, _Q8_BYTES)
            scales = blocks[:, :, :2].copy().view(np.float16).astype(np.float32)
            yield (blocks[:, :, 2:].view(np.int8) * scales).reshape(cells, -1)
        else:
            raise ModelError("The state's keys are of a kind that is not known.")
