"""What is exported: answered turns, laid out for any format."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

ExportFormat = Literal["md", "docx", "pdf"]
FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
"""Formats by the suffix of their file."""


@dataclass(frozen=True, slots=True)
class AnsweredTurn:
    """A question and what ``ask --json`` gives for it (:func:`rare_app.present.answer_data`).

    Attributes
    ----------
    question : str
    answer : dict
        Only what is there is exported; keys that are not known are left alone.
    collection : str or None
        Where the answer's documents are looked for; ``None`` for every collection.
    asked_at : str
        When it was asked, as it is to be shown; may be empty.
    """

    question: str
    answer: dict[str, Any]
    collection: str | None = None
    asked_at: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page with its cited words marked; sizes in pixels, `alt` says what it shows."""

    png: bytes
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of running text; `marks` are numbers of sources, `warning` is said of the piece."""

    text: str
    marks: tuple[int, ...] = ()
    warning: str = ""


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A claim of the answer with what was found of it."""

    text: str
    verdict: str
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A passage that was cited, or merely read (`number` 0).

    Attributes
    ----------
    place : str
        "page 3", "slide 2".
    quotes : tuple of str
        The cited words, verbatim.
    text : str
        The whole passage.
    picture : Picture or None
        Its page; sources on one page share one picture.
    """

    number: int
    document: str
    place: str
    section: str
    quotes: tuple[str, ...]
    text: str
    picture: Picture | None = None

    @property
    def around(self) -> str:
        """What is shown beside the quotes where there is no picture: the passage."""
        shown = self.picture is not None or self.text in self.quotes
        return "" if shown else self.text


@dataclass(frozen=True, slots=True)
class TurnSheet:
    """One answered question as it is laid out.

    Attributes
    ----------
    answer : tuple of Part
        The answer's text in pieces; what of it is a table stands in `table` alone.
    table : tuple of rows
        Its cells, each in pieces; the first row and the first cell of each are heads.
    reasoning : str
        Quote tags replaced by quotation marks.
    others : tuple of Source
        Passages that were read and not cited.
    facts : tuple of str
        Model, adapter and time.
    """

    question: str
    answered: bool
    answer: tuple[Part, ...]
    reasoning: str
    claims: tuple[ClaimLine, ...]
    sources: tuple[Source, ...]
    others: tuple[Source, ...]
    facts: tuple[str, ...]
    table: tuple[tuple[tuple[Part, ...], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A finished file: its name, media type and bytes."""

    name: str
    media_type: str
    data: bytes
