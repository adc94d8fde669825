"""Word files (DOCX), straight from their XML, as they are shown once all changes are accepted."""

import zipfile
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from rare_app.documents.container import check_container, stated_title
from rare_app.documents.detect import Format
from rare_app.documents.docx_changes import changed_by, day_of, normal, tell_changes
from rare_app.documents.docx_facts import Facts, tell_left_out
from rare_app.documents.docx_numbering import Numbering
from rare_app.documents.docx_parts import (
    RELATION,
    W14,
    W15,
    Parts,
    Styles,
    W,
    is_on,
    local,
    number,
    outline_of,
    value,
)
from rare_app.documents.docx_tables import read_table
from rare_app.documents.docx_text import Line, LineReader, NoteKind, not_filled_in
from rare_app.documents.draft import Draft, OnPage
from rare_app.documents.errors import (
    CorruptFileError,
    DocumentError,
    EmptyFileError,
    TooLargeFileError,
    show_name,
)
from rare_app.documents.flow import FlowWriter, Recorder, Sink, clean_block
from rare_app.documents.parts import cut_page, number_pages
from rare_app.documents.tables import Table
from rare_app.documents.types import BlockKind
from rare_app.settings import Settings

_LONGEST_HEADING = 300  # a longer paragraph in a heading's style is running text
_RUNNING = {
    "headerReference": "Page header",
    "footerReference": "Page footer",
}
_WHERE = {"default": "", "first": " of the first page", "even": " of even pages"}


def read_docx(path: Path, *, name: str, settings: Settings, on_page: OnPage) -> Draft:
    """Read a Word file.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        What the user calls it, for messages.
    settings : Settings
        ``maximum_pages`` is used.
    on_page : callable
        Called once for every part when all is done.

    Returns
    -------
    Draft
        Parts of at most about 20,000 characters.

    Raises
    ------
    CorruptFileError, EmptyFileError, EncryptedFileError, TooLargeFileError, TooManyPagesError
        The sentence names the file and the way out.
    """
    try:
        check_container(path, name=name)
        with zipfile.ZipFile(path) as container:
            story = _Story(Parts(container))
            story.read()
            title = stated_title(container)
            notes = tell_left_out(story.facts, container.namelist())
    except (DocumentError, MemoryError):
        raise
    except OverflowError as error:
        raise TooLargeFileError(
            f"{show_name(name)} has {error}, more than can be read: split it into smaller files."
        ) from error
    except Exception as error:
        raise CorruptFileError(
            f"{show_name(name)} is damaged or incomplete: open it in the program it was made with, "
            "save it anew and add that."
        ) from error
    page = story.flow.page()
    if not page.text:
        raise EmptyFileError(f"{show_name(name)} holds no text: add a file with text.")
    pages = number_pages(
        cut_page(page), kind="part", name=name, most=settings.maximum_pages, on_page=on_page
    )
    return Draft(
        media_type=Format.DOCX, page_kind="part", pages=pages, title=title, notes=tuple(notes)
    )


