"""Excel workbooks: what each sheet shows."""

import math
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from openpyxl.formula.translate import Translator, TranslatorError
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import from_ISO8601

from rare_app.documents.clean import clean_characters
from rare_app.documents.container import check_container
from rare_app.documents.detect import Format
from rare_app.documents.draft import Draft, OnPage
from rare_app.documents.errors import TooLargeFileError, show_name
from rare_app.documents.number_format import is_date, show_number, show_text
from rare_app.documents.package import Package, text_of
from rare_app.documents.sheet import MOST_CELLS, Sheet, Shown
from rare_app.documents.write_sheet import write_sheets
from rare_app.documents.xlsx_parts import read_box, read_parts
from rare_app.settings import Settings

if TYPE_CHECKING:
    from lxml.etree import _Element

_MOST_STRINGS = 5_000_000
_LONGEST_CELL = 32_767
_LONGEST_FORMULA = 200
_LAST_ROW, _LAST_COLUMN = 1_048_575, 16_383
_BOOK = "xl/workbook.xml"


class _Style(NamedTuple):
    """What a cell's style says.

    Attributes
    ----------
    code : str
        The number format.
    date, around : bool
        Whether it shows dates, and whether it puts something around texts.
    bold : bool
    """

    code: str = "General"
    date: bool = False
    around: bool = False
    bold: bool = False


_PLAIN = _Style()


class _Book(NamedTuple):
    """What the cells of all sheets refer to."""

    package: Package
    strings: list[str]
    styles: list[_Style]
    from_1904: bool
    name: str


def read_xlsx(path: Path, *, name: str, settings: Settings, on_page: OnPage) -> Draft:
    """Read a workbook: cells as Excel shows them, each sheet that is in view as a page.

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
    with Package(path) as package:
        root = package.tree(_BOOK)
        related = package.related(_BOOK)
        shown: list[tuple[str, str, int]] = []
        hidden: list[str] = []
        from_1904 = False
        repeated: dict[int, int] = {}
        if root is not None:
            from_1904 = any(
                one.get("date1904") in ("1", "true") for one in root.iter("{*}workbookPr")
            )
            repeated = _rows_on_every_page(root)
            for place, one in enumerate(root.iter("{*}sheet")):
                key = next((v for k, v in one.attrib.items() if str(k).endswith("}id")), "")
                called = clean_characters(one.get("name", "")).strip()
                if one.get("state", "visible") != "visible":
                    hidden.append(called)
                elif key in related:
                    shown.append((called, related[str(key)][1], repeated.get(place, -1)))
        parts = dict(related.values())
        book = _Book(
            package,
            _read_strings(package, parts.get("sharedStrings", ""), name=name),
            _read_styles(package, parts.get("styles", "")),
            from_1904,
            name,
        )
        draft = write_sheets(
            (_read_sheet(book, *one) for one in shown),
            kind=Format.XLSX, name=name, settings=settings, on_page=on_page, hidden=hidden,
        )  # fmt: skip
        notes = list(draft.notes)
        if "vbaProject" in parts:
            notes.append("Its macros were not read.")
        embedded = sum(one.startswith("xl/embeddings/") for one in package.names)
        if embedded:
            noun, verb = ("file", "was") if embedded == 1 else ("files", "were")
            notes.append(f"{embedded} {noun} embedded in the workbook {verb} not read.")
    return Draft(
        media_type=draft.media_type, page_kind=draft.page_kind, pages=draft.pages,
        title=package.title, notes=tuple(notes),
    )  # fmt: skip


def _rows_on_every_page(root: "_Element") -> dict[int, int]:
    """Give the last row that is printed on every page, by the sheet's place in the workbook."""
    found = {}
    for one in root.iter("{*}definedName"):
        place, told = one.get("localSheetId", ""), (one.text or "").rpartition("$")[2]
        if one.get("name") == "_xlnm.Print_Titles" and place.isdigit() and told.isdigit():
            found[int(place)] = int(told) - 1
    return found


def _read_strings(package: Package, part: str, *, name: str) -> list[str]:
    """Read the texts that cells refer to by number; how they are pronounced is left out."""
    strings: list[str] = []
    for one in package.elements(part, "si"):
        text = text_of(one, leave="rPh")[:_LONGEST_CELL]
        strings.append(clean_characters(text).strip())
        if len(strings) > _MOST_STRINGS:
            raise TooLargeFileError(
                f"{show_name(name)} holds more than {_MOST_STRINGS:,} texts: split it into "
                "smaller files and add those."
            )
    return strings


def _read_styles(package: Package, part: str) -> list[_Style]:
    root = package.tree(part)
    if root is None:
        return []
    codes = dict(BUILTIN_FORMATS)
    for one in root.iterfind("{*}numFmts/{*}numFmt"):
        codes[_number(one.get("numFmtId"))] = one.get("formatCode", "General")
    bold = [
        any(mark.get("val", "1") not in ("0", "false") for mark in font.iterfind("{*}b"))
        for font in root.iterfind("{*}fonts/{*}font")
    ]
    styles = []
    for one in root.iterfind("{*}cellXfs/{*}xf"):
        font = _number(one.get("fontId"))
        code = codes.get(_number(one.get("numFmtId")), "General")
        heavy = 0 <= font < len(bold) and bold[font]
        styles.append(_Style(code, is_date(code), "@" in code and code != "@", heavy))
    return styles


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0


