"""The catalogue's tables, and how those of an older version are brought up to date."""

import sqlite3
from collections.abc import Sequence

from rare_app.library.abbreviations import MOST, find_abbreviations
from rare_app.library.names import owners_of
from rare_app.library.scripts import space_out

SCHEMA_VERSION = 7
"""1: words of the chunks alone. 2: scripts without blanks are spaced out, sections are indexed.
3: chats. 4: abbreviations and owners are learned from the documents. 5: texts are found by their
beginning. 6: pages have labels and places, chunks the heads of their tables, documents the version
of the reader. 7: documents have the language by whose stems they are indexed."""

_TABLES = (
    "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE IF NOT EXISTS collections (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE
    )""",
    """CREATE TABLE IF NOT EXISTS documents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        collection_id INTEGER NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
        name TEXT NOT NULL, title TEXT NOT NULL, content_hash TEXT NOT NULL,
        media_type TEXT NOT NULL, page_kind TEXT NOT NULL, bytes INTEGER NOT NULL,
        notes TEXT NOT NULL, added_at TEXT NOT NULL, reader INTEGER NOT NULL DEFAULT 0,
        language TEXT NOT NULL DEFAULT '',
        UNIQUE (collection_id, name), UNIQUE (collection_id, content_hash)
    )""",
    """CREATE TABLE IF NOT EXISTS pins (
        collection_id INTEGER NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
        name TEXT NOT NULL, PRIMARY KEY (collection_id, name)
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS pages (
        document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        number INTEGER NOT NULL, text TEXT NOT NULL, label TEXT NOT NULL DEFAULT '',
        places TEXT NOT NULL DEFAULT '', PRIMARY KEY (document_id, number)
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS chunks (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL, page INTEGER NOT NULL, start INTEGER NOT NULL,
        "end" INTEGER NOT NULL, text TEXT NOT NULL, section TEXT NOT NULL, vector BLOB,
        spaced TEXT, head TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE INDEX IF NOT EXISTS chunks_of_document ON chunks (document_id, ordinal)",
    "CREATE INDEX IF NOT EXISTS chunks_by_beginning ON chunks (substr(text, 1, 64))",
    """CREATE TABLE IF NOT EXISTS abbreviations (
        document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        short TEXT NOT NULL, long TEXT NOT NULL, PRIMARY KEY (document_id, short, long)
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS owners (
        document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        word TEXT NOT NULL, PRIMARY KEY (document_id, word)
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS ingest_jobs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        collection TEXT NOT NULL, name TEXT NOT NULL, file TEXT NOT NULL, started_at TEXT NOT NULL
    )""",
)
_CHATS = (
    """CREATE TABLE IF NOT EXISTS chats (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        title TEXT NOT NULL, collection TEXT NOT NULL, words TEXT NOT NULL,
        created_at TEXT NOT NULL, changed_at TEXT NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS chats_by_change ON chats (changed_at)",
    """CREATE TABLE IF NOT EXISTS turns (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chat_id INTEGER NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
        question TEXT NOT NULL, shown INTEGER, words TEXT NOT NULL, created_at TEXT NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS turns_of_chat ON turns (chat_id, id)",
    """CREATE TABLE IF NOT EXISTS answers (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        turn_id INTEGER NOT NULL REFERENCES turns(id) ON DELETE CASCADE,
        standalone TEXT NOT NULL, options TEXT NOT NULL, data TEXT, error TEXT NOT NULL,
        seconds REAL NOT NULL, rating INTEGER NOT NULL, created_at TEXT NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS answers_of_turn ON answers (turn_id, id)",
)
"""Words are what is searched; options and data are JSON; ``turns.shown`` is a key of an answer."""
_WORDS = (
    """CREATE VIEW IF NOT EXISTS chunk_texts AS
        SELECT id, coalesce(spaced, head || char(10) || text) AS text, section FROM chunks""",
    """CREATE VIRTUAL TABLE IF NOT EXISTS chunk_words USING fts5(
        text, section, content='chunk_texts', content_rowid='id',
        tokenize='porter unicode61 remove_diacritics 2'
    )""",
    """CREATE TRIGGER IF NOT EXISTS chunk_words_added AFTER INSERT ON chunks BEGIN
        INSERT INTO chunk_words (rowid, text, section)
            VALUES (new.id, coalesce(new.spaced, new.head || char(10) || new.text), new.section);
    END""",
    """CREATE TRIGGER IF NOT EXISTS chunk_words_removed AFTER DELETE ON chunks BEGIN
        INSERT INTO chunk_words (chunk_words, rowid, text, section)
            VALUES ('delete', old.id,
                coalesce(old.spaced, old.head || char(10) || old.text), old.section);
    END""",
)


def prepare(db: sqlite3.Connection) -> int:
    """Make the tables, or bring older ones up to date, in one transaction.

    Returns
    -------
    int
        The version of the tables as they are now; above :data:`SCHEMA_VERSION` for those of a
        newer app, which are left alone.
    """
    version = _version(db)
    if version is not None and version >= SCHEMA_VERSION:
        return version
    db.execute("BEGIN IMMEDIATE")  # another process that opens the same file waits
    try:
        version = _version(db)
        if version is None or version <= SCHEMA_VERSION:
            for statement in (*_TABLES, *_CHATS):
                db.execute(statement)
            if version is not None and version < 2:
                _add_spaced(db)
            if version is not None and version < 6:
                _add_heads(db)
            if version is not None and version < 7:
                db.execute("ALTER TABLE documents ADD COLUMN language TEXT NOT NULL DEFAULT ''")
            for statement in _WORDS:
                db.execute(statement)
            if version is not None and version < 2:
                db.execute("INSERT INTO chunk_words (chunk_words) VALUES ('rebuild')")
            if version is not None and version < 4:
                _learn_all(db)
            db.execute(
                "INSERT OR REPLACE INTO meta VALUES ('schema_version', ?)", (str(SCHEMA_VERSION),)
            )
            version = SCHEMA_VERSION
        db.commit()
    except BaseException:
        db.rollback()
        raise
    return version


def learn(db: sqlite3.Connection, document_id: int, *, title: str, pages: Sequence[str]) -> None:
    """Note which abbreviations a document explains and whose it is."""
    pairs = {pair for page in pages for pair in find_abbreviations(page)}
    db.executemany(
        "INSERT OR IGNORE INTO abbreviations VALUES (?, ?, ?)",
        ((document_id, short, long) for short, long in sorted(pairs)[:MOST]),
    )
    db.executemany(
        "INSERT OR IGNORE INTO owners VALUES (?, ?)",
        ((document_id, word) for word in sorted(owners_of(title, pages[0] if pages else ""))),
    )


def _learn_all(db: sqlite3.Connection) -> None:
    """Bring version 3 to 4."""
    for document_id, title in db.execute("SELECT id, title FROM documents").fetchall():
        pages = db.execute(
            "SELECT text FROM pages WHERE document_id = ? ORDER BY number", (document_id,)
        )
        learn(db, document_id, title=title, pages=[text for (text,) in pages])


def _version(db: sqlite3.Connection) -> int | None:
    known = db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'")
    if known.fetchone() is None:
        return None
    row = db.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
    return 1 if row is None else int(row[0])  # version 1 wrote its number last


def _add_heads(db: sqlite3.Connection) -> None:
    """Bring version 5 to 6; what FTS5 has indexed stays the same word for word."""
    for statement in (
        "DROP TRIGGER IF EXISTS chunk_words_added",
        "DROP TRIGGER IF EXISTS chunk_words_removed",
        "DROP VIEW IF EXISTS chunk_texts",
        "ALTER TABLE chunks ADD COLUMN head TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE pages ADD COLUMN label TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE pages ADD COLUMN places TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE documents ADD COLUMN reader INTEGER NOT NULL DEFAULT 0",
    ):
        db.execute(statement)


def _add_spaced(db: sqlite3.Connection) -> None:
    """Bring version 1 to 2: the index of words goes, to be built anew from the chunks."""
    for statement in (
        "DROP TRIGGER IF EXISTS chunk_words_added",
        "DROP TRIGGER IF EXISTS chunk_words_removed",
        "DROP TABLE IF EXISTS chunk_words",
        "ALTER TABLE chunks ADD COLUMN spaced TEXT",
    ):
        db.execute(statement)
    found = [
        (spaced, chunk_id)
        for chunk_id, text in db.execute("SELECT id, text FROM chunks")
        if (spaced := space_out(text))
    ]
    db.executemany("UPDATE chunks SET spaced = ? WHERE id = ?", found)
