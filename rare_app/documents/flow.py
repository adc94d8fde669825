"""Writing documents that have no pages of their own: blocks one after the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from rare_app.documents.clean import clean_characters
from rare_app.documents.tables import Table
from rare_app.documents.types import BlockKind, Page
from rare_app.documents.write_page import PageWriter

_LONGEST_TITLE = 100  # characters of a line that may name the table below it
_SHOWN_LEVELS = 6  # items that stand deeper are not indented further
_SUPERSCRIPT = str.maketrans("0123456789+-()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ")


class Sink(Protocol):
    """Takes blocks in reading order."""

    def add(self, kind: BlockKind, text: str, *, level: int = 0) -> None:
        """Take a block."""

    def add_table(self, table: Table) -> None:
        """Take a table."""


@dataclass(slots=True)
class Recorder:
    """Keeps blocks for later: what stands in a cell of a table.

    Attributes
    ----------
    calls : list of (kind, text, level) or Table
        In reading order.
    """

    calls: list[tuple[BlockKind, str, int] | Table] = field(default_factory=list)

    def add(self, kind: BlockKind, text: str, *, level: int = 0) -> None:
        """Keep a block."""
        text = clean_block(text)
        if text:
            self.calls.append((kind, text, level))

    def add_table(self, table: Table) -> None:
        """Keep a table."""
        self.calls.append(table)

    def replay(self, sink: Sink) -> None:
        """Hand everything on."""
        for call in self.calls:
            if isinstance(call, Table):
                sink.add_table(call)
            else:
                sink.add(call[0], call[1], level=call[2])

    @property
    def text(self) -> str:
        """What stands in the cell but tables and notes, on one line."""
        return " ".join(
            " ".join(call[1].split())
            for call in self.calls
            if not isinstance(call, Table) and call[0] != "note"
        )

    @property
    def notes(self) -> Iterator[str]:
        """Texts of the notes."""
        return (call[1] for call in self.calls if not isinstance(call, Table) and call[0] == "note")

    @property
    def tables(self) -> list[Table]:
        """Tables that stand inside."""
        return [call for call in self.calls if isinstance(call, Table)]

    @property
    def has_heading(self) -> bool:
        """Whether a heading stands inside."""
        return any(not isinstance(call, Table) and call[0] == "heading" for call in self.calls)


class FlowWriter:
    """Writes blocks one after the other; a caption or a short line above a table is its title."""

    def __init__(self) -> None:
        self._writer = PageWriter()
        self._held: list[tuple[BlockKind, str]] = []

    def add(self, kind: BlockKind, text: str, *, level: int = 0) -> None:
        """Add a block; see :meth:`PageWriter.add`. Items are indented by their level."""
        text = clean_block(text)
        if not text:
            return
        if _may_be_title(kind, text):
            # Title and unit are two lines at most, and the title stands above the unit.
            goes_on = len(self._held) == 1 and (
                self._held[0][0] == "caption" or text.startswith("(")
            )
            if not goes_on:
                self._release()
            self._held.append((kind, text))
            return
        self._release()
        if kind == "heading":
            text = " ".join(text.split())
        elif kind == "item":
            text = "  " * min(level, _SHOWN_LEVELS) + text
        self._writer.add(kind, text, level=level)

    def add_verbatim(self, text: str) -> None:
        """Add lines whose white space is part of what they say."""
        self._release()
        text = clean_characters(text, keep_indentation=True).strip("\n")
        if text.strip():
            self._writer.add("paragraph", f"```\n{text}\n```")

    def add_table(self, table: Table) -> None:
        """Add a table under its title."""
        if table.title and any(kind == "paragraph" for kind, _ in self._held):
            self._release()
        lines = [text for _, text in self._held]
        if lines and any(cell.strip() for row in table.rows for cell in row):
            self._held.clear()
            first, *rest = [*lines, table.title] if table.title else lines
            unit = "\n".join([*rest, table.unit] if table.unit else rest)
            table = replace(table, title=first, unit=unit)
        self._release()
        self._writer.add_table(table)

    def page(self) -> Page:
        """Give everything as one page."""
        self._release()
        return self._writer.page(1)

    def _release(self) -> None:
        held, self._held = self._held, []
        for kind, text in held:
            self._writer.add(kind, text)


def clean_block(text: str) -> str:
    """Make a block's characters uniform and leave out its empty lines."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()  # most cells: nothing to be done
    return "\n".join(line for line in clean_characters(text).split("\n") if line)


def raised(text: str) -> str:
    """Write figures that stand above the line as such, so that they stay apart from a number."""
    bare = text.strip()
    known = bare and all(ord(character) in _SUPERSCRIPT for character in bare)
    return text.translate(_SUPERSCRIPT) if known else text


def write_grid(
    sink: Sink, table: Table, *, inner: Sequence[tuple[str, Table]], notes: Sequence[str]
) -> None:
    """Hand on a table, then the tables inside it under the names of their rows, then its notes."""
    sink.add_table(table)
    for label, nested in inner:
        sink.add_table(nested if nested.title or not label else replace(nested, title=label))
    for note in notes:
        sink.add("note", note)


def _may_be_title(kind: BlockKind, text: str) -> bool:
    if kind == "caption":
        return True
    short = kind == "paragraph" and len(text) <= _LONGEST_TITLE and "\n" not in text
    return short and text[-1] not in ".!?;,…。！？"
