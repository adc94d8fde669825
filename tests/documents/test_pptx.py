import time

import pytest
from lxml import etree
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.util import Inches

from rare_app.documents import TooManyPagesError
from rare_app.documents.chart import read_chart
from rare_app.documents.slide_layout import Shape, arrange

from .tables import cell, texts

NAMES = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
INCH = 914400


def frame(left, top, wide, high):
    return (
        f'<a:xfrm><a:off x="{int(left * INCH)}" y="{int(top * INCH)}"/>'
        f'<a:ext cx="{int(wide * INCH)}" cy="{int(high * INCH)}"/></a:xfrm>'
    )


def box(text, left, top, wide=2.0, high=0.4, *, more="", look=""):
    """A shape by hand; lines of its text are paragraphs."""
    lines = "".join(f"<a:p>{look}<a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("\n"))
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="9" name="s" {more}/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>'
        f'{frame(left, top, wide, high)}<a:prstGeom prst="rect"/></p:spPr><p:txBody><a:bodyPr/>'
        f"{lines}</p:txBody></p:sp>"
    )


def group(inner, *, at, inside):
    left, top, wide, high = (int(one * INCH) for one in inside)
    place = frame(*at).replace(
        "</a:xfrm>",
        f'<a:chOff x="{left}" y="{top}"/><a:chExt cx="{wide}" cy="{high}"/></a:xfrm>',
    )
    return (
        '<p:grpSp><p:nvGrpSpPr><p:cNvPr id="8" name="g"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>'
        f"<p:grpSpPr>{place}</p:grpSpPr>{inner}</p:grpSp>"
    )


def add(deck, title, *shapes):
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = title
    for shape in shapes:
        root = etree.fromstring(f"<x {NAMES}>{shape}</x>")
        slide.shapes._spTree.append(root[0])
    return slide


def save(deck, tmp_path):
    deck.save(tmp_path / "deck.pptx")
    return tmp_path / "deck.pptx"


def paragraphs(document, number):
    page = document.pages[number - 1]
    return [page.text[b.start : b.end] for b in page.blocks if b.kind == "paragraph"]


def test_boxes_that_stand_together_are_one_block(tmp_path, read):
    deck = Presentation()
    # Written in another order than they are seen in.
    cards = [("Roof", "Lena Vik"), ("Walls", "Per Dahl"), ("Floors", "Siri Moe")]
    add(
        deck, "Owners",
        *(box(f"Owner: {cards[n][1]}", 0.5 + n * 3, 2.45) for n in (2, 1, 0)),
        *(box(what, 0.5 + n * 3, 2) for n, (what, _) in enumerate(cards)),
    )  # fmt: skip
    # Boxes on larger boxes, the larger ones drawn first.
    add(
        deck, "Phases",
        box("", 0.5, 2, 4, 2), box("", 5, 2, 4, 2),
        box("Budget: 70 k€", 5.2, 3), box("Phase two", 5.2, 2.2),
        box("Budget: 40 k€", 0.7, 3), box("Phase one", 0.7, 2.2),
    )  # fmt: skip
    # Inside a group the numbers are the group's own.
    add(
        deck, "Shifts",
        group(box("Night", 0, 0) + box("Ada", 0, 0.5), at=(5, 2, 4, 2), inside=(0, 0, 2, 1)),
        box("Day", 0.5, 2), box("Bo", 0.5, 2.42),
    )  # fmt: skip
    document = read(save(deck, tmp_path))
    assert paragraphs(document, 1) == [f"{what} – Owner: {who}" for what, who in cards]
    assert paragraphs(document, 2) == ["Phase one – Budget: 40 k€", "Phase two – Budget: 70 k€"]
    assert paragraphs(document, 3) == ["Day – Bo", "Night – Ada"]


