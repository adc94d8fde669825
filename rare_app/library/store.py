"""Embed chunks and put them into the index, before the catalogue keeps them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from rare_app.documents import Chunk
from rare_app.library.catalogue import Catalogue
from rare_app.library.embed import Embedder
from rare_app.library.vectors import VectorIndex


def embed_new(
    chunks: Sequence[Chunk],
    *,
    catalogue: Catalogue,
    embedder: Embedder,
    on_done: Callable[[int], None] = lambda _: None,
) -> NDArray[np.float32]:
    """Embed what no chunk of the library says word for word; shape (chunks, dimension).

    Parameters
    ----------
    on_done : callable
        Told how many chunks are done, batch by batch.
    """
    texts = [one.whole for one in chunks]
    vectors = np.empty((len(texts), embedder.dimension), dtype=np.float32)
    known = catalogue.known_vectors(chunks)
    for at, text in enumerate(texts):
        if text in known:
            vectors[at] = known[text]
    new = [at for at, text in enumerate(texts) if text not in known]
    # By length, so that little of a batch is padding; the longest come first.
    new.sort(key=lambda at: -len(texts[at]))
    held = len(texts) - len(new)
    for done, part in embedder.embed_in_batches([texts[at] for at in new]):
        vectors[new[done - len(part) : done]] = part
        on_done(held + done)
    return vectors


@contextmanager
def indexed(
    vectors: NDArray[np.float32], *, catalogue: Catalogue, index: VectorIndex, collection_id: int
) -> Iterator[Sequence[int]]:
    """Put the vectors into the index under the keys that their chunks will get.

    They are taken out again when the chunks cannot be stored.
    """
    chunk_ids = catalogue.next_chunk_ids(len(vectors))
    try:
        index.add(collection_id=collection_id, chunk_ids=chunk_ids, vectors=vectors)
        yield chunk_ids
    except BaseException:
        index.remove(collection_id=collection_id, chunk_ids=chunk_ids)
        raise


def require_same(stored: Sequence[int], indexed: Sequence[int]) -> None:
    """Undo the storing of chunks that did not get the keys that they have in the index.

    Raises
    ------
    RuntimeError
        The keys are not the same.
    """
    if list(stored) != list(indexed):
        raise RuntimeError("Another program has written to the library meanwhile.")
