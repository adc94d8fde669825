"""Answers as a DOCX file for word processors."""

import io
from collections.abc import Sequence
from typing import Any

from rare_app.export.direction import is_right_to_left
from rare_app.export.types import Part, Source, TurnSheet

_PAGE_INCHES = 6.2
_TALLEST_INCHES = 8.2
_SOFT = 0x51, 0x62, 0x5F
_WARN = 0x92, 0x40, 0x0E


def docx_file(sheets: Sequence[TurnSheet], *, title: str, made: str) -> bytes:
    """Write answers as DOCX.

    Parameters
    ----------
    title : str
        Heading of the whole; of a single question the question itself.
    made : str
        When and with what the file was made; stands at its end.
    """
    from docx import Document
    from docx.shared import Pt

    document = Document()
    document.core_properties.title = title[:255]
    document.core_properties.author = "RARE"
    document.core_properties.comments = ""
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(11)
    _write(document.add_heading(level=0), title)
    for sheet in sheets:
        if len(sheets) > 1:
            _write(document.add_heading(level=1), sheet.question)
        elif " ".join(sheet.question.split()) != " ".join(title.split()):
            _write(document.add_paragraph(), sheet.question)
        _turn(document, sheet)
    _say(document, made)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _turn(document: Any, sheet: TurnSheet) -> None:
    _heading(document, "Answer" if sheet.answered else "Not answered")
    if sheet.table:
        table = document.add_table(
            rows=len(sheet.table), cols=len(sheet.table[0]), style="Light Grid Accent 1"
        )
        for row, cells in zip(table.rows, sheet.table, strict=True):
            for cell, parts in zip(row.cells, cells, strict=True):
                _answer(cell.paragraphs[0], parts)
        document.add_paragraph()
    if sheet.answer:
        _answer(document.add_paragraph(), sheet.answer)
    if sheet.claims:
        _heading(document, "Claims")
        table = document.add_table(rows=1, cols=3, style="Light Grid Accent 1")
        for cell, head in zip(table.rows[0].cells, ("Claim", "Found", "Sources"), strict=True):
            cell.text = head
        for claim in sheet.claims:
            cells = table.add_row().cells
            _write(cells[0].paragraphs[0], claim.text)
            _write(cells[1].paragraphs[0], claim.verdict)
            cells[2].text = ", ".join(str(one) for one in claim.sources)
        document.add_paragraph()
    if sheet.sources:
        _heading(document, "Sources")
        shown: set[int] = set()
        for source in sheet.sources:
            _source(document, source)
            picture = source.picture
            if picture is not None and id(picture) not in shown:
                shown.add(id(picture))
                _picture(document, source)
    if sheet.reasoning:
        _heading(document, "Reasoning")
        for line in sheet.reasoning.split("\n"):
            _write(document.add_paragraph(), line)
    if sheet.others:
        _heading(document, "Other passages that were read" if sheet.sources else "Closest passages")
        for source in sheet.others:
            _source(document, source)
    _say(document, " · ".join(sheet.facts))


def _answer(paragraph: Any, parts: Sequence[Part]) -> None:
    for part in parts:
        _write(paragraph, part.text)
        for number in part.marks:
            paragraph.add_run(f" [{number}]").font.superscript = True
        if part.warning:
            _colour(paragraph.add_run(f" ({part.warning})"), _WARN)


def _source(document: Any, source: Source) -> None:
    head = document.add_paragraph()
    head.paragraph_format.keep_with_next = True
    if source.number:
        head.add_run(f"[{source.number}] ").bold = True
    _write(head, source.document, bold=True)
    _write(head, f", {source.place}")
    if source.section:
        _write(head, f" – {source.section}", colour=_SOFT)
    for quote in source.quotes:
        _write(document.add_paragraph(style="Quote"), quote)
    if source.around:
        _write(document.add_paragraph(), source.around, colour=_SOFT)


def _picture(document: Any, source: Source) -> None:
    from docx.shared import Inches

    picture = source.picture
    if picture is None:
        return
    tall = picture.height / picture.width * _PAGE_INCHES
    width = _PAGE_INCHES * min(1.0, _TALLEST_INCHES / tall)
    shape = document.add_picture(io.BytesIO(picture.png), width=Inches(width))
    shape._inline.docPr.set("descr", picture.alt)


def _heading(document: Any, text: str) -> None:
    document.add_heading(text, level=2)


def _say(document: Any, text: str) -> None:
    if text:
        _write(document.add_paragraph(), text, colour=_SOFT)


def _write(
    paragraph: Any, text: str, *, bold: bool = False, colour: tuple[int, int, int] | None = None
) -> None:
    """Add text that is not ours; a paragraph that begins from the right is set so."""
    run = paragraph.add_run(text)
    run.bold = bold or None
    if colour is not None:
        _colour(run, colour)
    if is_right_to_left(text):
        from docx.oxml.ns import qn
        from docx.oxml.shared import OxmlElement

        properties = paragraph._p.get_or_add_pPr()
        if properties.find(qn("w:bidi")) is None:
            properties.append(OxmlElement("w:bidi"))


def _colour(run: Any, colour: tuple[int, int, int]) -> None:
    from docx.shared import RGBColor

    run.font.color.rgb = RGBColor(*colour)
