"""Lines that a file holds late are read where they stand; everything else stays."""

import pytest
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from rare_app.documents.reading_order import (
    LONGEST_RUN,
    MOST_LINES,
    PlacedLine,
    extract_in_reading_order,
    in_reading_order,
)


def _lines(*placed):
    return [PlacedLine(text, base, 10.0) for text, base in placed]


def _texts(lines):
    return [line.text for line in in_reading_order(lines)]


def _write(path, *lines):
    canvas = Canvas(str(path), pagesize=(600, 800))
    for x, y, text in lines:
        canvas.drawString(x, y, text)
    canvas.save()
    return PdfReader(path).pages[0]


ROWS = [("Depreciation 1,901 2,847", 650), ("Inventories 231 (1,147)", 635), ("Taxes 7 9", 620)]


def test_the_head_of_a_table_comes_before_its_rows():
    lines = _lines(
        ("Statements of Cash Flows", 720),
        *ROWS,
        ("Three Months Ended", 690),
        ("(In Millions) Apr 1, 2023 Apr 2, 2022", 678),
        ("See accompanying notes.", 100),
    )
    assert _texts(lines)[:4] == [
        "Statements of Cash Flows",
        "Three Months Ended",
        "(In Millions) Apr 1, 2023 Apr 2, 2022",
        "Depreciation 1,901 2,847",
    ]
    assert _texts(lines)[-1] == "See accompanying notes."


def test_a_page_header_comes_first():
    assert _texts(_lines(*ROWS, ("Table of Contents", 780)))[0] == "Table of Contents"


def test_a_second_column_stays():
    left = [(f"left line {i}", 700 - 12 * i) for i in range(8)]
    right = [(f"right line {i}", 700 - 12 * i) for i in range(8)]
    lines = _lines(*left, *right)
    assert _texts(lines) == [line.text for line in lines]


def test_a_second_column_stays_that_begins_in_a_gap_of_the_first():
    left = [("Heading of the page", 720), ("left begins", 660), ("left ends", 648)]
    right = [(f"right line {i}", 690 - 12 * i) for i in range(5)]
    lines = _lines(*left, *right)
    assert _texts(lines) == [line.text for line in lines]


@pytest.mark.parametrize(
    "late",
    [
        pytest.param([("n = 1", 690)], id="no word"),
        pytest.param([("of that", 632)], id="within a line"),
        pytest.param([(f"line {i}", 800 - 12 * i) for i in range(LONGEST_RUN + 1)], id="too many"),
        pytest.param([("not known", None)], id="no place"),
    ],
)
def test_what_is_not_surely_late_stays(late):
    lines = _lines(("Statements of Cash Flows", 720), *ROWS, *late)
    assert _texts(lines) == [line.text for line in lines]


def test_a_page_of_very_many_lines_stays():
    lines = _lines(*[(f"label {i}", float(i)) for i in range(MOST_LINES)], ("Head line", 2000))
    assert in_reading_order(lines) == lines
    assert in_reading_order(lines[-9:]) != lines[-9:]


def test_a_formula_stays():
    lines = _lines(("The sum", 700), ("n", 680), ("i=0", 664), ("fdA = sum", 672), ("rest", 650))
    assert _texts(lines) == [line.text for line in lines]


def test_a_page_is_extracted_in_reading_order(tmp_path):
    page = _write(
        tmp_path / "a.pdf",
        (50, 720, "Statements of Cash Flows"),
        *((50, y, text) for text, y in ROWS),
        (50, 685, "In millions, three months ended"),
    )
    assert extract_in_reading_order(page).split("\n")[:2] == [
        "Statements of Cash Flows",
        "In millions, three months ended",
    ]


def test_turned_letters_keep_the_order_of_the_file(tmp_path):
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(600, 800))
    canvas.rotate(90)
    for text, y in [*ROWS, ("Table of Contents", 780)]:
        canvas.drawString(50, y - 800, text)
    canvas.save()
    page = PdfReader(tmp_path / "a.pdf").pages[0]
    assert extract_in_reading_order(page) == page.extract_text()


def test_beside_a_form_with_text_only_a_header_is_moved(tmp_path):
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(600, 800))
    canvas.beginForm("label")
    canvas.drawString(10, 10, "A label in a form")
    canvas.endForm()
    canvas.drawString(50, 720, "Statements of Cash Flows")
    for text, y in [*ROWS, ("In millions, three months ended", 685)]:
        canvas.drawString(50, y, text)
    canvas.doForm("label")
    canvas.drawString(50, 780, "Table of Contents")
    canvas.save()
    page = PdfReader(tmp_path / "a.pdf").pages[0]
    lines = [line for line in page.extract_text().split("\n") if line]
    moved = [line for line in extract_in_reading_order(page).split("\n") if line]
    assert lines[-1] == "Table of Contents"
    assert moved == [lines[-1], *lines[:-1]]


def test_no_line_is_lost(tmp_path):
    lines = [(50, 100 + (i * 37) % 650, f"line number {i}") for i in range(60)]
    page = _write(tmp_path / "a.pdf", *lines)
    assert sorted(extract_in_reading_order(page).split("\n")) == sorted(
        page.extract_text().split("\n")
    )
