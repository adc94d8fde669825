import sqlite3
import threading

import pytest

from rare_app.library import (
    FileToAdd,
    Library,
    QuestionError,
    UnknownCollectionError,
    UnknownDocumentError,
)

from ..conftest import BEES, BRIDGES
from ..documents import make


def rows(settings, table):
    with sqlite3.connect(settings.database_path) as db:
        return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def check_words(settings):
    """Let SQLite compare its index of words with the chunks."""
    with sqlite3.connect(settings.database_path) as db:
        db.execute("INSERT INTO chunk_words (chunk_words, rank) VALUES ('integrity-check', 1)")


def kept_files(settings):
    return sorted(path.name for path in settings.files_path.glob("*"))


def test_add_list_retrieve_remove(library, settings, write):
    steps = []
    pdf = make.make_pdf(
        write("x").parent / "report.pdf",
        ["The tower has 324 metres.", "Its paint weighs 60 tonnes and is renewed by hand."],
    )
    report = library.add([write("bees.md"), pdf], on_progress=steps.append)
    assert [(one.document, one.pages) for one in report.added] == [
        ("bees.md", 1),
        ("report.pdf", 2),
    ]
    assert not report.skipped
    assert not report.failed
    assert [step.stage for step in steps if step.file == 2] == [
        "reading",
        "reading",
        "embedding",
        "added",
    ]
    assert set(report.shares) == {"reading", "splitting", "embedding", "storing"}

    bees, tower = library.documents()
    assert (bees.name, bees.title, tower.pages) == ("bees.md", "Honey bees", 2)
    assert library.original(bees).read_text() == BEES
    [whole] = library.collections()
    assert (whole.name, whole.documents, whole.chunks) == ("default", 2, bees.chunks + tower.chunks)

    found = library.retrieve("How heavy is the paint?", k=2)
    assert (found[0].document, found[0].page, found[0].page_kind) == ("report.pdf", 2, "page")
    assert found[0].score > found[1].score
    for one in library.retrieve("bees", k=9):
        assert library.page_text(one.document_id, one.page)[one.start : one.end] == one.text

    assert library.remove("report.pdf").content_hash == tower.content_hash
    assert kept_files(settings) == [f"{bees.content_hash}.md"]
    assert rows(settings, "documents") == rows(settings, "pages") == 1
    assert {one.document for one in library.retrieve("paint", k=9)} == {"bees.md"}
    assert len(library._index.ids(collection_id=1)) == rows(settings, "chunks") == bees.chunks
    check_words(settings)
    library.remove(bees.content_hash[:8].upper())
    assert rows(settings, "chunks") == rows(settings, "ingest_jobs") == 0
    assert kept_files(settings) == []
    assert library.retrieve("bees") == []


def test_the_same_content_is_skipped_and_says_as_what(library, write):
    library.add([write("bees.md")])
    twins = library.add(
        [write("bees.md"), write("copy.md"), write("a.md", "A."), write("b.md", "A.")]
    )
    assert [one.reason for one in twins.skipped] == [
        "“bees.md” is already in the library.",
        "“copy.md” is already in the library as “bees.md”.",
        "“b.md” has the same content as “a.md”, added with it.",
    ]
    assert [one.name for one in library.documents()] == ["a.md", "bees.md"]


def test_a_changed_file_of_the_same_name_replaces_the_old_one(library, settings, write):
    library.add([write("note.md")])
    [old] = library.documents()
    report = library.add([write("note.md", BRIDGES)])
    assert [(one.document, one.replaced) for one in report.added] == [("note.md", True)]
    [new] = library.documents()
    assert new.content_hash != old.content_hash
    assert kept_files(settings) == [f"{new.content_hash}.md"]
    assert rows(settings, "pages") == 1
    assert rows(settings, "chunks") == new.chunks == len(library._index.ids(collection_id=1))
    assert all("bee" not in one.text for one in library.retrieve("bees", k=9))
    check_words(settings)


def test_what_was_embedded_is_not_embedded_again(library, write, monkeypatch):
    long = "\n\n".join(f"{BEES} Hive {n}." for n in range(12))
    library.add([write("note.md", long)])
    before = {one.text: one for one in library.chunks()}
    vectors = dict(library._catalogue.vectors([one.chunk_id for one in before.values()]))
    asked: list[str] = []
    embed = library.embedder.embed
    monkeypatch.setattr(
        library.embedder, "embed", lambda texts: asked.extend(texts) or embed(texts)
    )
    library.add([write("note.md", f"{long}\n\n# Bridges\n\n{BRIDGES}")])
    library.add([write("copy.md", f"{long}\n\n# More\n\nBees rest.")], collection="other")
    after = {one.text: one for one in library.chunks()}
    assert asked
    assert not set(asked) & set(before)
    assert set(before) & set(after)
    for text in set(before) & set(after):
        [(_, again)] = library._catalogue.vectors([after[text].chunk_id])
        assert again.tolist() == vectors[before[text].chunk_id].tolist()


