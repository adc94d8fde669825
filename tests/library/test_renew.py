"""Documents that an older reader read are read anew; nothing is lost on the way."""

import sqlite3

import pytest

from rare_app.library import document_rows, renew
from tests.library.test_schema import WITHOUT_HEADS, found

TEXT = "# Hives\n\nThe hive holds 40,215 bees.\n"
OLDER = "The hive holds 40.215 wasps."


@pytest.fixture
def older(open_library, settings, write):
    """Open a library of schema version 5, whose one document was read worse than it is today."""
    library = open_library()
    library.add([write("hives.md", TEXT), write("roofs.md", "The roof is of slate.")])
    library.pin("hives.md")
    library.close()
    with sqlite3.connect(settings.database_path) as db:
        for statement in (
            *WITHOUT_HEADS,
            "UPDATE meta SET value = '5' WHERE key = 'schema_version'",
        ):
            db.execute(statement)
    open_library().close()  # brings the tables up to date
    with sqlite3.connect(settings.database_path) as db:
        db.execute("UPDATE documents SET reader = 9 WHERE name = 'roofs.md'")
        [(document_id,)] = db.execute("SELECT id FROM documents WHERE name = 'hives.md'")
        db.execute("UPDATE pages SET text = ? WHERE document_id = ?", (OLDER, document_id))
        rows = db.execute("SELECT id FROM chunks WHERE document_id = ?", (document_id,)).fetchall()
        for (chunk_id,) in rows:
            old = db.execute(
                "SELECT ordinal, page, section, vector FROM chunks WHERE id = ?", (chunk_id,)
            ).fetchone()
            db.execute("DELETE FROM chunks WHERE id = ?", (chunk_id,))
            db.execute(
                'INSERT INTO chunks (id, document_id, ordinal, page, start, "end", text, section,'
                " vector) VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?)",
                (chunk_id, document_id, *old[:2], len(OLDER), OLDER, *old[2:]),
            )
    return open_library()


def check_words(settings):
    with sqlite3.connect(settings.database_path) as db:
        db.execute("INSERT INTO chunk_words (chunk_words, rank) VALUES ('integrity-check', 1)")


def test_a_document_is_read_anew_under_its_key(older, settings):
    [one] = older.outdated()
    assert one.name == "hives.md"
    assert found(older, "wasps")
    assert older.renew(one)
    [now] = older.documents(named=["hives.md"])
    assert (now.document_id, now.pinned, now.outdated) == (one.document_id, True, False)
    assert (now.added_at, now.content_hash) == (one.added_at, one.content_hash)
    assert "40,215 bees" in older.page_text(one.document_id, 1)
    assert not found(older, "wasps")
    [best] = older.retrieve("How many bees does the hive hold?", k=1)
    assert "40,215 bees" in best.text
    assert older.check() == 0
    assert older.outdated() == []
    check_words(settings)


def test_what_breaks_on_the_way_leaves_the_document_as_it_was(older, settings, monkeypatch):
    [one] = older.outdated()

    def fail(*_, **__):
        raise sqlite3.OperationalError("the lights went out")

    monkeypatch.setattr(document_rows, "learn", fail)
    with pytest.raises(sqlite3.OperationalError):
        older.renew(one)
    assert older.outdated() == [one]
    assert older.page_text(one.document_id, 1) == OLDER
    assert found(older, "wasps")
    assert older.check() == 0
    check_words(settings)


def test_a_crash_between_index_and_catalogue_is_mended_at_the_next_start(
    older, open_library, monkeypatch
):
    [one] = older.outdated()
    monkeypatch.setattr(
        type(older._catalogue), "renew_document", lambda *_, **__: (_ for _ in ()).throw(SystemExit)
    )
    monkeypatch.setattr(type(older._index), "remove", lambda *_, **__: None)
    with pytest.raises(SystemExit):
        older.renew(one)
    monkeypatch.undo()
    library = open_library()
    library.check()
    assert library.renew(library.outdated()[0])
    assert library.check() == 0
    assert "40,215 bees" in library.page_text(one.document_id, 1)


def test_a_document_whose_file_is_gone_stays_and_says_so(older, settings):
    [one] = older.outdated()
    older.original(one).unlink()
    assert not older.renew(one)
    [now] = older.documents(named=["hives.md"])
    assert not now.outdated
    assert "older reader" in now.notes[-1]
    assert older.page_text(one.document_id, 1) == OLDER


def test_what_is_stopped_is_taken_up_again(older):
    [one] = older.outdated()
    assert not older.renew(one, cancelled=lambda: True)
    assert older.outdated() == [one]


def test_a_document_that_was_removed_meanwhile_stays_removed(older, monkeypatch):
    [one] = older.outdated()
    embed = renew.embed_new

    def remove_first(*given, **named):
        older.remove("hives.md")
        return embed(*given, **named)

    monkeypatch.setattr(renew, "embed_new", remove_first)
    assert not older.renew(one)
    assert [left.name for left in older.documents()] == ["roofs.md"]
    assert older.check() == 0
