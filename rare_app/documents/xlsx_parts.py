"""What lies on a sheet of a workbook besides its cells: named tables, comments, boxes, charts."""

from typing import TYPE_CHECKING

from openpyxl.utils.cell import range_boundaries

from rare_app.documents.clean import clean_characters
from rare_app.documents.package import Package, text_of
from rare_app.documents.sheet import Box, Sheet, SheetNote

if TYPE_CHECKING:
    from lxml.etree import _Element

_PEOPLE = "xl/persons/person.xml"


def read_parts(package: Package, part: str, sheet: Sheet) -> None:
    """Read what a sheet's part refers to into the sheet.

    Parameters
    ----------
    package : Package
    part : str
        The sheet's part, e.g. ``xl/worksheets/sheet1.xml``.
    sheet : Sheet
        Gets tables, notes, shapes and pictures.
    """
    related = list(package.related(part).values())
    threads = [one for one in related if one[0] == "threadedComment"]
    for _, target in threads:
        _read_thread(package, target, sheet)
    answered = {(note.row, note.column) for note in sheet.notes}
    for kind, target in related:
        if kind == "table":
            _read_table(package, target, sheet)
        elif kind == "comments":
            # A conversation is kept a second time as a comment for older programs.
            _read_comments(package, target, sheet, leave=answered)
        elif kind == "drawing":
            _read_drawing(package, target, sheet)


def read_box(ref: str | None) -> Box | None:
    """Read a range such as ``B3:C3``; ``None`` for what is none."""
    try:
        left, top, right, bottom = range_boundaries(ref or "")
        return Box(top - 1, left - 1, bottom - 1, right - 1)
    except (TypeError, ValueError):
        return None


def _read_table(package: Package, part: str, sheet: Sheet) -> None:
    root = package.tree(part)
    box = read_box(root.get("ref")) if root is not None else None
    if root is not None and box is not None:
        heads = root.get("headerRowCount", "1")
        sheet.tables.append((box, int(heads) if heads.isdigit() else 1))


def _read_comments(
    package: Package, part: str, sheet: Sheet, *, leave: set[tuple[int, int]]
) -> None:
    root = package.tree(part)
    if root is None:
        return
    authors = [clean_characters(one.text or "") for one in root.iterfind("{*}authors/{*}author")]
    for one in root.iter("{*}comment"):
        box = read_box(one.get("ref"))
        at = one.get("authorId", "")
        author = authors[int(at)] if at.isdigit() and int(at) < len(authors) else ""
        text = clean_characters(text_of(one, leave="rPh")).strip()
        # Excel begins the text with its writer's name.
        text = text.removeprefix(f"{author}:").strip() if author else text
        if box is not None and text and (box.top, box.left) not in leave:
            sheet.notes.append(SheetNote(box.top, box.left, author, "", text))


def _read_thread(package: Package, part: str, sheet: Sheet) -> None:
    """Read the comments that answer one another, with their writers and days."""
    people = package.tree(_PEOPLE)
    names = {
        one.get("id", ""): one.get("displayName", "")
        for one in (people.iter("{*}person") if people is not None else ())
    }
    root = package.tree(part)
    for one in root.iter("{*}threadedComment") if root is not None else ():
        box = read_box(one.get("ref"))
        text = clean_characters("".join(t.text or "" for t in one.iterfind("{*}text"))).strip()
        if box is not None and text:
            author = clean_characters(names.get(one.get("personId", ""), ""))
            day = one.get("dT", "")[:10]
            sheet.notes.append(SheetNote(box.top, box.left, author, day, text))


def _read_drawing(package: Package, part: str, sheet: Sheet) -> None:
    """Read text boxes and the titles of charts; count the pictures."""
    root = package.tree(part)
    if root is None:
        return
    for shape in root.iter("{*}sp"):
        _add_shape(sheet, "\n".join(text_of(one) for one in shape.iter("{*}p")))
    sheet.pictures += sum(1 for _ in root.iter("{*}pic"))
    for kind, target in package.related(part).values():
        chart = package.tree(target) if kind == "chart" else None
        title = chart.find("{*}chart/{*}title") if chart is not None else None
        if title is not None:
            said = " ".join(filter(None, (_line(one) for one in title.iter("{*}p"))))
            _add_shape(sheet, f"[Chart] {said}" if said else "")


def _line(paragraph: "_Element") -> str:
    return " ".join(text_of(paragraph).split())


def _add_shape(sheet: Sheet, text: str) -> None:
    text = clean_characters(text).strip()
    if text:
        sheet.shapes.append(text)
