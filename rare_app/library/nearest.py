"""Chunks nearest to a question: by the vector index, or without it where it cannot be relied on."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from rare_app.library.catalogue import Catalogue
from rare_app.library.vectors import VectorIndex

log = logging.getLogger(__name__)


class Nearest:
    """Finds the nearest chunks of a collection, whatever state the index is in.

    Parameters
    ----------
    catalogue : Catalogue
        Has every vector, too.
    index : VectorIndex
    mend : callable
        Mends the index; called once at most, when it fails or has lost chunks.
    """

    def __init__(
        self, *, catalogue: Catalogue, index: VectorIndex, mend: Callable[[], object]
    ) -> None:
        self._catalogue = catalogue
        self._index = index
        self._mend = mend
        self._mending_tried = False
        self._counted: dict[int, tuple[int, int]] = {}

    def of(
        self, collection_id: int, vector: NDArray[np.float32], k: int
    ) -> list[tuple[int, float]]:
        """Ask the index; where it fails or has lost chunks, mend it, else do without it.

        Parameters
        ----------
        vector : array of float32, shape (dimension,)
            Of unit length.

        Returns
        -------
        list of (int, float)
            Keys of chunks with their cosine similarity, best first; at most `k`.
        """
        for _ in range(2):
            try:
                if self._index_holds_all(collection_id):
                    stored = self._catalogue.count_chunks(collection_id=collection_id)
                    found = self._index.search(collection_id=collection_id, vector=vector, k=k)
                    if len(found) >= min(k, stored):
                        return found
            except Exception:
                log.warning("The vector index does not answer.", exc_info=True)
            if self._mending_tried:
                break
            self._mending_tried = True
            with suppress(Exception):  # a full disk, or another program that writes
                self._mend()
        # Slower, but needs no index.
        return self._compare(self._catalogue.chunk_ids(collection_id=collection_id), vector, k)

    def among(
        self, document_ids: Sequence[int], _: int, vector: NDArray[np.float32], k: int
    ) -> list[tuple[int, float]]:
        """Compare with every vector of some documents.

        A graph that is walked with a filter loses neighbours when few of its vectors pass; chosen
        documents are few enough to be gone through.
        """
        found = {i for one in document_ids for i in self._catalogue.chunk_ids_of(one)}
        return self._compare(found, vector, k)

    def _index_holds_all(self, collection_id: int) -> bool:
        """Whether the index has as many chunks as the catalogue; counted again after a write.

        The index is written first, so it never holds less than the catalogue.
        """
        version = self._catalogue.version
        if self._counted.get(collection_id) != version:
            stored = self._catalogue.count_chunks(collection_id=collection_id)
            if self._index.count(collection_id=collection_id) < stored:
                return False
            self._counted[collection_id] = version
        return True

    def _compare(
        self, found: set[int], vector: NDArray[np.float32], k: int
    ) -> list[tuple[int, float]]:
        chunk_ids = sorted(found)
        scores = [(i, float(one @ vector)) for i, one in self._catalogue.vectors(chunk_ids)]
        return sorted(scores, key=lambda pair: -pair[1])[:k]
