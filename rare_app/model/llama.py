"""A GGUF model in llama.cpp: load, tokenise, decode. One owner at a time.

llama.cpp's low-level interface is used, because stored memory needs several sequences in one
context, which the high-level one hides.
"""

import ctypes
import functools
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rare_app.model.chat_template import ChatFrame, frame_chat
from rare_app.model.errors import AdapterError, Cancelled, ModelError, ModelLoadError
from rare_app.model.fit import check_loadable
from rare_app.model.gguf_header import read_header
from rare_app.model.pieces import Pieces
from rare_app.model.rotation import Rotation, find_rotation
from rare_app.model.sequences import ANSWER, SEQUENCES, Sequences

# An abort inside llama.cpp would otherwise start a debugger, and may hang in it.
os.environ.setdefault("GGML_NO_BACKTRACE", "1")

log = logging.getLogger(__name__)

_F16 = 1
"""How keys and values are kept, by llama.cpp's number."""
_SCRATCH_TOKENS = 1024
"""Room beside the answer's context in which a block is read or restored."""
_ABORTED = 2
_KEPT_LINES = 100
"""How much of what llama.cpp says is kept, to tell why a model cannot be loaded."""


class LanguageModel:
    """One loaded model with one context. Not safe under concurrent calls: guard it with a lock.

    Parameters
    ----------
    path : Path
        The GGUF file.
    context_tokens : int
        Largest context wanted; the model's own limit holds when it is smaller.
    batch_tokens : int
        Tokens that are decoded at once while a prompt is read; llama.cpp's own default.
    threads : int
        CPU threads.

    Raises
    ------
    ModelLoadError
        The file is damaged or of a kind that llama.cpp does not know, or there is not enough memory
        for it.
    """

    def __init__(
        self, *, path: Path, context_tokens: int, threads: int, batch_tokens: int = 512
    ) -> None:
        import llama_cpp

        self._c = llama_cpp
        self._model: Any = None
        self._context: Any = None
        self._adapter: Any = None
        self._activated = False
        header = read_header(path)
        check_loadable(
            path,
            context_tokens=context_tokens,
            batch_tokens=batch_tokens,
            spare_tokens=_SCRATCH_TOKENS,
        )
        said = self._silence()
        llama_cpp.llama_backend_init()
        options = llama_cpp.llama_model_default_params()
        gpu = llama_cpp.llama_supports_gpu_offload()
        options.n_gpu_layers = -1 if gpu else 0
        if not gpu:
            # On a CPU most weights are laid out anew for speed: a mapped file would stay in memory
            # beside the copy (1.5B in four bits: 2.2 GB resident in place of 1.6, the same speed).
            options.load_mode = llama_cpp.LLAMA_LOAD_MODE_NONE
        self._model = llama_cpp.llama_model_load_from_file(os.fsencode(path), options)
        if not self._model:
            why = "it may be damaged, or of a kind newer than this app"
            if any("unknown model architecture" in line for line in said):
                why = f"it does not know the kind “{header.get('general.architecture', '')}”"
            raise ModelLoadError(
                f"llama.cpp cannot load “{path.name}”: {why}. Choose another model."
            )
        self.vocabulary = llama_cpp.llama_model_get_vocab(self._model)
        self.path = path
        self.vocabulary_size: int = llama_cpp.llama_vocab_n_tokens(self.vocabulary)
        trained = int(llama_cpp.llama_model_n_ctx_train(self._model)) or context_tokens
        self.context_tokens = min(context_tokens, trained)
        self._template = header.get("tokenizer.chat_template")
        self.batch_tokens = min(batch_tokens, self.context_tokens)
        self._context = self._open_context(threads)
        self.sequences = Sequences(llama_cpp, self._context)
        self.cleared = 0
        self._batch = llama_cpp.llama_batch_init(self.batch_tokens, 0, 1)
        self._pieces: dict[int, bytes] = {}
        self._held: list[int] = []
        self._cut = 0  # how many of the tokens decoded last were forgotten since

    def _open_context(self, threads: int) -> Any:
        options = self._c.llama_context_default_params()
        options.n_ctx = self.context_tokens + min(_SCRATCH_TOKENS, self.context_tokens)
        options.n_batch = options.n_ubatch = self.batch_tokens
        options.n_seq_max = SEQUENCES
        options.kv_unified = True
        options.swa_full = True
        options.type_k = options.type_v = _F16
        options.n_threads = options.n_threads_batch = threads
        # Measured on CPU: recall and decoding are slower with flash attention on (docs/decisions).
        options.flash_attn_type = 0
        context = self._c.llama_init_from_model(self._model, options)
        if not context:
            self.close()
            raise ModelLoadError(
                f"There is not enough memory to run “{self.path.name}” with a context of "
                f"{self.context_tokens} tokens: set RARE_CONTEXT_TOKENS lower, or choose a "
                "smaller model."
            )
        return context

    def _silence(self) -> list[str]:
        """Send what llama.cpp says to the log; gives the list that its errors are put into."""
        said: list[str] = []

        @self._c.llama_log_callback  # type: ignore[untyped-decorator]
        def write(level: int, text: bytes, _data: Any) -> None:
            if level in (3, 4):  # warning, error
                line = text.decode("utf-8", "replace").rstrip()
                log.debug("llama.cpp: %s", line)
                if len(said) < _KEPT_LINES:
                    said.append(line)

        self._log_callback = write  # llama.cpp keeps the pointer: it must outlive this call
        _KEPT_CALLBACKS.append(write)
        self._c.llama_log_set(write, ctypes.c_void_p(0))
        return said

    def close(self) -> None:
        """Free the context and the model."""
        if self._context:
            self._c.llama_batch_free(self._batch)
            self._c.llama_free(self._context)
            self._context = None
        if self._adapter:
            self._c.llama_adapter_lora_free(self._adapter)
            self._adapter = None
        if self._model:
            self._c.llama_model_free(self._model)
            self._model = None

    @property
    def can_recall(self) -> bool:
        """Whether stored states of passages can be moved and put together for this model.

        They can where positions are rotations of the keys, one for each token, and nothing else
        depends on them; sliding windows do no harm, since the cache is kept whole.
        """
        c, model = self._c, self._model
        if c.llama_model_rope_type(model) not in (c.LLAMA_ROPE_TYPE_NORM, c.LLAMA_ROPE_TYPE_NEOX):
            return False
        mixed = c.llama_model_is_recurrent(model) or c.llama_model_is_hybrid(model)
        return self.sequences.can_shift and not mixed and not c.llama_model_has_encoder(model)

    @property
    def can_cut(self) -> bool:
        """Whether the model can forget the end of what it holds; a recurrent state cannot."""
        c, model = self._c, self._model
        return not (c.llama_model_is_recurrent(model) or c.llama_model_is_hybrid(model))

    @property
    def pairs_halves(self) -> bool:
        """Whether a key's channels are turned in pairs of its halves (NEOX), not of neighbours."""
        c = self._c
        return bool(c.llama_model_rope_type(self._model) == c.LLAMA_ROPE_TYPE_NEOX)

    @functools.cached_property
    def rotation(self) -> Rotation | None:
        """How keys are turned by their positions, if that is known; finding out empties it all."""
        return find_rotation(self)

    @property
    def state_version(self) -> str:
        """What a saved state depends on besides the model."""
        return f"llama-cpp-python {self._c.__version__}"

    # --- adapter ---

    def use_adapter(self, path: Path | None, *, activated: bool = False) -> None:
        """Load an adapter, or none with ``None``. What is in the context is forgotten.

        Parameters
        ----------
        activated : bool
            Whether it acts from the question on (:meth:`activate`); otherwise it acts on all.

        Raises
        ------
        AdapterError
            llama.cpp refuses the adapter for this model.
        """
        self.forget()
        self._switch(on=False)
        if self._adapter:
            self._c.llama_adapter_lora_free(self._adapter)
            self._adapter = None
        self._activated = activated and path is not None
        if path is None:
            return
        adapter = self._c.llama_adapter_lora_init(self._model, os.fsencode(path))
        if not adapter:
            raise AdapterError(
                f"The adapter “{path.name}” does not fit “{self.path.name}”: choose another base, "
                "or no adapter."
            )
        self._adapter = adapter
        if not self._switch(on=not self._activated):
            raise AdapterError(f"The adapter “{path.name}” cannot be switched on.")

    @property
    def activates(self) -> bool:
        """Whether the adapter acts from the question on."""
        return self._activated

    def activate(self, on: bool) -> None:
        """Let an activated adapter act on what is decoded from now on, or not.

        Prefix and passages are read without it, the question and the answer with it. For a model
        without one, or with one that acts on all, nothing changes.
        """
        if self._activated:
            self._switch(on=on)

    def _switch(self, *, on: bool) -> bool:
        count = int(on)
        adapters = (self._c.llama_adapter_lora_p_ctypes * 1)(self._adapter) if on else None
        scales = (ctypes.c_float * 1)(1.0) if on else None
        return not self._c.llama_set_adapters_lora(self._context, adapters, count, scales)

    # --- text and tokens ---

    def frame(self, system: str, examples: Sequence[tuple[str, str]] = ()) -> ChatFrame:
        """Give the model's own chat template round the user's text.

        Parameters
        ----------
        examples : sequence of (str, str)
            Turns of user and assistant that stand before it.
        """
        return frame_chat(
            str(self._template) if self._template else None,
            system=system,
            examples=examples,
            bos_token=self._text_of(self._c.llama_vocab_bos(self.vocabulary)),
            eos_token=self._text_of(self._c.llama_vocab_eos(self.vocabulary)),
        )

    def _text_of(self, token: int) -> str:
        if token < 0:
            return ""
        text = self._c.llama_vocab_get_text(self.vocabulary, token)
        return text.decode("utf-8", "replace") if text else ""

    def tokenise(self, text: str, *, special: bool = False) -> list[int]:
        """Turn text into tokens.

        Parameters
        ----------
        special : bool
            Whether the texts of special tokens stand for those tokens. Only for the chat
            template: never for what a user or a document says.
        """
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        tokens = (self._c.llama_token * room)()
        count = self._c.llama_tokenize(
            self.vocabulary, data, len(data), tokens, room, False, special
        )
        if count < 0:
            raise ModelError("The text could not be turned into tokens.")
        return list(tokens[:count])

    def start_tokens(self, text: str) -> list[int]:
        """Tokens of the chat template's beginning, opened as the model was trained to see it."""
        tokens = self.tokenise(text, special=True)
        first = self._c.llama_vocab_bos(self.vocabulary)
        adds = bool(self._c.llama_vocab_get_add_bos(self.vocabulary))
        if adds and first >= 0 and tokens[:1] != [first]:
            tokens.insert(0, first)
        return tokens

    def piece(self, token: int) -> bytes:
        """Give the bytes that a token stands for; empty for special tokens."""
        known = self._pieces.get(token)
        if known is None:
            buffer = ctypes.create_string_buffer(256)
            count = self._c.llama_token_to_piece(self.vocabulary, token, buffer, 256, 0, False)
            known = buffer.raw[:count] if count > 0 else b""
            self._pieces[token] = known
        return known

    @functools.cached_property
    def pieces(self) -> Pieces:
        """The whole vocabulary by its bytes; gathered at the first use."""
        return Pieces(self.piece(token) for token in range(self.vocabulary_size))

    def is_end(self, token: int) -> bool:
        """Whether the token ends the assistant's turn."""
        return bool(self._c.llama_vocab_is_eog(self.vocabulary, token))

    # --- decoding ---

    @property
    def held_tokens(self) -> int:
        """How many tokens the answer's sequence holds."""
        return len(self._held)

    @property
    def held(self) -> Sequence[int]:
        """The tokens that the answer's sequence holds."""
        return self._held

    def forget(self) -> None:
        """Empty the context, all sequences of it."""
        self.sequences.clear()
        self._held = []
        self.cleared += 1

    def read(self, tokens: Sequence[int], *, cancelled: Callable[[], bool] = lambda: False) -> int:
        """Bring the context to exactly these tokens; what it already holds is not read again.

        Returns
        -------
        int
            How many tokens were still in the context.

        Raises
        ------
        Cancelled
            The user stopped the question; the context holds what was read so far.
        """
        kept, *_ = self.read_in_parts(tokens, cancelled=cancelled)
        return kept

    def read_in_parts(
        self, tokens: Sequence[int], *, cancelled: Callable[[], bool] = lambda: False
    ) -> Iterator[int]:
        """Read as :meth:`read` does, a batch at a time.

        Yields
        ------
        int
            How many of the tokens the context holds: before the first batch, and after each.
        """
        kept = 0
        # The last token is always decoded, for its logits.
        for held, wanted in zip(self._held, tokens[:-1], strict=False):
            if held != wanted:
                break
            kept += 1
        yield (kept := self.keep(kept))
        for begin in range(kept, len(tokens), self.batch_tokens):
            self.extend(tokens[begin : begin + self.batch_tokens], cancelled=cancelled)
            yield len(self._held)

    def keep(self, count: int) -> int:
        """Forget all but the first tokens of the answer's sequence.

        Returns
        -------
        int
            How many are left: `count`, or 0 for a model that cannot forget its end alone.
        """
        if count < len(self._held):
            if not self.sequences.remove(ANSWER, count):
                self.forget()
                return 0
            self._cut += len(self._held) - count
            self._held = self._held[:count]
        return count

    def hold(self, tokens: Sequence[int]) -> None:
        """Take note of tokens whose state was put behind what the answer's sequence holds."""
        self._held += tokens

    def extend(
        self,
        tokens: Sequence[int],
        *,
        guesses: int = 0,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Decode tokens after what the context holds.

        Parameters
        ----------
        guesses : int
            How many of the last tokens may have to be cut again: logits are also kept for each of
            them, and for the token before. All tokens must then fit into one batch.

        Raises
        ------
        ModelError
            The context is full, or llama.cpp failed.
        Cancelled
            The user stopped the question.
        """
        if len(self._held) + len(tokens) > self.context_tokens:
            raise ModelError("The model's context is full: ask a shorter question.")
        self.decode(
            tokens, sequence=ANSWER, at=len(self._held), guesses=guesses, cancelled=cancelled
        )

    def decode(
        self,
        tokens: Sequence[int],
        *,
        sequence: int,
        at: int,
        guesses: int = 0,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Decode tokens in a sequence, the first of them at position `at`.

        `guesses` is told at :meth:`extend`.

        Raises
        ------
        ModelError
            llama.cpp failed.
        Cancelled
            Somebody asked to stop.
        """
        stop = self._c.ggml_abort_callback(lambda _data: bool(cancelled()))
        watched = len(tokens) > 1
        if watched:
            self._c.llama_set_abort_callback(self._context, stop, None)
        try:
            for begin in range(0, len(tokens), self.batch_tokens):
                if cancelled():
                    raise Cancelled
                part = tokens[begin : begin + self.batch_tokens]
                self._decode(part, sequence=sequence, at=at + begin, outputs=1 + guesses)
                if sequence == ANSWER:
                    self._held += part
        finally:
            if watched:
                self._c.llama_set_abort_callback(self._context, _NEVER(self._c), None)

    def _decode(self, tokens: Sequence[int], *, sequence: int, at: int, outputs: int) -> None:
        batch = self._batch
        batch.n_tokens = len(tokens)
        for i, token in enumerate(tokens):
            batch.token[i] = token
            batch.pos[i] = at + i
            batch.n_seq_id[i] = 1
            batch.seq_id[i][0] = sequence
            batch.logits[i] = i >= len(tokens) - outputs
        self._cut = 0
        status = self._c.llama_decode(self._context, batch)
        if status == 0:
            return
        # Whatever part was decoded is taken out, so that the record and the context agree.
        if not self.sequences.remove(sequence, at):
            self.forget()
        if status == _ABORTED:
            raise Cancelled
        raise ModelError(f"llama.cpp could not go on (status {status}): ask again.")

    def logits(self, *, before: int = 0) -> NDArray[np.float32]:
        """Logits of the token that comes next.

        Parameters
        ----------
        before : int
            How many of the last tokens that the context holds are not counted in: guesses.

        Returns
        -------
        array of float32, shape (vocabulary_size,)
            A copy: it stays valid.
        """
        pointer = self._c.llama_get_logits_ith(self._context, -1 - self._cut - before)
        return np.ctypeslib.as_array(pointer, shape=(self.vocabulary_size,)).copy()


_KEPT_CALLBACKS: list[Any] = []


def _NEVER(c: Any) -> Any:  # noqa: N802
    return c.ggml_abort_callback(0)