class _Story:
    """Reads the document's blocks into a writer.

    Attributes
    ----------
    flow : FlowWriter
        What was read.
    facts : Facts
        What else is there.
    """

    def __init__(self, parts: Parts) -> None:
        self.flow = FlowWriter()
        self.facts = Facts()
        self._parts = parts
        self._sink: Sink = self.flow
        self._running: list[str] = []
        self._styles = Styles(parts.kind("styles"))
        self._numbering = Numbering(parts.kind("numbering"), self._styles)
        self._settings = parts.kind("settings")
        self._lines = LineReader(self._styles, self.facts, note_styles=self._note_styles())
        self._notes: dict[NoteKind, dict[str, etree._Element]] = {
            kind: {
                str(one.get(W + "id")): one
                for one in found
                if one.get(W + "type", "normal") == "normal"
            }
            for kind in ("footnote", "endnote", "comment")
            if (found := parts.kind(f"{kind}s")) is not None
        }
        self._threads = _threads(parts.kind("commentsExtended"))
        self._told: set[tuple[NoteKind, str]] = set()
        self._moved: set[str] = set()
        self._carried = Line()

    def read(self) -> None:
        """Read everything: headers and footers stand once, after the headings that open it."""
        document = self._parts.tree(self._parts.main)
        body = document.find(W + "body") if document is not None else None
        if body is None:
            raise ValueError("no body")
        for moved in body.iter(W + "moveTo"):
            self._moved.add(normal("".join(str(t.text or "") for t in moved.iter(W + "t"))))
        self._running = self._read_running(body)
        self._blocks(body)
        self._put_running()

    def add(self, kind: BlockKind, text: str, *, level: int = 0) -> None:
        """Take a block of the document."""
        if self._sink is self.flow and kind != "heading" and text.strip():
            self._put_running()
        self._sink.add(kind, text, level=level)

    def add_table(self, table: Table) -> None:
        """Take a table of the document."""
        if self._sink is self.flow:
            self._put_running()
        self._sink.add_table(table)

    def _put_running(self) -> None:
        running, self._running = self._running, []
        for text in running:
            self.flow.add("running", text)

    def _into(self, sink: Sink, read: Callable[[], None]) -> None:
        """Let something be read into another sink, in a story of its own."""
        kept, carried, self._sink, self._carried = self._sink, self._carried, sink, Line()
        try:
            read()
        finally:
            self._sink, self._carried = kept, carried

    def _blocks(self, container: etree._Element) -> None:
        """Read paragraphs and tables."""
        self._enter(container)
        if self._carried.pieces:
            line, self._carried = self._carried, Line()
            self._put_line(line, None, self._styles.default)

    def _enter(self, container: etree._Element) -> None:
        for child in container:
            name = local(child)
            if name == "p":
                self._paragraph(child)
            elif name == "tbl":
                read_table(child, self, self._read_cell)
            elif name == "sdt":
                own, content = child.find(W + "sdtPr"), child.find(W + "sdtContent")
                if is_on(own, "showingPlcHdr"):
                    self.add("paragraph", not_filled_in(own))
                elif content is not None:
                    self._enter(content)
            elif name in ("ins", "moveTo", "customXml", "smartTag", "Choice"):
                self._enter(child)
            elif name == "AlternateContent" and len(child):
                self._enter(child[0])
            elif name in ("altChunk", "subDoc"):
                self.facts.embedded += 1

    def _read_cell(self, cell: etree._Element, recorder: Recorder) -> None:
        self._into(recorder, lambda: self._blocks(cell))

    def _paragraph(self, element: etree._Element) -> None:
        look = element.find(W + "pPr")
        style = value(look, "pStyle") or self._styles.default
        line = self._lines.read(element, self._styles.get(style))
        if self._carried.pieces:
            carried, self._carried = self._carried, Line()
            line.pieces[:0] = carried.pieces
            line.notes[:0] = carried.notes
            line.boxes[:0] = carried.boxes
        end = look.find(W + "rPr") if look is not None else None
        gone = end is not None and (
            end.find(W + "del") is not None or end.find(W + "moveFrom") is not None
        )
        if gone and line.text.strip():
            self._carried = line  # without its end it goes on in the next paragraph
        elif gone:
            self._put_notes(line)
        else:
            self._put_line(line, look, style)

    def _put_line(self, line: Line, look: etree._Element | None, style: str) -> None:
        text = line.text.strip()
        listed = self._numbering.next(look, style)
        known = self._styles.get(style)
        level = outline_of(look, name="", default=known.outline)
        drawn = f"{listed[0]} " if listed and listed[0] and text else ""
        if not text:
            pass
        elif level and len(text) <= _LONGEST_HEADING:
            self.add("heading", drawn + text, level=level)
        elif known.name == "caption":
            self.add("caption", drawn + text)
        elif listed is not None and drawn:
            self.add("item", drawn + text, level=listed[1])
        else:
            self.add("paragraph", text)
        self._put_notes(line)
        for box in line.boxes:
            kept = Recorder()
            self._into(kept, lambda box=box: self._blocks(box))  # type: ignore[misc]
            kept.replay(self)

    def _put_notes(self, line: Line) -> None:
        """Add what hangs on a paragraph: changes, footnotes, comments, each once."""
        for text in tell_changes(line.pieces, moved=self._moved):
            self.add("note", text)
        for kind, identity in line.notes:
            element = self._notes.get(kind, {}).get(identity)
            if element is None or (kind, identity) in self._told:
                continue
            self._told.add((kind, identity))
            if kind == "comment":
                label = self._comment_label(element)
            else:
                label = f"[{kind.capitalize()} {self._lines.mark(kind, identity)}]"
            kept = self._read_apart(element)
            if kept.text:
                self.add("note", f"{label} {kept.text}")
            for note in kept.notes:
                self.add("note", note)

    def _read_apart(self, element: etree._Element) -> Recorder:
        """Read a note, a header or a footer; tables in it become lines."""
        kept = Recorder()
        self._into(kept, lambda: self._blocks(element))
        flat = Recorder()
        for call in kept.calls:
            if isinstance(call, Table):
                for row in call.rows:
                    flat.add("paragraph", " · ".join(cell for cell in row if cell))
            else:
                flat.add(call[0], call[1])
        return flat

    def _comment_label(self, comment: etree._Element) -> str:
        last = [str(one.get(W14 + "paraId", "")) for one in comment.iter(W + "p")][-1:]
        reply, done = self._threads.get(last[0] if last else "", (False, False))
        who = changed_by(str(comment.get(W + "author", "")), day_of(comment.get(W + "date")))
        return f"[{'Reply' if reply else 'Comment'}{who}{', resolved' if done else ''}]"

    def _read_running(self, body: etree._Element) -> list[str]:
        """Give the headers and footers that are shown on some page, each once."""
        found: list[str] = []
        read: set[str] = set()
        even = bool(is_on(self._settings, "evenAndOddHeaders"))
        for section in body.iter(W + "sectPr"):
            shown = {"default": True, "first": bool(is_on(section, "titlePg")), "even": even}
            for child in section:
                label = _RUNNING.get(local(child))
                where = str(child.get(W + "type", "default"))
                name, _ = self._parts.targets.get(str(child.get(RELATION)), ("", ""))
                if label is None or not shown.get(where) or name in read:
                    continue
                read.add(name)
                tree = self._parts.tree(name)
                if tree is None:
                    continue
                kept = self._read_apart(tree)
                lines = [clean_block(call[1]) for call in kept.calls if not isinstance(call, Table)]
                text = " · ".join(line for line in lines if any(c.isalpha() for c in line))
                if text and text not in [one.partition("] ")[2] for one in found]:
                    found.append(f"[{label}{_WHERE[where]}] {text}")
        return found

    def _note_styles(self) -> dict[NoteKind, tuple[int, str]]:
        styles: dict[NoteKind, tuple[int, str]] = {}
        kinds: tuple[tuple[NoteKind, str], ...] = (
            ("footnote", "decimal"),
            ("endnote", "lowerRoman"),
        )
        for kind, usual in kinds:
            own = self._settings.find(f"{W}{kind}Pr") if self._settings is not None else None
            styles[kind] = (
                number(value(own, "numStart"), 1),
                value(own, "numFmt") or usual,
            )
        return styles


def _threads(tree: etree._Element | None) -> dict[str, tuple[bool, bool]]:
    """Give by a comment's paragraph whether it is a reply, and whether it is done."""
    return {
        str(one.get(W15 + "paraId")): (
            one.get(W15 + "paraIdParent") is not None,
            one.get(W15 + "done") in ("1", "true"),
        )
        for one in (tree if tree is not None else ())
    }
