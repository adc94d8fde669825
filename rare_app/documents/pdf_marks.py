"""What people put on the pages of a PDF: form fields that are filled in or not, and comments."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rare_app.documents.pdf_rules import Matrix
from rare_app.documents.pdf_words import apply

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

BLANK = "(blank)"
_MOST_MARKS = 3_000
"""Fields and comments of a page that are read."""
_DEEPEST = 20
_LONGEST = 20_000
_HIDDEN = 2 | 32
_PUSH, _PASSWORD = 1 << 16, 1 << 13
_COMMENTS = {
    "/Text": "Comment",
    "/FreeText": "Text added to the page",
    "/Highlight": "Comment",
    "/Underline": "Comment",
    "/Squiggly": "Comment",
    "/StrikeOut": "Struck out",
    "/Caret": "Insertion",
    "/Stamp": "Stamp",
    "/Line": "Comment",
    "/Square": "Comment",
    "/Circle": "Comment",
    "/Polygon": "Comment",
    "/PolyLine": "Comment",
    "/Ink": "Comment",
    "/FileAttachment": "Attached file",
}

Edges = tuple[float, float, float, float]
"""Left, top, right and bottom in points of the page as it is seen."""


@dataclass(frozen=True, slots=True)
class Field:
    """A form field on a page.

    Attributes
    ----------
    name : str
        What the file calls it for people, or else its name; may be empty.
    value : str
        What is filled in; :data:`BLANK`, or ``checked`` and ``unchecked`` for a box.
    box : Edges
    is_box : bool
        Whether it is a box to be checked, beside which its label stands mostly on the right.
    """

    name: str
    value: str
    box: Edges
    is_box: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a page, or other text that is no part of the page's content.

    Attributes
    ----------
    kind : str
        What it is, in words.
    text, author, date : str
        May be empty.
    box : Edges
    marked : tuple of Edges
        The words that it marks, a box a line; empty where it marks none.
    """

    kind: str
    text: str
    author: str
    date: str
    box: Edges
    marked: tuple[Edges, ...] = ()

    def write(self, words: str) -> str:
        """Write the comment as it is read; `words` are those that it marks."""
        about = f"{self.kind} by {self.author}" if self.author else self.kind
        on = "" if self.kind == _COMMENTS["/StrikeOut"] else "on "
        parts = [about, self.date, f"{on}“{words}”" if words and self.text else ""]
        head = f"[{', '.join(part for part in parts if part)}]"
        return f"{head} {self.text or f'“{words}”'}"


def read_marks(page: "PageObject", matrix: Matrix) -> tuple[list[Field], list[Comment]]:
    """List the form fields and comments of a page, in the file's order.

    Parameters
    ----------
    page : pypdf.PageObject
    matrix : Matrix
        From the file's coordinates to points of the page as it is seen.
    """
    fields: list[Field] = []
    comments: list[Comment] = []
    for entry in _annotations(page):
        kind = str(entry.get("/Subtype", ""))
        box = _box(entry.get("/Rect"), matrix)
        if box is None or int(entry.get("/F", 0) or 0) & _HIDDEN:
            continue
        if kind == "/Widget":
            field = _read_field(entry, box)
            if field is not None:
                fields.append(field)
        elif kind in _COMMENTS:
            comment = _read_comment(entry, kind, box, matrix)
            if comment is not None:
                comments.append(comment)
    return fields, comments


def unread_parts(reader: "PdfReader") -> Iterator[str]:
    """Say what a file holds besides its pages: one sentence each."""
    try:
        names = sorted(reader.attachments)
    except Exception:  # noqa: BLE001 - a broken list of files costs no text
        names = []
    if names:
        shown = ", ".join(f"“{name[:80]}”" for name in names[:5])
        more = ", …" if len(names) > 5 else ""
        word = "file" if len(names) == 1 else "files"
        yield f"{len(names)} embedded {word} ({shown}{more}) not read: add them by themselves."
    try:
        root: Any = reader.root_object
        form = root.get("/AcroForm")
        dynamic = form is not None and "/XFA" in form.get_object()
    except Exception:  # noqa: BLE001 - a broken form costs no text
        dynamic = False
    if dynamic:
        yield (
            "The form's XFA part was not read: if values are missing, print the form to a new PDF "
            "and add that."
        )


