"""The sequences of a llama.cpp context: copied, moved, cut, saved and restored.

What holds in llama.cpp and is relied on here: a saved state is not moved yet where it was shifted
since the last decode, so save before shifting; a shift moves shared cells for every owner, so shift
before copying; restoring replaces a sequence.
"""

import ctypes
from typing import Any

from rare_app.model.errors import ModelError

ANSWER, PREFIX, SCRATCH = 0, 1, 2
"""The sequence that answers, the one that keeps the prefix, the one that blocks pass through."""
SEQUENCES = 3


class Sequences:
    """The sequences of one context.

    Parameters
    ----------
    c : module
        ``llama_cpp``.
    context : pointer
        Opened with one cache for all sequences (``kv_unified``).
    """

    def __init__(self, c: Any, context: Any) -> None:
        self._c = c
        self._context = context
        self._memory = c.llama_get_memory(context)

    @property
    def can_shift(self) -> bool:
        """Whether positions can be moved; without it, stored blocks are of no use."""
        return bool(self._c.llama_memory_can_shift(self._memory))

    def clear(self) -> None:
        """Empty all sequences."""
        self._c.llama_memory_clear(self._memory, True)

    def remove(self, sequence: int, start: int = 0, end: int = -1) -> bool:
        """Cut positions out of a sequence; false where the model cannot forget a part."""
        return bool(self._c.llama_memory_seq_rm(self._memory, sequence, start, end))

    def copy(self, source: int, target: int, start: int = 0, end: int = -1) -> None:
        """Let a sequence hold what another holds at these positions; no data are moved."""
        self._c.llama_memory_seq_cp(self._memory, source, target, start, end)

    def shift(self, sequence: int, *, start: int = 0, end: int = -1, by: int) -> None:
        """Move positions; done at the next decode."""
        if by:
            self._c.llama_memory_seq_add(self._memory, sequence, start, end, by)

    def bounds(self, sequence: int) -> tuple[int, int] | None:
        """First and last position that a sequence holds; ``None`` when it is empty."""
        last = int(self._c.llama_memory_seq_pos_max(self._memory, sequence))
        if last < 0:
            return None
        return int(self._c.llama_memory_seq_pos_min(self._memory, sequence)), last

    def save(self, sequence: int) -> bytearray:
        """Give a sequence's state as bytes.

        Raises
        ------
        ModelError
            llama.cpp did not give it.
        """
        size = int(self._c.llama_state_seq_get_size(self._context, sequence))
        data = bytearray(size)
        view = (ctypes.c_uint8 * size).from_buffer(data)
        written = int(self._c.llama_state_seq_get_data(self._context, view, size, sequence))
        if not 0 < written <= size:
            raise ModelError("The model's state could not be read out.")
        del view
        del data[written:]
        return data

    def restore(self, sequence: int, data: Any) -> bool:
        """Fill a sequence with a saved state; false where llama.cpp does not take it.

        Parameters
        ----------
        data : writable buffer
            Bytes of :meth:`save`; only read.
        """
        size = len(data)
        view = (ctypes.c_uint8 * size).from_buffer(data)
        taken = int(self._c.llama_state_seq_set_data(self._context, view, size, sequence))
        del view
        if taken != size:
            self.remove(sequence)
        return taken == size
