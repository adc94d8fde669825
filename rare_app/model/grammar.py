"""Tokens held to a grammar (GBNF, llama.cpp's notation)."""

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rare_app.model.errors import ModelError
from rare_app.model.llama import LanguageModel


class GrammarFilter:
    """Lets only those tokens pass that go on with a text of a grammar.

    Parameters
    ----------
    model : LanguageModel
        Whose tokens are filtered.
    grammar : str
        GBNF; its first rule is called ``root``.

    Raises
    ------
    ModelError
        The grammar is not in order.
    """

    def __init__(self, model: LanguageModel, grammar: str) -> None:
        import llama_cpp

        self._c = llama_cpp
        self._pieces = model.pieces
        self._entry = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
        self._sampler: Any = llama_cpp.llama_sampler_init_grammar(
            model.vocabulary, grammar.encode(), b"root"
        )
        if not self._sampler:
            raise ModelError("The grammar of an answer is not in order.")

    def adjust(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take away what the grammar does not allow (``-inf``).

        The likeliest token is looked at by itself first: mostly it is allowed, and then the others
        need not be looked at.
        """
        best = int(np.argmax(logits))
        if np.isfinite(self._apply(np.array([best]), logits[[best]])[0]):
            return logits
        return self._apply(np.arange(len(logits)), logits)

    def accept(self, piece: bytes) -> None:
        """Follow the bytes of the token that was chosen."""
        *_, token = self._pieces.spelling(piece, 0, len(piece))
        self._c.llama_sampler_accept(self._sampler, token)

    def expected(self) -> str:
        """Nothing: the grammar leaves the words open."""
        return ""

    def close(self) -> None:
        """Free the grammar."""
        if self._sampler:
            self._c.llama_sampler_free(self._sampler)
            self._sampler = None

    def _apply(self, tokens: NDArray[np.int64], logits: NDArray[np.float32]) -> NDArray[np.float32]:
        data = np.zeros(len(tokens), dtype=self._entry)
        data["id"], data["logit"] = tokens, logits
        pointer = ctypes.cast(data.ctypes.data, ctypes.POINTER(self._c.llama_token_data))
        array = self._c.llama_token_data_array(
            data=pointer, size=len(tokens), selected=-1, sorted=False
        )
        self._c.llama_sampler_apply(self._sampler, ctypes.byref(array))
        allowed: NDArray[np.float32] = data["logit"].copy()
        return allowed
