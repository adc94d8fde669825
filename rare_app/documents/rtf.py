"""Rich Text (RTF): paragraphs, headings, lists, tables, notes, tracked changes."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from rare_app.documents.clean import clean_characters
from rare_app.documents.draft import Draft, OnPage
from rare_app.documents.parts import cut_page, number_pages
from rare_app.documents.rtf_table import Row, RowShape, make_table
from rare_app.documents.rtf_tokens import Token, Tokens, join_pairs
from rare_app.documents.types import BlockKind
from rare_app.documents.write_page import PageWriter
from rare_app.plain import counted
from rare_app.settings import Settings

_OUTLINE = re.compile(r"heading (\d)\b", re.IGNORECASE)
_NOTES = {"footnote": "Footnote", "annotation": "Comment"}
_RUNNING = frozenset(f"{what}{side}" for what in ("header", "footer") for side in ("", *"lrf"))
_KNOWN = frozenset({"annotation", "atnauthor", "shpinst", "ud", "revtbl", "listtext"})
"""Destinations that are read though a reader may skip them."""
_SKIPPED_TEXT = """
    fonttbl colortbl stylesheet listtable listoverridetable info pict object fldinst upr sp
    shprslt pntext themedata datastore xe tc txe rxe bkmkstart bkmkend nonesttables footnotesep
    ftnsep ftnsepc aftnsep aftnsepc template filetbl rsidtbl generator latentstyles
