"""What goes wrong on disk: nothing that was stored is lost, and each case has its sentence."""

import hashlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from rare_app.documents import Chunk, Document, Page
from rare_app.library import (
    DamagedLibraryError,
    Embedder,
    Library,
    LibraryBusyError,
    StorageFullError,
)
from rare_app.library import library as library_module
from rare_app.settings import PROJECT_FOLDER

from ..conftest import BRIDGES

CHUNKS = 1100
"""More than Chroma holds back before it writes the graph's own files."""


def fill(library, embedder):
    """Store a large document with the vectors of a hash in place of an embedder's."""
    random = np.random.default_rng(0)
    vectors = random.normal(size=(CHUNKS, embedder.dimension)).astype(np.float32)
    vectors[3] = embedder.embed(["queen"])[0]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = [f"chunk {i}" for i in range(CHUNKS)]
    starts = np.cumsum([0, *(len(text) + 1 for text in texts)])
    document = Document(
        name="large.txt",
        content_hash=hashlib.sha256(b"large").hexdigest(),
        media_type="text/plain",
        title="large",
        page_kind="part",
        pages=(Page(number=1, text=" ".join(texts)),),
    )
    chunks = [
        Chunk(ordinal=i, page=1, start=int(at), end=int(at) + len(text), text=text, section="")
        for i, (text, at) in enumerate(zip(texts, starts, strict=False))
    ]
    collection = library._catalogue.collection_id("default", create=True)
    library._catalogue.add_document(
        document,
        chunks,
        vectors,
        collection_id=collection,
        size=1,
        on_stored=lambda ids: library._index.add(
            collection_id=collection, chunk_ids=ids, vectors=vectors
        ),
    )


def wreck(folder, how):
    if how == "folder gone":
        shutil.rmtree(folder)
    elif how == "all garbage":
        for path in folder.rglob("*"):
            if path.is_file():
                path.write_bytes(b"garbage" * 99)
    elif how == "graph garbage":
        assert [path.write_bytes(b"garbage" * 99) for path in folder.rglob("*.bin")]
    elif how == "graph gone":
        assert [shutil.rmtree(path) for path in folder.iterdir() if path.is_dir()]


WAYS = ("folder gone", "all garbage", "graph garbage", "graph gone")


@pytest.mark.parametrize("how", WAYS)
def test_a_wrecked_index_is_rebuilt_from_the_catalogue(open_library, settings, embedder, how):
    library = open_library()
    fill(library, embedder)
    assert library.retrieve("queen", k=1)[0].text == "chunk 3"
    library.close()
    wreck(settings.chroma_path, how)
    library = open_library()
    assert library.check() == CHUNKS
    assert library._index.search(collection_id=1, vector=embedder.embed(["queen"])[0], k=1) == [
        (4, pytest.approx(1, abs=1e-5))
    ]
    assert library.check() == 0


@pytest.mark.parametrize("how", WAYS[:3])
def test_a_question_mends_a_wrecked_index_by_itself(open_library, settings, embedder, how):
    library = open_library()
    fill(library, embedder)
    library.close()
    wreck(settings.chroma_path, how)
    library = open_library()
    assert library.retrieve("queen", k=1)[0].text == "chunk 3"
    assert library._index.count(collection_id=1) == CHUNKS


def test_without_an_index_every_vector_is_compared(library, write, monkeypatch):
    library.add([write("note.md"), write("bridge.md", BRIDGES)])
    expected = library.retrieve("queen", k=3)

    def fail(**_):
        raise RuntimeError("broken")

    monkeypatch.setattr(library._index, "search", fail)
    found = library.retrieve("queen", k=3)
    assert [one.chunk_id for one in found] == [one.chunk_id for one in expected]
    assert [one.score for one in found] == pytest.approx([one.score for one in expected], abs=1e-5)


def test_stray_vectors_are_taken_out(library, write, embedder):
    library.add([write("note.md")])
    library._index.add(collection_id=1, chunk_ids=[77], vectors=embedder.embed(["stray queen"]))
    assert library.retrieve("stray queen", k=1)[0].document == "note.md"
    assert library.check() == 1
    assert 77 not in library._index.ids(collection_id=1)


