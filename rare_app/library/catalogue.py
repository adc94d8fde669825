"""The catalogue: what the user has, in SQLite. It is the source of truth.

Vectors are kept here too (float32, little-endian), so that the vector index can be deleted at any
time and is rebuilt without embedding again.
"""

import json
import math
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from rare_app.documents import Chunk, Document
from rare_app.library.errors import DamagedLibraryError, storage_errors
from rare_app.library.schema import SCHEMA_VERSION, prepare
from rare_app.library.scripts import space_out
from rare_app.library.types import CollectionInfo, GraphSettings, Passage, StoredDocument

_Found = TypeVar("_Found")

SECTION_WEIGHT = 0.5
"""What a word of the headings above a chunk is worth, against one of its text."""
_LEAST_RARITY = 1e-6
"""FTS5's floor for words that stand in more than half of the chunks."""


class Catalogue:
    """Documents, pages, chunks and vectors in one SQLite file; safe to share between threads.

    Raises
    ------
    DamagedLibraryError
        The file is not a catalogue, or of a newer version of the app.
    """

    def __init__(self, *, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._kept: dict[str, Any] = {}
        self._kept_of: tuple[int, int] | None = None
        with storage_errors(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, timeout=30.0)
        try:
            with storage_errors(path.parent):
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = NORMAL")
                self._db.execute("PRAGMA foreign_keys = ON")
                version = prepare(self._db)
        except sqlite3.DatabaseError as error:
            raise DamagedLibraryError(
                f"{path} is not a library of this app ({error}): put a backup in its place, or "
                "move it away to start with an empty library."
            ) from error
        if version > SCHEMA_VERSION:
            raise DamagedLibraryError(
                f"{path} was written by a newer version of this app: update the app."
            )

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the lock and commit all or nothing."""
        with self._lock, storage_errors(self._path.parent), self._db:
            yield self._db

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Hold the lock."""
        with self._lock, storage_errors(self._path.parent):
            yield self._db

    @property
    def version(self) -> tuple[int, int]:
        """Another one after every write, by this program or by another one."""
        with self._reading() as db:
            return int(db.execute("PRAGMA data_version").fetchone()[0]), db.total_changes

    def _kept_while_unchanged(self, key: str, find: Callable[[], _Found]) -> _Found:
        """Give what was found before, as long as nobody has written since.

        Every question asks for names and counts, which take the longer the larger the library is.
        """
        with self._reading() as db:
            if db.in_transaction:  # it may still be undone
                return find()
            if self._kept_of != (now := self.version):
                self._kept, self._kept_of = {}, now
            if key not in self._kept:
                self._kept[key] = find()
            found: _Found = self._kept[key]
            return found

    # --- meta ---

    def meta(self, key: str) -> str | None:
        """Read one fact about the library."""
        with self._reading() as db:
            row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        """Write one fact about the library."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    @property
    def identity(self) -> str:
        """Twelve hexadecimal digits that tell this library from others; made at the first use."""
        known = self.meta("identity")
        if known is None:
            with self.transaction() as db:
                db.execute(
                    "INSERT OR IGNORE INTO meta VALUES ('identity', ?)", (uuid.uuid4().hex[:12],)
                )
            known = self.meta("identity")
        return known or ""

    def graph_settings(self, collection_id: int) -> GraphSettings:
        """Give the settings of a collection's HNSW graph: of its last repair, else the default."""
        stored = self.meta(f"graph_settings_{collection_id}")
        return GraphSettings(**json.loads(stored)) if stored else GraphSettings()

    def set_graph_settings(self, collection_id: int, settings: GraphSettings) -> None:
        """Keep the settings of a collection's HNSW graph, for whenever it is built anew."""
        self.set_meta(f"graph_settings_{collection_id}", json.dumps(asdict(settings)))

    # --- documents ---

    def collection_id(self, name: str, *, create: bool = False) -> int | None:
        """Key of a collection; made when ``create`` is set, else ``None`` when there is none."""
        with self._reading() as db:
            row = db.execute("SELECT id FROM collections WHERE name = ?", (name,)).fetchone()
        if row is not None:
            return int(row[0])
        if not create:
            return None
        with self.transaction() as db:
            return int(
                db.execute("INSERT INTO collections (name) VALUES (?)", (name,)).lastrowid or 0
            )

    def add_document(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: NDArray[np.float32],
        *,
        collection_id: int,
        size: int,
        replaces: Sequence[int] = (),
        on_stored: Callable[[list[int]], None] = lambda _: None,
    ) -> tuple[int, list[int]]:
        """Store a document whole and remove those it replaces, in one transaction.

        Parameters
        ----------
        vectors : array of float32, shape (chunks, dimension)
            Unit-length embeddings in the order of ``chunks``.
        size : int
            The file's size in bytes.
        on_stored : callable
            Told the chunks' keys before the transaction ends; what it raises undoes everything.

        Returns
        -------
        document_id : int
        chunk_ids : list of int
        """
        with self.transaction() as db:
            for old in replaces:
                db.execute("DELETE FROM documents WHERE id = ?", (old,))
            document_id = int(
                db.execute(
                    "INSERT INTO documents (collection_id, name, title, content_hash, media_type,"
                    " page_kind, bytes, notes, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        collection_id,
                        document.name,
                        document.title,
                        document.content_hash,
                        document.media_type,
                        document.page_kind,
                        size,
                        json.dumps(document.notes, ensure_ascii=False),
                        datetime.now(UTC).isoformat(timespec="seconds"),
                    ),
                ).lastrowid
                or 0
            )
            db.executemany(
                "INSERT INTO pages VALUES (?, ?, ?)",
                ((document_id, page.number, page.text) for page in document.pages),
            )
            chunk_ids = [
                int(
                    db.execute(
                        'INSERT INTO chunks (document_id, ordinal, page, start, "end", text,'
                        " section, vector, spaced) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        (
                            document_id,
                            chunk.ordinal,
                            chunk.page,
                            chunk.start,
                            chunk.end,
                            chunk.text,
                            chunk.section,
                            vector.astype("<f4").tobytes(),
                            space_out(chunk.text),
                        ),
                    ).lastrowid
                    or 0
                )
                for chunk, vector in zip(chunks, vectors, strict=True)
            ]
            on_stored(chunk_ids)
        return document_id, chunk_ids

    def next_chunk_ids(self, count: int) -> list[int]:
        """Keys that the chunks of the next document will get, as long as nobody else writes."""
        with self._reading() as db:
            row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'").fetchone()
        first = (int(row[0]) if row else 0) + 1
        return list(range(first, first + count))

    def remove_document(self, document_id: int) -> None:
        """Remove a document with its pages, chunks and pin."""
        with self.transaction() as db:
            db.execute(
                "DELETE FROM pins WHERE (collection_id, name) IN"
                " (SELECT collection_id, name FROM documents WHERE id = ?)",
                (document_id,),
            )
            db.execute("DELETE FROM documents WHERE id = ?", (document_id,))

    def set_pin(self, document_id: int, *, pinned: bool) -> None:
        """Pin a document or let it go; a newer file of its name takes the pin over."""
        change = (
            "INSERT OR IGNORE INTO pins SELECT collection_id, name FROM documents WHERE id = ?"
            if pinned
            else "DELETE FROM pins WHERE (collection_id, name) IN"
            " (SELECT collection_id, name FROM documents WHERE id = ?)"
        )
        with self.transaction() as db:
            db.execute(change, (document_id,))

    def documents(
        self, *, collection: str | None = None, content_hash: str | None = None
    ) -> list[StoredDocument]:
        """List documents by name, of one collection or of all."""
        if content_hash is not None:
            return self._find_documents(collection, content_hash)
        key = f"documents {collection!r}"
        return list(self._kept_while_unchanged(key, lambda: self._find_documents(collection, None)))

    def _find_documents(
        self, collection: str | None, content_hash: str | None, document_id: int | None = None
    ) -> list[StoredDocument]:
        where, values = ["1"], []
        if collection is not None:
            where.append("c.name = ?")
            values.append(collection)
        if content_hash is not None:
            where.append("d.content_hash = ?")
            values.append(content_hash)
        if document_id is not None:
            where.append("d.id = ?")
            values.append(str(document_id))
        with self._reading() as db:
            rows = db.execute(
                "SELECT d.id, c.name, d.name, d.title, d.content_hash, d.media_type, d.page_kind,"
                " (SELECT count(*) FROM pages p WHERE p.document_id = d.id),"
                " (SELECT count(*) FROM chunks k WHERE k.document_id = d.id),"
                " d.bytes, d.added_at, d.notes, EXISTS (SELECT 1 FROM pins p"
                " WHERE p.collection_id = d.collection_id AND p.name = d.name) FROM documents d"
                " JOIN collections c ON c.id = d.collection_id"
                f" WHERE {' AND '.join(where)} ORDER BY c.name, d.name COLLATE NOCASE",
                values,
            ).fetchall()
        return [
            StoredDocument(*(*row[:11], tuple(json.loads(row[11])), bool(row[12]))) for row in rows
        ]

    def document(self, document_id: int) -> StoredDocument | None:
        """Find a document by its key; ``None`` when there is none."""
        return next(iter(self._find_documents(None, None, document_id)), None)

    def document_names(self, *, collection_id: int) -> list[tuple[int, str, str]]:
        """(key, name, title) of a collection's documents."""
        return self._kept_while_unchanged(
            f"names {collection_id}",
            lambda: self._find(
                "SELECT id, name, title FROM documents WHERE collection_id = ?", collection_id
            ),
        )

    def collections(self) -> list[CollectionInfo]:
        """List the collections that hold something."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT c.name, count(DISTINCT d.id), count(k.id) FROM collections c"
                " JOIN documents d ON d.collection_id = c.id"
                " LEFT JOIN chunks k ON k.document_id = d.id GROUP BY c.id ORDER BY c.name"
            ).fetchall()
        return [CollectionInfo(*row) for row in rows]

    def page_text(self, document_id: int, number: int) -> str | None:
        """Text of one page; ``None`` when there is no such page."""
        with self._reading() as db:
            row = db.execute(
                "SELECT text FROM pages WHERE document_id = ? AND number = ?",
                (document_id, number),
            ).fetchone()
        return None if row is None else str(row[0])

    # --- chunks ---

    def passages(self, scores: Sequence[tuple[int, float]]) -> list[Passage]:
        """Passages for (chunk, score) pairs, in their order; chunks that are gone are left out."""
        if not scores:
            return []
        marks = ",".join("?" * len(scores))
        with self._reading() as db:
            rows = db.execute(
                "SELECT k.id, d.id, d.name, d.title, k.section, k.page, d.page_kind, k.start,"
                ' k."end", k.text FROM chunks k JOIN documents d ON d.id = k.document_id'
                f" WHERE k.id IN ({marks})",
                [chunk_id for chunk_id, _ in scores],
            ).fetchall()
        found = {row[0]: row for row in rows}
        known = [(found[chunk_id], score) for chunk_id, score in scores if chunk_id in found]
        return [Passage(*(*row, score)) for row, score in known]

    def search_words(
        self, terms: Sequence[str], *, collection_id: int, k: int
    ) -> list[tuple[int, float]]:
        """Find the chunks that hold any of some words or phrases, English endings aside.

        Parameters
        ----------
        terms : sequence of str
            A term of several words is found where they follow one another. What is no word
            (punctuation, signs of the search language) matches nothing and does no harm.

        Returns
        -------
        list of (chunk_id, score)
            Best first; the score is BM25 (larger is better), above 0. A word of the section's
            headings counts :data:`SECTION_WEIGHT` times a word of the text.
        """
        match = " OR ".join(filter(None, map(_quote, terms)))
        if not match:
            return []
        if self.collection_ids() == [collection_id]:
            # Nothing to filter: FTS5 sorts by itself, without a look at each chunk that matches.
            query = (
                "SELECT rowid, -rank FROM chunk_words WHERE chunk_words MATCH ?"
                f" AND rank MATCH 'bm25(1.0, {SECTION_WEIGHT})' ORDER BY rank LIMIT ?"
            )
            values: tuple[object, ...] = (match, k)
        else:
            query = (
                "SELECT w.rowid, -bm25(chunk_words, 1.0, ?) AS score FROM chunk_words w"
                " JOIN chunks k ON k.id = w.rowid JOIN documents d ON d.id = k.document_id"
                " WHERE chunk_words MATCH ? AND d.collection_id = ?"
                " ORDER BY score DESC, w.rowid LIMIT ?"
            )
            values = (SECTION_WEIGHT, match, collection_id, k)
        with self._reading() as db:
            rows = db.execute(query, values).fetchall()
        found = [(int(chunk_id), float(score)) for chunk_id, score in rows]
        return sorted(found, key=lambda one: (-one[1], one[0]))

    def rarity(self, terms: Sequence[str]) -> float:
        """Add up how rare some terms are: what BM25 gives a chunk that holds each of them once.

        Returns
        -------
        float
            The sum of log((N - n + 0.5) / (n + 0.5)) over terms in n of N chunks, as FTS5 has it
            (Robertson and Zaragoza 2009, section 3.5); above 0.
        """
        chunks = self.count_all_chunks()
        with self._reading() as db:
            counts = [
                int(
                    db.execute(
                        "SELECT count(*) FROM chunk_words WHERE chunk_words MATCH ?", (match,)
                    ).fetchone()[0]
                )
                for match in filter(None, map(_quote, terms))
            ]
        rarities = (math.log((chunks - count + 0.5) / (count + 0.5)) for count in counts)
        return max(1.0, sum(max(_LEAST_RARITY, one) for one in rarities))

    def chunk_ids(self, *, collection_id: int) -> set[int]:
        """Keys of all chunks of a collection."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT k.id FROM chunks k JOIN documents d ON d.id = k.document_id"
                " WHERE d.collection_id = ?",
                (collection_id,),
            ).fetchall()
        return {int(row[0]) for row in rows}

    def count_chunks(self, *, collection_id: int) -> int:
        """How many chunks a collection has."""
        return self._kept_while_unchanged(
            f"chunks {collection_id}", lambda: self._find_count(collection_id)
        )

    def _find_count(self, collection_id: int) -> int:
        with self._reading() as db:
            row = db.execute(
                "SELECT count(*) FROM chunks k JOIN documents d ON d.id = k.document_id"
                " WHERE d.collection_id = ?",
                (collection_id,),
            ).fetchone()
        return int(row[0])

    def count_all_chunks(self) -> int:
        """How many chunks all collections have together."""
        found = self._kept_while_unchanged(
            "all chunks", lambda: self._find("SELECT count(*) FROM chunks")
        )
        return int(found[0][0])

    def collection_ids(self) -> list[int]:
        """Keys of all collections."""
        found = self._kept_while_unchanged(
            "collections", lambda: self._find("SELECT id FROM collections")
        )
        return [int(row[0]) for row in found]

    def _find(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._reading() as db:
            return db.execute(query, values).fetchall()

    def chunk_ids_of(self, document_id: int) -> list[int]:
        """Keys of a document's chunks, in order."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT id FROM chunks WHERE document_id = ? ORDER BY ordinal", (document_id,)
            ).fetchall()
        return [int(row[0]) for row in rows]

    def vectors(self, chunk_ids: Sequence[int]) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Give the stored vectors of some chunks; chunks without one are left out."""
        for begin in range(0, len(chunk_ids), 500):
            part = chunk_ids[begin : begin + 500]
            with self._reading() as db:
                rows = db.execute(
                    "SELECT id, vector FROM chunks WHERE vector IS NOT NULL AND id IN"
                    f" ({','.join('?' * len(part))})",
                    part,
                ).fetchall()
            for chunk_id, blob in rows:
                yield int(chunk_id), np.frombuffer(blob, dtype="<f4")

    def documents_of(self, chunk_ids: Sequence[int]) -> list[tuple[int, int]]:
        """(chunk, document) of some chunks, in their order; those that are gone are left out."""
        found: dict[int, int] = {}
        for begin in range(0, len(chunk_ids), 500):
            part = chunk_ids[begin : begin + 500]
            marks = ",".join("?" * len(part))
            with self._reading() as db:
                found.update(
                    db.execute(f"SELECT id, document_id FROM chunks WHERE id IN ({marks})", part)
                )
        return [(one, found[one]) for one in chunk_ids if one in found]

    def texts_to_embed(self) -> list[tuple[int, str]]:
        """(chunk, text) of all chunks, to embed them anew."""
        with self._reading() as db:
            return db.execute("SELECT id, text FROM chunks ORDER BY id").fetchall()

    def set_vectors(self, vectors: Iterable[tuple[int, NDArray[np.float32]]]) -> None:
        """Replace the vectors of some chunks."""
        with self.transaction() as db:
            db.executemany(
                "UPDATE chunks SET vector = ? WHERE id = ?",
                ((vector.astype("<f4").tobytes(), chunk_id) for chunk_id, vector in vectors),
            )

    # --- ingest jobs ---

    def start_job(self, *, collection: str, name: str, file: str) -> int:
        """Note that a file is being added, so that it is taken up again after a crash."""
        with self.transaction() as db:
            return int(
                db.execute(
                    "INSERT INTO ingest_jobs (collection, name, file, started_at)"
                    " VALUES (?, ?, ?, ?)",
                    (collection, name, file, datetime.now(UTC).isoformat(timespec="seconds")),
                ).lastrowid
                or 0
            )

    def end_job(self, job_id: int) -> None:
        """Forget a job: its file was added, or failed and was reported."""
        with self.transaction() as db:
            db.execute("DELETE FROM ingest_jobs WHERE id = ?", (job_id,))

    def unfinished_jobs(self) -> list[tuple[int, str, str, str]]:
        """(job, collection, name, stored file) of what was being added when the app stopped."""
        with self._reading() as db:
            return db.execute(
                "SELECT id, collection, name, file FROM ingest_jobs ORDER BY id"
            ).fetchall()


def _quote(term: str) -> str:
    """Make a term one string of FTS5's language; empty where nothing of it could match."""
    bare = term.replace('"', " ").replace("\0", " ")
    return f'"{bare}"' if any(c.isalnum() for c in bare) else ""