def _read_sheet(book: _Book, name: str, part: str, last_repeated: int) -> Sheet:
    """Read a sheet's cells and what the file says about its rows and columns."""
    sheet = Sheet(name)
    if last_repeated >= 0:
        sheet.head_ends.add(last_repeated)
    formulas: dict[str, tuple[str, str]] = {}
    count = 0
    next_row = 0
    names = ("row", "col", "mergeCell", "autoFilter", "pane")
    for element in book.package.elements(part, *names):
        tag = element.tag.rpartition("}")[2]
        if tag == "row":
            next_row = _read_row(book, sheet, element, next_row, formulas) + 1
            count += len(sheet.cells.get(next_row - 1, ()))
            if count > MOST_CELLS:
                break
        elif tag == "col" and element.get("hidden") in ("1", "true"):
            first, last = _number(element.get("min")), _number(element.get("max"))
            sheet.hidden_columns.append((first - 1, last - 1))
        elif tag == "mergeCell" and (box := read_box(element.get("ref"))):
            sheet.merged.append(box)
        elif tag == "autoFilter" and (box := read_box(element.get("ref"))):
            sheet.head_ends.add(box.top)
        elif tag == "pane" and element.get("state", "").startswith("frozen"):
            sheet.head_ends.add(round(float(element.get("ySplit", "0"))) - 1)
    read_parts(book.package, part, sheet)
    return sheet


def _read_row(
    book: _Book, sheet: Sheet, element: "_Element", expected: int,
    formulas: dict[str, tuple[str, str]],
) -> int:  # fmt: skip
    """Read a row's cells into the sheet; gives the row's number."""
    number = (_number(element.get("r")) or expected + 1) - 1
    if element.get("hidden") in ("1", "true"):
        sheet.hidden_rows.add(number)
    cells: dict[int, Shown] = {}
    column = -1
    for cell in element.iterchildren("{*}c"):
        letters = (cell.get("r") or "").rstrip("0123456789").upper()
        column = _column(letters) if letters else column + 1
        if 0 <= column <= _LAST_COLUMN:
            shown = _show_cell(book, cell, (number, column), formulas)
            if shown is not None:
                cells[column] = shown
    if cells and 0 <= number <= _LAST_ROW:
        sheet.cells.setdefault(number, {}).update(cells)
    return number


@lru_cache(maxsize=20_000)
def _column(letters: str) -> int:
    column = 0
    for letter in letters[:4]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def _show_cell(
    book: _Book, cell: "_Element", place: tuple[int, int], formulas: dict[str, tuple[str, str]]
) -> Shown | None:
    """Write a cell as Excel shows it; ``None`` for a blank one."""
    kind = cell.get("t", "n")
    at = _number(cell.get("s"))
    style = book.styles[at] if at < len(book.styles) else _PLAIN
    value = formula = None
    inline = ""
    for one in cell.iterchildren("{*}v", "{*}f", "{*}is"):
        tag = one.tag
        if tag.endswith("}v"):
            value = one.text
        elif tag.endswith("}f"):
            formula = _formula(one, place, formulas)
        else:
            inline = text_of(one, leave="rPh")
    if not value and kind != "inlineStr":
        if formula is not None and (value is None or kind != "str"):
            return Shown(f"[not calculated: ={formula[:_LONGEST_FORMULA]}]", "number", style.bold)
        return None
    return _show_value(book, kind, inline if kind == "inlineStr" else value or "", style)


def _show_value(book: _Book, kind: str, value: str, style: _Style) -> Shown | None:
    if kind == "n":
        return _show_stated(book, value, style)
    if kind == "s":
        at = int(value) if value.isdigit() else -1
        text = book.strings[at] if 0 <= at < len(book.strings) else ""
    elif kind in ("inlineStr", "str"):
        text = clean_characters(value[:_LONGEST_CELL]).strip()
    elif kind == "b":
        text = "TRUE" if value.strip() in ("1", "true") else "FALSE"
    elif kind == "d":
        text = str(from_ISO8601(value)).removesuffix(" 00:00:00")
        return Shown(text, "date", style.bold)
    else:
        # An error: not a figure, but it stands where one should.
        return Shown(value.strip(), "number", style.bold)
    text = show_text(text, style.code) if style.around else text
    return Shown(text, "text", style.bold) if text else None


def _show_stated(book: _Book, value: str, style: _Style) -> Shown | None:
    """Write a number as its format shows it."""
    try:
        number = float(value)
        text = show_number(number, style.code, book.from_1904) if math.isfinite(number) else value
    except ValueError:
        text = value.strip()
    return Shown(text, "date" if style.date else "number", style.bold) if text else None


def _formula(
    element: "_Element", place: tuple[int, int], formulas: dict[str, tuple[str, str]]
) -> str:
    """Give a cell's formula; one that is shared is moved from the cell where it is written."""
    text = element.text or ""
    key = element.get("si", "")
    if element.get("t") != "shared" or not key:
        return text
    address = f"{get_column_letter(place[1] + 1)}{place[0] + 1}"
    if text:
        formulas[key] = (address, text)
        return text
    origin, shared = formulas.get(key, (address, ""))
    try:
        return str(Translator("=" + shared[:_LONGEST_CELL], origin).translate_formula(address))[1:]
    except (TranslatorError, ValueError, AttributeError):
        return shared