class OtherEmbedder(Embedder):
    """Turns every vector round, as another embedder would."""

    name = "other"
    fingerprint = "f" * 64

    def embed(self, texts):
        return np.ascontiguousarray(super().embed(texts)[:, ::-1])


@pytest.mark.parametrize("first", ["check", "add", "retrieve"])
def test_another_embedder_means_embedding_anew(open_library, settings, write, first):
    open_library().add([write("note.md"), write("bridge.md", BRIDGES)])
    open_library().close()
    library = Library(settings=settings, embedder=OtherEmbedder())
    told = []
    if first == "check":
        chunks = sum(one.chunks for one in library.documents())
        assert library.check(on_progress=lambda *step: told.append(step)) == chunks
        assert told == [(chunks, chunks)]
    elif first == "add":
        library.add([write("third.md", "The third.")])
    assert library.retrieve("eggs of the queen", k=1)[0].score > 0.4
    assert library._catalogue.meta("embedder") == "other"
    assert library.check() == 0
    library.close()


def test_embedding_anew_that_is_cut_short_is_begun_again(open_library, settings, write):
    open_library().add([write("note.md")])
    open_library().close()
    library = Library(settings=settings, embedder=OtherEmbedder())

    def die(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.check(on_progress=die)
    assert library.check() == library.documents()[0].chunks
    library.close()


ADD_AND_HANG = """
import sys, time
from pathlib import Path
from rare_app.library import Library
from rare_app.settings import Settings

def tell(step):
    if (step.file, step.stage) == (2, "embedding"):
        print("embedding", flush=True)
        time.sleep(60)

Library(settings=Settings(home=Path(sys.argv[1]))).add(
    [Path(one) for one in sys.argv[2:]], on_progress=tell
)
"""


def test_adding_that_was_killed_is_taken_up_again(open_library, settings, write):
    files = [write("a.md"), write("b.md", BRIDGES), write("c.md", "The third.")]
    child = subprocess.Popen(
        [sys.executable, "-c", ADD_AND_HANG, str(settings.home), *map(str, files)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT_FOLDER,
    )
    assert child.stdout.readline() == "embedding\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    for file in files:
        file.unlink()  # an upload is gone after a crash: the kept copies must do

    library = open_library()
    library.check()
    assert [one.name for one in library.documents()] == ["a.md"]
    report = library.resume()
    assert [one.document for one in report.added] == ["b.md", "c.md"]
    assert [one.name for one in library.documents()] == ["a.md", "b.md", "c.md"]
    assert len(list(settings.files_path.iterdir())) == 3
    assert library.retrieve("railway tracks", k=1)[0].document == "b.md"
    assert library.check() == 0
    assert library.resume().added == []


def test_a_job_whose_file_was_stored_is_only_forgotten(library, write):
    library.add([write("a.md")])
    [stored] = library.documents()
    library._catalogue.start_job(
        collection="default", name="a.md", file=f"{stored.content_hash}.md"
    )
    library._catalogue.start_job(collection="default", name="gone.md", file="gone.md")
    report = library.resume()
    assert (len(report.added), len(report.skipped), len(report.failed)) == (0, 1, 0)
    assert library.documents() == [stored]
    assert library._catalogue.unfinished_jobs() == []


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if (
        os.name != "posix"
        or shutil.which("mount") is None
        or subprocess.call(command, stderr=subprocess.DEVNULL)
    ):
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill_disk(folder, *, leave):
    """Leave only so many bytes free."""
    with (folder / "ballast").open("wb") as file:
        while (free := shutil.disk_usage(folder).free - leave) > 0:
            file.write(b"\0" * min(free, 1 << 20))
            file.flush()


@pytest.mark.parametrize("leave", [0, 40_000])
def test_a_full_disk_loses_nothing_and_is_named(small_disk, settings, embedder, write, leave):
    small = replace(settings, home=small_disk / "home")
    library = Library(settings=small, embedder=embedder)
    library.add([write("before.md")])
    fill_disk(small_disk, leave=leave)
    large = write("large.md", "\n\n".join(f"Bridge {i} is long. {BRIDGES}" for i in range(150)))
    report = library.add([large])
    [failed] = report.failed
    assert f"The disk that holds {small.home} is full: free some space" in failed.reason
    assert report.added == []
    assert [one.name for one in library.documents()] == ["before.md"]
    assert library.retrieve("queen", k=1)[0].document == "before.md"

    (small_disk / "ballast").unlink()
    assert [one.document for one in library.add([large]).added] == ["large.md"]
    assert library.retrieve("Bridge 7 is long", k=1)[0].document == "large.md"
    assert library._catalogue.unfinished_jobs() == []
    library.close()
    library = Library(settings=small, embedder=embedder)
    library.check()
    assert len(library.documents()) == 2
    assert library.check() == 0
    library.close()


def test_a_full_disk_in_the_catalogue_leaves_the_old_file_whole(library, write, monkeypatch):
    """SQLite says so by itself when a page limit is met: no disk is needed for that."""
    library.add([write("note.md")])
    [old] = library.documents()
    [(pages,)] = library._catalogue._db.execute("PRAGMA page_count").fetchall()
    library._catalogue._db.execute(f"PRAGMA max_page_count = {pages + 1}")
    text = "\n\n".join(f"Bridge {i}. {BRIDGES}" for i in range(60))
    report = library.add([write("note.md", text)])
    assert "is full: free some space" in report.failed[0].reason
    assert library.documents() == [old]
    assert library.retrieve("queen", k=1)[0].document == "note.md"
    library._catalogue._db.execute("PRAGMA max_page_count = 1000000")
    added = library.add([write("note.md", text)]).added[0]
    assert (added.replaced, added.pages, added.page_kind) == (True, 1, "part")


def test_a_disk_that_fills_while_a_file_is_taken_in(library, settings, write, monkeypatch):
    def fail(**_):
        raise StorageFullError("The disk is full.")

    monkeypatch.setattr(library._catalogue, "start_job", fail)
    report = library.add([write("note.md")])
    assert [one.reason for one in report.failed] == ["The disk is full."]
    assert report.added == library.documents() == []
    assert list(settings.files_path.iterdir()) == []


def garbage(path):
    path.write_bytes(b"this is no library" * 300)


def half(path):
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def holes(path):
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xaa" * (len(data) - 4096)
    path.write_bytes(data)


def other_tables(path):
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE chunks (other TEXT)")


def newer(path):
    with sqlite3.connect(path) as db:
        db.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")


@pytest.mark.parametrize("damage", [garbage, half, holes, other_tables, newer])
def test_a_damaged_catalogue_is_named(open_library, settings, embedder, write, damage):
    library = open_library()
    library.add([write("note.md")])
    library.close()
    for path in settings.home.glob("library.db-*"):
        path.unlink()
    damage(settings.database_path)

    def work():
        library = Library(settings=settings, embedder=embedder)
        library.documents()
        library.retrieve("queen")

    with pytest.raises(DamagedLibraryError) as caught:
        work()
    assert str(settings.home) in str(caught.value)
    assert "backup" in str(caught.value) or "update the app" in str(caught.value)
    assert settings.files_path.is_dir()


def test_a_library_that_another_program_writes_to_is_busy(library, settings, write, monkeypatch):
    library.add([write("note.md")])
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, filelock\nwith filelock.FileLock(sys.argv[1]):\n"
            "    print('held', flush=True); sys.stdin.read()",
            str(settings.home / "library.lock"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline() == "held\n"
    monkeypatch.setattr(library_module, "_BUSY_SECONDS", 0.2)
    for write_something in (
        lambda: library.add([write("b.md", BRIDGES)]),
        lambda: library.remove("note.md"),
        library.check,
    ):
        with pytest.raises(LibraryBusyError, match=r"wait until it is done, then try again"):
            write_something()
    assert library.retrieve("queen", k=1)[0].document == "note.md"
    holder.communicate()
    assert library.remove("note.md").name == "note.md"
