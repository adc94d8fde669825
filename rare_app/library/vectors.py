"""The vector index: Chroma, embedded and persistent. Rebuilt from the catalogue at any time."""

import errno
import logging
import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)

_FULL_BELOW = 64 << 20
"""Free bytes below which a failed write is put down to the full disk: Chroma does not say why."""
_HNSW = {"space": "cosine", "ef_construction": 200, "ef_search": 128, "max_neighbors": 32}


class VectorIndex:
    """One HNSW graph for each collection, under cosine distance; safe to share between threads."""

    def __init__(self, *, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._client = self._open()

    def _open(self) -> Any:
        os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
        import chromadb
        from chromadb.config import Settings as ChromaSettings

        self._path.mkdir(parents=True, exist_ok=True)
        options = ChromaSettings(anonymized_telemetry=False, allow_reset=False)
        try:
            client = chromadb.PersistentClient(path=str(self._path), settings=options)
            client.list_collections()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the index, it is rebuilt
            log.warning("The vector index cannot be opened (%s): it is built anew.", error)
            chromadb.api.client.SharedSystemClient.clear_system_cache()
            shutil.rmtree(self._path, ignore_errors=True)
            self._path.mkdir(parents=True, exist_ok=True)
            client = chromadb.PersistentClient(path=str(self._path), settings=options)
        return client

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def reset(self) -> None:
        """Throw everything away and begin anew."""
        with self._lock:
            self.close()
            shutil.rmtree(self._path, ignore_errors=True)
            with self._written():
                self._client = self._open()

    @contextmanager
    def _written(self) -> Iterator[None]:
        """Tell a full disk from other failures of a write."""
        try:
            yield
        except Exception as error:
            place = next(p for p in (self._path, *self._path.parents) if p.exists())
            if shutil.disk_usage(place).free < _FULL_BELOW:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
            raise

    def _graph(self, collection_id: int) -> Any:
        return self._client.get_or_create_collection(
            f"collection-{collection_id}",
            embedding_function=None,
            configuration={"hnsw": dict(_HNSW)},
        )

    def add(
        self, *, collection_id: int, chunk_ids: Sequence[int], vectors: NDArray[np.float32]
    ) -> None:
        """Add or replace vectors.

        Parameters
        ----------
        vectors : array of float32, shape (chunks, dimension)
            Unit-length rows in the order of ``chunk_ids``.
        """
        with self._lock, self._written():
            graph = self._graph(collection_id)
            step = min(2000, int(self._client.get_max_batch_size()))
            for begin in range(0, len(chunk_ids), step):
                part = slice(begin, begin + step)
                graph.upsert(
                    ids=[str(chunk_id) for chunk_id in chunk_ids[part]], embeddings=vectors[part]
                )

    def remove(self, *, collection_id: int, chunk_ids: Sequence[int]) -> None:
        """Remove vectors; those that are not there are passed over.

        A failure is logged, no more: searches pass over chunks that the catalogue does not know,
        and the next check takes them out.
        """
        try:
            with self._lock:
                graph = self._graph(collection_id)
                for begin in range(0, len(chunk_ids), 2000):
                    part = chunk_ids[begin : begin + 2000]
                    graph.delete(ids=[str(chunk_id) for chunk_id in part])
        except Exception:
            log.warning("Vectors could not be removed from the index.", exc_info=True)

    def search(
        self, *, collection_id: int, vector: NDArray[np.float32], k: int
    ) -> list[tuple[int, float]]:
        """Nearest chunks of a question.

        Returns
        -------
        list of (chunk_id, score)
            Best first; the score is the cosine similarity.
        """
        with self._lock:
            graph = self._graph(collection_id)
            if (count := graph.count()) == 0:
                return []
            found = graph.query(
                query_embeddings=vector.reshape(1, -1),
                n_results=min(k, count),
                include=["distances"],
            )
        return [
            (int(chunk_id), 1.0 - float(distance))
            for chunk_id, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        ]

    def ids(self, *, collection_id: int) -> set[int]:
        """Keys of the chunks that the index holds for a collection."""
        found: set[int] = set()
        with self._lock:
            graph = self._graph(collection_id)
            while part := graph.get(include=[], limit=10_000, offset=len(found))["ids"]:
                found.update(int(chunk_id) for chunk_id in part)
        return found

    def count(self, *, collection_id: int) -> int:
        """How many vectors the index holds for a collection."""
        with self._lock:
            return int(self._graph(collection_id).count())
