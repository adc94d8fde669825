"""Blocks made small for the disk: keys without their rotation, in 4 or 8 bits a number.

As in KIVI (arXiv 2402.02750, section 3): keys are quantised per channel over groups of tokens,
since some channels are large throughout; values per token over groups of channels. Each group has a
lowest value and a step in float16. The rotation is taken out before, so that a channel is one
channel at all positions, and put in again for the place where the block is wanted.

A code of 4 bits shares its byte with that of the other member of a pair of channels.
"""

import ctypes
import functools
import math
import struct
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rare_app.model.errors import ModelError
from rare_app.model.rotation import Floats, Rotation
from rare_app.model.sequences import SCRATCH
from rare_app.model.state import MAGIC as PLAIN
from rare_app.model.state import new_state, parse_state

BITS = (4, 8, 16)
"""How blocks may be stored: bits a number, scales aside; 16 is as llama.cpp gives them."""
_MAGIC = 0x334B5652
_HEAD = struct.Struct("<6I")
"""Magic, bits, tokens, layers, heads, channels of a head."""
_GROUP = 64
"""Most numbers that share a step."""
_LAYERS = 4
"""Layers that are worked on at once: as many as the processor's cache holds."""

Codes = NDArray[np.uint8]


class BlockCodec:
    """Turns saved sequences into what is stored, and back for any place.

    Parameters
    ----------
    rotation : Rotation or None
        How the model turns its keys; where that is not known, blocks are stored as they are, and
        llama.cpp moves them.
    bits : {4, 8, 16}
        Bits of a stored number.
    """

    def __init__(self, *, rotation: Rotation | None, bits: int) -> None:
        self._rotation = rotation
        self._bits = bits

    def encode(self, saved: bytearray) -> bytes | bytearray:
        """Make the saved state of one sequence small; its positions must follow one another.

        A state of a form that is not known is given back as it is.
        """
        rotation = self._rotation
        if rotation is None or self._bits == 16:
            return saved
        try:
            state = parse_state(saved)
        except ModelError:
            return saved
        layers, tokens, width = state.keys.shape
        if width != rotation.width or (np.diff(state.positions) != 1).any():
            return saved
        keys = rotation.turn(_single(state.keys), -state.positions)
        shape = _key_shape(rotation, tokens)
        spare = shape[0] * shape[2] - tokens
        keys = np.pad(keys, ((0, 0), (0, spare), (0, 0)), mode="edge")
        members = [one.reshape(layers, shape[0], *shape[2:]) for one in rotation.pairs(keys)]
        values = _single(state.values).reshape(layers, *_value_shape(rotation, tokens))
        head = _HEAD.pack(_MAGIC, self._bits, tokens, layers, rotation.heads, rotation.size)
        return b"".join(
            [
                head,
                *_quantise(np.stack(members, axis=2), 3, self._bits),
                *_quantise(values, (2, 3), self._bits),
            ]
        )

    def decode(self, stored: bytes | bytearray | memoryview, *, first: int) -> Any:
        """Give the state as llama.cpp restores it, its first token at position `first`.

        A block that was stored as it is, and whose form is not known, keeps its positions.

        Returns
        -------
        writable buffer
            A copy: it stays valid.

        Raises
        ------
        ModelError
            This is no block of this model.
        """
        if len(stored) >= 4 and struct.unpack_from("<I", stored)[0] == PLAIN:
            return self._move(bytearray(stored), first)
        try:
            return self._expand(stored, first)
        except (struct.error, ValueError) as error:
            raise ModelError("it is of another form") from error

    # --- as llama.cpp gives them ---

    def _move(self, stored: bytearray, first: int) -> bytearray:
        rotation = self._rotation
        if rotation is None:
            return stored
        try:
            state = parse_state(stored)
        except ModelError:
            return stored
        by = first - int(state.positions[0])
        if by and state.keys.shape[-1] == rotation.width:
            state.positions[:] += by
            for keys in state.keys:
                turned = rotation.turn(_single(keys[None]), np.array([by]))
                _to_half(turned[0], keys)
        return stored

    # --- in few bits ---

    def _expand(self, stored: bytes | bytearray | memoryview, first: int) -> NDArray[np.uint8]:
        magic, bits, tokens, layers, *shape = _HEAD.unpack_from(stored)
        rotation = self._rotation
        if magic != _MAGIC or rotation is None or shape != [rotation.heads, rotation.size]:
            raise ValueError("another model")
        taker = _Taker(stored, _HEAD.size)
        groups, _, step, pairs = own = _key_shape(rotation, tokens)
        keys = taker.quantised((layers, *own), (layers, groups, 2, 1, pairs), bits)
        own = _value_shape(rotation, tokens)
        values = taker.quantised((layers, *own), (layers, own[0], 1, 1, tokens), bits)
        taker.end()
        state = new_state(
            tokens=tokens, layers=layers, width=rotation.width, first=first, owner=SCRATCH
        )
        places = np.arange(first, first + groups * step)
        cosine, sine = (
            np.tile(one, rotation.heads).reshape(groups, step, pairs)
            for one in rotation.angles(places)
        )
        for begin in range(0, layers, _LAYERS):
            part = slice(begin, begin + _LAYERS)
            turned = _turn(_dequantise(keys, part, bits), cosine, sine, rotation)
            for numbers, target in zip(turned, state.keys[part], strict=True):
                _to_half(numbers[:tokens], target)
            plain = _dequantise(values, part, bits)
            for numbers, target in zip(plain, state.values[part], strict=True):
                _to_half(numbers, target)
        return state.data


