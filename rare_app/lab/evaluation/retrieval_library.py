"""A retrieval set in a catalogue of its own, so that the app's own search ranks its passages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rare_app.documents import Chunk, Document, Page
from rare_app.lab.evaluation.retrieval_sets import (
    RetrievalPassage,
    RetrievalQuestion,
    RetrievalSet,
)
from rare_app.lab.tuning.neighbours import cached_embed
from rare_app.library.catalogue import Catalogue
from rare_app.library.embed import Embedder
from rare_app.library.library import Library
from rare_app.library.types import Passage

COLLECTION = "set"

Vectors = NDArray[np.float32]


class KnownVectors(Embedder):
    """The embedder, with the vectors of a set's texts at hand.

    Parameters
    ----------
    embedder : Embedder
        Asked for what is not at hand.
    folder : Path
        Keeps vectors from one run to the next, apart for each embedder.
    texts : iterable of str
        What will be asked for.
    """

    def __init__(self, *, embedder: Embedder, folder: Path, texts: Iterable[str]) -> None:
        super().__init__()
        self._embedder = embedder
        wanted = list(dict.fromkeys(texts))
        embed = cached_embed(folder=folder / embedder.fingerprint[:12], embed=embedder.embed)
        self._known: Mapping[str, Vectors] = dict(zip(wanted, embed(wanted), strict=True))

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Look up or compute; shape (texts, dimension)."""
        if all(text in self._known for text in texts):
            return np.stack([self._known[text] for text in texts])
        return self._embedder.embed(texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLibrary:
    """A set as the app would hold it.

    Attributes
    ----------
    catalogue : Catalogue
        Holds the set's passages as the collection :data:`COLLECTION`.
    collection_id : int
        Its key.
    chunk_ids : tuple of int
        The chunk of each passage of the set.
    embedder : Embedder
        Knows the vectors of passages and questions.
    """

    catalogue: Catalogue
    collection_id: int
    chunk_ids: tuple[int, ...]
    embedder: Embedder
    _matrix: Vectors

    def nearest(self, collection_id: int, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """Compare with every vector: stands in for the index, which misses next to nothing."""
        del collection_id
        scores = self._matrix @ vector
        best = np.argsort(-scores, kind="stable")[:k]
        return [(self.chunk_ids[i], float(scores[i])) for i in best]

    def places(self, chunk_ids: Iterable[int]) -> list[int]:
        """Turn chunks into the set's own indices."""
        place = {chunk_id: at for at, chunk_id in enumerate(self.chunk_ids)}
        return [place[chunk_id] for chunk_id in chunk_ids]


@contextmanager
def open_set(
    one: RetrievalSet, *, folder: Path, vectors: Path, embedder: Embedder
) -> Iterator[SetLibrary]:
    """Store a set's passages in a catalogue.

    Parameters
    ----------
    folder : Path
        Gets the catalogue; an empty one.
    vectors : Path
        See :class:`KnownVectors`.
    """
    texts = [passage.text for passage in one.passages]
    known = KnownVectors(
        embedder=embedder,
        folder=vectors,
        texts=[*texts, *(question.text for question in one.questions)],
    )
    catalogue = Catalogue(path=folder / f"{one.name}.db")
    collection_id = catalogue.collection_id(COLLECTION, create=True)
    assert collection_id is not None
    chunk_ids: dict[int, int] = {}
    names = list(dict.fromkeys(passage.document for passage in one.passages))
    matrix = known.embed(texts)
    for name in names:
        held = [at for at, passage in enumerate(one.passages) if passage.document == name]
        document, chunks = _as_document(name, [one.passages[at] for at in held])
        _, stored = catalogue.add_document(
            document, chunks, matrix[held], collection_id=collection_id, size=0
        )
        chunk_ids.update(zip(held, stored, strict=True))
    try:
        yield SetLibrary(
            catalogue=catalogue,
            collection_id=collection_id,
            chunk_ids=tuple(chunk_ids[at] for at in range(len(texts))),
            embedder=known,
            _matrix=matrix,
        )
    finally:
        catalogue.close()


def _as_document(name: str, passages: Sequence[RetrievalPassage]) -> tuple[Document, list[Chunk]]:
    """Make each passage a page of its own."""
    document = Document(
        name=name,
        content_hash=name,
        media_type="text/plain",
        title=passages[0].title,
        page_kind="part",
        pages=tuple(Page(number, one.text) for number, one in enumerate(passages, start=1)),
    )
    chunks = [
        Chunk(
            ordinal=at,
            page=at + 1,
            start=0,
            end=len(one.text),
            text=one.text,
            section=one.section,
        )
        for at, one in enumerate(passages)
    ]
    return document, chunks


def from_library(
    library: Library, questions: Iterable[tuple[str, set[str], list[str]]], *, name: str
) -> RetrievalSet:
    """Make a library's chunks a set; relevant is a chunk of the right document that holds a key.

    Parameters
    ----------
    questions : iterable of (question, names of its documents, keys)
    """
    chunks = sorted(library.chunks(), key=lambda one: one.chunk_id)
    found = []
    for question, documents, keys in questions:
        relevant = frozenset(
            at
            for at, chunk in enumerate(chunks)
            if chunk.document in documents and holds_key(chunk, keys)
        )
        found.append(RetrievalQuestion(identifier=question, text=question, relevant=relevant))
    return RetrievalSet(
        name=name,
        passages=tuple(
            RetrievalPassage(
                text=one.text, document=one.document, title=one.title, section=one.section
            )
            for one in chunks
        ),
        questions=tuple(found),
    )


def holds_key(passage: Passage, keys: Sequence[str]) -> bool:
    """Say whether a passage holds one of some figures."""
    text = " ".join(passage.text.split())
    return any(key in text for key in keys)
