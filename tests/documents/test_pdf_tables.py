"""Tables of PDF files: what stands in which row and column."""

import time

import pytest
from fpdf import FPDF

from rare_app.documents.tables import cells_of

from . import make
from .make import show_text


def tables_of(page):
    """Give the tables of a page as {(row, column): cell}."""
    found = []
    for block in page.blocks:
        if block.kind != "table":
            continue
        lines = [cells_of(line) for line in page.text[block.start : block.end].split("\n")]
        head, _, *rows = [line for line in lines if line]
        found.append(
            {
                (row[0], name): cell
                for row in rows
                for name, cell in zip(head[1:], row[1:], strict=True)
            }
        )
    return found


def test_a_grid_with_spans_several_lines_and_a_blank_cell(tmp_path, read):
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    pdf.multi_cell(0, 6, "Rents of the three houses, as agreed.", new_x="LMARGIN", new_y="NEXT")
    with pdf.table(num_heading_rows=2, col_widths=(40, 20, 20, 20, 20)) as table:
        head = table.row()
        head.cell("House", rowspan=2)
        head.cell("Cold rent (EUR)", colspan=2)
        head.cell("Heating (EUR)", colspan=2)
        for values in (
            ("2024", "2025", "2024", "2025"),
            ("Lindenhof, rear building with the workshop and yard", "1,210", "1,260", "210", ""),
            ("Mill", "880", "905", "", "175"),
        ):
            row = table.row()
            for value in values:
                row.cell(value)
    path = tmp_path / "rents.pdf"
    pdf.output(str(path))
    page = read(path).pages[0]
    (table,) = tables_of(page)
    lindenhof = "Lindenhof, rear building with the workshop and yard"
    assert table[lindenhof, "Cold rent (EUR) · 2025"] == "1,260"
    assert table[lindenhof, "Heating (EUR) · 2024"] == "210"
    assert table[lindenhof, "Heating (EUR) · 2025"] == ""
    assert table["Mill", "Heating (EUR) · 2024"] == ""
    assert table["Mill", "Heating (EUR) · 2025"] == "175"
    assert page.text.startswith("Rents of the three houses, as agreed.")


def statement(order):
    """Draw an unruled statement; the file's order is not that of reading."""
    cells = [
        (300, 700, "Year ended"),
        (412, 700, "Six months ended"),
        (282, 686, "2024"),
        (342, 686, "2023"),
        (412, 686, "2024"),
        (472, 686, "2023"),
        (60, 686, "(in thousands of euros)"),
        (60, 670, "Sales:"),
        (70, 656, "Timber"),
        (70, 642, "Services and rental of machines,"),
        (70, 630, "net of discounts"),
        (60, 616, "Result"),
        (60, 602, "Share of exports"),
    ]
    figures = {
        656: ("8,120", "7,904", "4,010", "3,995"),
        630: ("415", "\x97", "", "212"),
        616: ("(380)", "1,022", "(12)", "498"),
        602: ("12%", "9%", "13%", "8%"),
    }
    ends = (302, 362, 432, 492)
    for y, row in figures.items():
        for end, figure in zip(ends, row, strict=True):
            if figure:
                cells.append((end - 5 * len(figure), y, figure))
    for x in (268, 328, 398, 458):
        cells.append((x, 656, "$"))
    return "".join(show_text(*cell) for cell in order(cells))


@pytest.mark.parametrize(
    "order",
    [list, lambda cells: sorted(cells, key=lambda one: (one[0], one[1]))],
    ids=["as written", "column by column"],
)
def test_figures_below_each_other_are_a_table_in_whatever_order_they_are_drawn(
    tmp_path, read, order
):
    page = read(make.make_raw_pdf(tmp_path / "statement.pdf", statement(order))).pages[0]
    (table,) = tables_of(page)
    services = "Services and rental of machines, net of discounts"
    assert table["Timber", "Year ended · 2024"] == "$8,120"
    assert table["Timber", "Six months ended · 2023"] == "$3,995"
    assert table[services, "Year ended · 2024"] == "415"
    assert table[services, "Six months ended · 2024"] == ""
    assert table[services, "Six months ended · 2023"] == "212"
    assert table["Result", "Year ended · 2024"] == "(380)"
    assert table["Result", "Six months ended · 2024"] == "(12)"
    assert table["Share of exports", "Six months ended · 2024"] == "13%"
    block = next(one for one in page.blocks if one.kind == "table")
    assert block.head.startswith("(in thousands of euros)\n|")


