"""Add files: read in a worker, split, embed, store. One bad file never stops the rest."""

import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rare_app.documents import Document, DocumentError, ReaderWorker, split_document
from rare_app.errors import UserError
from rare_app.library.catalogue import Catalogue
from rare_app.library.embed import Embedder, text_to_embed
from rare_app.library.errors import StorageFullError, storage_errors
from rare_app.library.files import FileToAdd, forget_file, hash_file, keep_file
from rare_app.library.types import AddedFile, IngestProgress, IngestReport, LeftOutFile
from rare_app.library.vectors import VectorIndex
from rare_app.settings import Settings

log = logging.getLogger(__name__)

OnProgress = Callable[[IngestProgress], None]
Cancelled = Callable[[], bool]

_READ_AHEAD = 2
"""Documents that may wait, read but not embedded: bounds the memory, keeps both sides busy."""


@dataclass(slots=True)
class _Read:
    """What the reading side hands over for one file."""

    number: int
    file: FileToAdd
    document: Document | None = None
    skipped: str = ""
    failed: str = ""
    job: int | None = None
    size: int = 0
    full: StorageFullError | None = None


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

    def run(self, files: Sequence[FileToAdd]) -> IngestReport:
        """Add the files and report what came of each.

        Raises
        ------
        StorageFullError
            The disk is full; what was stored before stays.
        """
        report = IngestReport()
        begun = time.perf_counter()
        ready: queue.Queue[_Read | None] = queue.Queue(maxsize=_READ_AHEAD)
        reader = threading.Thread(
            target=self._read_all, args=(files, ready), name="reader", daemon=True
        )
        reader.start()
        try:
            while (read := ready.get()) is not None:
                self._take(read, files=len(files), report=report)
        finally:
            self._stop.set()
            while reader.is_alive():
                with _suppress_empty():
                    ready.get(timeout=0.1)
            reader.join()
        report.seconds = time.perf_counter() - begun
        report.shares = dict(self._seconds)
        return report

    # --- the reading side ---------------------------------------------------------------------

    def _read_all(self, files: Sequence[FileToAdd], ready: "queue.Queue[_Read | None]") -> None:
        seen: dict[str, str] = {}
        try:
            with ReaderWorker(settings=self._settings) as worker:
                for number, file in enumerate(files, start=1):
                    if self._stop.is_set() or self._cancelled():
                        break
                    read = self._read_one(worker, number, len(files), file, seen)
                    ready.put(read)
                    if read.full is not None:
                        break
        finally:
            ready.put(None)

    def _read_one(
        self,
        worker: ReaderWorker,
        number: int,
        files: int,
        file: FileToAdd,
        seen: dict[str, str],
    ) -> _Read:
        read = _Read(number=number, file=file)
        try:
            with storage_errors(self._settings.home), self._timed("reading"):
                read.size = file.path.stat().st_size
                content_hash = hash_file(file.path)
                if known := self._known_as(content_hash) or seen.get(content_hash):
                    read.skipped = f"“{file.name}” is already in the library" + (
                        f" as “{known}”." if known != file.name else "."
                    )
                    return read
                kept = keep_file(
                    file.path, folder=self._settings.files_path, content_hash=content_hash
                )
                read.job = self._catalogue.start_job(
                    collection=self._collection, name=file.name, file=kept.name
                )
                read.document = worker.read(
                    kept,
                    name=file.name,
                    on_page=lambda done, total: self._tell(
                        IngestProgress("reading", file.name, number, files, done, total)
                    ),
                    cancelled=lambda: self._stop.is_set() or self._cancelled(),
                )
                seen[content_hash] = file.name
        except StorageFullError as error:
            read.failed, read.full = str(error), error
        except UserError as error:
            read.failed = str(error)
        except Exception:
            log.exception("Reading %s failed", file.path)
            read.failed = (
                f"“{file.name}” could not be read: the log in {self._settings.logs_path} has the "
                "details."
            )
        if read.failed and not self._known_as_any(file.path):
            self._forget(file.path)
        return read

    def _known_as(self, content_hash: str) -> str | None:
        known = self._catalogue.documents(collection=self._collection, content_hash=content_hash)
        return known[0].name if known else None

    def _known_as_any(self, path: Path) -> bool:
        return path.is_file() and bool(self._catalogue.documents(content_hash=hash_file(path)))

    def _forget(self, path: Path) -> None:
        if path.is_file() and self._settings.files_path not in path.parents:
            forget_file(folder=self._settings.files_path, content_hash=hash_file(path))

    # --- the storing side ---------------------------------------------------------------------

    def _take(self, read: _Read, *, files: int, report: IngestReport) -> None:
        name, path = read.file.name, str(read.file.path)
        if read.document is not None:
            try:
                added = self._store(read, read.document, files=files)
            except DocumentError as error:
                read.failed = str(error)
            else:
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
        if read.job is not None:
            self._catalogue.end_job(read.job)
        if read.full is not None:
            raise read.full

    def _store(self, read: _Read, document: Document, *, files: int) -> AddedFile:
        with self._timed("splitting"):
            chunks = split_document(
                document, count_tokens=self._embedder.count_tokens, settings=self._settings
            )
        if not chunks:
            raise DocumentError(f"“{document.name}” holds no text: there is nothing to add.")
        texts = [
            text_to_embed(document=document.name, section=chunk.section, text=chunk.text)
            for chunk in chunks
        ]
        parts = []
        with self._timed("embedding"):
            for done, part in self._embedder.embed_in_batches(texts):
                parts.append(part)
                self._tell(
                    IngestProgress("embedding", document.name, read.number, files, done, len(texts))
                )
        vectors = np.concatenate(parts)
        with self._timed("storing"), storage_errors(self._settings.home):
            collection_id = self._catalogue.collection_id(self._collection, create=True)
            assert collection_id is not None
            old = [
                one
                for one in self._catalogue.documents(collection=self._collection)
                if one.name == document.name
            ]
            old_chunks = [i for one in old for i in self._catalogue.chunk_ids_of(one.document_id)]
            _, chunk_ids = self._catalogue.add_document(
                document,
                chunks,
                vectors,
                collection_id=collection_id,
                size=read.size,
                replaces=[one.document_id for one in old],
            )
            if old_chunks:
                self._index.remove(collection_id=collection_id, chunk_ids=old_chunks)
            self._index.add(collection_id=collection_id, chunk_ids=chunk_ids, vectors=vectors)
            for one in old:
                if not self._catalogue.documents(content_hash=one.content_hash):
                    forget_file(folder=self._settings.files_path, content_hash=one.content_hash)
        return AddedFile(
            document=document.name,
            pages=len(document.pages),
            chunks=len(chunks),
            replaced=bool(old),
            notes=document.notes,
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