def _annotations(page: "PageObject") -> Iterator[Any]:
    try:
        entries: Any = page.get("/Annots")
        entries = entries.get_object() if entries is not None else ()
        for entry in list(entries or ())[:_MOST_MARKS]:
            yield entry.get_object()
    except Exception:  # noqa: BLE001 - a broken list of annotations costs no text
        return


def _box(rect: Any, matrix: Matrix) -> Edges | None:
    try:
        left, bottom, right, top = (float(one) for one in rect.get_object())
    except Exception:  # noqa: BLE001 - whatever stands there is no rectangle
        return None
    return apply(matrix, min(left, right), min(bottom, top), max(left, right), max(bottom, top))


def _inherited(entry: Any, key: str) -> Any:
    """Look a key up in a field, or in those above it."""
    for _ in range(_DEEPEST):
        if entry is None:
            return None
        entry = entry.get_object()
        found = entry.get(key)
        if found is not None:
            return found.get_object()
        entry = entry.get("/Parent")
    return None


def _read_field(entry: Any, box: Edges) -> Field | None:
    try:
        kind = str(_inherited(entry, "/FT") or "")
        flags = int(_inherited(entry, "/Ff") or 0)
        name = _text(_inherited(entry, "/TU")) or _text(_inherited(entry, "/T"))
        value = _inherited(entry, "/V")
        if kind == "/Btn":
            if flags & _PUSH:
                return None
            state = str(entry.get("/AS") or value or "/Off")
            return Field(name, "unchecked" if state == "/Off" else "checked", box, is_box=True)
        if kind == "/Sig":
            return Field(name, "(signed)" if value is not None else "(not signed)", box)
        if kind == "/Ch":
            return Field(name, _choice(value, _inherited(entry, "/Opt")) or BLANK, box)
        if kind == "/Tx" and not flags & _PASSWORD:
            return Field(name, _text(value) or BLANK, box)
    except Exception:  # noqa: BLE001 - one broken field must not lose the page
        return None
    return None


def _choice(value: Any, options: Any) -> str:
    """Write what was chosen as it is shown; the file may keep another word for it."""
    shown: dict[str, str] = {}
    for option in options or ():
        one = option.get_object()
        if isinstance(one, list) and len(one) == 2:
            shown[_text(one[0])] = _text(one[1])
    chosen = value if isinstance(value, list) else [value]
    words = [_text(one) for one in chosen]
    return ", ".join(shown.get(word, word) for word in words if word)


def _text(value: Any) -> str:
    """Write a string of the file on one line."""
    if value is None:
        return ""
    value = value.get_object()
    data = value.get_data() if hasattr(value, "get_data") else value
    if isinstance(data, bytes):
        data = data.decode("utf-8", "replace")
    return " ".join(str(data)[:_LONGEST].split())


def _read_comment(entry: Any, kind: str, box: Edges, matrix: Matrix) -> Comment | None:
    try:
        text = _text(entry.get("/Contents"))
        author = _text(entry.get("/T"))
        date = _date(_text(entry.get("/M") or entry.get("/CreationDate")))
        marked = tuple(_quads(entry.get("/QuadPoints"), matrix))
    except Exception:  # noqa: BLE001 - one broken comment must not lose the page
        return None
    if not text and kind != "/StrikeOut":
        return None
    return Comment(_COMMENTS[kind], text, author, date, box, marked)


def _quads(numbers: Any, matrix: Matrix) -> Iterator[Edges]:
    points = [float(one) for one in numbers.get_object()] if numbers is not None else []
    for at in range(0, len(points) - 7, 8):
        xs, ys = points[at : at + 8 : 2], points[at + 1 : at + 8 : 2]
        yield apply(matrix, min(xs), min(ys), max(xs), max(ys))


def _date(text: str) -> str:
    """Write the day of a date such as ``D:20260503120000+02'00'``; empty for anything else."""
    try:
        day = datetime.strptime(text.removeprefix("D:")[:8], "%Y%m%d")
    except ValueError:
        return ""
    return f"{day.day} {day:%B %Y}"