"""
_SKIPPED = frozenset(_SKIPPED_TEXT.split())


@dataclass(frozen=True, slots=True)
class _Group:
    """What a group says of the text inside it."""

    into: str = "body"
    hidden: bool = False
    deleted: bool = False
    inserted: bool = False
    author: int = -1
    style: int = -1


@dataclass(slots=True)
class _Paragraph:
    """The paragraph that is being read."""

    text: list[str] = field(default_factory=list)
    changes: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    style: int = 0
    outline: int = -1
    listed: bool = False
    depth: int = 0
    in_table: bool = False


def read_rtf(path: Path, *, name: str, settings: Settings, on_page: OnPage) -> Draft:
    """Read a Rich Text file.

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
        Parts of at most about 20,000 characters; notes tell of hidden text, pictures and objects.
    """
    reader = _Reader(path.read_bytes())
    reader.read()
    pages = number_pages(
        cut_page(reader.out.page(1)),
        kind="part",
        name=name,
        most=settings.maximum_pages,
        on_page=on_page,
    )
    return Draft(
        media_type="application/rtf",
        page_kind="part",
        pages=pages,
        title=reader.title.strip(),
        notes=reader.untold(),
    )


def text_of_rtf(data: bytes) -> str:
    """Give the text of Rich Text, paragraphs with an empty line between them."""
    reader = _Reader(data)
    reader.read()
    return reader.out.page(1).text


class _Reader:
    """Goes through the file once; `out` has what was read."""

    def __init__(self, data: bytes) -> None:
        self.out = PageWriter()
        self.title = ""
        self._tokens = Tokens(data)
        self._group = _Group()
        self._groups: list[_Group] = []
        self._starred = self._opened = False
        self._paragraph = _Paragraph()
        self._outlines: dict[int, int] = {}
        self._style_name = ""
        self._authors: list[str] = []
        self._aside: dict[str, list[str]] = {}
        self._told_running: set[str] = set()
        self._comment_by = ""
        self._cells: list[str] = []
        self._shape = RowShape()
        self._rows: list[Row] = []
        self._row_notes: list[str] = []
        self._unread = {"picture": 0, "embedded object": 0}
        self._hid = False

    def read(self) -> None:
        """Read all of it."""
        for token in self._tokens:
            if token.kind == "open":
                self._groups.append(self._group)
                self._opened, self._starred = True, False
                continue
            if token.kind == "close":
                self._close()
            elif token.kind == "star":
                self._starred = self._opened
                continue
            elif token.kind == "word":
                self._word(token)
            else:
                self._take(token.text)
            self._opened = self._starred = False
        self._end_paragraph()
        self._end_table()

    def untold(self) -> tuple[str, ...]:
        """Say what was not read."""
        found = [
            f"{counted(count, what)} {'was' if count == 1 else 'were'} not read."
            for what, count in self._unread.items()
            if count
        ]
        return (*found, *(["Hidden text was not read."] if self._hid else []))

    def _close(self) -> None:
        left = self._group
        self._group = self._groups.pop() if self._groups else _Group()
        if left.into == self._group.into:
            return
        told = _clean("".join(self._aside.pop(left.into, [])))
        if left.into == "title":
            self.title = told
        elif left.into == "atnauthor":
            self._comment_by = told
        elif left.into == "revtbl entry":
            self._authors.append(told.rstrip(";"))
        elif left.into == "style":
            self._note_style(left.style, told)
        elif left.into in _NOTES and told:
            by = f" by {self._comment_by}" if left.into == "annotation" and self._comment_by else ""
            self._paragraph.notes.append(f"[{_NOTES[left.into]}{by}] {told}")
        elif left.into == "running" and told not in self._told_running:
            self._told_running.add(told)
            # A page's number alone says nothing.
            self.out.add("running", told if any(map(str.isalpha, told)) else "")

    def _note_style(self, number: int, name: str) -> None:
        found = _OUTLINE.match(name)
        if found and number >= 0:
            self._outlines.setdefault(number, int(found[1]) - 1)

    def _word(self, token: Token) -> None:
        word, number = token.text, token.number
        into = self._group.into
        if self._opened and self._enter(word, number):
            return
        if into == "style" and word == "outlinelevel" and number is not None and number < 9:
            self._outlines[self._group.style] = number
        if into in ("stylesheet", "skipped"):
            return
        on = number != 0
        if word == "v":
            self._group = replace(self._group, hidden=on)
        elif word == "deleted":
            self._group = replace(self._group, deleted=on)
        elif word == "revised":
            self._group = replace(self._group, inserted=on)
        elif word in ("revauth", "revauthdel"):
            self._group = replace(self._group, author=number or 0)
        elif word == "plain":
            self._group = replace(self._group, hidden=False, deleted=False, inserted=False)
        elif into == "body":
            self._layout(word, number)
        elif word in ("par", "line", "cell", "row"):
            self._take(" ")

    def _enter(self, word: str, number: int | None) -> bool:
        """Enter the destination that a word names; false where it names none."""
        into = self._group.into
        entered = ""
        if into == "stylesheet" and word in ("s", "cs", "ds", "ts"):
            style = number if word == "s" and number is not None else -1
            self._group = replace(self._group, into="style", style=style)
            return True
        if word == "pict":
            self._unread["picture"] += into != "skipped"
        elif word == "object":
            self._unread["embedded object"] += into != "skipped"
        if word in ("stylesheet", "revtbl"):
            entered = word
        elif word in _RUNNING:
            entered = "running"
        elif word in _NOTES or word in ("atnauthor", "listtext"):
            entered = word
        elif word == "title" and into == "skipped":
            entered = "title"
        elif word == "ud":
            # The text once more in Unicode, inside a group that is skipped.
            before = [one.into for one in self._groups if one.into != "skipped"]
            entered = before[-1] if before else "body"
        elif word in _SKIPPED or (self._starred and word not in _KNOWN):
            entered = "skipped"
        if entered and not (into == "skipped" and word not in ("title", "ud")):
            self._group = replace(self._group, into=entered)
        return bool(entered)

    def _layout(self, word: str, number: int | None) -> None:
        """Follow the words that shape paragraphs and tables."""
        one = self._paragraph
        if word in ("par", "sect", "page"):
            self._end_paragraph()
        elif word == "pard":
            one.style, one.outline, one.listed, one.depth, one.in_table = 0, -1, False, 0, False
        elif word == "s":
            one.style = number or 0
        elif word == "outlinelevel" and number is not None:
            one.outline = number
        elif word == "ls":
            one.listed = bool(number)
        elif word == "ilvl":
            one.depth = max(0, min(number or 0, 8))
        elif word == "intbl":
            one.in_table = True
        elif word == "itap":
            one.in_table = bool(number)
        elif word == "trowd":
            self._shape = RowShape()
        elif word in ("cell", "nestcell"):
            self._end_cell(nested=word == "nestcell")
        elif word == "row":
            self._end_row()
        else:
            self._shape.note(word, number)

    def _take(self, text: str) -> None:
        into = self._group.into
        if into in ("skipped", "stylesheet"):
            return
        if into == "revtbl":
            self._group = replace(self._group, into="revtbl entry")
            into = "revtbl entry"
        if self._group.hidden:
            self._hid = self._hid or bool(text.strip())
            return
        if into not in ("body", "listtext"):
            if not self._group.deleted:
                self._aside.setdefault(into, []).append(text)
            return
        if into == "listtext":
            self._paragraph.listed = True
        changed = "deleted" if self._group.deleted else "inserted" if self._group.inserted else ""
        if changed:
            self._note_change(changed, text)
        if not self._group.deleted:
            self._paragraph.text.append(text)

    def _note_change(self, what: str, text: str) -> None:
        author = self._group.author
        by = self._authors[author] if 0 <= author < len(self._authors) else ""
        changes = self._paragraph.changes
        if changes and changes[-1][:2] == [what, by]:
            changes[-1][2] += text
        else:
            changes.append([what, by, text])

    def _notes(self) -> list[str]:
        """Give the paragraph's notes and tracked changes, and forget them."""
        one = self._paragraph
        found = [
            f"[Tracked change{f' by {by}' if by and by != 'Unknown' else ''}: {what}] {told}"
            for what, by, text in one.changes
            if (told := _clean(text))
        ]
        found = one.notes + found
        one.notes, one.changes = [], []
        return found

    def _end_paragraph(self) -> None:
        one = self._paragraph
        text = _clean("".join(one.text))
        one.text = []
        if one.in_table:
            self._cells_text().append(text)
            self._row_notes += self._notes()
            return
        if not text and not one.notes and not one.changes:
            return
        self._end_table()
        level = one.outline if one.outline >= 0 else self._outlines.get(one.style, -1)
        if 0 <= level < 9:
            self.out.add("heading", text.replace("\n", " "), level=level + 1)
        else:
            kind: BlockKind = "item" if one.listed else "paragraph"
            self.out.add(kind, text, level=one.depth if one.listed else 0)
        for note in self._notes():
            self.out.add("note", note)

    def _cells_text(self) -> list[str]:
        return self._aside.setdefault("cell", [])

    def _end_cell(self, *, nested: bool) -> None:
        one = self._paragraph
        self._cells_text().append(_clean("".join(one.text)))
        one.text = []
        self._row_notes += self._notes()
        if not nested:
            self._cells.append(" ".join(part for part in self._aside.pop("cell", []) if part))

    def _end_row(self) -> None:
        if self._cells:
            self._rows.append(Row(tuple(self._cells), self._shape))
        self._cells = []

    def _end_table(self) -> None:
        if self._rows:
            self.out.add_table(make_table(self._rows))
        for note in self._row_notes:
            self.out.add("note", note)
        self._rows, self._row_notes = [], []


def _clean(text: str) -> str:
    lines = clean_characters(join_pairs(text)).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines).strip()
