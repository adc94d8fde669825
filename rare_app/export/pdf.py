"""Answers as a PDF file, with embedded fonts and the cited pages as pictures."""

import io
import logging
from collections.abc import Iterable, Sequence
from typing import Any

from rare_app.export.direction import is_right_to_left
from rare_app.export.fonts import fonts_for
from rare_app.export.types import Part, Picture, Source, TurnSheet
from rare_app.plain import plain_line

log = logging.getLogger(__name__)

_INK, _SOFT, _ACCENT, _WARN = (22, 32, 31), (81, 98, 95), (15, 118, 110), (146, 64, 14)
_MARGIN = 20.0
"""Of the page, in millimetres."""
_SIZE = 10.5
"""Of the text, in points."""
_MISSING = "�"
_NO_FONT = (
    "� stands for characters that no font of this computer holds; the Markdown and DOCX exports "
    "have them."
)


def pdf_file(sheets: Sequence[TurnSheet], *, title: str, made: str) -> bytes:
    """Write answers as PDF (A4).

    Parameters
    ----------
    title : str
        Heading of the whole; of a single question the question itself.
    made : str
        When and with what the file was made; stands at its end.
    """
    fonts, missing = fonts_for(" ".join([title, made, *_texts(sheets)]))
    for name in ("fontTools.subset", "fontTools.ttLib", "fpdf"):  # they tell of every table
        logging.getLogger(name).setLevel(logging.ERROR)
    writer = _Writer([one.path for one in fonts], missing)
    writer.pdf.set_title(plain_line(title)[:255])
    writer.pdf.set_creator("RARE")
    writer.heading(title, size=17, level=0)
    for sheet in sheets:
        if len(sheets) > 1:
            writer.heading(sheet.question, size=14, level=1)
        elif plain_line(sheet.question) != plain_line(title):
            writer.text(sheet.question)
        _turn(writer, sheet)
    writer.text(made, size=8.5, colour=_SOFT)
    if missing:
        writer.text(_NO_FONT, size=8.5, colour=_SOFT)
    return bytes(writer.pdf.output())


def _texts(sheets: Iterable[TurnSheet]) -> Iterable[str]:
    for sheet in sheets:
        yield from (sheet.question, sheet.reasoning, *sheet.facts)
        cells = (cell for row in sheet.table for cell in row)
        for part in (*sheet.answer, *(part for cell in cells for part in cell)):
            yield from (part.text, part.warning)
        for claim in sheet.claims:
            yield from (claim.text, claim.verdict)
        for one in (*sheet.sources, *sheet.others):
            yield from (one.document, one.place, one.section, one.around, *one.quotes)
    yield f"[0123456789], –()·•“”{_MISSING}"


