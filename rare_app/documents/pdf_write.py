"""Writing a PDF's page from its parts, with the places of form fields and comments."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rare_app.documents.hyphens import rejoin
from rare_app.documents.pdf_fields import Piece
from rare_app.documents.pdf_layout import SIGN
from rare_app.documents.pdf_marks import Edges, Field
from rare_app.documents.tables import Table, write_table
from rare_app.documents.types import Page, Place
from rare_app.documents.write_page import PageWriter


def write_page(
    number: int,
    pieces: Sequence[Piece],
    *,
    fields: Sequence[Field],
    size: tuple[float, float],
    words: Counter[str],
    label: str = "",
) -> Page:
    """Write a page.

    Parameters
    ----------
    number : int
        1-based.
    pieces : sequence of Piece
    fields : sequence of Field
        Those of the page, whose signs stand in the text of the pieces.
    size : (float, float)
        Width and height of the page as it is seen, in points.
    words : Counter
        Of the whole document, to rejoin broken words.
    label : str
        The page's number as the file gives it.
    """
    writer = PageWriter(marked_up=False)
    for piece in pieces:
        if piece.table is not None:
            _add_table(writer, piece.table, fields, size)
            continue
        text = rejoin(piece.text, words=words) if piece.lines > 1 else piece.text
        if piece.kind == "heading":
            text = " ".join(text.split())
        text, places = _filled(text, fields, size)
        if piece.place is not None:
            places.append(_place(0, len(text), piece.place, size))
        writer.add(piece.kind, text, level=piece.level, places=places)
    return writer.page(number, label=label)


def _add_table(
    writer: PageWriter, table: Table, fields: Sequence[Field], size: tuple[float, float]
) -> None:
    """Add a table; where fields stand in it, their places are found in its text."""
    signed = write_table(table)[0]
    filled = replace(
        table,
        rows=tuple(tuple(_filled(cell, fields, size)[0] for cell in row) for row in table.rows),
    )
    text, places = _filled(signed, fields, size)
    same = write_table(filled)[0] == text
    writer.add_table(filled, places=places if same else ())


def _filled(
    text: str, fields: Sequence[Field], size: tuple[float, float]
) -> tuple[str, list[Place]]:
    """Write the fields' values in place of their signs."""
    if not fields or not any(ord(c) >= SIGN for c in text):
        return text, []
    parts: list[str] = []
    places: list[Place] = []
    length = 0
    for character in text:
        at = ord(character) - SIGN
        if 0 <= at < len(fields):
            part = fields[at].value
            places.append(_place(length, length + len(part), fields[at].box, size))
        else:
            part = character
        parts.append(part)
        length += len(part)
    return "".join(parts), places


def _place(start: int, end: int, box: Edges, size: tuple[float, float]) -> Place:
    left, right = (min(1.0, max(0.0, one / size[0])) for one in (box[0], box[2]))
    top, bottom = (min(1.0, max(0.0, one / size[1])) for one in (box[1], box[3]))
    return Place(start, end, left, top, right - left, bottom - top)