def test_names_and_the_unit_in_the_middle_of_a_table_belong_to_its_head(tmp_path, read):
    content = show_text(248, 726, "Quarter ended")
    content += "".join(f"{x} 721 50 0.8 re f\n" for x in (200, 260, 320))
    names = ((210, "March"), (272, "June"), (322, "September"), (410, "Quarter-"), (480, "Year"))
    content += "".join(show_text(x, 708, name) for x, name in names)
    content += show_text(402, 697, "over-quarter") + show_text(250, 684, "(in millions of euros)")
    rows = (("Sales", "1,350", "1,192", "6,704", "88%", "101%"), ("Margin", "701", "646", "435"))
    for at, (label, *figures) in enumerate(rows):
        content += show_text(60, 670 - 14 * at, label)
        for end, figure in zip((248, 308, 368, 440, 505), figures, strict=False):
            content += show_text(end - 5 * len(figure), 670 - 14 * at, figure)
    page = read(make.make_raw_pdf(tmp_path / "quarters.pdf", content)).pages[0]
    (table,) = tables_of(page)
    assert table["Sales", "Quarter ended · March"] == "1,350"
    assert table["Margin", "Quarter ended · September"] == "435"
    assert table["Sales", "Quarter-over-quarter"] == "88%"
    assert table["Sales", "Year"] == "101%"
    assert page.text.startswith("(in millions of euros)\n|")


def test_a_cell_keeps_a_hyphen_that_the_table_has_elsewhere(tmp_path, read):
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    with pdf.table(col_widths=(30, 40), width=90) as table:
        for values in (
            ("Measure", "What it is"),
            ("Income-related", "Charges for all our income-\nrelated agree-\nments"),
            ("Other", "What remains"),
        ):
            row = table.row()
            for value in values:
                row.cell(value)
    path = tmp_path / "measures.pdf"
    pdf.output(str(path))
    (found,) = tables_of(read(path).pages[0])
    assert found["Income-related", "What it is"] == "Charges for all our income-related agreements"


def test_a_drawing_with_axes_and_letters_is_no_table(tmp_path, read):
    content = "80 500 240 0.8 re f\n120 460 0.8 160 re f\n"
    content += "".join(f"{x} 500 0.8 105 re f\n" for x in (180, 240))
    content += "".join(f"120 {y} 135 0.8 re f\n" for y in (540, 590))
    places = ((150, 560), (210, 560), (150, 515), (210, 515), (310, 486), (108, 612))
    content += "".join(
        show_text(*place, text) for place, text in zip(places, "PQRSxy", strict=True)
    )
    content += show_text(60, 430, "The two steps of the proof are drawn above.")
    page = read(make.make_raw_pdf(tmp_path / "axes.pdf", content)).pages[0]
    assert [block.kind for block in page.blocks if block.kind == "table"] == []
    assert set("PQRSxy") <= set(page.text.split())


def test_a_row_with_a_cell_of_many_words_belongs_to_its_table(tmp_path, read):
    rows = (
        ("Risk", "Assumed change", "Loss", "Seen in"),
        ("Currency", "a fall of all rates", "8,240", "Result"),
        ("Interest", "a rise of 100 points in all rates of the treasury", "1,660", "Value"),
        ("Shares", "a fall of 10% in prices", "862", "Result"),
    )
    content = "".join(
        show_text(x, 700 - 14 * at, cell)
        for at, row in enumerate(rows)
        for x, cell in zip((60, 130, 400, 460), row, strict=True)
    )
    (table,) = tables_of(read(make.make_raw_pdf(tmp_path / "risks.pdf", content)).pages[0])
    assert table["Interest", "Assumed change"] == rows[2][1]
    assert table["Interest", "Loss"] == "1,660"
    assert table["Shares", "Seen in"] == "Result"


def test_a_line_of_prose_set_wide_is_no_table(tmp_path, read):
    words = (("Offers", "as", "the", "", "plans"), ("Mail,", "Notes", "in", "40", "forms"))
    content = "".join(
        show_text(60 + 80 * column, 700 - 14 * at, word)
        for at, line in enumerate(words)
        for column, word in enumerate(line)
        if word
    )
    page = read(make.make_raw_pdf(tmp_path / "wide.pdf", content)).pages[0]
    assert not any(block.kind == "table" for block in page.blocks)


