"""Add files: read in a worker, split, embed, store. One bad file never stops the rest."""

import logging
import queue
import tempfile
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rare_app.documents import (
    Chunk,
    Document,
    DocumentError,
    ReaderWorker,
    TooLargeFileError,
    load_splitter,
    split_document,
)
from rare_app.errors import UserError
from rare_app.library.attachments import Incoming, replaced_by, take_out
from rare_app.library.catalogue import Catalogue
from rare_app.library.embed import Embedder
from rare_app.library.errors import StorageFullError, storage_errors
from rare_app.library.files import FileToAdd, forget_file, hash_file, keep_file
from rare_app.library.store import embed_new, indexed, require_same
from rare_app.library.types import AddedFile, IngestProgress, IngestReport, LeftOutFile
from rare_app.library.vectors import VectorIndex
from rare_app.settings import Settings

log = logging.getLogger(__name__)

OnProgress = Callable[[IngestProgress], None]
Cancelled = Callable[[], bool]

_READ_AHEAD = 2
"""Documents that may wait, read but not embedded: bounds the memory, keeps both sides busy."""


class Ingest:
    """One run of adding files to a collection.

    Reading runs in its own process and a thread of its own, so that the next file is read while
    the last one is embedded.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        catalogue: Catalogue,
        index: VectorIndex,
        embedder: Embedder,
        collection: str,
        on_progress: OnProgress,
        cancelled: Cancelled,
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._index = index
        self._embedder = embedder
        self._collection = collection
        self._tell = on_progress
        self._cancelled = cancelled
        self._stop = threading.Event()
        self._seconds: dict[str, float] = defaultdict(float)
        self._files = 0

    def run(self, files: Sequence[FileToAdd]) -> IngestReport:
        """Add the files and report what came of each; a full disk fails the files it meets."""
        report = IngestReport()
        begun = time.perf_counter()
        ready: queue.Queue[Incoming | None] = queue.Queue(maxsize=_READ_AHEAD)
        reader = threading.Thread(
            target=self._read_all, args=(files, ready), name="reader", daemon=True
        )
        reader.start()
        missing = dict(enumerate(files, start=1))
        self._files = len(files)
        try:
            load_splitter()  # while the first file is read
            while (read := ready.get()) is not None:
                missing.pop(read.number, None)
                self._take(read, files=self._files, report=report)
            for number, file in missing.items():
                # The reader itself broke: its files are told of rather than passed over.
                reason = (
                    f"“{file.name}” was not read: the reader stopped, and the log in "
                    f"{self._settings.logs_path} has the details. Add it again."
                )
                lost = Incoming(number=number, file=file, failed=reason)
                self._take(lost, files=self._files, report=report)
        finally:
            self._stop.set()
            while reader.is_alive():
                with _suppress_empty():
                    ready.get(timeout=0.1)
            reader.join()
        report.seconds = time.perf_counter() - begun
        report.shares = dict(self._seconds)
        return report

    # --- the reading side ---

    def _read_all(self, files: Sequence[FileToAdd], ready: "queue.Queue[Incoming | None]") -> None:
        """Take in all files first, so that none is lost in a crash; then read one by one."""
        try:
            seen: dict[str, str] = {}
            waiting = deque(
                self._take_in(Incoming(number=number, file=file), seen)
                for number, file in enumerate(files, start=1)
            )
            with ReaderWorker(settings=self._settings) as worker:
                while waiting and not self._stop.is_set():
                    read = waiting.popleft()
                    if read.kept is not None and not read.failed:
                        self._read_one(worker, read, self._files)
                    # What it holds comes right behind it, and before it in the catalogue of jobs.
                    waiting.extendleft(reversed(self._take_out(read, seen)))
                    ready.put(read)
        except Exception:
            log.exception("The reader stopped")
        finally:
            ready.put(None)

    def _take_out(self, read: Incoming, seen: dict[str, str]) -> list[Incoming]:
        """Take in the files that a file holds; each is added as a document of its own."""
        if read.document is None or not read.document.attachments:
            return []
        found = []
        with self._caught(read), storage_errors(self._settings.home):
            self._settings.files_path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._settings.files_path) as folder:
                for held in take_out(
                    read.document,
                    name=read.file.name,
                    folder=Path(folder),
                    depth=read.depth,
                    origin=read.source,
                ):
                    self._files += 1
                    inside = Incoming(
                        number=self._files, file=held.file, depth=held.depth, origin=read.source
                    )
                    inside.failed = held.failed
                    found.append(inside if held.failed else self._take_in(inside, seen))
        return found

    def _take_in(self, read: Incoming, seen: dict[str, str]) -> Incoming:
        """Copy the file into the library's folder and note that it is to be added."""
        file = read.file
        with self._caught(read), storage_errors(self._settings.home), self._timed("reading"):
            read.size = file.path.stat().st_size
            if read.size > self._settings.maximum_file_mb << 20:
                raise TooLargeFileError(
                    f"“{file.name}” has {read.size >> 20:,} MB, more than the "
                    f"{self._settings.maximum_file_mb:,} MB that are read: split it, or set "
                    "RARE_MAXIMUM_FILE_MB higher."
                )
            read.content_hash = hash_file(file.path)
            if known := self._known_as(read.content_hash):
                other = "." if known == file.name else f" as “{known}”."
                read.skipped = f"“{file.name}” is already in the library{other}"
                return read
            if twin := seen.get(read.content_hash):
                read.skipped = f"“{file.name}” has the same content as “{twin}”, added with it."
                return read
            seen[read.content_hash] = file.name
            read.kept = keep_file(
                file.path, folder=self._settings.files_path, content_hash=read.content_hash
            )
            read.job = self._catalogue.start_job(
                collection=self._collection, name=file.name, file=read.kept.name
            )
        return read

    def _read_one(self, worker: ReaderWorker, read: Incoming, files: int) -> None:
        """Read the kept copy into a document."""
        assert read.kept is not None
        name, number = read.file.name, read.number
        if self._cancelled():
            read.failed = f"“{name}” was not added: stopped before it was read."
            return
        with self._caught(read), self._timed("reading"):
            read.document = worker.read(
                read.kept,
                name=name,
                on_page=lambda done, total: self._tell(
                    IngestProgress("reading", name, number, files, done, total)
                ),
                cancelled=lambda: self._stop.is_set() or self._cancelled(),
            )

    @contextmanager
    def _caught(self, read: Incoming) -> Iterator[None]:
        """Turn whatever goes wrong with one file into its sentence; the rest goes on."""
        try:
            yield
        except StorageFullError as error:
            read.failed = str(error)
        except UserError as error:
            read.failed = str(error)
        except FileNotFoundError:
            read.failed = f"“{read.file.name}” is no longer there: check the path and add it again."
        except Exception:
            log.exception("Adding %s failed", read.file.path)
            read.failed = (
                f"“{read.file.name}” could not be added: the log in {self._settings.logs_path} "
                "has the details."
            )

    def _known_as(self, content_hash: str) -> str | None:
        known = self._catalogue.documents(collection=self._collection, content_hash=content_hash)
        return known[0].name if known else None

    # --- the storing side ---

    def _take(self, read: Incoming, *, files: int, report: IngestReport) -> None:
        """Store what was read, and report."""
        name, path = read.file.name, str(read.source.path)
        if read.document is not None:
            with self._caught(read):
                added = self._store(read, read.document, files=files)
                report.added.append(added)
                self._tell(
                    IngestProgress(
                        "added", name, read.number, files, added.chunks, added.chunks, path
                    )
                )
        if read.skipped:
            report.skipped.append(LeftOutFile(path=path, reason=read.skipped))
            self._tell(IngestProgress("skipped", name, read.number, files, message=read.skipped))
        if read.failed:
            report.failed.append(LeftOutFile(path=path, reason=read.failed))
            self._tell(IngestProgress("failed", name, read.number, files, message=read.failed))
            self._forget(read)
        if read.job is not None:
            with suppress(StorageFullError):  # the next start finds the job done and forgets it
                self._catalogue.end_job(read.job)

    def _forget(self, read: Incoming) -> None:
        """Delete the copy of a file that could not be added, unless a document needs it."""
        if read.kept and not self._catalogue.documents(content_hash=read.content_hash):
            forget_file(folder=self._settings.files_path, content_hash=read.content_hash)

    def _store(self, read: Incoming, document: Document, *, files: int) -> AddedFile:
        with self._timed("splitting"):
            chunks = split_document(
                document, count_tokens=self._embedder.count_tokens, settings=self._settings
            )
        if not chunks:
            raise DocumentError(f"“{document.name}” holds no text: there is nothing to add.")
        vectors = self._embed(chunks, read, files=files)
        with self._timed("storing"), storage_errors(self._settings.home):
            collection_id = self._catalogue.collection_id(self._collection, create=True)
            assert collection_id is not None
            old = replaced_by(document, self._catalogue.documents(collection=self._collection))
            old_chunks = [i for one in old for i in self._catalogue.chunk_ids_of(one.document_id)]
            # The index first, the catalogue's commit last: what fails on the way leaves no trace.
            # Outside the transaction, so that questions are answered while a large file goes in.
            with indexed(
                vectors,
                catalogue=self._catalogue,
                index=self._index,
                collection_id=collection_id,
            ) as chunk_ids:
                self._catalogue.add_document(
                    document,
                    chunks,
                    vectors,
                    collection_id=collection_id,
                    size=read.size,
                    replaces=[one.document_id for one in old],
                    on_stored=lambda stored: require_same(stored, chunk_ids),
                )
            if old_chunks:
                self._index.remove(collection_id=collection_id, chunk_ids=old_chunks)
            for one in old:
                if not self._catalogue.documents(content_hash=one.content_hash):
                    forget_file(folder=self._settings.files_path, content_hash=one.content_hash)
        return AddedFile(
            document=document.name,
            pages=len(document.pages),
            chunks=len(chunks),
            replaced=bool(old),
            notes=document.notes,
            page_kind=document.page_kind,
        )

    def _embed(self, chunks: Sequence[Chunk], read: Incoming, *, files: int) -> NDArray[np.float32]:
        with self._timed("embedding"):
            return embed_new(
                chunks,
                catalogue=self._catalogue,
                embedder=self._embedder,
                on_done=lambda done: self._tell(
                    IngestProgress(
                        "embedding", read.file.name, read.number, files, done, len(chunks)
                    )
                ),
            )

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[stage] += time.perf_counter() - begun


@contextmanager
def _suppress_empty() -> Iterator[None]:
    with suppress(queue.Empty):
        yield