def test_a_pin_stays_over_restart_and_change_and_goes_with_the_document(open_library, write):
    library = open_library()
    library.add([write("bees.md"), write("bridge.md", BRIDGES)])
    assert library.pin("bees.md").pinned
    library.pin("bees.md")
    library = open_library()
    library.add([write("bees.md", BEES.replace("2,000", "1,500"))])
    assert [(one.name, one.pinned) for one in library.documents()] == [
        ("bees.md", True),
        ("bridge.md", False),
    ]
    assert next(library.chunks()).document == "bees.md"
    assert not library.pin("bees.md", pinned=False).pinned
    assert next(library.chunks()).document == "bees.md"  # it was added last
    library.pin("bridge.md")
    assert next(library.chunks()).document == "bridge.md"
    library.remove("bridge.md")
    library.add([write("bridge.md", BRIDGES)])
    assert not any(one.pinned for one in library.documents())
    with pytest.raises(UnknownDocumentError):
        library.pin("gone.md")


def test_files_of_one_name_from_different_folders_both_stay(library, write):
    report = library.add([write("a/note.md"), write("b/note.md", BRIDGES)])
    assert [one.document for one in report.added] == ["note.md", "b/note.md"]
    assert len(library.documents()) == 2


def test_a_folder_is_walked(library, write, tmp_path):
    write("tree/one.md", "One bee.")
    write("tree/deep/two.txt", "Two bees.")
    write("tree/.hidden/three.txt", "Three bees.")
    write("tree/song.ogg", "x")
    write("tree/photo.jpeg", "x")
    report = library.add([tmp_path / "documents" / "tree", tmp_path / "nothing.pdf"])
    assert [one.document for one in report.added] == ["deep/two.txt", "one.md"]
    assert [one.reason for one in report.skipped] == [
        "“song.ogg” is not a kind of document that can be read."
    ]
    assert [one.reason for one in report.failed] == [
        "“photo.jpeg” is called a picture and holds text: rename it if it is to be read.",
        "“nothing.pdf” does not exist: check the path.",
    ]


def test_bad_files_fail_with_their_sentences_and_the_rest_is_added(library, settings, write):
    folder = write("good.md").parent
    whole = make.make_pdf(folder / "whole.pdf", ["Some text."]).read_bytes()
    (folder / "corrupt.pdf").write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 8)
    make.encrypt_pdf(folder / "whole.pdf", user="secret", owner="o").rename(folder / "locked.pdf")
    (folder / "empty.pdf").write_bytes(b"")
    make.make_picture_pdf(folder / "scanned.pdf")
    (folder / "last.pdf").write_bytes(whole)
    names = ["corrupt.pdf", "locked.pdf", "empty.pdf", "scanned.pdf", "good.md", "last.pdf"]
    report = library.add([folder / name for name in names])
    assert [one.document for one in report.added] == ["good.md", "last.pdf"]
    reasons = [one.reason for one in report.failed]
    for reason, name, word in zip(
        reasons, names, ("damaged", "password", "empty", "scan"), strict=False
    ):
        assert f"“{name}”" in reason
        assert word in reason
        assert "\n" not in reason
    assert len(kept_files(settings)) == 2
    assert rows(settings, "ingest_jobs") == 0


@pytest.mark.parametrize(
    ("given", "listed"),
    [
        ("../../etc/a.md", "a.md"),
        ("it's \"quoted\" 'n' `x`.md", "it's \"quoted\" 'n' `x`.md"),
        ("🐝 日本.md", "🐝 日本.md"),
        ("n" * 297 + ".md", "n" * 297 + ".md"),
        ("two\nlines\t.md", "two lines .md"),
        ("'; DROP TABLE documents; --.md", "'; DROP TABLE documents; --.md"),
    ],
)
def test_odd_names_are_kept_harmless(library, settings, write, given, listed):
    upload = write("upload.tmp.md")
    report = library.add([FileToAdd(path=upload, name=given)])
    assert [one.document for one in report.added] == [listed]
    assert {path.parent for path in settings.home.rglob("*.md")} == {settings.files_path}
    assert library.retrieve("queen", k=1)[0].document == listed
    assert library.remove(listed).name == listed
    assert library.documents() == []


def test_a_path_that_is_no_text_is_added(library, tmp_path):
    path = tmp_path / "caf\udce9.md"
    path.write_text(BEES)
    report = library.add([path])
    assert [one.failed for one in [report]] == [[]]
    assert library.documents()[0].name == "caf .md"


def test_collections_are_separate(library, settings, write):
    note, other = write("note.md"), write("other.md", BRIDGES)
    library.add([note], collection="bees")
    report = library.add([note, other], collection="both")
    assert len(report.added) == 2
    assert [(c.name, c.documents) for c in library.collections()] == [("bees", 1), ("both", 2)]
    assert {p.document for p in library.retrieve("bridge", k=9, collection="bees")} == {"note.md"}
    assert library.retrieve("bridge", k=1, collection="both")[0].document == "other.md"
    with pytest.raises(UnknownDocumentError, match=r"“note.md” is in several collections"):
        library.remove("note.md")
    library.remove("note.md", collection="both")
    assert library.retrieve("queen", k=1, collection="bees")[0].document == "note.md"
    assert len(kept_files(settings)) == 2
    assert [one.name for one in library.documents(collection="both")] == ["other.md"]


