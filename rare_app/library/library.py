"""The library as the app, the command line and the model see it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from rare_app.documents import Page
from rare_app.library.audit import AUDIT_SAMPLE, audit
from rare_app.library.catalogue import Catalogue
from rare_app.library.database import Database
from rare_app.library.embed import Embedder, embedder_folder
from rare_app.library.errors import (
    LibraryBusyError,
    UnknownCollectionError,
    UnknownDocumentError,
    storage_errors,
)
from rare_app.library.files import FileToAdd, collect_files, find_kept_file, forget_file
from rare_app.library.ingest import Cancelled, Ingest, OnProgress
from rare_app.library.mend import Mender
from rare_app.library.nearest import Nearest
from rare_app.library.renew import Renewer
from rare_app.library.rerank import Judge
from rare_app.library.search import check_question, search
from rare_app.library.types import (
    CollectionInfo,
    CollectionRepair,
    IngestReport,
    Passage,
    StoredDocument,
)
from rare_app.library.vectors import VectorIndex
from rare_app.library.versions import FIRST_CHARACTERS, Edition, edition_of
from rare_app.reader import find_reader, judge_passages
from rare_app.settings import Settings

_BUSY_SECONDS = 10.0
"""How long a writer waits for another one before it says that the library is busy."""


class Library:
    """What the user has: add, list, retrieve, remove. Safe to share between threads."""

    def __init__(self, *, settings: Settings, embedder: Embedder | None = None) -> None:
        self._settings = settings
        with storage_errors(settings.home):
            settings.home.mkdir(parents=True, exist_ok=True)
        self._catalogue = Catalogue(path=settings.database_path)
        with storage_errors(settings.home):
            self._index = VectorIndex(
                path=settings.chroma_path,
                settings_for=self._catalogue.graph_settings,
                server=settings.chroma_url,
                token=settings.chroma_token,
                owner=self._catalogue.identity if settings.chroma_url else "",
            )
        self.embedder = embedder or Embedder()
        self._judge: Judge | None = None
        if settings.rerank:
            reader = find_reader(settings, embedder=embedder_folder())
            self._judge = judge_passages(reader) if reader else None
        self._mender = Mender(catalogue=self._catalogue, index=self._index, embedder=self.embedder)
        self._nearest = Nearest(catalogue=self._catalogue, index=self._index, mend=self.check)
        self._write_lock = FileLock(settings.home / "library.lock")

    @property
    def database(self) -> Database:
        """The library's file, for what else is kept in it."""
        return self._catalogue

    def close(self) -> None:
        """Let go of all files."""
        self._index.close()
        self._catalogue.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with self._write_lock.acquire(timeout=_BUSY_SECONDS):
                yield
        except Timeout as error:
            raise LibraryBusyError(
                f"Another window or program is adding to the library in {self._settings.home}: "
                "wait until it is done, then try again."
            ) from error

    # --- start ---

    def check(self, *, on_progress: Callable[[int, int], None] | None = None) -> int:
        """Compare the vector index with the catalogue and mend it.

        A changed embedder means that every chunk is embedded again.

        Parameters
        ----------
        on_progress : callable, optional
            Told (done, total) chunks while embedding.

        Returns
        -------
        int
            How many chunks had to be mended.
        """
        with self._writing(), storage_errors(self._settings.home):
            return self._mender.mend(on_progress)

    def audit(
        self,
        *,
        sample: int = AUDIT_SAMPLE,
        repair: bool = False,
        say: Callable[[str], None] = lambda _: None,
    ) -> list[CollectionRepair]:
        """Compare the index with exact search, collection by collection.

        Parameters
        ----------
        sample : int
            Chunks of each collection that are searched for.
        repair : bool
            Whether an index below :data:`RECALL_FROM` is built anew.
        say : callable
            Told what is being done.

        Returns
        -------
        list of CollectionRepair
            A collection without chunks is left out.
        """
        with self._writing() if repair else nullcontext(), storage_errors(self._settings.home):
            return audit(self._catalogue, self._index, sample=sample, repair=repair, say=say)

    # --- add and remove ---

    def add(
        self,
        paths: Sequence[Path | FileToAdd],
        *,
        collection: str | None = None,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
    ) -> IngestReport:
        """Add files and folders.

        The same content again is skipped; a changed file of the same name replaces the old one. A
        file that cannot be read is reported and the rest goes on.

        Raises
        ------
        StorageFullError
            The disk is full; files added before stay.
        LibraryBusyError
            Another process is adding.
        """
        files, left_out = collect_files(paths)
        report = self._ingest(
            files,
            collection=collection or self._settings.collection,
            on_progress=on_progress,
            cancelled=cancelled,
        )
        for one in left_out:
            missing = not Path(one.path).exists()
            (report.failed if missing else report.skipped).append(one)
        return report

    def _ingest(
        self,
        files: Sequence[FileToAdd],
        *,
        collection: str,
        on_progress: OnProgress | None,
        cancelled: Cancelled | None,
    ) -> IngestReport:
        with self._writing(), storage_errors(self._settings.home):
            if self._mender.embedder_changed():
                self._mender.mend()
            return Ingest(
                settings=self._settings,
                catalogue=self._catalogue,
                index=self._index,
                embedder=self.embedder,
                collection=collection,
                on_progress=on_progress or (lambda _: None),
                cancelled=cancelled or (lambda: False),
            ).run(files)

    def resume(self, *, on_progress: OnProgress | None = None) -> IngestReport:
        """Take up files that were being added when the app last stopped."""
        total = IngestReport()
        for job_id, collection, name, file in self._catalogue.unfinished_jobs():
            kept = self._settings.files_path / file
            if kept.is_file():
                report = self._ingest(
                    [FileToAdd(path=kept, name=name)],
                    collection=collection,
                    on_progress=on_progress,
                    cancelled=None,
                )
                total.added += report.added
                total.skipped += report.skipped
                total.failed += report.failed
                total.seconds += report.seconds
            self._catalogue.end_job(job_id)
        return total

    def outdated(self) -> list[StoredDocument]:
        """List the documents that were read by an older reader than today's, pinned ones first."""
        found = [one for one in self._catalogue.documents() if one.outdated]
        return sorted(found, key=lambda one: (not one.pinned, -one.document_id))

    def renew(
        self,
        document: StoredDocument,
        *,
        on_page: Callable[[int, int], None] = lambda *_: None,
        cancelled: Cancelled = lambda: False,
    ) -> bool:
        """Read a document anew, as :meth:`rare_app.library.renew.Renewer.renew` does."""
        return Renewer(
            settings=self._settings,
            catalogue=self._catalogue,
            index=self._index,
            embedder=self.embedder,
            writing=self._writing,
        ).renew(document, on_page=on_page, cancelled=cancelled)

    def remove(self, document: str, *, collection: str | None = None) -> StoredDocument:
        """Remove a document with its pages, chunks, vectors and file.

        Parameters
        ----------
        document : str
            Its name, or at least eight digits of its content's hash.

        Raises
        ------
        UnknownDocumentError
            There is no such document, or several collections have one of that name.
        """
        one = self._find(document, collection)
        collection_id = self._catalogue.collection_id(one.collection)
        with self._writing(), storage_errors(self._settings.home):
            chunk_ids = self._catalogue.chunk_ids_of(one.document_id)
            self._catalogue.remove_document(one.document_id)
            if collection_id is not None:
                self._index.remove(collection_id=collection_id, chunk_ids=chunk_ids)
            if not self._catalogue.documents(content_hash=one.content_hash):
                forget_file(folder=self._settings.files_path, content_hash=one.content_hash)
        return one

    def pin(
        self, document: str, *, collection: str | None = None, pinned: bool = True
    ) -> StoredDocument:
        """Pin a document, or let it go: what is pinned stays in the model's memory.

        Parameters
        ----------
        document : str
            Its name, or at least eight digits of its content's hash.

        Raises
        ------
        UnknownDocumentError
            There is no such document, or several collections have one of that name.
        """
        one = self._find(document, collection)
        with storage_errors(self._settings.home):
            self._catalogue.set_pin(one.document_id, pinned=pinned)
        return replace(one, pinned=pinned)

    def _find(self, document: str, collection: str | None) -> StoredDocument:
        found = [
            one
            for one in self._catalogue.documents(collection=collection)
            if one.name == document
            or (len(document) >= 8 and one.content_hash.startswith(document.lower()))
        ]
        if not found:
            where = f" in the collection “{collection}”" if collection else ""
            raise UnknownDocumentError(
                f"There is no document “{document}”{where}: “list” shows the names."
            )
        if len(found) > 1:
            names = ", ".join(f"“{one.collection}”" for one in found)
            raise UnknownDocumentError(
                f"“{document}” is in several collections ({names}): say which one."
            )
        return found[0]

    # --- look ---

    def documents(
        self, *, collection: str | None = None, named: Sequence[str] = ()
    ) -> list[StoredDocument]:
        """List the documents of a collection, or of all.

        Parameters
        ----------
        named : sequence of str
            These alone: names, or at least eight digits of the contents' hashes; empty for all.

        Raises
        ------
        UnknownDocumentError
            There is no document of a given name.
        """
        if named:
            return [self._find(one, collection) for one in named]
        return self._catalogue.documents(collection=collection)

    def document(self, document_id: int) -> StoredDocument | None:
        """Find a document by its key; ``None`` when there is none."""
        return self._catalogue.document(document_id)

    def collections(self) -> list[CollectionInfo]:
        """List the collections that hold documents."""
        return self._catalogue.collections()

    def page_text(self, document_id: int, number: int) -> str | None:
        """Text of one page; ``None`` when there is no such page."""
        return self._catalogue.page_text(document_id, number)

    def edition(self, document_id: int) -> Edition | None:
        """Tell what tells a document from its older and newer versions."""
        one = self.document(document_id)
        if one is None:
            return None
        owners: dict[int, frozenset[str]] = {}
        if (collection_id := self._catalogue.collection_id(one.collection)) is not None:
            owners = self._catalogue.owners(collection_id=collection_id)
        first = (self.page_text(document_id, 1) or "")[:FIRST_CHARACTERS]
        return edition_of(one.name, one.title, first, owners.get(document_id, frozenset()))

    def page(self, document_id: int, number: int) -> Page | None:
        """One page with its label and places, without its blocks; ``None`` if there is none."""
        return self._catalogue.page(document_id, number)

    def names_of(self, document_ids: Collection[int]) -> str:
        """Give the names and titles of some documents, and the companies that they are of."""
        return " ".join(self._catalogue.names_of(document_ids))

    def count_chunks(self) -> int:
        """How many chunks all collections hold."""
        return sum(one.chunks for one in self._catalogue.collections())

    def chunks(self) -> Iterator[Passage]:
        """Go through all chunks: pinned documents first, then the latest added ones."""
        for document in sorted(
            self.documents(), key=lambda one: (not one.pinned, -one.document_id)
        ):
            yield from self.chunks_of(document)

    def chunks_of(self, document: StoredDocument) -> list[Passage]:
        """List a document's chunks in its order."""
        chunk_ids = self._catalogue.chunk_ids_of(document.document_id)
        return [
            passage
            for begin in range(0, len(chunk_ids), 500)
            for passage in self._catalogue.passages(
                [(chunk_id, 0.0) for chunk_id in chunk_ids[begin : begin + 500]]
            )
        ]

    def original(self, document: StoredDocument) -> Path | None:
        """Find the kept copy of a document's file."""
        return find_kept_file(folder=self._settings.files_path, content_hash=document.content_hash)

    def holding(
        self,
        phrase: str,
        *,
        most: int,
        collection: str | None = None,
        documents: Sequence[str] = (),
    ) -> list[Passage]:
        """List the chunks that hold a phrase, those first that it stands in most often.

        Parameters
        ----------
        phrase : str
            Words that follow one another, English endings aside.
        most : int
            Chunks to give at most.
        collection, documents
            As for :meth:`retrieve`.
        """
        name = collection or self._settings.collection
        collection_id = self._catalogue.collection_id(name)
        if collection_id is None:
            return []
        chosen = [self._find(one, name).document_id for one in documents]
        found = self._catalogue.search_words(
            [phrase], collection_id=collection_id, k=most, document_ids=chosen or None
        )
        return self._catalogue.passages([(chunk_id, 0.0) for chunk_id, _ in found])

    def retrieve(
        self,
        question: str,
        *,
        k: int | None = None,
        collection: str | None = None,
        documents: Sequence[str] = (),
    ) -> list[Passage]:
        """Find the passages nearest to a question, best first.

        Parameters
        ----------
        k : int, optional
            Most passages; default from the settings.
        collection : str, optional
            Search this collection; default: the settings' collection.
        documents : sequence of str
            Search these alone: names, or at least eight digits of the contents' hashes; empty for
            the whole collection.

        Raises
        ------
        QuestionError
            The question is empty or too long.
        UnknownCollectionError
            The named collection does not exist.
        UnknownDocumentError
            The collection has no document of a given name.
        """
        question = check_question(question)
        name = collection or self._settings.collection
        collection_id = self._catalogue.collection_id(name)
        if collection_id is None:
            if collection is not None and collection != self._settings.collection:
                known = ", ".join(f"“{one.name}”" for one in self.collections()) or "none yet"
                raise UnknownCollectionError(
                    f"There is no collection “{collection}”. Collections: {known}."
                )
            if documents:
                self._find(documents[0], name)
            return []
        chosen = [self._find(one, name).document_id for one in documents]
        if self._mender.embedder_changed():
            self.check()
        return search(
            question,
            k=k or self._settings.passages,
            collection_id=collection_id,
            catalogue=self._catalogue,
            nearest=partial(self._nearest.among, chosen) if chosen else self._nearest.of,
            embedder=self.embedder,
            judge=self._judge,
            read_again=self._settings.rerank,
            document_ids=chosen or None,
        )