class _Writer:
    """Writes paragraphs down the page; every text goes through here."""

    def __init__(self, fonts: Sequence[Any], missing: frozenset[str]) -> None:
        from fpdf import FPDF

        self._missing = {ord(one): _MISSING for one in missing}
        self.pdf = FPDF(format="A4", unit="mm")
        self.pdf.set_margin(_MARGIN)
        self.pdf.set_auto_page_break(auto=True, margin=_MARGIN)
        self._families = [f"font{number}" for number in range(len(fonts))]
        for family, path in zip(self._families, fonts, strict=True):
            self.pdf.add_font(family, "", str(path))
        self.pdf.set_fallback_fonts(self._families[1:], exact_match=False)
        self.pdf.set_text_shaping(use_shaping_engine=True)
        self.pdf.add_page()

    def heading(self, text: str, *, size: float, level: int, colour: Any = _ACCENT) -> None:
        """Write a heading, and enter it into the outline."""
        self._room(16)
        self.pdf.start_section(plain_line(self._shown(text))[:120], level=level)
        self.text(plain_line(text), size=size, colour=colour, after=2)

    def text(
        self,
        text: str,
        *,
        size: float = _SIZE,
        colour: Any = _INK,
        indent: float = 0.0,
        after: float = 3.0,
        bar: bool = False,
    ) -> None:
        """Write a paragraph; `bar` draws a line down its side, as beside a quotation."""
        shown = self._shown(text).strip()
        if not shown:
            return
        from_right = is_right_to_left(shown)
        self._font(size, colour)
        self.pdf.set_draw_color(*_ACCENT)
        self.pdf.set_x(_MARGIN + indent)
        self.pdf.multi_cell(
            w=self.pdf.epw - indent,
            h=size * 0.5,
            text=shown,
            align="R" if from_right else "L",
            border=("R" if from_right else "L") if bar else 0,
            new_x="LMARGIN",
            new_y="NEXT",
        )
        self.pdf.ln(after)

    def pieces(self, pieces: Iterable[tuple[str, Any]], *, size: float = _SIZE) -> None:
        """Write running text whose pieces have colours of their own."""
        for text, colour in pieces:
            self._font(size, colour)
            self.pdf.write(h=size * 0.5, text=self._shown(text))
        self.pdf.ln(size * 0.5 + 3)

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Write a table whose first row is its head, again on each page."""
        from fpdf import FontFace

        self._font(_SIZE - 1, _INK)
        self.pdf.set_draw_color(*_SOFT)
        head = FontFace(emphasis="", color=_ACCENT)
        with self.pdf.table(headings_style=head, line_height=(_SIZE - 1) * 0.5, padding=1) as made:
            for row in rows:
                own = made.row()
                for text in row:
                    shown = self._shown(text)
                    own.cell(shown, align="R" if is_right_to_left(shown) else "L")
        self.pdf.ln(4)

    def picture(self, picture: Picture) -> None:
        """Put a picture on the page, on the next one where it does not fit."""
        width = self.pdf.epw
        height = width * picture.height / picture.width
        tallest = self.pdf.eph - 4
        if height > tallest:
            width, height = width * tallest / height, tallest
        self._room(height + 2)
        self.pdf.image(io.BytesIO(picture.png), w=width, h=height, alt_text=plain_line(picture.alt))
        self.pdf.ln(4)

    def _room(self, height: float) -> None:
        if self.pdf.get_y() + height > self.pdf.h - _MARGIN:
            self.pdf.add_page()

    def _font(self, size: float, colour: Any) -> None:
        self.pdf.set_font(self._families[0], size=size)
        self.pdf.set_text_color(*colour)

    def _shown(self, text: str) -> str:
        return text.translate(self._missing).replace("\t", "    ")


def _turn(writer: _Writer, sheet: TurnSheet) -> None:
    _part(writer, "Answer" if sheet.answered else "Not answered")
    if sheet.table:
        writer.table([[_whole(cell) for cell in row] for row in sheet.table])
    _answer(writer, sheet)
    if sheet.claims:
        _part(writer, "Claims")
        for claim in sheet.claims:
            found = claim.verdict + "".join(f" [{one}]" for one in claim.sources)
            writer.text(f"• {claim.text} – {found}", indent=3, after=1.5)
    if sheet.sources:
        _part(writer, "Sources")
        shown: set[int] = set()
        for source in sheet.sources:
            _source(writer, source)
            picture = source.picture
            if picture is not None and id(picture) not in shown:
                shown.add(id(picture))
                writer.picture(picture)
    if sheet.reasoning:
        _part(writer, "Reasoning")
        writer.text(sheet.reasoning, colour=_SOFT)
    if sheet.others:
        _part(writer, "Other passages that were read" if sheet.sources else "Closest passages")
        for source in sheet.others:
            _source(writer, source)
    writer.text(" · ".join(sheet.facts), size=8.5, colour=_SOFT)


def _answer(writer: _Writer, sheet: TurnSheet) -> None:
    pieces: list[tuple[str, Any]] = []
    for part in sheet.answer:
        pieces.append((part.text, _INK))
        pieces += [(f" [{number}]", _ACCENT) for number in part.marks]
        if part.warning:
            pieces.append((f" ({part.warning})", _WARN))
    whole = "".join(text for text, _ in pieces)
    if is_right_to_left(whole):  # one piece, so that its lines are ordered as a whole
        writer.text(whole, size=11.5)
    else:
        writer.pieces(pieces, size=11.5)


def _whole(cell: Sequence[Part]) -> str:
    """Write a cell's pieces with their marks as one text."""
    return "".join(
        f"{part.text}{''.join(f' [{one}]' for one in part.marks)}"
        f"{f' ({part.warning})' if part.warning else ''}"
        for part in cell
    )


def _part(writer: _Writer, name: str) -> None:
    writer._room(20)
    writer.text(name.upper(), size=8.5, colour=_SOFT, after=1)


def _source(writer: _Writer, source: Source) -> None:
    number = f"[{source.number}] " if source.number else ""
    section = f" – {source.section}" if source.section else ""
    writer._room(14)
    writer.text(f"{number}{source.document}, {source.place}{section}", colour=_ACCENT, after=1)
    for quote in source.quotes:
        writer.text(quote, indent=5, bar=True)
    writer.text(source.around, size=9.5, colour=_SOFT, indent=5)
