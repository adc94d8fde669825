"""The shapes that the library gives out: passage, stored document, ingest report."""

from dataclasses import dataclass, field
from typing import Literal

from rare_app.documents import PageKind

RECALL_FROM = 0.99
"""Share of the true nearest neighbours from which a vector index is good."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that was retrieved for a question.

    Attributes
    ----------
    chunk_id, document_id : int
        Keys in the catalogue.
    document : str
        The document's name in its collection.
    title, section : str
        The document's title and the headings above the passage.
    page : int
        1-based page number.
    page_kind : PageKind
        What a page of this document is called.
    start, end : int
        Half-open character span in the page's text.
    text : str
        The passage's own words.
    score : float
        Cosine similarity of question and passage plus what the words, the document's name and
        quoted phrases add (:func:`rare_app.library.fuse.fuse`); mostly in [0, 2].
    head : str
        Title, unit and column heads of the table inside which the passage begins; may be empty.
    page_label : str
        The number printed on the page, where it is another.
    """

    chunk_id: int
    document_id: int
    document: str
    title: str
    section: str
    page: int
    page_kind: PageKind
    start: int
    end: int
    text: str
    score: float
    head: str = ""
    page_label: str = ""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as the catalogue lists it; sizes in bytes, time in UTC (ISO 8601).

    ``pinned`` ones keep their place in the model's memory when room is made there; ``outdated``
    ones were read by an older reader than today's and are read anew.
    """

    document_id: int
    collection: str
    name: str
    title: str
    content_hash: str
    media_type: str
    page_kind: PageKind
    pages: int
    chunks: int
    bytes: int
    added_at: str
    notes: tuple[str, ...]
    pinned: bool = False
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class CollectionInfo:
    """A collection and how much it holds."""

    name: str
    documents: int
    chunks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphSettings:
    """Settings of a collection's HNSW graph (Malkov & Yashunin 2018, section 4).

    Attributes
    ----------
    ef_construction, ef_search : int
        Candidates that are kept while a vector is put in and while neighbours are searched.
    max_neighbors : int
        Links of a vector (M).
    """

    ef_construction: int = 200
    ef_search: int = 128
    max_neighbors: int = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionAudit:
    """How well the index of a collection finds what an exact search finds.

    Attributes
    ----------
    collection : str
    chunks, indexed : int
        Chunks of the catalogue, and vectors of the index.
    sampled : int
        Chunks that were searched for.
    recall : float
        Share of their true nearest neighbours that the index gave, in [0, 1].
    settings : GraphSettings or None
        Of the index; ``None`` where the index does not answer.
    """

    collection: str
    chunks: int
    indexed: int
    sampled: int
    recall: float
    settings: GraphSettings | None

    @property
    def good(self) -> bool:
        """Whether the index holds every chunk and finds enough of the neighbours."""
        return self.recall >= RECALL_FROM and self.indexed == self.chunks


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionRepair:
    """A collection's audit; ``repaired`` is the audit after its index was built anew, if it was."""

    found: CollectionAudit
    repaired: CollectionAudit | None = None

    @property
    def now(self) -> CollectionAudit:
        """The latest of the two."""
        return self.repaired or self.found


@dataclass(frozen=True, slots=True)
class AddedFile:
    """A file that was added; ``replaced`` when it took the place of an older one of its name."""

    document: str
    pages: int
    chunks: int
    replaced: bool = False
    notes: tuple[str, ...] = ()
    page_kind: PageKind = "page"


@dataclass(frozen=True, slots=True)
class LeftOutFile:
    """A file that was skipped or failed, and why, in one sentence."""

    path: str
    reason: str


@dataclass(slots=True)
class IngestReport:
    """What came of adding files.

    ``shares`` holds the seconds of each stage: ``reading`` (in the worker), ``splitting``,
    ``embedding``, ``storing``; stages overlap, so they may add up to more than ``seconds``.
    """

    added: list[AddedFile] = field(default_factory=list)
    skipped: list[LeftOutFile] = field(default_factory=list)
    failed: list[LeftOutFile] = field(default_factory=list)
    seconds: float = 0.0
    shares: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """One step of adding files, for a progress bar.

    ``done`` of ``total`` counts pages while reading and chunks while embedding; ``file`` of
    ``files`` is 1-based.
    """

    stage: Literal["reading", "embedding", "added", "skipped", "failed"]
    name: str
    file: int
    files: int
    done: int = 0
    total: int = 0
    message: str = ""
