"""OpenDocument text (.odt): headings, lists, tables, notes, tracked changes, form fields."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from rare_app.documents.draft import Draft, OnPage
from rare_app.documents.errors import (
    CorruptFileError,
    EncryptedFileError,
    TooLargeFileError,
    show_name,
)
from rare_app.documents.odt_inline import Inline, attribute, clean, local
from rare_app.documents.parts import cut_page, number_pages
from rare_app.documents.tables import Cell, Table, make_grid
from rare_app.documents.write_page import PageWriter
from rare_app.plain import counted
from rare_app.settings import Settings

_LARGEST = 256 << 20
"""Bytes of XML that are read."""
_HOLDERS = frozenset(
    {"list", "list-item", "list-header", "table", "table-row", "table-cell", "table-header-rows"}
    | {"section"}
)
"""What holds paragraphs inside a cell."""
_MOST_REPEATED = 1000
"""Rows or columns that one element may stand for."""


def read_odt(path: Path, *, name: str, settings: Settings, on_page: OnPage) -> Draft:
    """Read an OpenDocument text.

    Parameters
    ----------
    path : Path
    name : str
        What the user calls it, for messages.
    settings : Settings
        ``maximum_pages`` is used.
    on_page : callable
        Called for every part when all is done.

    Returns
    -------
    Draft
        Parts of at most about 20,000 characters; notes tell of what was not read.

    Raises
    ------
    EncryptedFileError, CorruptFileError, TooLargeFileError
        The sentence names the file and the way out.
    """
    with zipfile.ZipFile(path) as container:
        members = set(container.namelist())
        manifest = _member(container, "META-INF/manifest.xml", members, name=name)
        if manifest is not None and manifest.xpath("//*[local-name()='encryption-data']"):
            raise EncryptedFileError(
                f"{show_name(name)} is protected by a password: save a copy without it and add "
                "that."
            )
        content = _member(container, "content.xml", members, name=name)
        styles = _member(container, "styles.xml", members, name=name)
        meta = _member(container, "meta.xml", members, name=name)
    bodies = [] if content is None else content.xpath("/*/*[local-name()='body']/*")
    if not bodies:
        raise CorruptFileError(
            f"{show_name(name)} is damaged or incomplete: open it in the program it was made with, "
            "save it anew and add that."
        )
    reader = _Reader([one for one in (content, styles) if one is not None])
    reader.read(bodies[0])
    pages = number_pages(
        cut_page(reader.out.page(1)),
        kind="part",
        name=name,
        most=settings.maximum_pages,
        on_page=on_page,
    )
    titles = [] if meta is None else meta.xpath("//*[local-name()='title']/text()")
    macros = any(one.startswith(("Basic/", "Scripts/")) for one in members)
    return Draft(
        media_type="application/vnd.oasis.opendocument.text",
        page_kind="part",
        pages=pages,
        title=str(titles[0]) if titles else "",
        notes=(*reader.untold(), *(["Macros were not read."] if macros else [])),
    )


def _member(
    container: zipfile.ZipFile, member: str, members: set[str], *, name: str
) -> etree._Element | None:
    """Parse a member; entities are not resolved, and nesting is bounded by the parser."""
    if member not in members:
        return None
    with container.open(member) as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise TooLargeFileError(
            f"{show_name(name)} unpacks to more than {_LARGEST >> 20} MiB of text, which no "
            "ordinary document does: split it and add the parts."
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(data, parser)


class _Reader:
    """Writes the blocks of a document; `out` has them."""

    def __init__(self, roots: list[etree._Element]) -> None:
        self.out = PageWriter()
        self._roots = roots
        self._inline = Inline(roots)
        self._hid_rows = False
        self._numbered = {
            (attribute(style, "name"), int(attribute(level, "level", "1")))
            for root in roots
            for style in root.xpath("//*[local-name()='list-style']")
            for level in style
            if local(level) == "list-level-style-number" and attribute(level, "num-format")
        }

    def read(self, body: etree._Element) -> None:
        """Read all: page headers, body, page footers, form fields."""
        for kind in ("header", "footer"):
            if kind == "footer":
                self._blocks(body)
            for text in self._running(kind):
                self.out.add("running", text)
        for field in body.xpath(".//*[local-name()='forms']//*"):
            value = attribute(field, "current-value") or attribute(field, "value")
            label = attribute(field, "label") or attribute(field, "name")
            if value and label and local(field) != "property":
                self.out.add("field", f"{label}: {clean(value)}")

    def untold(self) -> tuple[str, ...]:
        """Say what was not read."""
        found = [
            f"{counted(count, what)} {'was' if count == 1 else 'were'} not read."
            for what, count in self._inline.unread.items()
            if count
        ]
        if self._inline.hid or self._hid_rows:
            found.append("Hidden text was not read.")
        return tuple(found)

    def _running(self, kind: str) -> Iterator[str]:
        told = set()
        for root in self._roots:
            for one in root.xpath(f"//*[local-name()='master-page']/*[local-name()='{kind}']"):
                text = clean(" ".join(self._inline.text_of(part) for part in one))
                if any(map(str.isalpha, text)) and text not in told:
                    told.add(text)
                    yield text
        self._inline.take_notes()

    def _blocks(self, parent: etree._Element) -> None:
        for one in parent:
            tag = local(one)
            if tag == "h":
                level = attribute(one, "outline-level", "1")
                self._paragraph(one, heading=int(level) if level.isdecimal() else 1)
            elif tag == "p":
                self._paragraph(one)
            elif tag == "list":
                self._list(one, depth=0, style="")
            elif tag == "table":
                self._table(one)
            elif tag == "frame":
                self._paragraph(one)
            elif tag in ("tracked-changes", "forms", "sequence-decls", "title", "annotation-end"):
                continue
            elif tag and not self._inline.is_hidden(one):
                self._blocks(one)

    def _paragraph(self, one: etree._Element, *, heading: int = 0) -> None:
        text = clean(self._inline.text_of(one))
        if heading:
            self.out.add("heading", text.replace("\n", " "), level=heading)
        else:
            self.out.add("paragraph", text)
        self._notes()

    def _notes(self) -> None:
        for kind, text in self._inline.take_notes():
            self.out.add(kind, text)

    def _list(self, one: etree._Element, *, depth: int, style: str) -> None:
        style = attribute(one, "style-name") or style
        numbered = (style, depth + 1) in self._numbered
        number = 0
        for item in one:
            if local(item) not in ("list-item", "list-header"):
                continue
            first = local(item) == "list-item"
            if first:
                start = attribute(item, "start-value", "")
                number = int(start) if start.isdecimal() else number + 1
            for part in item:
                if local(part) == "list":
                    self._list(part, depth=depth + 1, style=style)
                elif local(part) == "h":
                    level = attribute(part, "outline-level", "1")
                    self._paragraph(part, heading=int(level) if level.isdecimal() else 1)
                elif local(part) == "p":
                    text = clean(self._inline.text_of(part))
                    mark = (f"{number}. " if numbered else "- ") if first else ""
                    self.out.add("item", mark + text if text else "", level=depth)
                    first = first and not text
                    self._notes()

    def _table(self, table: etree._Element) -> None:
        cells: list[Cell] = []
        row = heads = 0
        for one, is_head in self._rows(table):
            repeated = min(_number(one, "number-rows-repeated"), _MOST_REPEATED)
            column = 0
            found = []
            for cell in one:
                if local(cell) not in ("table-cell", "covered-table-cell"):
                    continue
                times = min(_number(cell, "number-columns-repeated"), _MOST_REPEATED)
                text = clean("\n".join(self._cell_lines(cell)))
                wide, high = (
                    _number(cell, "number-columns-spanned"),
                    _number(cell, "number-rows-spanned"),
                )
                for _ in range(times if text else 0):
                    found.append(Cell(row, column, text, rows=high, columns=wide))
                    column += 1
                column += 0 if text else times
            cells += found
            for again in range(1, repeated if found else 1):
                cells += [Cell(row + again, c.column, c.text, c.rows, c.columns) for c in found]
            row += repeated if found else 1
            heads = row if is_head else heads
        heads = heads or int(row > 1)
        self.out.add_table(Table(rows=make_grid(cells, heads=heads), heads=heads))
        self._notes()

    def _rows(self, table: etree._Element, *, head: bool = False) -> Iterator[tuple[Any, bool]]:
        for one in table:
            tag = local(one)
            if tag in ("table-header-rows", "table-rows", "table-row-group"):
                yield from self._rows(one, head=head or tag == "table-header-rows")
            elif tag == "table-row":
                if attribute(one, "visibility") in ("collapse", "filter"):
                    self._hid_rows = True
                else:
                    yield one, head

    def _cell_lines(self, cell: etree._Element) -> Iterator[str]:
        for one in cell:
            if local(one) in _HOLDERS:
                yield from self._cell_lines(one)
            elif local(one) not in ("table-column", "covered-table-cell"):
                yield self._inline.text_of(one)


def _number(one: etree._Element, name: str) -> int:
    """Give a count that an element states; 1 where it states none."""
    stated = attribute(one, name, "1")
    return max(1, min(int(stated), 1_000_000)) if stated.isdecimal() else 1
