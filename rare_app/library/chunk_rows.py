"""The catalogue's chunks: their words, searched by FTS5, and their vectors."""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rare_app.documents import Chunk
from rare_app.library.database import Database
from rare_app.library.stems import stem_text
from rare_app.library.types import Passage

SECTION_WEIGHT = 0.5
"""What a word of the headings above a chunk is worth, against one of its text."""
COMMON_FROM = 10_000
"""Chunks that are scored by words. Where a question's words stand in more, the commonest of them
only add to the score of chunks that hold another one."""
SCORED_AT_LEAST = 500
"""Chunks that the rarer words stand in before the others only add."""
_PASSAGE = (
    *("chunk_id", "document_id", "document", "title", "section", "page", "page_kind"),
    *("start", "end", "text", "head", "page_label"),
)
"""What :meth:`ChunkRows.passages` reads, in its order."""
_LEAST_RARITY = 1e-6
"""FTS5's floor for words that stand in more than half of the chunks."""


class ChunkRows(Database):
    """Chunks and their vectors: passages, words, counts."""

    def passages(self, scores: Sequence[tuple[int, float]]) -> list[Passage]:
        """Passages for (chunk, score) pairs, in their order; chunks that are gone are left out."""
        if not scores:
            return []
        marks = ",".join("?" * len(scores))
        with self.reading() as db:
            rows = db.execute(
                "SELECT k.id, d.id, d.name, d.title, k.section, k.page, d.page_kind, k.start,"
                ' k."end", k.text, k.head, p.label'
                " FROM chunks k JOIN documents d ON d.id = k.document_id"
                " LEFT JOIN pages p ON p.document_id = k.document_id AND p.number = k.page"
                f" WHERE k.id IN ({marks})",
                [chunk_id for chunk_id, _ in scores],
            ).fetchall()
        found = {row[0]: row for row in rows}
        known = [(found[chunk_id], score) for chunk_id, score in scores if chunk_id in found]
        return [_passage(row, score) for row, score in known]

    def search_words(
        self,
        terms: Sequence[str],
        *,
        collection_id: int,
        k: int,
        document_ids: Sequence[int] | None = None,
    ) -> list[tuple[int, float]]:
        """Find the chunks that hold any of some words or phrases, English endings aside.

        Parameters
        ----------
        terms : sequence of str
            A term of several words is found where they follow one another. What is no word
            (punctuation, signs of the search language) matches nothing and does no harm.
        document_ids : sequence of int, optional
            Only chunks of these documents.

        Returns
        -------
        list of (chunk_id, score)
            Best first; the score is BM25 (larger is better), above 0. A word of the section's
            headings counts :data:`SECTION_WEIGHT` times a word of the text.
        """
        found = [
            one
            for match in self._matches(terms, whole=self._is_whole(collection_id, document_ids))
            for one in self._search(match, collection_id, k, document_ids)
        ]
        return sorted(found, key=lambda one: (-one[1], one[0]))[:k]

    def _match(self, term: str) -> str:
        """Write a term in FTS5's language, with its stems in the languages of the documents."""
        forms = [term, *(stem_text(term, one) for one in self._languages())]
        quoted = list(dict.fromkeys(filter(None, map(_quote, forms))))
        return f"({' OR '.join(quoted)})" if len(quoted) > 1 else "".join(quoted)

    def _languages(self) -> list[str]:
        found = self.kept_while_unchanged(
            "languages",
            lambda: self.rows("SELECT DISTINCT language FROM documents WHERE language <> ''"),
        )
        return sorted(str(language) for (language,) in found)

    def _is_whole(self, collection_id: int, document_ids: Sequence[int] | None) -> bool:
        """Whether all that the library holds is searched."""
        return document_ids is None and self.collection_ids() == [collection_id]

    def _matches(self, terms: Sequence[str], *, whole: bool) -> list[str]:
        """Give what to search for: apart from each other, and all that is scored together.

        BM25 takes a microsecond for each chunk that holds any of the words, and a word of every
        second chunk says next to nothing. So the rarest words say which chunks are scored; those
        that hold a common word, too, and those that do not are searched one after the other, so
        that every score is that of all words. In a part of the library a word may be rare that is
        common in the whole: there nothing is set apart.
        """
        quoted = list(dict.fromkeys(filter(None, map(self._match, terms))))
        if not quoted:
            return []
        if not whole or self.count_all_chunks() <= COMMON_FROM:
            return [" OR ".join(quoted)]
        counts = self._count_holding(quoted)
        rare: list[str] = []
        held = 0
        for match in sorted(quoted, key=lambda one: counts[one]):
            if held >= SCORED_AT_LEAST and held + counts[match] > COMMON_FROM:
                break
            held += counts[match]
            rare.append(match)
        common = [match for match in quoted if match not in rare]
        if not common:
            return [" OR ".join(quoted)]
        telling, others = (f"({' OR '.join(part)})" for part in (rare, common))
        return [f"{telling} AND {others}", f"{telling} NOT {others}"]

    def _count_holding(self, matches: Sequence[str]) -> dict[str, int]:
        """Count the chunks that each of some terms stands in."""
        with self.reading() as db:
            return {
                match: int(
                    db.execute(
                        "SELECT count(*) FROM chunk_words WHERE chunk_words MATCH ?", (match,)
                    ).fetchone()[0]
                )
                for match in matches
            }

    def _search(
        self, match: str, collection_id: int, k: int, document_ids: Sequence[int] | None
    ) -> list[tuple[int, float]]:
        if document_ids is not None:
            query = (
                "SELECT w.rowid, -bm25(chunk_words, 1.0, ?) AS score FROM chunk_words w"
                " JOIN chunks k ON k.id = w.rowid WHERE chunk_words MATCH ?"
                " AND k.document_id IN (SELECT value FROM json_each(?))"
                " ORDER BY score DESC, w.rowid LIMIT ?"
            )
            values: tuple[object, ...] = (SECTION_WEIGHT, match, json.dumps([*document_ids]), k)
        elif self._is_whole(collection_id, None):
            # Nothing to filter: FTS5 sorts by itself, without a look at each chunk that matches.
            query = (
                "SELECT rowid, -rank FROM chunk_words WHERE chunk_words MATCH ?"
                f" AND rank MATCH 'bm25(1.0, {SECTION_WEIGHT})' ORDER BY rank LIMIT ?"
            )
            values = (match, k)
        else:
            query = (
                "SELECT w.rowid, -bm25(chunk_words, 1.0, ?) AS score FROM chunk_words w"
                " JOIN chunks k ON k.id = w.rowid JOIN documents d ON d.id = k.document_id"
                " WHERE chunk_words MATCH ? AND d.collection_id = ?"
                " ORDER BY score DESC, w.rowid LIMIT ?"
            )
            values = (SECTION_WEIGHT, match, collection_id, k)
        with self.reading() as db:
            rows = db.execute(query, values).fetchall()
        return [(int(chunk_id), float(score)) for chunk_id, score in rows]

    def rarity(self, terms: Sequence[str]) -> float:
        """Add up how rare some terms are: what BM25 gives a chunk that holds each of them once.

        Returns
        -------
        float
            The sum of log((N - n + 0.5) / (n + 0.5)) over terms in n of N chunks, as FTS5 has it
            (Robertson and Zaragoza 2009, section 3.5); above 0.
        """
        chunks = self.count_all_chunks()
        matches = list(filter(None, map(self._match, terms)))
        counts = self._count_holding(list(dict.fromkeys(matches)))
        rarities = (math.log((chunks - counts[one] + 0.5) / (counts[one] + 0.5)) for one in matches)
        return max(1.0, sum(max(_LEAST_RARITY, one) for one in rarities))

    def chunk_ids(self, *, collection_id: int) -> set[int]:
        """Keys of all chunks of a collection."""
        with self.reading() as db:
            rows = db.execute(
                "SELECT k.id FROM chunks k JOIN documents d ON d.id = k.document_id"
                " WHERE d.collection_id = ?",
                (collection_id,),
            ).fetchall()
        return {int(row[0]) for row in rows}

    def count_chunks(self, *, collection_id: int) -> int:
        """How many chunks a collection has."""
        return self.kept_while_unchanged(
            f"chunks {collection_id}", lambda: self._find_count(collection_id)
        )

    def _find_count(self, collection_id: int) -> int:
        with self.reading() as db:
            row = db.execute(
                "SELECT count(*) FROM chunks k JOIN documents d ON d.id = k.document_id"
                " WHERE d.collection_id = ?",
                (collection_id,),
            ).fetchone()
        return int(row[0])

    def count_all_chunks(self) -> int:
        """How many chunks all collections have together."""
        found = self.kept_while_unchanged(
            "all chunks", lambda: self.rows("SELECT count(*) FROM chunks")
        )
        return int(found[0][0])

    def collection_ids(self) -> list[int]:
        """Keys of all collections."""
        found = self.kept_while_unchanged(
            "collections", lambda: self.rows("SELECT id FROM collections")
        )
        return [int(row[0]) for row in found]

    def chunk_ids_of(self, document_id: int) -> list[int]:
        """Keys of a document's chunks, in order."""
        with self.reading() as db:
            rows = db.execute(
                "SELECT id FROM chunks WHERE document_id = ? ORDER BY ordinal", (document_id,)
            ).fetchall()
        return [int(row[0]) for row in rows]

    def vectors(self, chunk_ids: Sequence[int]) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Give the stored vectors of some chunks; chunks without one are left out."""
        for begin in range(0, len(chunk_ids), 500):
            part = chunk_ids[begin : begin + 500]
            with self.reading() as db:
                rows = db.execute(
                    "SELECT id, vector FROM chunks WHERE vector IS NOT NULL AND id IN"
                    f" ({','.join('?' * len(part))})",
                    part,
                ).fetchall()
            for chunk_id, blob in rows:
                yield int(chunk_id), np.frombuffer(blob, dtype="<f4")

    def known_vectors(self, chunks: Sequence[Chunk]) -> dict[str, NDArray[np.float32]]:
        """Give the vectors of chunks that some collection has already, by head and text.

        A new version of a document repeats most of the old one: what was embedded is not embedded
        again.
        """
        found: dict[str, NDArray[np.float32]] = {}
        with self.reading() as db:
            for head, text, whole in {(one.head, one.text, one.whole) for one in chunks}:
                row = db.execute(
                    "SELECT vector FROM chunks WHERE substr(text, 1, 64) = substr(?1, 1, 64)"
                    " AND text = ?1 AND head = ?2 AND vector IS NOT NULL LIMIT 1",
                    (text, head),
                ).fetchone()
                if row is not None:
                    found[whole] = np.frombuffer(row[0], dtype="<f4")
        return found

    def documents_of(self, chunk_ids: Sequence[int]) -> list[tuple[int, int]]:
        """(chunk, document) of some chunks, in their order; those that are gone are left out."""
        found: dict[int, int] = {}
        for begin in range(0, len(chunk_ids), 500):
            part = chunk_ids[begin : begin + 500]
            marks = ",".join("?" * len(part))
            with self.reading() as db:
                found.update(
                    db.execute(f"SELECT id, document_id FROM chunks WHERE id IN ({marks})", part)
                )
        return [(one, found[one]) for one in chunk_ids if one in found]

    def texts_of(self, chunk_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
        """(section, text) of some chunks; those that are gone are left out."""
        found: dict[int, tuple[str, str]] = {}
        for begin in range(0, len(chunk_ids), 500):
            part = chunk_ids[begin : begin + 500]
            marks = ",".join("?" * len(part))
            with self.reading() as db:
                rows = db.execute(
                    f"SELECT id, section, text FROM chunks WHERE id IN ({marks})", part
                ).fetchall()
            found.update((int(one), (str(section), str(text))) for one, section, text in rows)
        return found

    def texts_to_embed(self) -> list[tuple[int, str]]:
        """(chunk, head and text) of all chunks, to embed them anew."""
        with self.reading() as db:
            return db.execute(
                "SELECT id, CASE head WHEN '' THEN text ELSE head || char(10) || text END"
                " FROM chunks ORDER BY id"
            ).fetchall()

    def set_vectors(self, vectors: Iterable[tuple[int, NDArray[np.float32]]]) -> None:
        """Replace the vectors of some chunks."""
        with self.transaction() as db:
            db.executemany(
                "UPDATE chunks SET vector = ? WHERE id = ?",
                ((vector.astype("<f4").tobytes(), chunk_id) for chunk_id, vector in vectors),
            )


def _passage(row: Sequence[Any], score: float) -> Passage:
    """Make a passage of a row of :meth:`ChunkRows.passages`."""
    fields = dict(zip(_PASSAGE, row, strict=True))
    return Passage(**{**fields, "page_label": fields["page_label"] or "", "score": score})


def _quote(term: str) -> str:
    """Make a term one string of FTS5's language; empty where nothing of it could match."""
    bare = term.replace('"', " ").replace("\0", " ")
    return f'"{bare}"' if any(c.isalnum() for c in bare) else ""
