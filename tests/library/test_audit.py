import hashlib

import numpy as np
import pytest

from rare_app.documents import Chunk, Document, Page
from rare_app.library import GraphSettings, Library

from ..conftest import BRIDGES

POOR = GraphSettings(ef_construction=2, ef_search=1, max_neighbors=2)
CHUNKS, CLUSTERS = 3000, 60


def clustered(dimension):
    """Vectors in clusters, one cluster after the other: the worst order for a graph."""
    random = np.random.default_rng(0)
    middles = random.normal(size=(CLUSTERS, dimension))
    own = np.sort(random.integers(0, CLUSTERS, CHUNKS))
    vectors = middles[own] + 0.4 * random.normal(size=(CHUNKS, dimension))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def fill(library, *, graph=None, name="default"):
    """Store one document whose vectors are clustered, in a graph of these settings."""
    catalogue, index = library._catalogue, library._index
    collection = catalogue.collection_id(name, create=True)
    if graph is not None:
        catalogue.set_graph_settings(collection, graph)
    vectors = clustered(library.embedder.dimension)
    text = "word " * CHUNKS
    document = Document(
        name=f"{name}.txt",
        content_hash=hashlib.sha256(name.encode()).hexdigest(),
        media_type="text/plain",
        title=name,
        page_kind="part",
        pages=(Page(number=1, text=text),),
    )
    chunks = [
        Chunk(ordinal=i, page=1, start=5 * i, end=5 * i + 4, text="word", section="")
        for i in range(CHUNKS)
    ]
    catalogue.add_document(
        document,
        chunks,
        vectors,
        collection_id=collection,
        size=1,
        on_stored=lambda ids: index.add(collection_id=collection, chunk_ids=ids, vectors=vectors),
    )
    return collection


@pytest.mark.slow
def test_a_poor_index_is_found_repaired_and_stays_repaired(open_library):
    library = open_library()
    collection = fill(library, graph=POOR)
    fill(library, name="sound")
    said = []

    poor, sound = library.audit(sample=100, say=said.append)
    assert poor.found.recall < 0.9
    assert (poor.found.settings, poor.found.chunks, poor.found.indexed) == (POOR, CHUNKS, CHUNKS)
    assert (poor.repaired, poor.now.good) == (None, False)
    assert sound.found.recall >= 0.99
    assert sound.found.settings == GraphSettings()
    assert said == [f"“{name}”: comparing 100 of 3,000 chunks" for name in ("default", "sound")]

    mended, sound = library.audit(sample=100, repair=True)
    assert mended.found.recall == poor.found.recall
    assert mended.repaired.recall >= 0.99
    assert mended.repaired.settings == GraphSettings()
    assert (mended.now.good, mended.repaired.indexed) == (True, CHUNKS)
    assert sound.repaired is None

    again = open_library()
    assert again.check() == 0
    [kept, _] = again.audit(sample=100)
    assert kept.found == mended.repaired
    # An index that is lost is built anew with the settings of the repair.
    again._catalogue.set_graph_settings(collection, GraphSettings(max_neighbors=48))
    again._index.reset()
    assert again.check() == 2 * CHUNKS
    assert again._index.graph_settings(collection_id=collection).max_neighbors == 48


def test_recall_is_the_share_of_the_true_neighbours(library, monkeypatch):
    """The index gives the five nearest and five of the farthest: half of them are right."""
    fill(library)
    vectors = clustered(library.embedder.dimension)
    first = min(library._catalogue.chunk_ids(collection_id=1))

    def half(*, vector, k, **_):
        order = np.argsort(-(vectors @ vector))
        picked = [*order[:6], *order[-5:]]
        assert k == len(picked)
        return [(first + int(at), 0.0) for at in picked]

    monkeypatch.setattr(library._index, "search", half)
    [found] = library.audit(sample=40)
    assert found.found.recall == pytest.approx(0.5)


def test_repair_goes_on_with_more_until_it_is_good(library, write, monkeypatch):
    """An index that hides neighbours is built anew with ever larger settings, then given up."""
    library.add([write("bees.md"), write("bridge.md", BRIDGES)])
    monkeypatch.setattr(library._index, "search", lambda **_: [])
    [found] = library.audit(sample=5, repair=True)
    assert (found.found.recall, found.repaired.recall, found.now.good) == (0.0, 0.0, False)
    assert found.repaired.settings == GraphSettings(
        ef_construction=1600, ef_search=1024, max_neighbors=128
    )


def test_an_index_that_lacks_chunks_or_does_not_answer_is_repaired(library, write, monkeypatch):
    library.add([write("bees.md"), write("bridge.md", BRIDGES)])
    [chunk, *_] = library._catalogue.chunk_ids(collection_id=1)
    library._index.remove(collection_id=1, chunk_ids=[chunk])
    [found] = library.audit()
    assert not found.now.good
    [found] = library.audit(repair=True)
    assert found.now.good
    assert found.repaired.indexed == found.repaired.chunks
    assert library.retrieve("queen")[0].document == "bees.md"

    with monkeypatch.context() as broken:
        broken.setattr(library._index, "count", lambda **_: 1 / 0)
        [found] = library.audit()
    assert (found.found.recall, found.now.good) == (0.0, False)


def test_an_empty_library_has_nothing_to_audit(library: Library, write):
    assert library.audit(repair=True) == []
    library.add([write("bees.md")])
    library.remove("bees.md")
    assert library.audit() == []
