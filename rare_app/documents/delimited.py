"""Tables as text (CSV): any separator, quotation mark, encoding and country."""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from rare_app.documents.clean import clean_characters
from rare_app.documents.detect import Format
from rare_app.documents.draft import Draft, OnPage
from rare_app.documents.errors import TooLargeFileError, show_name
from rare_app.documents.sheet import MOST_CELLS, Grid, Sheet, Shown, kind_of
from rare_app.documents.sheet_tables import find_tables
from rare_app.documents.text import decode
from rare_app.documents.write_sheet import PagesWriter
from rare_app.settings import Settings

_SEPARATORS = (",", ";", "\t", "|", ":", "¦", "^")
_LAST_RESORT = ":¦^"
_PER_DOUBLING = 0.01  # part of the rows that may differ for twice as many columns
_SAMPLE = 200  # rows that tell the separator
_MOST_LINES = 100  # in one cell; more follow a quotation mark that never ends
_LONGEST_CELL = 1 << 20
_STATED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


def read_csv(path: Path, *, name: str, settings: Settings, on_page: OnPage) -> Draft:
    """Read a table whose cells are set apart by a character. Cells stay as they are written.

    Parameters
    ----------
    path : Path
    name : str
        What the user calls it, for messages.
    settings : Settings
        ``maximum_pages`` is used.
    on_page : callable
        Called once a page when all is done.

    Returns
    -------
    Draft
        Parts of about 20,000 characters, each with the column heads. The number of rows stands
        above the table.

    Raises
    ------
    UnsupportedFileError, TooLargeFileError, TooManyPagesError
        The sentence names the file and the way out.
    """
    text = decode(path.read_bytes(), name=name)
    separator = ""
    if stated := _STATED.match(text):
        separator, text = stated.group(1), text[stated.end() :]
    quote = _find_quote(text)
    separator = separator or _find_separator(text, quote)
    cells = _read_cells(text, separator, quote, name=name)
    writer = PagesWriter(name=name, maximum=settings.maximum_pages)
    for found in find_tables(Grid(Sheet("", cells=cells)), single=True):
        if found.table is None:
            writer.add("paragraph", found.text)
            continue
        table = found.table
        count = sum(any(row) for row in table.rows[table.heads :])
        counted = "1 row" if count == 1 else f"{count} rows"
        unit = f"{table.unit} ({counted})" if table.unit else counted
        for _ in writer.add_table(replace(table, unit=unit)):
            pass
    pages = writer.pages()
    for number in range(1, len(pages) + 1):
        on_page(number, len(pages))
    return Draft(media_type=Format.CSV, page_kind="part", pages=pages)


def _read_cells(text: str, separator: str, quote: str, *, name: str) -> dict[int, dict[int, Shown]]:
    """Read all cells; once more without quotation marks where one of them never ends."""
    for mark in (quote, ""):
        cells: dict[int, dict[int, Shown]] = {}
        count = 0
        try:
            for number, row in enumerate(_rows(text, separator, mark)):
                if mark and any(cell.count("\n") > _MOST_LINES for cell in row):
                    raise csv.Error("a quotation mark does not end")
                shown = {
                    column: Shown(clean, kind_of(clean), number == 0)
                    for column, cell in enumerate(row)
                    if (clean := clean_characters(cell).strip())
                }
                count += len(shown)
                if count > MOST_CELLS:
                    raise TooLargeFileError(
                        f"{show_name(name)} holds more than {MOST_CELLS:,} filled cells: split it "
                        "into smaller files and add those."
                    )
                if shown:
                    cells[number] = shown
        except csv.Error:
            if mark:
                continue
            raise
        break
    return cells


def _rows(text: str, separator: str, quote: str) -> Iterator[list[str]]:
    csv.field_size_limit(_LONGEST_CELL)
    lines = io.StringIO(text, newline="")
    if quote:
        return csv.reader(lines, delimiter=separator, quotechar=quote, skipinitialspace=True)
    return csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE)


def _find_quote(text: str) -> str:
    """Tell which quotation mark encloses cells: the one that stands next to separators."""
    sample = text[:100_000]
    counts = {
        mark: len(re.findall(rf"(?:^|[,;\t|]) ?{mark}[^{mark}\n]*{mark}(?=[,;\t|\r\n]|$)", sample,
                             re.MULTILINE))
        for mark in ('"', "'")
    }  # fmt: skip
    return "'" if counts["'"] > counts['"'] else '"'


def _find_separator(text: str, quote: str) -> str:
    """Tell which character sets cells apart: the one that most rows have equally often."""
    lines = "\n".join(text[:200_000].splitlines()[: 2 * _SAMPLE])
    best, best_score = ",", 0.0
    for separator in _SEPARATORS:
        try:
            widths = [len(row) for row in islice(_rows(lines, separator, quote), _SAMPLE) if row]
        except csv.Error:
            continue
        width, times = Counter(widths).most_common(1)[0] if widths else (1, 0)
        # Decimal commas and times of day are as regular as a separator, but for the heads.
        score = times / len(widths) + _PER_DOUBLING * math.log2(width) if width > 1 else 0.0
        if score > best_score and (best_score == 0 or separator not in _LAST_RESORT):
            best, best_score = separator, score
    return best
