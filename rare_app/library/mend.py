"""Keep the vector index as the catalogue says: compare, add what is missing, embed anew."""

import logging
from collections.abc import Callable, Sequence

import numpy as np

from rare_app.library.catalogue import Catalogue
from rare_app.library.embed import Embedder
from rare_app.library.vectors import VectorIndex

log = logging.getLogger(__name__)

OnChunks = Callable[[int, int], None]
"""Told (done, total) chunks."""


class Mender:
    """Compares the index with the catalogue and mends it; the caller keeps other writers off."""

    def __init__(self, *, catalogue: Catalogue, index: VectorIndex, embedder: Embedder) -> None:
        self._catalogue = catalogue
        self._index = index
        self._embedder = embedder

    def mend(self, on_progress: OnChunks | None = None) -> int:
        """Mend the index, and give how many chunks of it were wrong.

        With another embedder than the last time every chunk is embedded again.

        Parameters
        ----------
        on_progress : callable, optional
            Told of the chunks that are embedded.
        """
        changed = self.embedder_changed()
        if changed:
            self._embed_again(on_progress)
        held = None if changed else self._held_by_the_index()
        if held is None:
            self._index.reset()
        mended = 0
        for collection_id in self._catalogue.collection_ids():
            stored = self._catalogue.chunk_ids(collection_id=collection_id)
            indexed = (held or {}).get(collection_id, set())
            if extra := sorted(indexed - stored):
                self._index.remove(collection_id=collection_id, chunk_ids=extra)
            missing = sorted(stored - indexed)
            self._index_again(collection_id, missing)
            mended += len(extra) + len(missing)
        if mended:
            log.warning("The vector index was mended: %d chunks.", mended)
        return mended

    def _held_by_the_index(self) -> dict[int, set[int]] | None:
        """Chunks that the index holds of each collection; ``None`` where it is damaged.

        Files of the graph that are damaged or gone do not show in the keys it lists: it must find
        some of the vectors that it says it holds.
        """
        found: dict[int, set[int]] = {}
        try:
            for collection_id in self._catalogue.collection_ids():
                stored = self._catalogue.chunk_ids(collection_id=collection_id)
                found[collection_id] = self._index.ids(collection_id=collection_id)
                held = sorted(stored & found[collection_id])
                samples = {held[at] for at in (0, len(held) // 2, -1)} if held else set()
                for _, vector in self._catalogue.vectors(sorted(samples)):
                    near = self._index.search(collection_id=collection_id, vector=vector, k=1)
                    if not near or near[0][1] < 0.999:
                        return None
        except Exception:
            log.warning("The vector index is damaged: it is built anew.", exc_info=True)
            return None
        return found

    def embedder_changed(self) -> bool:
        """Whether the stored vectors are of another embedder."""
        known = self._catalogue.meta("embedder_sha256")
        if known is None:
            self._record_embedder()
        return known not in (None, self._embedder.fingerprint)

    def _record_embedder(self) -> None:
        self._catalogue.set_meta("embedder_sha256", self._embedder.fingerprint)
        self._catalogue.set_meta("embedder", self._embedder.name)
        self._catalogue.set_meta("embedder_dimension", str(self._embedder.dimension))

    def _embed_again(self, on_progress: OnChunks | None) -> None:
        rows = self._catalogue.texts_to_embed()
        done = 0
        for so_far, vectors in self._embedder.embed_in_batches([text for _, text in rows]):
            ids = [row[0] for row in rows[done:so_far]]
            self._catalogue.set_vectors(zip(ids, vectors, strict=True))
            done = so_far
            if on_progress:
                on_progress(done, len(rows))
        self._record_embedder()  # last: a run that is killed half-way is begun again

    def _index_again(self, collection_id: int, chunk_ids: Sequence[int]) -> None:
        for begin in range(0, len(chunk_ids), 2000):
            pairs = list(self._catalogue.vectors(chunk_ids[begin : begin + 2000]))
            if pairs:
                self._index.add(
                    collection_id=collection_id,
                    chunk_ids=[chunk_id for chunk_id, _ in pairs],
                    vectors=np.stack([vector for _, vector in pairs]),
                )
