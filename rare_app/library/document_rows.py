"""What a document consists of, written to the catalogue: pages, chunks, and what is learned."""

import json
import sqlite3
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rare_app.documents import Chunk, Document, Place
from rare_app.library.schema import learn
from rare_app.library.scripts import space_out
from rare_app.library.stems import stem_text, stemmed_language

PARTS = ("pages", "chunks", "abbreviations", "owners")
"""Tables that hold what a document consists of."""


def insert_parts(
    db: sqlite3.Connection,
    document_id: int,
    document: Document,
    chunks: Sequence[Chunk],
    vectors: NDArray[np.float32],
) -> list[int]:
    """Store a document's pages and chunks, and what is learned of it; gives the chunks' keys.

    Parameters
    ----------
    vectors : array of float32, shape (chunks, dimension)
        Unit-length embeddings in the order of ``chunks``.
    """
    language = stemmed_language(document.pages)
    db.execute("UPDATE documents SET language = ? WHERE id = ?", (language, document_id))
    db.executemany(
        "INSERT INTO pages VALUES (?, ?, ?, ?, ?)",
        (
            (document_id, page.number, page.text, page.label, write_places(page.places))
            for page in document.pages
        ),
    )
    chunk_ids = [
        int(
            db.execute(
                'INSERT INTO chunks (document_id, ordinal, page, start, "end", text,'
                " section, vector, spaced, head) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    document_id,
                    chunk.ordinal,
                    chunk.page,
                    chunk.start,
                    chunk.end,
                    chunk.text,
                    chunk.section,
                    vector.astype("<f4").tobytes(),
                    _searchable(chunk.whole, language),
                    chunk.head,
                ),
            ).lastrowid
            or 0
        )
        for chunk, vector in zip(chunks, vectors, strict=True)
    ]
    learn(db, document_id, title=document.title, pages=[page.text for page in document.pages])
    return chunk_ids


def _searchable(text: str, language: str) -> str | None:
    """Give a text as the index of words is to hold it; ``None`` where that is as it stands."""
    stemmed = stem_text(text, language)
    return space_out(stemmed) or (stemmed if language else None)


def write_places(places: Sequence[Place]) -> str:
    """Write places as JSON, rounded to a tenth of a pixel; empty where there are none."""
    rows = [
        [one.start, one.end]
        + [round(part, 5) for part in (one.left, one.top, one.width, one.height)]
        + [round(one.certainty, 3)]
        for one in places
    ]
    return json.dumps(rows, separators=(",", ":")) if rows else ""


def read_places(text: str) -> tuple[Place, ...]:
    """Read what :func:`write_places` has written."""
    return tuple(Place(*row) for row in json.loads(text)) if text else ()
