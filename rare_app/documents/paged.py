"""Writing blocks over as many pages as they need, for files without pages of their own."""

from rare_app.documents.parts import LONGEST_PART, cut_into_parts
from rare_app.documents.tables import Table
from rare_app.documents.types import BlockKind, Page
from rare_app.documents.write_page import PageWriter


class PagedWriter:
    """Takes blocks in reading order; a page ends before the block that would make it too long.

    Parameters
    ----------
    first : int
        Number of the first page, from 1.
    """

    def __init__(self, *, first: int = 1) -> None:
        self._first = first
        self._pages: list[Page] = []
        self._writer = PageWriter()
        self._length = 0

    def add(self, kind: BlockKind, text: str, *, level: int = 0) -> None:
        """Add a block; one that is too long for a page is cut."""
        for part in cut_into_parts(text) if len(text) > LONGEST_PART else [text]:
            self._make_room(len(part))
            self._writer.add(kind, part, level=level)

    def add_table(self, table: Table) -> None:
        """Add a table; the parts of a long one repeat its head."""
        heads = table.rows[: table.heads]
        rows = table.rows[table.heads :]
        at = 0
        while at < len(rows) or not at:
            end, length = at, sum(len(cell) + 3 for row in heads for cell in row)
            while end < len(rows) and (end == at or length < LONGEST_PART):
                length += sum(len(cell) + 3 for cell in rows[end])
                end += 1
            self._make_room(length)
            part = Table(heads + rows[at:end], table.heads, table.title, table.unit)
            self._writer.add_table(part)
            if end >= len(rows):
                break
            at = end

    def pages(self) -> list[Page]:
        """Give the pages as they were written."""
        return [*self._pages, self._writer.page(self._first + len(self._pages))]

    def _make_room(self, length: int) -> None:
        if self._length and self._length + length > LONGEST_PART:
            self._pages.append(self._writer.page(self._first + len(self._pages)))
            self._writer, self._length = PageWriter(), 0
        self._length += length
