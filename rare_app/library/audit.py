"""Audit the vector index: does it find what an exact search finds? And mend it where it does not.

An HNSW graph answers quickly because it looks at a few vectors only. Whether those are the right
ones depends on its settings, on the vectors, and on the order in which they came: unlike an error,
a poor graph is silent. Here chunks of the library are searched for twice, through the index and by
comparison with every vector of the catalogue.
"""

import logging
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rare_app.library.catalogue import Catalogue
from rare_app.library.types import CollectionAudit, CollectionRepair, GraphSettings
from rare_app.library.vectors import VectorIndex

log = logging.getLogger(__name__)

AUDIT_SAMPLE = 200
"""Chunks of a collection that are searched for, where no number is given."""
AUDITED_NEIGHBOURS = 10
"""Nearest neighbours that are compared (recall@10)."""

_ATTEMPTS = 3
_MOST = GraphSettings(ef_construction=1600, ef_search=1024, max_neighbors=128)
"""Settings beyond which a graph only gets slower."""
_SAME = 1e-5
"""Difference in cosine similarity that is none: float32, summed in another order."""
_STEP = 4000
"""Vectors that are held at once."""

Say = Callable[[str], None]


def audit(
    catalogue: Catalogue,
    index: VectorIndex,
    *,
    sample: int = AUDIT_SAMPLE,
    repair: bool = False,
    say: Say = lambda _: None,
    seed: int = 0,
) -> list[CollectionRepair]:
    """Audit every collection that holds chunks, and mend those that are not good.

    Parameters
    ----------
    sample : int
        Chunks of a collection that are searched for; all of a smaller one.
    repair : bool
        Whether to mend. The library must not be written to by others meanwhile.
    seed : int
        Draws the sample and shuffles the chunks of a graph that is built anew.
    """
    found = []
    for one in catalogue.collections():
        collection_id = catalogue.collection_id(one.name)
        if collection_id is None or not one.chunks:
            continue
        say(f"“{one.name}”: comparing {min(sample, one.chunks)} of {one.chunks:,} chunks")
        audited = audit_collection(
            catalogue, index, name=one.name, collection_id=collection_id, sample=sample, seed=seed
        )
        mended = None
        if repair and not audited.good:
            mended = _repair(catalogue, index, audited, collection_id, sample, say, seed)
        found.append(CollectionRepair(found=audited, repaired=mended))
    return found


def audit_collection(
    catalogue: Catalogue,
    index: VectorIndex,
    *,
    name: str,
    collection_id: int,
    sample: int,
    seed: int = 0,
) -> CollectionAudit:
    """Measure recall@10 of one collection with its own chunks as queries.

    A chunk is no neighbour of itself. A chunk that the index gives counts when it is as near as
    the tenth true neighbour, so that equal chunks may stand for each other.
    """
    chunk_ids = np.array(sorted(catalogue.chunk_ids(collection_id=collection_id)), dtype=np.int64)
    drawn = np.random.default_rng(seed).permutation(len(chunk_ids))[:sample]
    queries = dict(catalogue.vectors([int(one) for one in chunk_ids[drawn]]))
    indexed, settings = 0, None
    given: dict[int, list[int]] = {one: [] for one in queries}
    try:
        settings = index.graph_settings(collection_id=collection_id)
        indexed = index.count(collection_id=collection_id)
        for one, vector in queries.items():
            near = index.search(
                collection_id=collection_id, vector=vector, k=AUDITED_NEIGHBOURS + 1
            )
            given[one] = [other for other, _ in near if other != one][:AUDITED_NEIGHBOURS]
    except Exception:
        log.warning("The index of “%s” does not answer.", name, exc_info=True)
    return CollectionAudit(
        collection=name,
        chunks=len(chunk_ids),
        indexed=indexed,
        sampled=len(queries),
        recall=round(_recall(catalogue, chunk_ids.tolist(), queries, given), 4),
        settings=settings,
    )


