"""A saved sequence of llama.cpp as arrays: where its cells stand, its keys, its values.

The form, of llama.cpp's ``llama_kv_cache::state_write``: three numbers (magic, sequence, streams),
the count of cells; for each cell position, count of owners (1) and owner; whether values lie the
other way round, the count of layers; for each layer type and bytes of a row, then the keys of each
cell; for each layer type, bytes of a number and width, then each channel's values of all cells.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rare_app.model.errors import ModelError

MAGIC = 0xAF143CD8
"""First number of every saved sequence."""
_F16 = 1
_HEAD = np.dtype([("magic", "<u4"), ("sequence", "<i4"), ("streams", "<u4"), ("cells", "<u4")])
_CELL = np.dtype([("position", "<i4"), ("owners", "<u4"), ("owner", "<i4")])
_BODY = np.dtype([("turned", "<u4"), ("layers", "<u4")])


@dataclass(frozen=True, slots=True)
class SequenceState:
    """Views of a saved sequence; what is written to them is written to its bytes.

    Attributes
    ----------
    data : array of uint8
        All its bytes, as llama.cpp takes them.
    positions : array of int32, shape (tokens,)
    keys : array of float16, shape (layers, tokens, width)
        Turned by their positions.
    values : array of float16, shape (layers, width, tokens)
    """

    data: NDArray[np.uint8]
    positions: NDArray[np.int32]
    keys: NDArray[np.float16]
    values: NDArray[np.float16]


def parse_state(data: bytes | bytearray | memoryview) -> SequenceState:
    """Take a saved sequence apart without copying it.

    Raises
    ------
    ModelError
        It is of another form: several streams, numbers other than float16, values that lie the same
        way as keys (flash attention), layers of different width, or more than one cache.
    """
    try:
        head = np.frombuffer(data, _HEAD, 1)[0]
        cells = int(head["cells"])
        body = np.frombuffer(data, _BODY, 1, _HEAD.itemsize + cells * _CELL.itemsize)[0]
        at = _HEAD.itemsize + cells * _CELL.itemsize + _BODY.itemsize
        row = int(np.frombuffer(data, "<u8", 1, at + 4)[0])
        state = _views(data, cells, int(body["layers"]), row // 2)
        cell, keys, values = state
    except (ValueError, OverflowError) as error:
        raise ModelError("The model's state is of a form that is not known.") from error
    known = (
        (head["magic"], head["streams"], body["turned"]) == (MAGIC, 1, 1)
        and (cell["owners"] == 1).all()
        and (keys["type"] == _F16).all()
        and (keys["row"] == row).all()
        and (values["type"] == _F16).all()
        and (values["size"] == 2).all()
        and (values["width"] == row // 2).all()
    )
    if not known:
        raise ModelError("The model's state is of a form that is not known.")
    return _state(data, state)


def new_state(*, tokens: int, layers: int, width: int, first: int, owner: int) -> SequenceState:
    """Make a saved sequence whose keys and values are yet to be written.

    Parameters
    ----------
    tokens, layers, width : int
        Its shape; width in numbers.
    first : int
        Position of the first token.
    owner : int
        The sequence it is of; llama.cpp restores it into any other, too.
    """
    size = _HEAD.itemsize + tokens * _CELL.itemsize + _BODY.itemsize
    size += sum(one.itemsize for one in _layer_types(tokens, width)) * layers
    data = np.empty(size, np.uint8)
    data[: _HEAD.itemsize].view(_HEAD)[0] = (MAGIC, owner, 1, tokens)
    at = _HEAD.itemsize + tokens * _CELL.itemsize
    data[at : at + _BODY.itemsize].view(_BODY)[0] = (1, layers)
    cell, keys, values = views = _views(data, tokens, layers, width)
    cell["position"] = np.arange(first, first + tokens)
    cell["owners"], cell["owner"] = 1, owner
    keys["type"], keys["row"] = _F16, 2 * width
    values["type"], values["size"], values["width"] = _F16, 2, width
    return _state(data, views)


_Views = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]


def _layer_types(tokens: int, width: int) -> tuple[np.dtype[Any], np.dtype[Any]]:
    keys = np.dtype([("type", "<i4"), ("row", "<u8"), ("data", "<f2", (tokens, width))])
    values = np.dtype(
        [("type", "<i4"), ("size", "<u4"), ("width", "<u4"), ("data", "<f2", (width, tokens))]
    )
    return keys, values


def _views(data: Any, tokens: int, layers: int, width: int) -> _Views:
    """Give cells, keys and values as records; ValueError where the length is another."""
    key_type, value_type = _layer_types(tokens, width)
    keys = _HEAD.itemsize + tokens * _CELL.itemsize + _BODY.itemsize
    values = keys + layers * key_type.itemsize
    if not tokens or not layers or len(data) != values + layers * value_type.itemsize:
        raise ValueError("another length")
    return (
        np.frombuffer(data, _CELL, tokens, _HEAD.itemsize),
        np.frombuffer(data, key_type, layers, keys),
        np.frombuffer(data, value_type, layers, values),
    )


def _state(data: Any, views: _Views) -> SequenceState:
    cell, keys, values = views
    return SequenceState(
        data=np.frombuffer(data, np.uint8),
        positions=cell["position"],
        keys=keys["data"],
        values=values["data"],
    )
