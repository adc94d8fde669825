"""The vector index: Chroma, embedded and persistent. Rebuilt from the catalogue at any time."""

import errno
import logging
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from rare_app.library.errors import IndexServerError
from rare_app.library.types import GraphSettings

log = logging.getLogger(__name__)

_FULL_BELOW = 64 << 20
"""Free bytes below which a failed write is put down to the full disk: Chroma does not say why."""
_STEP = 500
"""Vectors that are written or removed at once, while questions wait."""


class VectorIndex:
    """One HNSW graph for each collection, under cosine distance; safe to share between threads.

    Parameters
    ----------
    path : Path
        Folder of the index.
    settings_for : callable
        Gives the settings of a collection's graph when the graph is made.
    server : str
        Address of a Chroma server that keeps the graphs in place of the folder; empty for none.
    token : str
        Proves to the server that one may use it; empty for none.
    owner : str
        Begins the names of the graphs on the server, which other libraries may use too.

    Raises
    ------
    IndexServerError
        The server is not there, or refuses the token. The folder, if it is damaged, is begun anew
        instead.
    """

    def __init__(
        self,
        *,
        path: Path,
        settings_for: Callable[[int], GraphSettings] = lambda _: GraphSettings(),
        server: str = "",
        token: str = "",
        owner: str = "",
    ) -> None:
        self._path = path
        self._settings_for = settings_for
        self._server = server
        self._token = token
        self._prefix = f"rare-{owner}-" if server else ""
        self._lock = threading.RLock()
        self._client = self._open()

    def _open(self) -> Any:
        os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
        import chromadb
        from chromadb.config import Settings as ChromaSettings

        options = ChromaSettings(anonymized_telemetry=False, allow_reset=False)
        if self._server:
            return self._connect(options)
        self._path.mkdir(parents=True, exist_ok=True)
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

    def _connect(self, options: Any) -> Any:
        import chromadb

        address = urlsplit(self._server)
        secure = address.scheme == "https"
        # Chroma's own service reads the second, what stands before a server of one's own the first.
        proof = {"Authorization": f"Bearer {self._token}", "X-Chroma-Token": self._token}
        try:
            client = chromadb.HttpClient(
                host=address.hostname or "",
                port=address.port or (443 if secure else 80),
                ssl=secure,
                headers=proof if self._token else None,
                settings=options,
            )
            client.list_collections(limit=1)
        except Exception as error:
            log.warning("The Chroma server does not answer.", exc_info=True)
            raise self._refused(error) or self._lost() from error
        return client

    def _refused(self, error: Exception) -> IndexServerError | None:
        """Give the sentence for a server that wants another token; ``None`` for other failures."""
        said = f"{error} {error.__cause__ or error.__context__ or ''}"
        if not re.search(r"\b40[13]\b|unauthori[sz]ed|forbidden|permission denied", said, re.I):
            return None
        return IndexServerError(
            f"The Chroma server at {self._server} refuses "
            + (
                "the token in RARE_CHROMA_TOKEN: mend it"
                if self._token
                else "to answer without a token: set RARE_CHROMA_TOKEN"
            )
            + ", or remove RARE_CHROMA_URL to use the index of this machine."
        )

    def _lost(self) -> IndexServerError:
        return IndexServerError(
            f"The Chroma server at {self._server} does not answer: start it (“chroma run”), mend "
            "RARE_CHROMA_URL, or remove it to use the index of this machine."
        )

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def reset(self) -> None:
        """Throw everything away and begin anew."""
        with self._lock:
            if self._server:
                with self._written():
                    for name in self._own_graphs():
                        self._drop(name)
                return
            self.close()
            shutil.rmtree(self._path, ignore_errors=True)
            with self._written():
                self._client = self._open()

    def _own_graphs(self) -> list[str]:
        found: list[str] = []
        while part := self._client.list_collections(limit=_STEP, offset=len(found)):
            found += [one.name for one in part]
        return [name for name in found if name.startswith(self._prefix)]

    @contextmanager
    def _written(self) -> Iterator[None]:
        """Tell a full disk, or a server that is gone, from other failures of a write."""
        try:
            yield
        except Exception as error:
            if self._server and not self._answers():
                raise self._lost() from error
            place = next(p for p in (self._path, *self._path.parents) if p.exists())
            if shutil.disk_usage(place).free < _FULL_BELOW:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
            raise

    def _answers(self) -> bool:
        try:
            self._client.heartbeat()
        except Exception:  # noqa: BLE001 - whatever is wrong with the server
            return False
        return True

    def _name(self, collection_id: int) -> str:
        return f"{self._prefix}collection-{collection_id}"

    def _graph(self, collection_id: int) -> Any:
        """Open a collection's graph; one that is there keeps the settings that it was made with."""
        from chromadb.errors import NotFoundError

        name = self._name(collection_id)
        try:
            return self._client.get_collection(name, embedding_function=None)
        except NotFoundError:
            return self._make(name, self._settings_for(collection_id))

    def _make(self, name: str, settings: GraphSettings) -> Any:
        return self._client.get_or_create_collection(
            name,
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine", **asdict(settings)}},
        )

    def graph_settings(self, *, collection_id: int) -> GraphSettings:
        """Give the settings of a collection's graph, as the index has them."""
        with self._lock:
            hnsw = self._graph(collection_id).configuration_json["hnsw"]
        return GraphSettings(**{one.name: int(hnsw[one.name]) for one in fields(GraphSettings)})

    def rebuild(
        self,
        *,
        collection_id: int,
        settings: GraphSettings,
        parts: Iterable[tuple[Sequence[int], NDArray[np.float32]]],
    ) -> None:
        """Build a collection's graph anew beside the old one, then put it in its place.

        Questions are answered by the old graph until then.

        Parameters
        ----------
        parts : iterable of (chunk_ids, vectors)
            All chunks of the collection, in the order in which they are put in.
        """
        name = self._name(collection_id)
        beside = f"{name}-anew"
        with self._written():
            with self._lock:
                self._drop(beside)  # what a rebuild that was killed has left
                fresh = self._make(beside, settings)
            for chunk_ids, vectors in parts:
                self._put(fresh, chunk_ids, vectors)
            with self._lock:
                self._drop(name)
                fresh.modify(name=name)

    def _drop(self, name: str) -> None:
        from chromadb.errors import NotFoundError

        with suppress(NotFoundError):
            self._client.delete_collection(name)

    def add(
        self, *, collection_id: int, chunk_ids: Sequence[int], vectors: NDArray[np.float32]
    ) -> None:
        """Add or replace vectors.

        Parameters
        ----------
        vectors : array of float32, shape (chunks, dimension)
            Unit-length rows in the order of ``chunk_ids``.
        """
        with self._written():
            with self._lock:
                graph = self._graph(collection_id)
            self._put(graph, chunk_ids, vectors)

    def _put(self, graph: Any, chunk_ids: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Write step by step; between two steps questions are answered."""
        step = min(_STEP, int(self._client.get_max_batch_size()))
        for begin in range(0, len(chunk_ids), step):
            part = slice(begin, begin + step)
            with self._lock:
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
                for begin in range(0, len(chunk_ids), _STEP):
                    part = chunk_ids[begin : begin + _STEP]
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
            # No count first: it takes the longer the more there is, and k may be more than that.
            found = self._graph(collection_id).query(
                query_embeddings=vector.reshape(1, -1),
                n_results=k,
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
