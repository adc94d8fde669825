"""Block attention inside llama.cpp: each passage is read in a sequence of its own.

A block is decoded right after the prefix in a scratch sequence, so that it sees the prefix and
itself; it is then moved to its place and handed to the answer's sequence, whose question sees all
blocks. With a unified cache the hand-over copies no numbers.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rare_app.model import AdapterError, ModelError, ModelLoadError

_ANSWER, _SCRATCH = 0, 1
_FLASH_ATTENTION_OFF = 0


class BlockReader:
    """A model in llama.cpp that reads passages block by block. For checks, not for the app.

    Parameters
    ----------
    base, adapter : Path
        The GGUF files.
    context_tokens : int
        Room for the longest prompt with its completion.
    threads : int
        CPU threads.
    """

    def __init__(self, *, base: Path, adapter: Path, context_tokens: int, threads: int) -> None:
        import llama_cpp

        self._c = llama_cpp
        self._context: Any = None
        llama_cpp.llama_backend_init()
        self._model = llama_cpp.llama_model_load_from_file(
            os.fsencode(base), llama_cpp.llama_model_default_params()
        )
        if not self._model:
            raise ModelLoadError(f"llama.cpp cannot load “{base.name}”: choose another base.")
        options = llama_cpp.llama_context_default_params()
        options.n_ctx = context_tokens
        options.n_batch = options.n_ubatch = self._room = min(512, context_tokens)
        options.n_seq_max = 2
        options.kv_unified = True
        options.n_threads = options.n_threads_batch = threads
        options.flash_attn_type = _FLASH_ATTENTION_OFF
        self._context = llama_cpp.llama_init_from_model(self._model, options)
        if not self._context:
            self.close()
            raise ModelLoadError(
                f"There is not enough memory for a context of {context_tokens} tokens: compare "
                "fewer or shorter prompts."
            )
        self._batch = llama_cpp.llama_batch_init(self._room, 0, 1)
        self._vocabulary = llama_cpp.llama_vocab_n_tokens(
            llama_cpp.llama_model_get_vocab(self._model)
        )
        self._adapter = llama_cpp.llama_adapter_lora_init(self._model, os.fsencode(adapter))
        adapters = (llama_cpp.llama_adapter_lora_p_ctypes * 1)(self._adapter)
        scales = (llama_cpp.ctypes.c_float * 1)(1.0)
        if not self._adapter or llama_cpp.llama_set_adapters_lora(
            self._context, adapters, 1, scales
        ):
            self.close()
            raise AdapterError(f"The adapter “{adapter.name}” does not fit “{base.name}”.")
        self._at = 0

    def close(self) -> None:
        """Free context and model."""
        if self._context:
            self._c.llama_batch_free(self._batch)
            self._c.llama_free(self._context)
            self._context = None
        if self._model:
            self._c.llama_model_free(self._model)
            self._model = None

    def begin(self, prefix: Sequence[int], blocks: Sequence[Sequence[int]]) -> None:
        """Forget all, then read the prefix and each block apart from the others."""
        memory = self._c.llama_get_memory(self._context)
        self._c.llama_memory_clear(memory, True)
        self._decode(prefix, at=0, sequence=_ANSWER)
        first = self._at = len(prefix)
        for block in blocks:
            self._c.llama_memory_seq_cp(memory, _ANSWER, _SCRATCH, 0, first)
            self._decode(block, at=first, sequence=_SCRATCH)
            moved = self._at - first
            # Shifted before it is shared: a shift moves a cell for all of its owners.
            self._c.llama_memory_seq_add(memory, _SCRATCH, first, first + len(block), moved)
            self._c.llama_memory_seq_cp(memory, _SCRATCH, _ANSWER, self._at, self._at + len(block))
            self._c.llama_memory_seq_rm(memory, _SCRATCH, -1, -1)
            self._at += len(block)

    def extend(self, tokens: Sequence[int]) -> None:
        """Read tokens after what was read; they see all blocks."""
        self._decode(tokens, at=self._at, sequence=_ANSWER)
        self._at += len(tokens)

    def logits(self) -> NDArray[np.float32]:
        """Logits of the next token, (vocabulary,)."""
        pointer = self._c.llama_get_logits_ith(self._context, -1)
        return np.ctypeslib.as_array(pointer, shape=(self._vocabulary,)).copy()

    def _decode(self, tokens: Sequence[int], *, at: int, sequence: int) -> None:
        batch = self._batch
        for begin in range(0, len(tokens), self._room):
            part = tokens[begin : begin + self._room]
            batch.n_tokens = len(part)
            for i, token in enumerate(part):
                batch.token[i] = token
                batch.pos[i] = at + begin + i
                batch.n_seq_id[i] = 1
                batch.seq_id[i][0] = sequence
                batch.logits[i] = i == len(part) - 1
            status = self._c.llama_decode(self._context, batch)
            if status:
                raise ModelError(f"llama.cpp could not read the prompt (status {status}).")
