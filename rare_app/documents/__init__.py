"""Files to documents (pages of text), documents to chunks."""

from rare_app.documents.detect import DRAWN, PICTURES, SUPPORTED_SUFFIXES, Format, detect_format
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
from rare_app.documents.types import (
    DOUBTFUL_BELOW,
    Attachment,
    Block,
    Chunk,
    Document,
    Page,
    PageKind,
    Place,
)
from rare_app.documents.worker import ReaderWorker

__all__ = [
    "DOUBTFUL_BELOW",
    "DRAWN",
    "PICTURES",
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
    "detect_format",
    "load_splitter",
    "read_document",
    "split_document",
]
