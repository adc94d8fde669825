"""Read a document of the library anew: the reader has learned since it was added."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from rare_app.documents import Document, DocumentError, ReaderWorker, split_document
from rare_app.library.catalogue import Catalogue
from rare_app.library.embed import Embedder
from rare_app.library.errors import storage_errors
from rare_app.library.files import find_kept_file
from rare_app.library.store import embed_new, indexed, require_same
from rare_app.library.types import StoredDocument
from rare_app.library.vectors import VectorIndex
from rare_app.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewer:
    """Reads kept files anew and puts what it read in the place of what was read before.

    Nothing of a document is touched before its new text is ready; text, chunks and words change in
    one transaction. After a crash the document is as it was, and is read anew at the next start.

    Attributes
    ----------
    writing : callable
        Gives the lock that is held while the catalogue and the index are written.
    """

    settings: Settings
    catalogue: Catalogue
    index: VectorIndex
    embedder: Embedder
    writing: Callable[[], AbstractContextManager[None]]

    def renew(
        self,
        one: StoredDocument,
        *,
        on_page: Callable[[int, int], None] = lambda *_: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Read a document anew; one that cannot be read stays as it was and says so in its notes.

        Returns
        -------
        bool
            Whether it was read anew.

        Raises
        ------
        LibraryBusyError
            Another program is adding; the document stays as it was.
        StorageFullError
            The disk is full; the document stays as it was.
        """
        try:
            document = self._read(one, on_page, cancelled)
            return document is not None and self._store(one, document)
        except DocumentError as error:
            if not cancelled():
                log.warning("%s was not read anew: %s", one.name, error)
                with self.writing(), storage_errors(self.settings.home):
                    self.catalogue.keep_as_read(one.document_id, note=_note(error))
            return False

    def _read(
        self,
        one: StoredDocument,
        on_page: Callable[[int, int], None],
        cancelled: Callable[[], bool],
    ) -> Document | None:
        kept = find_kept_file(folder=self.settings.files_path, content_hash=one.content_hash)
        if kept is None:
            raise DocumentError("Its file is no longer kept.")
        with ReaderWorker(settings=self.settings) as worker:
            document = worker.read(kept, name=one.name, on_page=on_page, cancelled=cancelled)
        return None if cancelled() else document

    def _store(self, one: StoredDocument, document: Document) -> bool:
        chunks = split_document(
            document, count_tokens=self.embedder.count_tokens, settings=self.settings
        )
        if not chunks:
            raise DocumentError("No text was found in it.")
        vectors = embed_new(chunks, catalogue=self.catalogue, embedder=self.embedder)
        with self.writing(), storage_errors(self.settings.home):
            collection_id = self.catalogue.collection_id(one.collection)
            if collection_id is None or self.catalogue.document(one.document_id) is None:
                return False
            old = self.catalogue.chunk_ids_of(one.document_id)
            with indexed(
                vectors, catalogue=self.catalogue, index=self.index, collection_id=collection_id
            ) as chunk_ids:
                renewed = self.catalogue.renew_document(
                    one.document_id,
                    document,
                    chunks,
                    vectors,
                    on_stored=lambda stored: require_same(stored, chunk_ids),
                )
            gone = old if renewed else chunk_ids
            self.index.remove(collection_id=collection_id, chunk_ids=gone)
        return renewed


def _note(error: DocumentError) -> str:
    return (
        f"This text is of an older reader, since the file could not be read anew ({error}): add it "
        "again for the newer reader's."
    )
