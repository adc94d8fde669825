"""Libraries of older versions are brought up to date without losing anything."""

import sqlite3

import pytest

from rare_app.library import Library
from rare_app.library.schema import SCHEMA_VERSION, prepare

VERSION_1 = """
CREATE VIRTUAL TABLE chunk_words USING fts5(
    text, content='chunks', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER chunk_words_added AFTER INSERT ON chunks BEGIN
    INSERT INTO chunk_words (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER chunk_words_removed AFTER DELETE ON chunks BEGIN
    INSERT INTO chunk_words (chunk_words, rowid, text) VALUES ('delete', old.id, old.text);
END;
INSERT INTO chunk_words (chunk_words) VALUES ('rebuild');
"""
WITHOUT_CHATS = ("DROP TABLE answers", "DROP TABLE turns", "DROP TABLE chats")


WITHOUT_HEADS = (
    "DROP TRIGGER chunk_words_added",
    "DROP TRIGGER chunk_words_removed",
    "DROP VIEW chunk_texts",
    "ALTER TABLE chunks DROP COLUMN head",
    "ALTER TABLE pages DROP COLUMN label",
    "ALTER TABLE pages DROP COLUMN places",
    "ALTER TABLE documents DROP COLUMN reader",
    "ALTER TABLE documents DROP COLUMN language",
)
"""Undoes what versions 6 and 7 changed."""


def go_back_to_version_1(path, *, numbered=True):
    """Undo what version 2 changed."""
    with sqlite3.connect(path) as db:
        for statement in (
            *WITHOUT_HEADS,
            "DROP TABLE chunk_words",
            "ALTER TABLE chunks DROP COLUMN spaced",
            *WITHOUT_CHATS,
        ):
            db.execute(statement)
        db.executescript(VERSION_1)
        if numbered:
            db.execute("UPDATE meta SET value = '1' WHERE key = 'schema_version'")
        else:
            db.execute("DELETE FROM meta WHERE key = 'schema_version'")


def found(library, word):
    [collection_id] = library._catalogue.collection_ids()
    return [i for i, _ in library._catalogue.search_words([word], collection_id=collection_id, k=9)]


@pytest.mark.parametrize("numbered", [True, False])
def test_an_older_library_is_brought_up_to_date(open_library, settings, write, numbered):
    library = open_library()
    library.add([write("a.md", "# Hives\n\nBees fly."), write("b.md", "東京都の人口。")])
    bees, tokyo = found(library, "bees"), found(library, "東 京")
    assert len(bees) == len(tokyo) == 1
    library.close()
    go_back_to_version_1(settings.database_path, numbered=numbered)

    library = open_library()
    assert library._catalogue.meta("schema_version") == str(SCHEMA_VERSION)
    assert found(library, "bees") == bees
    assert found(library, "東 京") == tokyo
    library.remove("b.md")
    assert found(library, "東 京") == []
    with sqlite3.connect(settings.database_path) as db:
        db.execute("INSERT INTO chunk_words (chunk_words, rank) VALUES ('integrity-check', 1)")


def test_a_library_without_chats_gets_them(open_library, settings, write):
    library = open_library()
    library.add([write("a.md", "Bees fly.")])
    library.close()
    with sqlite3.connect(settings.database_path) as db:
        for statement in (
            *WITHOUT_CHATS,
            *WITHOUT_HEADS,
            "UPDATE meta SET value = '2' WHERE key LIKE 'schema%'",
        ):
            db.execute(statement)
    library = open_library()
    assert library.database.meta("schema_version") == str(SCHEMA_VERSION)
    assert library.database.rows("SELECT * FROM chats") == []
    assert len(found(library, "bees")) == 1


def test_an_update_that_fails_leaves_the_library_as_it_was(open_library, settings, write):
    library = open_library()
    library.add([write("a.md", "Bees fly.")])
    library.close()
    go_back_to_version_1(settings.database_path)

    def refuse(action, first, *_):
        wrong = action == sqlite3.SQLITE_UPDATE and first == "chunks"
        return sqlite3.SQLITE_DENY if wrong else sqlite3.SQLITE_OK

    db = sqlite3.connect(settings.database_path)
    db.set_authorizer(refuse)
    with pytest.raises(sqlite3.DatabaseError):
        prepare(db)
    db.close()
    with sqlite3.connect(settings.database_path) as db:
        [(version,)] = db.execute("SELECT value FROM meta WHERE key = 'schema_version'")
        columns = {row[1] for row in db.execute("PRAGMA table_info(chunks)")}
    assert version == "1"
    assert "spaced" not in columns
    assert len(found(open_library(), "bees")) == 1


def test_a_library_that_is_up_to_date_is_not_written_to(open_library, settings, embedder, write):
    open_library().add([write("a.md", "Bees fly.")])
    blocker = sqlite3.connect(settings.database_path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    second = Library(settings=settings, embedder=embedder)
    assert [one.name for one in second.documents()] == ["a.md"]
    second.close()
    blocker.close()


def test_abbreviations_and_owners_are_learned_from_an_older_library(open_library, settings, write):
    library = open_library()
    library.add([write("a.md", "Acme Corporation\n\nEarnings per share (EPS) rose.")])
    library.close()
    with sqlite3.connect(settings.database_path) as db:
        for statement in (*WITHOUT_HEADS, "DROP TABLE abbreviations", "DROP TABLE owners"):
            db.execute(statement)
        db.execute("UPDATE meta SET value = '2' WHERE key = 'schema_version'")

    library = open_library()
    [collection_id] = library._catalogue.collection_ids()
    known = library._catalogue.abbreviations(collection_id=collection_id)
    assert known.long_forms == {"EPS": ("earnings per share",)}
    assert set(library._catalogue.owners(collection_id=collection_id).values()) == {
        frozenset({"acme"})
    }
    library.remove("a.md")
    assert library._catalogue.abbreviations(collection_id=collection_id).long_forms == {}