def _recall(
    catalogue: Catalogue,
    chunk_ids: Sequence[int],
    queries: dict[int, NDArray[np.float32]],
    given: dict[int, list[int]],
) -> float:
    """Share of the true neighbours that were given."""
    most = min(AUDITED_NEIGHBOURS, len(chunk_ids) - 1)
    if not queries or most < 1:
        return 1.0
    asked = list(queries)
    matrix = np.stack([queries[one] for one in asked])
    nearest = np.full((len(asked), most), -np.inf, dtype=np.float32)
    for part, vectors in _in_parts(catalogue, chunk_ids):
        similar = matrix @ vectors.T
        place = {chunk_id: column for column, chunk_id in enumerate(part)}
        for row, one in enumerate(asked):
            if one in place:
                similar[row, place[one]] = -np.inf
        joined = np.concatenate([nearest, similar], axis=1)
        nearest = -np.partition(-joined, most - 1, axis=1)[:, :most]
    least = nearest.min(axis=1)
    known = dict(catalogue.vectors(sorted({other for near in given.values() for other in near})))
    right = 0
    for row, one in enumerate(asked):
        near = [float(known[other] @ queries[one]) for other in given[one] if other in known]
        right += sum(score >= least[row] - _SAME for score in near)
    return right / (most * len(asked))


def _repair(
    catalogue: Catalogue,
    index: VectorIndex,
    audited: CollectionAudit,
    collection_id: int,
    sample: int,
    say: Say,
    seed: int,
) -> CollectionAudit:
    """Build the graph anew, each time with more candidates and links, until it is good."""
    settings = _at_least(audited.settings or GraphSettings(), GraphSettings())
    chunk_ids = sorted(catalogue.chunk_ids(collection_id=collection_id))
    order = np.random.default_rng(seed)
    now = audited
    for attempt in range(_ATTEMPTS):
        if attempt or (audited.indexed == audited.chunks and audited.settings == settings):
            settings = _more(settings)
        say(
            f"“{audited.collection}”: recall {now.recall:.4f}, building the index anew with "
            f"ef_construction {settings.ef_construction}, ef_search {settings.ef_search}, "
            f"max_neighbors {settings.max_neighbors}"
        )
        shuffled = [chunk_ids[at] for at in order.permutation(len(chunk_ids))]
        # First, so that a rebuild that is killed goes on with the better settings.
        catalogue.set_graph_settings(collection_id, settings)
        index.rebuild(
            collection_id=collection_id, settings=settings, parts=_in_parts(catalogue, shuffled)
        )
        now = audit_collection(
            catalogue,
            index,
            name=audited.collection,
            collection_id=collection_id,
            sample=sample,
            seed=seed,
        )
        if now.good:
            break
    return now


def _in_parts(
    catalogue: Catalogue, chunk_ids: Sequence[int]
) -> Iterator[tuple[list[int], NDArray[np.float32]]]:
    for begin in range(0, len(chunk_ids), _STEP):
        wanted = chunk_ids[begin : begin + _STEP]
        stored = dict(catalogue.vectors(wanted))
        part = [one for one in wanted if one in stored]
        if part:
            yield part, np.stack([stored[one] for one in part])


def _at_least(one: GraphSettings, other: GraphSettings) -> GraphSettings:
    return GraphSettings(
        ef_construction=max(one.ef_construction, other.ef_construction),
        ef_search=max(one.ef_search, other.ef_search),
        max_neighbors=max(one.max_neighbors, other.max_neighbors),
    )


def _more(one: GraphSettings) -> GraphSettings:
    """Twice as many of each, up to where a graph only gets slower."""

    def doubled(value: int, most: int) -> int:
        return max(value, min(2 * value, most))

    return GraphSettings(
        ef_construction=doubled(one.ef_construction, _MOST.ef_construction),
        ef_search=doubled(one.ef_search, _MOST.ef_search),
        max_neighbors=doubled(one.max_neighbors, _MOST.max_neighbors),
    )
