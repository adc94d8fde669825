"""Files to documents (pages of text), documents to chunks."""

from rare_app.documents.detect import SUPPORTED_SUFFIXES, Format
from rare_app.documents.errors import (
    CorruptFileError,
    DocumentError,
    EmptyFileError,
    EncryptedFileError,
    ReadCancelledError,
    ReadTimeoutError,
    ScannedFileError,
    TooLargeFileError,
    TooManyPagesError,
    UnsupportedFileError,
)
from rare_app.documents.quoted import QUOTED_MARK
from rare_app.documents.read import READER_VERSION, read_document
from rare_app.documents.split import load_splitter, split_document
from rare_app.documents.types import Attachment, Block, Chunk, Document, Page, PageKind, Place
from rare_app.documents.worker import ReaderWorker

__all__ = [
    "QUOTED_MARK",
    "READER_VERSION",
    "SUPPORTED_SUFFIXES",
    "Attachment",
    "Block",
    "Chunk",
    "CorruptFileError",
    "Document",
    "DocumentError",
    "EmptyFileError",
    "EncryptedFileError",
    "Format",
    "Page",
    "PageKind",
    "Place",
    "ReadCancelledError",
    "ReadTimeoutError",
    "ReaderWorker",
    "ScannedFileError",
    "TooLargeFileError",
    "TooManyPagesError",
    "UnsupportedFileError",
    "load_splitter",
    "read_document",
    "split_document",
]
