"""What the user has: catalogue, vectors, files; adding, searching, removing."""

from rare_app.library.embed import Embedder, embedder_folder
from rare_app.library.errors import (
    DamagedLibraryError,
    LibraryBusyError,
    LibraryError,
    StorageFullError,
    UnknownCollectionError,
    UnknownDocumentError,
)
from rare_app.library.files import FileToAdd
from rare_app.library.library import Library
from rare_app.library.search import QuestionError, check_question
from rare_app.library.types import (
    AddedFile,
    CollectionInfo,
    IngestProgress,
    IngestReport,
    LeftOutFile,
    Passage,
    StoredDocument,
)

__all__ = [
    "AddedFile",
    "CollectionInfo",
    "DamagedLibraryError",
    "Embedder",
    "FileToAdd",
    "IngestProgress",
    "IngestReport",
    "LeftOutFile",
    "Library",
    "LibraryBusyError",
    "LibraryError",
    "Passage",
    "QuestionError",
    "StorageFullError",
    "StoredDocument",
    "UnknownCollectionError",
    "UnknownDocumentError",
    "check_question",
    "embedder_folder",
]