def test_boxes_in_rows_are_a_table_and_columns_are_read_one_by_one(tmp_path, read):
    deck = Presentation()
    facts = [
        ("Start", "3 March 2026"),
        ("End", "9 May 2026"),
        ("Cost", "1.2 M€"),
        ("By", "Bygg AS"),
    ]
    add(
        deck, "Facts",
        *(box(name, 0.5, 2 + n * 0.6) for n, (name, _) in enumerate(facts)),
        *(box(value, 3.5, 2 + n * 0.6, 4) for n, (_, value) in enumerate(facts)),
    )  # fmt: skip
    layout = deck.slide_layouts[3]
    slide = deck.slides.add_slide(layout)
    slide.shapes.title.text = "For and against"
    right, left = slide.placeholders[2], slide.placeholders[1]
    right.text_frame.text = "It is loud\nIt is slow"
    left.text_frame.text = "It is cheap\nIt is safe"
    left.text_frame.paragraphs[1].level = 1
    document = read(save(deck, tmp_path))
    assert "| Cost | 1.2 M€ |" in document.pages[0].text
    assert document.pages[1].text == (
        "# For and against\n\n- It is cheap\n  - It is safe\n- It is loud\n- It is slow"
    )


def test_tables_charts_pictures_and_hidden_slides(tmp_path, read):
    from PIL import Image

    deck = Presentation()
    slide = add(deck, "Harvest")
    table = slide.shapes.add_table(4, 3, Inches(1), Inches(2), Inches(6), Inches(2)).table
    for number, row in enumerate(
        [["Crop", "Tonnes", ""], ["", "2024", "2025"], ["Barley", "31", "28"], ["Oats", "", "12"]]
    ):
        for column, text in enumerate(row):
            table.cell(number, column).text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    for words in ("A field of barley in June", "image1.png"):
        picture = slide.shapes.add_picture(str(tmp_path / "a.png"), 0, 0)
        picture._element.nvPicPr.cNvPr.set("descr", words)
    hidden = add(deck, "Secret", box("Wage: 99", 1, 2))
    hidden._element.set("show", "0")
    slide = add(deck, "Share of sales")
    data = CategoryChartData(number_format="0%")
    data.categories = ["Shop", "Web"]
    data.add_series("2024", (0.6, 0.4))
    data.add_series("2025", (0.55, None))
    chart = slide.shapes.add_chart(
        XL_CHART_TYPE.LINE, Inches(1), Inches(2), Inches(6), Inches(4), data
    ).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "By channel"
    slide.notes_slide.notes_text_frame.text = "Web was closed in May."
    document = read(save(deck, tmp_path))
    assert cell(document, "Barley", "Tonnes · 2025") == "28"
    assert cell(document, "Oats", "Tonnes · 2024") == ""
    assert "[Picture] A field of barley in June" in document.pages[0].text
    assert document.pages[1].text == ""
    assert document.pages[1].number == 2
    assert cell(document, "Shop", "2025") == "55%"
    assert cell(document, "Web", "2025") == ""
    assert "\nBy channel\n| " in document.pages[2].text
    assert texts(document, "note") == ["[Speaker notes] Web was closed in May."]
    assert document.notes == (
        "The hidden slide 2 was not read.",
        "1 picture (slide 1) was not read.",
    )


def attach(part, name, kind, content):
    blob = content.encode()
    new = Part(PackURI(name), "application/xml", part.package, blob)
    part.relate_to(
        new, f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"
    )