def test_a_raised_mark_is_no_digit_of_the_figure_beside_it(tmp_path, read):
    content = show_text(60, 700, "Area 4,120 m") + show_text(115.3, 704, "2", size=6)
    content += show_text(60, 680, "Visitors 9,540") + show_text(117, 684, "1", size=6)
    page = read(make.make_raw_pdf(tmp_path / "a.pdf", content)).pages[0]
    assert page.text.split() == ["Area", "4,120", "m²", "Visitors", "9,540¹"]


def test_prose_contents_and_addresses_are_no_tables(tmp_path, read):
    lines = [
        "Contents",
        *(f"{n}. Chapter on matters of kind {n} {'.' * 40} {7 * n}" for n in range(1, 6)),
        "In 2024 the house had 14 rooms and 3 halls, of which 2 were let at 40 euros.",
        "Mill Lane 14",
        "20095 Hamburg",
    ]
    content = "".join(show_text(60, 740 - 15 * n, line) for n, line in enumerate(lines))
    for n, name in enumerate(("Annual report", "Balance sheet", "Notes", "Auditor")):
        content += show_text(60, 500 - 14 * n, name) + show_text(500, 500 - 14 * n, str(3 + 9 * n))
    page = read(make.make_raw_pdf(tmp_path / "a.pdf", content)).pages[0]
    assert "table" not in {one.kind for one in page.blocks}
    assert "Balance sheet  12" in page.text


def test_two_columns_of_prose_are_read_one_after_the_other(tmp_path, read):
    left = [
        f"Left line {n} tells of the mill and its wheel in the year {1900 + n}" for n in range(9)
    ]
    right = [f"Right line {n} tells of the lock and of its keeper then" for n in range(9)]
    content = show_text(60, 740, "A heading across both columns of the page", size=18, font="B")
    for n in range(9):  # drawn line by line across both columns
        content += show_text(60, 700 - 12 * n, left[n], size=8)
        content += show_text(330, 700 - 12 * n, right[n], size=8)
    content += show_text(60, 560, "A closing line over the whole width of the page, below it all.")
    page = read(make.make_raw_pdf(tmp_path / "a.pdf", content)).pages[0]
    order = [page.text.index(one) for one in (left[0], left[8], right[0], right[8], "A closing")]
    assert order == sorted(order)
    assert page.blocks[0].kind == "heading"
    assert "table" not in {one.kind for one in page.blocks}


LISTS = (
    "Common effects of the tablets are:|- a headache|- a bad sleep|"
    "Ask a nurse before you take it if you:|- are over 65|- have a kidney",
    "To open the child-proof bottle:|1. Press the cap.|2. Turn it left.|"
    "Keep the tablets in a dry place:|- below 25 degrees|- for six months",
)


@pytest.mark.parametrize(("shift", "columns"), [(5, True), (0, False)])
def test_columns_of_lists_stand_on_lines_of_their_own_and_rows_of_a_table_do_not(
    tmp_path, read, shift, columns
):
    left, right = (one.split("|") for one in LISTS)
    content = "".join(show_text(60, 700 - 14 * n, one) for n, one in enumerate(left))
    content += "".join(show_text(330, 700 - shift - 14 * n, one) for n, one in enumerate(right))
    page = read(make.make_raw_pdf(tmp_path / "a.pdf", content)).pages[0]
    at = [page.text.index(one) for one in (*left, *right)]
    assert (at == sorted(at)) is columns


def test_a_page_of_fifty_thousand_words_and_a_thicket_of_rules_take_bounded_time(tmp_path, read):
    words = "".join(
        f"1 0 0 1 {10 + 11 * (n % 54)} {790 - 0.85 * (n // 54)} Tm (w{n % 10}) Tj\n"
        for n in range(50_000)
    )
    rules = "".join(
        f"{n / 5} 0 m {n / 5} 792 l S 0 {n / 4} m 612 {n / 4} l S\n" for n in range(3000)
    )
    path = make.make_raw_pdf(tmp_path / "dense.pdf", f"{rules}BT /F 1 Tf\n{words}ET")
    started = time.process_time()
    page = read(path).pages[0]
    assert time.process_time() - started < 20
    assert page.text.count("w") >= 45_000
