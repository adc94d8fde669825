"""What the user has: catalogue, vectors, files; adding, searching, removing."""

from rare_app.library.audit import AUDITED_NEIGHBOURS
from rare_app.library.database import Database
from rare_app.library.embed import Embedder, embedder_folder
from rare_app.library.errors import (
    DamagedLibraryError,
    IndexServerError,
    LibraryBusyError,
    LibraryError,
    StorageFullError,
    UnknownCollectionError,
    UnknownDocumentError,
)
from rare_app.library.files import FileToAdd
from rare_app.library.library import Library
from rare_app.library.periods import earliest_year
from rare_app.library.search import QuestionError, check_question
from rare_app.library.types import (
    RECALL_FROM,
    AddedFile,
    CollectionAudit,
    CollectionInfo,
    CollectionRepair,
    GraphSettings,
    IngestProgress,
    IngestReport,
    LeftOutFile,
    Passage,
    StoredDocument,
)
from rare_app.library.versions import (
    Edition,
    are_apart,
    edition_of,
    is_older,
    is_same_work,
    newest_of,
)

__all__ = [
    "AUDITED_NEIGHBOURS",
    "RECALL_FROM",
    "AddedFile",
    "CollectionAudit",
    "CollectionInfo",
    "CollectionRepair",
    "DamagedLibraryError",
    "Database",
    "Edition",
    "Embedder",
    "FileToAdd",
    "GraphSettings",
    "IndexServerError",
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
    "are_apart",
    "check_question",
    "earliest_year",
    "edition_of",
    "embedder_folder",
    "is_older",
    "is_same_work",
    "newest_of",
]