def test_comments_old_and_new(tmp_path, read):
    deck = Presentation()
    slide = add(deck, "Plan", box("Ship in May.", 1, 2))
    p = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    new = (
        'xmlns:n="http://schemas.microsoft.com/office/powerpoint/2018/8/main" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    )
    attach(deck.part, "/ppt/commentAuthors.xml", "commentAuthors",
           f'<p:cmAuthorLst {p}><p:cmAuthor id="0" name="Ines Holm"/></p:cmAuthorLst>')  # fmt: skip
    attach(deck.part, "/ppt/authors.xml", "authors",
           f'<n:authorLst {new}><n:author id="{{A}}" name="Kai Lund"/></n:authorLst>')  # fmt: skip
    attach(slide.part, "/ppt/comments/c1.xml", "comments",
           f'<p:cmLst {p}><p:cm authorId="0" dt="2026-04-01T08:00:00" idx="1"><p:text>Too early?'
           "</p:text></p:cm></p:cmLst>")  # fmt: skip
    words = "<n:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></n:txBody>".format
    attach(slide.part, "/ppt/comments/c2.xml", "comments",
           f'<n:cmLst {new}><n:cm authorId="{{A}}" created="2026-04-02T08:00:00"><n:replyLst>'
           f'<n:reply authorId="{{A}}">{words("June then.")}</n:reply></n:replyLst>'
           f'{words("Agreed.")}</n:cm></n:cmLst>')  # fmt: skip
    document = read(save(deck, tmp_path))
    assert texts(document, "note") == [
        "[Comment by Ines Holm, 2026-04-01] Too early?",
        "[Comment by Kai Lund, 2026-04-02] Agreed.",
        "[Comment by Kai Lund] June then.",
    ]


def test_lists_keep_numbers_and_marks(tmp_path, read):
    deck = Presentation()
    numbered = '<a:pPr><a:buAutoNum type="arabicPeriod" startAt="3"/></a:pPr>'
    add(deck, "Steps", box("Close the valve\nDrain the pipe", 1, 2, look=numbered))
    add(deck, "Hidden shape", box("seen", 1, 2), box("unseen", 1, 3, more='hidden="1"'))
    document = read(save(deck, tmp_path))
    assert document.pages[0].text == "# Steps\n\n3. Close the valve\n4. Drain the pipe"
    assert document.pages[1].text == "# Hidden shape\n\nseen"


def points(tag, *values, level=False):
    inner = "".join(
        f'<c:pt idx="{n}"><c:v>{value}</c:v></c:pt>' for n, value in enumerate(values) if value
    )
    inner = inner if level else f"<c:numRef><c:numCache>{inner}</c:numCache></c:numRef>"
    return f"<c:{tag}>{inner}</c:{tag}>"


def chart_of(series):
    names = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
    area = f"<c:plotArea><c:x>{series}</c:x></c:plotArea>"
    return read_chart(etree.fromstring(f"<c:space {names}><c:chart>{area}</c:chart></c:space>"))


def test_chart_of_points_and_of_groups():
    name = "<c:tx><c:v>{}</c:v></c:tx>".format
    xy = points("xVal", "1.5", "2") + points("yVal", "7", "9")
    scatter = chart_of(f"<c:ser>{name('Run 1')}{xy}</c:ser>")
    assert scatter.rows == (("", "x", "y"), ("Run 1", "1.5", "7"), ("Run 1", "2", "9"))
    levels = points("lvl", "Q1", "Q2", "Q1", level=True)
    levels += points("lvl", "2024", "", "2025", level=True)
    groups = f"<c:cat>{levels}</c:cat>{points('val', '10', '20', '30')}"
    grouped = chart_of(f"<c:ser>{name('Sales')}{groups}</c:ser>")
    assert grouped.rows == (
        ("", "Sales"), ("2024 · Q1", "10"), ("2024 · Q2", "20"), ("2025 · Q1", "30"),
    )  # fmt: skip
    assert chart_of("") is None


def test_many_shapes_and_deep_groups_take_little_time(tmp_path, read):
    shapes = [Shape(n % 50, n // 50, n % 50 + 0.9, n // 50 + 0.9, f"t{n}") for n in range(1900)]
    started = time.process_time()
    found = [shape for one in arrange(shapes, area=4000.0) for shape in one.shapes]
    assert sorted(shape.text for shape in found) == sorted(shape.text for shape in shapes)
    deck = Presentation()
    inner = box("deep", 1, 2)
    for _ in range(100):
        inner = group(inner, at=(0, 0, 5, 5), inside=(0, 0, 5, 5))
    add(deck, "Deep", inner, box("flat", 1, 5))
    assert "flat" in read(save(deck, tmp_path)).pages[0].text
    assert time.process_time() - started < 20
    with pytest.raises(TooManyPagesError, match="slides"):
        read(tmp_path / "deck.pptx", maximum_pages=0)
