"""OpenDocument sheets: what each of them shows."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rare_app.documents.clean import clean_characters
from rare_app.documents.container import check_container
from rare_app.documents.detect import Format
from rare_app.documents.draft import Draft, OnPage
from rare_app.documents.errors import EncryptedFileError, show_name
from rare_app.documents.number_format import show_number
from rare_app.documents.package import Package
from rare_app.documents.sheet import MOST_CELLS, Box, Sheet, SheetNote, Shown
from rare_app.documents.write_sheet import write_sheets
from rare_app.settings import Settings

if TYPE_CHECKING:
    from lxml.etree import _Element

_LAST_ROW, _LAST_COLUMN = 1_048_575, 16_383
_LONGEST_CELL = 32_767
_LONGEST_FORMULA = 200
_MOST_SPACES = 100
_DRAWING = ":drawing:"
_MISTAKABLE = re.compile(r"\d{1,2}[/-]\d{1,2}[/-]\d{2,4}\b|\d{1,2}\.\d{1,2}\.\d\d\b(?!\d)")
"""A date that another country reads differently, or whose year is short."""


def read_ods(path: Path, *, name: str, settings: Settings, on_page: OnPage) -> Draft:
    """Read an OpenDocument spreadsheet: cells as they are shown, each sheet in view as a page.

    Parameters
    ----------
    path : Path
    name : str
        What the user calls it, for messages.
    settings : Settings
        ``maximum_pages`` is used.
    on_page : callable
        Called once a sheet.

    Returns
    -------
    Draft
        Hidden sheets, rows and columns are left out and named in its notes.

    Raises
    ------
    EncryptedFileError, TooLargeFileError, TooManyPagesError
        The sentence names the file and the way out.
    """
    check_container(path, name=name)
    hidden: list[str] = []
    with Package(path) as package:
        manifest = package.tree("META-INF/manifest.xml")
        if manifest is not None and next(manifest.iter("{*}encryption-data"), None) is not None:
            raise EncryptedFileError(
                f"{show_name(name)} is protected by a password: save a copy without it and add "
                "that."
            )
        meta = package.tree("meta.xml")
        title = next((one.text for one in meta.iter("{*}title")), "") if meta is not None else ""
        draft = write_sheets(
            _read_sheets(package, hidden),
            kind=Format.ODS, name=name, settings=settings, on_page=on_page, hidden=hidden,
        )  # fmt: skip
        notes = list(draft.notes)
        if any(one.startswith("Basic/") for one in package.names):
            notes.append("Its macros were not read.")
    return Draft(
        media_type=draft.media_type, page_kind=draft.page_kind, pages=draft.pages,
        title=title or "", notes=tuple(notes),
    )  # fmt: skip


def _read_sheets(package: Package, hidden: list[str]) -> Iterator[Sheet]:
    """Give the sheets in view; the names of the others go to `hidden`."""
    not_shown: set[str] = set()
    bold: set[str] = set()
    sheet, row, column = Sheet(""), 0, 0
    filters = _filters(package)
    names = ("style", "table-column", "table-row", "shapes", "table")
    for element in package.elements("content.xml", *names):
        tag = element.tag.rpartition("}")[2]
        if tag == "style":
            _note_style(element, not_shown, bold)
        elif tag == "table-column":
            times = min(_number(_get(element, "number-columns-repeated"), 1), _LAST_COLUMN + 1)
            if _get(element, "visibility") in ("collapse", "filter"):
                sheet.hidden_columns.append((column, column + times - 1))
            column += times
        elif tag == "table-row":
            for cell in element.iterchildren("{*}table-cell"):
                _read_shapes(package, sheet, cell)
            row = _read_row(sheet, element, row, bold)
        elif tag == "shapes":
            _read_shapes(package, sheet, element)
        else:
            sheet.name = clean_characters(_get(element, "name")).strip()
            sheet.head_ends |= filters.get(sheet.name, set())
            if _get(element, "style-name") in not_shown:
                hidden.append(sheet.name)
            else:
                yield sheet
            sheet, row, column = Sheet(""), 0, 0


def _filters(package: Package) -> dict[str, set[int]]:
    """Give the rows that carry the buttons of a filter, by sheet."""
    found: dict[str, set[int]] = {}
    for one in package.elements("content.xml", "database-range"):
        if _get(one, "display-filter-buttons") != "true":
            continue
        sheet, _, cell = _get(one, "target-range-address").partition(":")[0].rpartition(".")
        number = "".join(letter for letter in cell if letter.isdigit())
        if number:
            found.setdefault(sheet.strip("$'"), set()).add(int(number) - 1)
    return found


def _note_style(element: "_Element", not_shown: set[str], bold: set[str]) -> None:
    name = _get(element, "name")
    for one in element:
        if _get(one, "display") == "false":
            not_shown.add(name)
        if _get(one, "font-weight") == "bold":
            bold.add(name)


def _read_row(sheet: Sheet, element: "_Element", row: int, bold: set[str]) -> int:
    """Read a row's cells into the sheet, as often as it is repeated; gives the next row."""
    times = _number(_get(element, "number-rows-repeated"), 1)
    cells: dict[int, Shown] = {}
    column = 0
    for cell in element:
        tag = cell.tag.rpartition("}")[2] if isinstance(cell.tag, str) else ""
        if tag not in ("table-cell", "covered-table-cell"):
            continue
        again = _number(_get(cell, "number-columns-repeated"), 1)
        shown = _show_cell(cell, bold=_get(cell, "style-name") in bold)
        if shown is not None and tag == "table-cell":
            for place in range(column, min(column + again, _LAST_COLUMN + 1)):
                cells[place] = shown
        high = _number(_get(cell, "number-rows-spanned"), 1)
        wide = _number(_get(cell, "number-columns-spanned"), 1)
        if high > 1 or wide > 1:
            sheet.merged.append(Box(row, column, row + high - 1, column + wide - 1))
        for note in cell.iterchildren("{*}annotation"):
            _read_note(sheet, note, row, column)
        column += again
    end = min(row + times, _LAST_ROW + 1)
    parent = element.getparent()
    if parent is not None and parent.tag.endswith("}table-header-rows"):
        sheet.head_ends.discard(row - 1)
        sheet.head_ends.add(end - 1)
    if cells:
        # One more than may be read is enough to tell that there are too many.
        end = min(end, row + MOST_CELLS // len(cells) + 1)
        sheet.cells.update(dict.fromkeys(range(row, end), cells))
        if _get(element, "visibility") in ("collapse", "filter"):
            sheet.hidden_rows.update(range(row, end))
    elif _get(element, "visibility") in ("collapse", "filter"):
        sheet.hidden_rows.update(range(row, end))
    return row + times


def _show_cell(cell: "_Element", *, bold: bool) -> Shown | None:
    """Give a cell as it is shown; ``None`` for a blank one."""
    text = "\n".join(odf_text(one) for one in cell.iterchildren("{*}p", "{*}h"))
    text = clean_characters(text[:_LONGEST_CELL]).strip()
    kind = _get(cell, "value-type")
    value = _get(cell, "value")
    day = _get(cell, "date-value")
    if day and _MISTAKABLE.match(text):
        text = day.replace("T", " ")
    if not text:
        stated = (day, _get(cell, "time-value"), _get(cell, "string-value"))
        text = next(filter(None, stated), "") or _get(cell, "boolean-value").upper()
        if not text and value:
            text = _show_value(value, kind, _get(cell, "currency"))
    if not text:
        formula = _get(cell, "formula")
        if not formula:
            return None
        formula = formula.partition("=")[2] or formula
        return Shown(f"[not calculated: ={formula[:_LONGEST_FORMULA]}]", "number", bold)
    if kind in ("date", "time"):
        return Shown(text, "date", bold)
    return Shown(text, "number" if kind in ("float", "currency", "percentage") else "text", bold)


def _show_value(value: str, kind: str, currency: str) -> str:
    """Write a number that the file states without saying how it is shown."""
    try:
        number = float(value)
    except ValueError:
        return value
    codes = {"percentage": "0.##%", "currency": "#,##0.00"}
    return f"{show_number(number, codes.get(kind, 'General'))} {currency}".strip()


def _read_note(sheet: Sheet, note: "_Element", row: int, column: int) -> None:
    text = clean_characters(
        "\n".join(odf_text(one) for one in note.iterchildren("{*}p", "{*}list"))
    )
    if text.strip():
        author = next((one.text or "" for one in note.iterchildren("{*}creator")), "")
        day = next((one.text or "" for one in note.iterchildren("{*}date")), "")[:10]
        sheet.notes.append(SheetNote(row, column, clean_characters(author), day, text.strip()))


def _read_shapes(package: Package, sheet: Sheet, element: "_Element") -> None:
    """Read the texts of boxes and the titles of charts in an element; count the pictures."""
    for one in element:
        if not isinstance(one.tag, str) or _DRAWING not in one.tag:
            continue
        text = clean_characters("\n".join(odf_text(p) for p in one.iter("{*}p"))).strip()
        charts = [_get(item, "href").removeprefix("./") for item in one.iter("{*}object")]
        for part in charts:
            root = package.tree(f"{part}/content.xml")
            title = next(root.iter("{*}title"), None) if root is not None else None
            if title is not None:
                text = " ".join(["[Chart]", *(odf_text(p) for p in title.iter("{*}p"))])
        if text:
            sheet.shapes.append(text)
        sheet.pictures += 0 if charts else sum(1 for _ in one.iter("{*}image"))


def odf_text(element: "_Element") -> str:
    """Join the text of a paragraph: runs of spaces, tabs and line breaks are elements in it."""
    parts = [element.text or ""]
    for one in element:
        tag = one.tag.rpartition("}")[2] if isinstance(one.tag, str) else ""
        if tag == "s":
            parts.append(" " * min(_number(_get(one, "c"), 1), _MOST_SPACES))
        elif tag in ("tab", "line-break"):
            parts.append("\t" if tag == "tab" else "\n")
        elif tag and tag not in ("annotation", "ruby-text", "note"):
            parts.append(odf_text(one))
        parts.append(one.tail or "")
    return "".join(parts)


def _get(element: "_Element", name: str) -> str:
    """Give an attribute by its local name; empty where there is none."""
    return next((str(v) for k, v in element.attrib.items() if k.rpartition("}")[2] == name), "")


def _number(text: str, default: int) -> int:
    return max(1, int(text)) if text.isdigit() and len(text) < 10 else default
