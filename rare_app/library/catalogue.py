"""The catalogue: what the user has, in SQLite. It is the source of truth.

Vectors are kept here too (float32, little-endian), so that the vector index can be deleted at any
time and is rebuilt without embedding again.
"""

import json
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from rare_app.documents import READER_VERSION, Chunk, Document, Page
from rare_app.library.abbreviations import Abbreviations
from rare_app.library.chunk_rows import ChunkRows
from rare_app.library.document_rows import PARTS, insert_parts, read_places
from rare_app.library.types import CollectionInfo, GraphSettings, StoredDocument


class Catalogue(ChunkRows):
    """Documents, pages, chunks and vectors in one SQLite file; safe to share between threads."""

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
        with self.reading() as db:
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
                    " page_kind, bytes, notes, added_at, reader)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
                        READER_VERSION,
                    ),
                ).lastrowid
                or 0
            )
            chunk_ids = insert_parts(db, document_id, document, chunks, vectors)
            on_stored(chunk_ids)
        return document_id, chunk_ids

    def renew_document(
        self,
        document_id: int,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: NDArray[np.float32],
        *,
        on_stored: Callable[[list[int]], None] = lambda _: None,
    ) -> bool:
        """Put what was read anew in the place of a document's pages and chunks, in one transaction.

        The document keeps its key, by which chats know it; parameters as for :meth:`add_document`.

        Returns
        -------
        bool
            False where the document is gone, or another file has taken its place.
        """
        with self.transaction() as db:
            found = db.execute(
                "UPDATE documents SET title = ?, media_type = ?, page_kind = ?, notes = ?,"
                " reader = ? WHERE id = ? AND content_hash = ?",
                (
                    document.title,
                    document.media_type,
                    document.page_kind,
                    json.dumps(document.notes, ensure_ascii=False),
                    READER_VERSION,
                    document_id,
                    document.content_hash,
                ),
            )
            if not found.rowcount:
                return False
            for table in PARTS:
                db.execute(f"DELETE FROM {table} WHERE document_id = ?", (document_id,))
            on_stored(insert_parts(db, document_id, document, chunks, vectors))
        return True

    def keep_as_read(self, document_id: int, *, note: str) -> None:
        """Leave a document as an older reader read it, say so, and do not try again."""
        with self.transaction() as db:
            row = db.execute("SELECT notes FROM documents WHERE id = ?", (document_id,)).fetchone()
            if row is not None:
                notes = json.dumps([*json.loads(row[0]), note], ensure_ascii=False)
                db.execute(
                    "UPDATE documents SET notes = ?, reader = ? WHERE id = ?",
                    (notes, READER_VERSION, document_id),
                )

    def next_chunk_ids(self, count: int) -> list[int]:
        """Keys that the chunks of the next document will get, as long as nobody else writes."""
        with self.reading() as db:
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
        return list(self.kept_while_unchanged(key, lambda: self._find_documents(collection, None)))

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
        with self.reading() as db:
            rows = db.execute(
                "SELECT d.id, c.name, d.name, d.title, d.content_hash, d.media_type, d.page_kind,"
                " (SELECT count(*) FROM pages p WHERE p.document_id = d.id),"
                " (SELECT count(*) FROM chunks k WHERE k.document_id = d.id),"
                " d.bytes, d.added_at, d.notes, EXISTS (SELECT 1 FROM pins p"
                " WHERE p.collection_id = d.collection_id AND p.name = d.name), d.reader"
                " FROM documents d"
                " JOIN collections c ON c.id = d.collection_id"
                f" WHERE {' AND '.join(where)} ORDER BY c.name, d.name COLLATE NOCASE",
                values,
            ).fetchall()
        return [
            StoredDocument(
                *(*row[:11], tuple(json.loads(row[11])), bool(row[12]), row[13] < READER_VERSION)
            )
            for row in rows
        ]

    def document(self, document_id: int) -> StoredDocument | None:
        """Find a document by its key; ``None`` when there is none."""
        return next(iter(self._find_documents(None, None, document_id)), None)

    def document_names(self, *, collection_id: int) -> list[tuple[int, str, str]]:
        """(key, name, title) of a collection's documents."""
        return self.kept_while_unchanged(
            f"names {collection_id}",
            lambda: self.rows(
                "SELECT id, name, title FROM documents WHERE collection_id = ?", collection_id
            ),
        )

    def abbreviations(self, *, collection_id: int) -> Abbreviations:
        """Give what the documents of a collection abbreviate."""
        return self.kept_while_unchanged(
            f"abbreviations {collection_id}",
            lambda: Abbreviations.of(
                (short, long)
                for short, long in self.rows(
                    "SELECT DISTINCT a.short, a.long FROM abbreviations a JOIN documents d"
                    " ON d.id = a.document_id WHERE d.collection_id = ? ORDER BY 1, 2",
                    collection_id,
                )
            ),
        )

    def owners(self, *, collection_id: int) -> dict[int, frozenset[str]]:
        """Words that name the companies of a collection's documents, by document."""
        return self.kept_while_unchanged(
            f"owners {collection_id}", lambda: self._find_owners(collection_id)
        )

    def _find_owners(self, collection_id: int) -> dict[int, frozenset[str]]:
        found: dict[int, set[str]] = {}
        for document_id, word in self.rows(
            "SELECT o.document_id, o.word FROM owners o JOIN documents d ON d.id = o.document_id"
            " WHERE d.collection_id = ?",
            collection_id,
        ):
            found.setdefault(int(document_id), set()).add(str(word))
        return {document_id: frozenset(words) for document_id, words in found.items()}

    def openings(self, document_ids: Collection[int]) -> list[str]:
        """Give the first 600 characters of some documents."""
        rows = self.rows(
            "SELECT substr(text, 1, 600) FROM pages WHERE number = 1"
            " AND document_id IN (SELECT value FROM json_each(?))",
            json.dumps([*document_ids]),
        )
        return [str(text) for (text,) in rows]

    def names_of(self, document_ids: Collection[int]) -> list[str]:
        """Give names, titles and the words that name companies, of some documents."""
        found = []
        for one in document_ids:
            for name, title in self.rows("SELECT name, title FROM documents WHERE id = ?", one):
                found += [str(name), str(title)]
            words = self.rows("SELECT word FROM owners WHERE document_id = ?", one)
            found += [str(word) for (word,) in words]
        return found

    def collections(self) -> list[CollectionInfo]:
        """List the collections that hold something."""
        with self.reading() as db:
            rows = db.execute(
                "SELECT c.name, count(DISTINCT d.id), count(k.id) FROM collections c"
                " JOIN documents d ON d.collection_id = c.id"
                " LEFT JOIN chunks k ON k.document_id = d.id GROUP BY c.id ORDER BY c.name"
            ).fetchall()
        return [CollectionInfo(*row) for row in rows]

    def page_text(self, document_id: int, number: int) -> str | None:
        """Text of one page; ``None`` when there is no such page."""
        with self.reading() as db:
            row = db.execute(
                "SELECT text FROM pages WHERE document_id = ? AND number = ?",
                (document_id, number),
            ).fetchone()
        return None if row is None else str(row[0])

    def page(self, document_id: int, number: int) -> Page | None:
        """One page with its label and places, without its blocks; ``None`` if there is none."""
        rows = self.rows(
            "SELECT text, label, places FROM pages WHERE document_id = ? AND number = ?",
            document_id,
            number,
        )
        for text, label, places in rows:
            return Page(number, str(text), label=str(label), places=read_places(str(places)))
        return None

    def outdated(self) -> list[int]:
        """Keys of the documents that were read by an older reader than today's."""
        found = self.rows("SELECT id FROM documents WHERE reader < ? ORDER BY id", READER_VERSION)
        return [int(row[0]) for row in found]

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
        with self.reading() as db:
            return db.execute(
                "SELECT id, collection, name, file FROM ingest_jobs ORDER BY id"
            ).fetchall()