def test_chunks_that_hold_a_phrase_are_listed(library, write):
    library.add([write("a.md", "The run-in period is long."), write("b.md", "A period. Run in.")])
    assert [one.document for one in library.holding("run-in period", most=9)] == ["a.md"]
    assert library.holding("run-in period", most=9, documents=["b.md"]) == []
    assert library.holding("queen bee", most=9) == []
    assert library.holding("run-in period", most=9, collection="nobody") == []


def test_unknown_names_are_named(library, write):
    library.add([write("note.md")], collection="bees")
    with pytest.raises(UnknownCollectionError, match=r"no collection “x”. Collections: “bees”"):
        library.retrieve("queen", collection="x")
    with pytest.raises(UnknownDocumentError, match=r"no document “x.md” in the collection “bees”"):
        library.remove("x.md", collection="bees")
    with pytest.raises(UnknownDocumentError, match=r"no document “”"):
        library.remove("")
    assert library.retrieve("queen") == []  # the default collection is only empty


def test_questions_are_refused_or_searched_never_cut(library, settings, write):
    library.add([write("note.md")])
    for empty in ("", " \n\t", "\x00\x1b\udcff\u200b"):
        with pytest.raises(QuestionError, match=r"The question is empty"):
            library.retrieve(empty)
    with pytest.raises(QuestionError, match=r"has 50,000 characters, more than the 8,000"):
        library.retrieve("q" * 50_000)
    for odd in (
        "?!… --",
        "</think><|im_start|>system",
        "<answer>x</answer>",
        "'\"; --",
        "q" * 8000,
    ):
        assert library.retrieve(odd, k=1)[0].document == "note.md"


def test_repeated_passages_are_given_once(library, write):
    library.add([write("a.md", "The queen lays eggs."), write("b.md", "The queen  lays eggs.")])
    assert len(library.retrieve("eggs", k=9)) == 1


def test_stopping_leaves_the_rest_out(library, settings, write):
    steps = []
    files = [write("a.md"), write("b.md", BRIDGES)]
    report = library.add(files, on_progress=steps.append, cancelled=lambda: True)
    assert [one.reason for one in report.failed] == [
        f"“{name}” was not added: stopped before it was read." for name in ("a.md", "b.md")
    ]
    assert library.documents() == []
    assert kept_files(settings) == []
    assert rows(settings, "ingest_jobs") == 0


def test_questions_are_answered_while_a_document_is_put_into_the_index(library, write, monkeypatch):
    library.add([write("bees.md")])
    put, answered = library._index.add, []

    def slow(**options):
        asking = threading.Thread(
            target=lambda: answered.append(library.retrieve("queen", k=1)[0].document)
        )
        asking.start()
        asking.join(timeout=60)
        put(**options)

    monkeypatch.setattr(library._index, "add", slow)
    library.add([write("bridge.md", BRIDGES)])
    assert answered == ["bees.md"]
    assert library.retrieve("railway tracks", k=1)[0].document == "bridge.md"
    assert library.check() == 0


def test_vectors_of_what_could_not_be_stored_are_taken_out(library, write, monkeypatch):
    library.add([write("bees.md")])
    before = library._index.ids(collection_id=1)

    def fail(*_, **__):
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(library._catalogue, "add_document", fail)
        report = library.add([write("bridge.md", BRIDGES)])
    assert [one.path for one in report.failed]
    assert library._index.ids(collection_id=1) == before
    # Keys that another program has taken meanwhile are noticed, and nothing is stored.
    with monkeypatch.context() as moved:
        moved.setattr(library._catalogue, "next_chunk_ids", lambda count: [77] * count)
        report = library.add([write("bridge.md", BRIDGES)])
    assert [one.path for one in report.failed]
    assert [one.name for one in library.documents()] == ["bees.md"]
    assert library._index.ids(collection_id=1) == before
    assert [one.document for one in library.add([write("bridge.md", BRIDGES)]).added]


def test_names_and_counts_follow_every_write(open_library, settings, embedder, library, write):
    library.add([write("bees.md")])
    assert len(library.documents()) == 1
    other = Library(settings=settings, embedder=embedder)
    other.add([write("bridge.md", BRIDGES)])
    assert [one.name for one in library.documents()] == ["bees.md", "bridge.md"]
    assert library.retrieve("railway tracks", k=1)[0].document == "bridge.md"
    other.remove("bees.md")
    other.close()
    assert [one.name for one in library.documents(collection="default")] == ["bridge.md"]
    assert {one.document for one in library.retrieve("queen", k=9)} == {"bridge.md"}
