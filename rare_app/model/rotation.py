"""How a model turns its keys by their positions (RoPE), as llama.cpp does it.

Only the plain rotation is known: one angle a pair of channels, its speed a power of the base. A
scaled one (YaRN, factors of Llama 3 …) is met with a check on the model itself: what llama.cpp
moves must be what is computed here.
"""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rare_app.model.errors import ModelError
from rare_app.model.gguf_header import read_header
from rare_app.model.sequences import PREFIX, SCRATCH
from rare_app.model.state import parse_state

if TYPE_CHECKING:
    from rare_app.model.llama import LanguageModel

log = logging.getLogger(__name__)

Floats = NDArray[np.float32]

_TRIED, _FAR = 2, 1000
"""Tokens that are moved in the check, and how far."""
_TOLERANCE = 0.01
"""Largest relative error of a pair in the check; float16 rounds to 5e-4, a wrong angle is off by
its sine."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """The rotation of the keys of one model.

    Attributes
    ----------
    heads, size : int
        Key heads and channels of each; a key is ``heads * size`` numbers.
    base : float
        The speed of pair i is ``base ** (-2 i / size)`` radians a position.
    halves : bool
        Whether channel i is paired with ``i + size / 2`` (NEOX), or each with its neighbour (NORM).
    """

    heads: int
    size: int
    base: float
    halves: bool

    @property
    def width(self) -> int:
        """Numbers of a token's key in one layer."""
        return self.heads * self.size

    def angles(self, positions: NDArray[np.integer]) -> tuple[Floats, Floats]:
        """Give cosine and sine of every pair's angle, (positions, size / 2).

        Each angle is the one before it times a constant in float32, as in llama.cpp.
        """
        steps = np.full((len(positions), self.size // 2), self.base ** (-2 / self.size), np.float32)
        steps[:, 0] = positions
        turned = np.multiply.accumulate(steps, axis=1)
        return np.cos(turned), np.sin(turned)

    def pairs(self, keys: NDArray[np.floating]) -> tuple[NDArray[np.floating], ...]:
        """View keys (…, width) as the two members of each pair, (…, heads, size / 2) each."""
        if self.halves:
            split = keys.reshape(*keys.shape[:-1], self.heads, 2, self.size // 2)
            return split[..., 0, :], split[..., 1, :]
        split = keys.reshape(*keys.shape[:-1], self.heads, self.size // 2, 2)
        return split[..., 0], split[..., 1]

    def turn(self, keys: Floats, by: NDArray[np.integer]) -> Floats:
        """Turn keys (layers, tokens, width) by so many positions, one number or one a token."""
        cosine, sine = (one[:, None, :] for one in self.angles(by))
        first, second = self.pairs(keys)
        turned = np.empty_like(keys)
        one, other = self.pairs(turned)
        np.subtract(first * cosine, second * sine, out=one)
        np.add(first * sine, second * cosine, out=other)
        return turned


def find_rotation(model: "LanguageModel") -> Rotation | None:
    """Find how a model turns its keys; ``None`` where that is not known. Empties the context.

    The model's own numbers are read from its header; then a few tokens are moved by llama.cpp and
    by the rotation that was found, which must come to the same.
    """
    header = read_header(model.path)
    name = header.get("general.architecture")

    def number(key: str, other: float = 0) -> float:
        value = header.get(f"{name}.{key}", other)
        return float(value) if isinstance(value, int | float) else 0.0

    heads = number("attention.head_count")
    size = int(number("attention.key_length", number("embedding_length") / heads if heads else 0))
    rotation = Rotation(
        heads=int(number("attention.head_count_kv", heads)),
        size=size,
        base=number("rope.freq_base", 10000.0),
        halves=model.pairs_halves,
    )
    plain = size and size % 2 == 0 and number("rope.dimension_count", size) == size
    if not (plain and rotation.heads and rotation.base > 1):
        log.info("How %s turns its keys is not known: blocks are stored as they are.", model.path)
        return None
    try:
        error = _error(model, rotation)
    except ModelError:
        error = float("inf")
    finally:
        model.forget()
    if error > _TOLERANCE:
        log.info(
            "%s turns its keys in another way (error %.3g): blocks are stored as they are.",
            model.path,
            error,
        )
        return None
    return rotation


def _error(model: "LanguageModel", rotation: Rotation) -> float:
    """Move tokens in both ways; give the largest relative difference of any pair of channels."""
    sequences = model.sequences
    model.forget()
    model.decode(range(1, 1 + _TRIED), sequence=SCRATCH, at=0)
    before = parse_state(sequences.save(SCRATCH)).keys.astype(np.float32)
    if before.shape[-1] != rotation.width:
        return float("inf")
    sequences.shift(SCRATCH, by=_FAR)
    model.decode([1], sequence=PREFIX, at=0)  # until then nothing is moved
    after = parse_state(sequences.save(SCRATCH)).keys.astype(np.float32)
    moved = rotation.turn(before, np.array([_FAR]))

    def lengths(keys: Floats) -> Floats:
        first, second = rotation.pairs(keys)
        squares: Floats = (first**2 + second**2).sum(axis=1)
        return np.sqrt(squares)

    return float((lengths(moved - after) / np.maximum(lengths(after), 1e-3)).max())
