"""Pages drawn, and boxes where the words stand."""

import io

import pytest
from PIL import Image
from pypdf import PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from rare_app.documents import Page, Place
from rare_app.pages import Box, PageViewer
from rare_app.pages.pdf import LONGEST, join_boxes, view_pdf_page

LEFT, RIGHT = "The pump is rated for 40 cubic metres.", "The lease ends in the month of May."


@pytest.fixture
def paper(tmp_path):
    """Page 1: two columns; page 2: the same turned by 90 degrees; page 3: a long strip."""
    path = tmp_path / "Paper.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    for _ in range(2):
        for x, text in ((60, LEFT), (330, RIGHT)):
            for line, word in enumerate(text.split()):
                canvas.drawString(x, 700 - 20 * line, word)
        canvas.showPage()
    canvas.setPageSize((100, 5000))
    canvas.drawString(10, 100, "narrow")
    canvas.save()
    writer = PdfWriter(clone_from=path)
    writer.pages[1].rotate(90)
    writer.write(path)
    return path


def ink_inside(view, box):
    """Share of dark pixels."""
    picture = Image.open(io.BytesIO(view.png)).convert("L")
    edges = (box.left, box.top, box.left + box.width, box.top + box.height)
    sizes = (view.width, view.height) * 2
    part = picture.crop(tuple(round(e * s) for e, s in zip(edges, sizes, strict=True)))
    pixels = part.get_flattened_data()
    return sum(one < 128 for one in pixels) / len(pixels)


@pytest.mark.parametrize("number", [1, 2])
def test_boxes_stand_on_the_words_also_on_a_turned_page(paper, number):
    view = view_pdf_page(paper, number=number, quote="rated for 40 cubic metres.")
    assert (view.width > view.height) == (number == 2)
    # Lines that lie on their side may share a box.
    assert len(view.boxes) == 5 if number == 1 else 1 <= len(view.boxes) <= 5
    for box in view.boxes:
        assert 0 <= box.left < box.left + box.width <= 1
        assert 0 <= box.top < box.top + box.height <= 1
        assert ink_inside(view, box) > 0.03
    assert view.text.split() == ["rated", "for", "40", "cubic", "metres."]


@pytest.mark.parametrize("size", [7, 8, 10, 14])
def test_a_figure_with_its_comma_has_one_box(tmp_path, size):
    path = tmp_path / "Rows.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setFont("Helvetica", size)
    for row, cells in enumerate((("Taps", "57", "61"), ("Inserts", "1,240", "“1,315”"))):
        for column, cell in enumerate(cells):
            canvas.drawString(60 + 100 * column, 700 - 1.2 * size * row, cell)
    canvas.save()
    boxes = view_pdf_page(path, number=1, quote="Inserts | 1,240 | “1,315”").boxes
    assert [round(595 * one.left, -1) for one in boxes] == [60, 160, 260]
    assert max(one.height for one in boxes) < 1.2 * size / 842


def test_columns_and_a_strip_are_drawn_within_bounds(paper):
    view = view_pdf_page(paper, number=1, quote="ends in the month")
    assert all(box.left > 0.5 for box in view.boxes)
    strip = view_pdf_page(paper, number=3, quote="narrow")
    assert max(strip.width, strip.height) <= LONGEST
    assert len(strip.boxes) == 1
    missing = view_pdf_page(paper, number=1, quote="something else entirely")
    assert (missing.boxes, missing.text) == ((), "")
    assert missing.png


def test_characters_of_a_line_become_one_box_and_columns_stay_apart():
    line = [Box(0.1 + 0.01 * i, 0.5, 0.009, 0.02) for i in range(10)]
    other = [Box(0.6 + 0.01 * i, 0.5, 0.009, 0.02) for i in range(5)]
    below = [Box(0.1, 0.53, 0.009, 0.02)]
    joined = join_boxes([*line, *other, *below], aspect=1.4)
    assert [round(box.left, 3) for box in joined] == [0.1, 0.6, 0.1]
    assert joined[0].width == pytest.approx(0.099)
    assert join_boxes([], aspect=1.4) == []


def test_the_viewer_keeps_views_and_survives_what_cannot_be_drawn(paper, tmp_path):
    viewer = PageViewer(kept=1)
    asked = {"page": Page(1, f"{LEFT}\n{RIGHT}"), "start": 4, "end": 17}
    view = viewer.view(paper, **asked)
    assert view.text.split() == ["pump", "is", "rated"]
    assert viewer.view(paper, **asked) is view
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(paper.read_bytes()[:300])
    assert viewer.view(broken, **asked) is None
    assert viewer.view(tmp_path / "gone.pdf", **asked) is None
    assert viewer.view(paper, **{**asked, "page": Page(9, LEFT)}) is None
    assert viewer.view(paper, **asked) is view
    viewer.view(paper, **{**asked, "end": 18})
    assert viewer.view(paper, **asked) is not view


def test_a_page_that_could_not_be_drawn_in_time_is_drawn_when_it_is_opened_again(
    paper, monkeypatch
):
    asked = {"page": Page(1, LEFT), "start": 4, "end": 17}
    viewer = PageViewer()
    with monkeypatch.context() as hurried:
        hurried.setattr("rare_app.pages.viewer._SECONDS", 0.001)
        assert viewer.view(paper, **asked) is None
    assert viewer.view(paper, **asked).boxes


def test_words_are_marked_where_the_page_tells_their_places(paper):
    text = "The pump (blank)\n[Comment] Not in the file"
    places = (Place(9, 16, 0.4, 0.1, 0.2, 0.05), Place(17, 42, 0.7, 0.2, 0.1, 0.1))
    viewer = PageViewer()
    field = viewer.view(paper, page=Page(1, text, places=places), start=0, end=16)
    assert field.boxes[-1] == Box(0.4, 0.1, 0.2, 0.05)
    assert len(field.boxes) == 3  # the label stands on two lines of the file
    assert field.text.split()[:2] == ["The", "pump"]
    comment = viewer.view(paper, page=Page(1, text, places=places), start=27, end=42)
    assert comment.boxes == (Box(0.7, 0.2, 0.1, 0.1),)
    assert viewer.view(paper, page=Page(1, text, places=places), start=0, end=8).boxes != ()


def test_what_is_filled_into_a_form_is_drawn(tmp_path):
    path = tmp_path / "form.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    canvas.drawString(50, 700, "Amount:")
    canvas.acroForm.textfield(
        name="amount", value="18,400", x=150, y=690, width=200, height=24, borderWidth=0
    )
    canvas.save()
    view = view_pdf_page(path, number=1, quote="Amount:")
    picture = Image.open(io.BytesIO(view.png)).convert("L")
    scale = view.width / A4[0]
    field = picture.crop([round(at * scale) for at in (152, A4[1] - 712, 250, A4[1] - 692)])
    assert sum(value < 100 for value in field.getdata()) > 50
