"""Form fields and comments of PDF files, with their labels and places."""

import pytest
from fpdf import FPDF
from fpdf.enums import TextMarkupType

from . import make
from .make import show_text


def kinds(page):
    return [(one.kind, page.text[one.start : one.end]) for one in page.blocks]


def widget(kind, box, rest):
    return f"<< /Type /Annot /Subtype /Widget /FT /{kind} /Rect [{box}] /F 4 {rest} >>"


FIELDS = (
    widget("Tx", "200 690 400 706", "/T (f1) /V (Ruth Ansbach)"),
    widget("Tx", "200 660 400 676", "/T (f2)"),
    widget("Btn", "60 630 72 642", "/T (f3) /V /On /AS /On"),
    widget("Btn", "60 610 72 622", "/T (f4) /V /Off /AS /Off"),
    widget("Ch", "60 560 260 576", "/T (f5) /V (de) /Opt [[(de) (Germany)] [(at) (Austria)]]"),
    widget("Tx", "60 500 260 516", "/T (f6) /TU (Remarks) /V (none)"),
    widget("Tx", "300 500 400 516", "/T (f7) /V (secret) /F 2").replace("/F 4 ", ""),
)
LABELS = "".join(
    show_text(x, y, text)
    for x, y, text in (
        (60, 694, "Name of the tenant"),
        (60, 664, "Date of birth:"),
        (80, 632, "keeps a dog"),
        (80, 612, "keeps a cat"),
        (60, 580, "Country of residence"),
    )
)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_fields_stand_with_their_labels_also_on_a_turned_page(tmp_path, read, rotate):
    path = make.make_raw_pdf(tmp_path / "f.pdf", LABELS, annotations=FIELDS, rotate=rotate)
    page = read(path).pages[0]
    assert kinds(page) == [
        ("field", "Name of the tenant: Ruth Ansbach"),
        ("field", "Date of birth: (blank)"),
        ("field", "keeps a dog: checked"),
        ("field", "keeps a cat: unchecked"),
        ("field", "Country of residence: Germany"),
        ("field", "Remarks: none"),
    ]
    shown = {page.text[one.start : one.end]: one for one in page.places}
    place = shown["Ruth Ansbach"]
    box = tuple(round(one, 3) for one in (place.left, place.top, place.width, place.height))
    left, top, right, bottom = 200 / 612, 86 / 792, 400 / 612, 102 / 792
    seen = {
        0: (left, top, right, bottom),
        90: (1 - bottom, left, 1 - top, right),
        180: (1 - right, 1 - bottom, 1 - left, 1 - top),
        270: (top, 1 - right, bottom, 1 - left),
    }[rotate]
    wanted = (seen[0], seen[1], seen[2] - seen[0], seen[3] - seen[1])
    assert box == tuple(round(one, 3) for one in wanted)


def test_fields_in_the_cells_of_a_grid_fill_them(tmp_path, read):
    content = "0.5 w\n"
    for y in (700, 680, 660, 640):
        content += f"60 {y} m 360 {y} l S\n"
    for x in (60, 160, 260, 360):
        content += f"{x} 640 m {x} 700 l S\n"
    for x, y, text in (
        (65, 686, "Meter"),
        (165, 686, "Old reading"),
        (265, 686, "New reading"),
        (65, 666, "Water"),
        (65, 646, "Gas"),
        (165, 646, "7,115"),
    ):
        content += show_text(x, y, text)
    fields = (
        widget("Tx", "162 662 258 678", "/T (a) /V (412)"),
        widget("Tx", "262 662 358 678", "/T (b) /V (455)"),
        widget("Tx", "262 642 358 658", "/T (c)"),
    )
    page = read(make.make_raw_pdf(tmp_path / "g.pdf", content, annotations=fields)).pages[0]
    assert page.text.split("\n") == [
        "| Meter | Old reading | New reading |",
        "| --- | --- | --- |",
        "| Water | 412 | 455 |",
        "| Gas | 7,115 | (blank) |",
    ]
    assert [page.text[one.start : one.end] for one in page.places] == ["412", "455", "(blank)"]


def test_comments_say_who_and_when_and_stand_behind_what_they_mark(tmp_path, read):
    content = show_text(60, 700, "The deposit is 900 euros.") + show_text(
        60, 640, "Keys are handed over on 1 June."
    )
    quad = "59 710 200 710 59 698 200 698"
    notes = (
        f"<< /Type /Annot /Subtype /StrikeOut /Rect [59 698 200 710] /QuadPoints [{quad}] "
        "/T (Nora Feld) /M (D:20260503101500+02'00') >>",
        "<< /Type /Annot /Subtype /Text /Rect [400 636 420 656] /Contents (From 4 June on.) "
        "/T (Nora Feld) /M (D:20260504) >>",
        "<< /Type /Annot /Subtype /Link /Rect [60 636 90 656] /Contents (a link) >>",
    )
    path = make.make_raw_pdf(tmp_path / "c.pdf", content, annotations=notes)
    assert kinds(read(path).pages[0]) == [
        ("paragraph", "The deposit is 900 euros."),
        ("note", "[Struck out by Nora Feld, 3 May 2026] “The deposit is 900 euros.”"),
        ("paragraph", "Keys are handed over on 1 June."),
        ("note", "[Comment by Nora Feld, 4 May 2026] From 4 June on."),
    ]


def test_comments_of_another_program(tmp_path, read):
    pdf = FPDF(unit="pt")
    pdf.add_page()
    pdf.set_font("Helvetica", size=12)
    pdf.text(60, 100, "The pump is oiled every 200 hours.")
    pdf.text(60, 200, "The belt is changed every spring.")
    pdf.text_annotation(400, 90, "Every 150 hours in salt air.", title="Ines Roth")
    pdf.free_text_annotation("Belt type B-40", x=60, y=300, w=150, h=20)
    with pdf.highlight("See plate 9", type=TextMarkupType.UNDERLINE, title="Ines Roth"):
        pdf.set_xy(60, 400)
        pdf.cell(0, 14, "Plate 7 shows the valve.")
    path = tmp_path / "m.pdf"
    pdf.output(str(path))
    page = read(path).pages[0]
    texts = [text for _, text in kinds(page)]
    pump, belt, plate = (
        texts.index(one) for one in texts if one.endswith((".", "valve.")) and "[" not in one
    )
    assert texts[pump + 1].startswith("[Comment by Ines Roth")
    assert texts[pump + 1].endswith("Every 150 hours in salt air.")
    assert texts[belt + 1].startswith("[Text added to the page")
    assert texts[belt + 1].endswith("Belt type B-40")
    assert "on “Plate 7 shows the valve.”" in texts[plate + 1]
    assert texts[plate + 1].endswith("See plate 9")


def test_embedded_files_are_told(tmp_path, read):
    from pypdf import PdfReader, PdfWriter

    path = make.make_pdf(tmp_path / "a.pdf", ["Some text."])
    writer = PdfWriter(clone_from=PdfReader(path))
    writer.add_attachment("prices.xlsx", b"figures")
    writer.write(path)
    assert read(path).notes == (
        "1 embedded file (“prices.xlsx”) not read: add them by themselves.",
    )