def _turn(members: Floats, cosine: Floats, sine: Floats, rotation: Rotation) -> Floats:
    """Turn members of pairs (layers, *key shape) to their places; give (layers, tokens, width)."""
    layers, groups, _, step, _ = members.shape
    first, second = members[:, :, 0], members[:, :, 1]
    turned = np.empty((layers, groups * step, rotation.width), np.float32)
    one, other = rotation.pairs(turned)
    product, more = first * cosine, second * sine
    np.subtract(product.reshape(one.shape), more.reshape(one.shape), out=one)
    np.multiply(first, sine, out=product)
    np.multiply(second, cosine, out=more)
    np.add(product.reshape(one.shape), more.reshape(one.shape), out=other)
    return turned


class _Quantised(NamedTuple):
    """Numbers in few bits: lowest values and steps of groups, which spread over the codes."""

    lowest: Floats
    step: Floats
    codes: Codes


class _Taker:
    """Takes arrays off a stored block, one after the other."""

    def __init__(self, data: bytes | bytearray | memoryview, at: int) -> None:
        self._data = data
        self._at = at

    def _take(self, kind: Any, shape: tuple[int, ...]) -> NDArray[Any]:
        found = np.frombuffer(self._data, kind, math.prod(shape), self._at).reshape(shape)
        self._at += found.nbytes
        return found

    def quantised(self, shape: tuple[int, ...], scales: tuple[int, ...], bits: int) -> _Quantised:
        lowest, step = (_single(self._take(np.float16, scales)) for _ in range(2))
        if bits == 4:
            shape = (*shape[:2], *shape[3:])
        elif bits != 8:
            raise ValueError("unknown bits")
        return _Quantised(lowest, step, self._take(np.uint8, shape))

    def end(self) -> None:
        if self._at != len(self._data):
            raise ValueError("another length")


def _key_shape(rotation: Rotation, tokens: int) -> tuple[int, int, int, int]:
    """Give groups, members of a pair, tokens of a group (the same in all), pairs."""
    groups = max(1, -(-tokens // _GROUP))
    return groups, 2, -(-tokens // groups), rotation.width // 2


def _value_shape(rotation: Rotation, tokens: int) -> tuple[int, int, int, int]:
    """Give groups, halves of a group, channels of a half, tokens."""
    group = _GROUP if rotation.size % _GROUP == 0 else rotation.size
    return rotation.width // group, 2, group // 2, tokens


def _quantise(
    numbers: Floats, axes: int | tuple[int, ...], bits: int
) -> tuple[bytes, bytes, bytes]:
    """Give lowest values, steps and codes of groups that lie along these axes; 2 are the pairs."""
    lowest = numbers.min(axis=axes, keepdims=True).astype(np.float16)
    above = numbers - lowest.astype(np.float32)
    step = (above.max(axis=axes, keepdims=True) / (2**bits - 1)).astype(np.float16)
    divisor = np.where(step > 0, step, 1).astype(np.float32)
    codes = np.rint(above / divisor).clip(0, 2**bits - 1).astype(np.uint8)
    if bits == 4:
        codes = codes[:, :, 0] | codes[:, :, 1] << 4
    return lowest.tobytes(), step.tobytes(), codes.tobytes()


def _dequantise(stored: _Quantised, part: slice, bits: int) -> Floats:
    """Give the numbers of some layers again."""
    codes = stored.codes[part]
    if bits == 8:
        numbers = codes.astype(np.float32)
    else:
        numbers = np.empty((*codes.shape[:2], 2, *codes.shape[2:]), np.float32)
        numbers[:, :, 0] = codes & 15
        numbers[:, :, 1] = codes >> 4
    numbers *= stored.step[part]
    numbers += stored.lowest[part]
    return numbers


# --- float16, which numpy converts thirty times more slowly than llama.cpp does ---


@functools.cache
def _converter(name: str) -> Callable[..., None] | None:
    import llama_cpp

    found: Any = getattr(llama_cpp.llama_cpp._lib, name, None)
    if found is not None:
        found.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
        found.restype = None
    return found  # type: ignore[no-any-return]


def _to_half(numbers: Floats, target: NDArray[np.float16]) -> None:
    """Write numbers as float16; both lie in one piece."""
    convert = _converter("ggml_cpu_fp32_to_fp16")
    if convert is None:
        target[...] = numbers.reshape(target.shape)
    else:
        convert(numbers.ctypes.data, target.ctypes.data, numbers.size)


def _single(numbers: NDArray[np.float16]) -> Floats:
    """Give numbers as float32."""
    convert = _converter("ggml_cpu_fp16_to_fp32")
    if convert is None or not numbers.flags.c_contiguous:
        return numbers.astype(np.float32)
    found = np.empty(numbers.shape, np.float32)
    convert(numbers.ctypes.data, found.ctypes.data, numbers.size)
    return found
