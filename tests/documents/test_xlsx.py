import time
import zipfile

import pytest

from rare_app.documents import (
    CorruptFileError,
    TooLargeFileError,
    TooManyPagesError,
    split_document,
)

from . import make_sheets
from .conftest import count_words
from .tables import cell, cells, texts


def test_each_value_stands_under_its_joined_head(tmp_path, read):
    document = read(make_sheets.make_branches(tmp_path / "branches.xlsx"))
    assert [page.label for page in document.pages] == ["Branches", "Contracts"]
    assert document.page_kind == "sheet"
    assert cell(document, "Porto", "Second quarter · Actual") == "281"
    assert cell(document, "Lisbon", "First quarter · Plan") == "410"
    assert cell(document, "Faro", "Second quarter · Plan") == ""
    assert cell(document, "Faro", "Second quarter · Actual") == "97"
    assert document.pages[0].text.startswith(
        "## Branches\n\nBranch results 2025, thousand euros\n| Branch |"
    )


def test_cells_are_as_the_program_shows_them(tmp_path, read):
    document = read(make_sheets.make_branches(tmp_path / "branches.xlsx"))
    assert cell(document, "Aldora", "Ends") == "31.03.2027"
    assert cell(document, "Aldora", "Discount") == "12.5%"
    assert cell(document, "Aldora", "Yearly volume") == "1,250,000.00 €"
    assert cell(document, "Corvane", "Balance") == "(310.40)"
    assert cell(document, "Corvane", "Lead time") == "5 days"


def test_what_is_not_calculated_or_hidden_is_said(tmp_path, read):
    document = read(make_sheets.make_branches(tmp_path / "branches.xlsx"))
    assert cell(document, "Total", "First quarter · Actual") == "[not calculated: =SUM(C5:C7)]"
    assert document.notes == ("The hidden sheet “Prices 2021” was not read.",)
    assert not any("Clamp" in page.text for page in document.pages)


def test_a_comment_says_whose_it_is_and_what_it_is_on(tmp_path, read):
    document = read(make_sheets.make_branches(tmp_path / "branches.xlsx"))
    assert texts(document, "note") == [
        "[Comment by Controller on cell E6, row “Porto”, column “Second quarter · Actual”] "
        "The crane stood still for three weeks."
    ]


def test_several_tables_a_sheet_each_with_its_title_and_heads(tmp_path, read):
    document = read(make_sheets.make_regions(tmp_path / "regions.xlsx"))
    assert cell(document, "North", "2024 · Gross") == "12.5"
    assert cell(document, "North", "2024 · Net") == "11.25"
    assert cell(document, "Japan", "2025 · Net") == "5"
    assert cell(document, "North", "Remark") == "incl. Iceland"
    assert cell(document, "All", "2025 · Gross") == "28.25"
    assert cell(document, "USD", "Rate") == "1.08"
    assert cell(document, "South", "Women") == "50.0%"
    heads = [block.head for block in document.pages[0].blocks if block.kind == "table"]
    assert heads[0].startswith("Sales by region\nEUR million, unaudited\n| Region |")
    assert heads[1].startswith("| Currency | Rate |")
    assert heads[2].startswith("Staff at the end of the year\n| Region | Employees | Women |")
    assert "Employees are counted by heads" in texts(document, "paragraph")[0]
    assert texts(document, "note") == [
        "[Comment by Ada Roth on cell B18, row “South”, column “Employees”] includes 12 trainees"
    ]


def test_named_table_with_hidden_row_and_column(tmp_path, read):
    document = read(make_sheets.make_regions(tmp_path / "regions.xlsx"))
    assert cell(document, "Turku", "Until") == "2027-03-31"
    assert cell(document, "Vaasa", "Rent") == "2400"
    assert cells(document, "Pori", "Rent") == []
    assert "X1" not in document.pages[1].text
    assert document.notes == (
        "The hidden row 6 of the sheet “Leases” was not read.",
        "The hidden column E of the sheet “Leases” was not read.",
    )
    shown = texts(document, "paragraph")
    assert "Turku may be prolonged by two years." in shown
    assert "[Chart] Rent by site" in shown


def test_a_workbook_as_few_programs_write_it(tmp_path, read):
    document = read(make_sheets.make_depot(tmp_path / "depot.xlsx"))
    text = document.pages[0].text
    assert "Depot Kiruna\n| Manager | Ylva Strand |\n| Opened | 31 March 2027 |" in text
    assert cell(document, "January", "Fuel · litres") == "1200"
    assert cell(document, "February", "Price · SEK") == "20.75"
    assert cell(document, "February", "Cost · SEK") == "[not calculated: =B8*C8]"
    assert cell(document, "March", "Fuel · litres") == "#N/A"
    assert cell(document, "March", "Cost · SEK") == "17550"
    assert "PRONOUNCED" not in text
    place = "on cell B8, row “February”, column “Fuel · litres”"
    assert texts(document, "note") == [
        f"[Comment by Moa Ek {place}, 2026-03-02] Why so little?",
        f"[Comment by Olle Berg {place}] The lorry was in repair.",
    ]


def test_a_long_table_repeats_sheet_heads_and_group(tmp_path, read, settings):
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "Stock"
    book.active.append(["Article", "Pieces"])
    for number in range(3000):
        if number % 1000 == 0:
            book.active.append([f"Hall {number // 1000}"])
        book.active.append([f"A-{number}", number * 3])
    book.create_sheet("End").append(["nothing", "more"])
    book.save(tmp_path / "stock.xlsx")
    document = read(tmp_path / "stock.xlsx")
    assert document.page_kind == "part"
    assert len(document.pages) > 2
    assert [page.label for page in document.pages][:2] == ["Stock", "Stock, part 2"]
    assert document.pages[-1].label == "End"
    for page in document.pages[:-1]:
        assert len(page.text) < 21_000
        assert page.text.startswith("## Stock\n\n| Article | Pieces |\n| --- | --- |\n| Hall ")
    assert cell(document, "A-2999", "Pieces") == "8997"
    chunks = split_document(document, count_tokens=count_words, settings=settings)
    inside = next(chunk for chunk in chunks if "| A-1500 |" in chunk.text)
    assert "| Article | Pieces |" in inside.whole
    assert "Hall 1" in inside.whole


def sheet_of(tmp_path, read, *rows):
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    return read(tmp_path / "a.xlsx")


def test_title_with_a_remark_beside_it_and_a_source_below(tmp_path, read):
    document = sheet_of(
        tmp_path, read,
        ["Departmental budget", "", "", "FY 2026"], ["(in k€)"], ["Department", "Q1", "Q2", "Q3"],
        ["Marketing", 10, 20, 30], ["R&D", 50, 60, 70], ["Source: finance"],
    )  # fmt: skip
    assert cell(document, "R&D", "Q2") == "60"
    assert document.pages[0].text == (
        "## Sheet\n\nDepartmental budget FY 2026\n(in k€)\n| Department | Q1 | Q2 | Q3 |\n"
        "| --- | --- | --- | --- |\n| Marketing | 10 | 20 | 30 |\n| R&D | 50 | 60 | 70 |\n\n"
        "Source: finance"
    )


def test_tables_without_a_blank_row_between_them(tmp_path, read):
    document = sheet_of(
        tmp_path, read,
        ["North"], ["Item", "Jan", "Feb"], ["Nuts", 1, 2], ["Bolts", 3, 4],
        ["South"], ["Item", "March", "April"], ["Nuts", 5, 6], ["Bolts", 7, 8],
    )  # fmt: skip
    assert cell(document, "Bolts", "Feb") == "4"
    assert cell(document, "Bolts", "March") == "7"
    heads = [block.head.split("\n")[0] for block in document.pages[0].blocks if block.head]
    assert heads == ["North", "South"]


def test_thousands_of_tables_one_below_the_other(tmp_path, read):
    block = [["Store"], ["Item", "Jan", "Feb"], ["Nuts", 1, 2], ["Bolts", 3, 4]]
    started = time.process_time()
    document = sheet_of(tmp_path, read, *(block * 5000))
    assert cells(document, "Bolts", "Feb") == ["4"] * 5000
    assert time.process_time() - started < 60


def test_names_with_values_a_table_and_totals_below_it(tmp_path, read):
    document = sheet_of(
        tmp_path, read,
        ["Invoice", "2026-117"], ["Customer", "Hansen AS"], [],
        ["Pos", "Article", "Qty", "Amount"], [1, "Pump", 2, 980.5], [2, "Hose", 10, 45], [],
        [None, None, "Net", 1025.5], [None, None, "Total", 1281.88], [],
        ["Payable within 14 days."],
    )  # fmt: skip
    text = document.pages[0].text
    assert cell(document, "2", "Amount") == "45"
    assert "| Invoice | 2026-117 |\n| Customer | Hansen AS |\n\n| Pos |" in text
    assert "\n\n| Net | 1025.5 |\n| Total | 1281.88 |\n\nPayable within 14 days." in text


def test_years_and_months_name_columns(tmp_path, read):
    from datetime import date

    document = sheet_of(tmp_path, read, ["", 2023, 2024], ["Revenue", 1990, 2010])
    assert cell(document, "Revenue", "2024") == "2010"
    document = sheet_of(
        tmp_path, read, ["Who", date(2026, 1, 1), date(2026, 2, 1)], ["Ann", 5, 6], ["Bo", 7, 8]
    )
    assert cell(document, "Bo", "2026-02-01") == "8"


def rows_xml(count, columns):
    return "".join(
        f'<x:row r="{r}">' + "<x:c><x:v>7</x:v></x:c>" * columns + "</x:row>"
        for r in range(1, count + 1)
    )


@pytest.mark.slow
def test_a_hundred_thousand_rows(tmp_path, read):
    data = f"<x:sheetData>{rows_xml(100_000, 6)}</x:sheetData>"
    path = make_sheets.write_workbook(tmp_path / "a.xlsx", {"Long": data})
    started = time.process_time()
    document = read(path)
    assert time.process_time() - started < 60
    assert sum(page.text.count("| 7 | 7 |") for page in document.pages) >= 100_000
    with pytest.raises(TooManyPagesError, match="more than the 20 pages allowed"):
        read(path, maximum_pages=20)


def test_sixteen_thousand_columns(tmp_path, read):
    head = "".join(f'<x:c t="inlineStr"><x:is><x:t>c{n}</x:t></x:is></x:c>' for n in range(16_000))
    data = f"<x:sheetData><x:row>{head}</x:row>{rows_xml(6, 16_000).replace('r=', 's=')}"
    path = make_sheets.write_workbook(tmp_path / "a.xlsx", {"Wide": data + "</x:sheetData>"})
    started = time.process_time()
    document = read(path)
    assert time.process_time() - started < 60
    assert max(len(page.text) for page in document.pages) < 25_000
    assert "c15999" in document.pages[-1].text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        # Cells at the far ends, on the diagonal, and merged over everything.
        ('<x:row r="1048576"><x:c r="XFD1048576"><x:v>5</x:v></x:c></x:row>', "5"),
        (
            "".join(
                f'<x:row r="{n}"><x:c r="{c}{n}"><x:v>{n}</x:v></x:c></x:row>'
                for n, c in ((1, "A"), (2, "XFC"), (3, "XFD"))
            ),
            "3",
        ),
        (
            "".join(
                f'<x:row r="{n * 300}"><x:c><x:v>{n}</x:v></x:c></x:row>' for n in range(1, 3000)
            ),
            "2999",
        ),
    ],
)
def test_claims_about_size_are_not_believed(tmp_path, read, data, text):
    whole = (
        '<x:dimension ref="A1:XFD1048576"/><x:cols><x:col min="1" max="16384" width="9"/></x:cols>'
        f"<x:sheetData>{data}</x:sheetData>"
        '<x:mergeCells><x:mergeCell ref="A1:XFD1048576"/></x:mergeCells>'
    )
    path = make_sheets.write_workbook(tmp_path / "a.xlsx", {"Far": whole})
    started = time.process_time()
    assert text in read(path).pages[-1].text
    assert time.process_time() - started < 20


def test_a_sparse_range_is_no_table(tmp_path, read):
    from openpyxl.utils import get_column_letter

    data = "".join(
        f'<x:row r="{n}"><x:c r="{get_column_letter(n)}{n}"><x:v>{n}</x:v></x:c>'
        f'<x:c r="{get_column_letter(n + 1)}{n}"><x:v>1</x:v></x:c></x:row>'
        for n in range(1, 5000)
    )
    path = make_sheets.write_workbook(
        tmp_path / "a.xlsx", {"Far": f"<x:sheetData>{data}</x:sheetData>"}
    )
    started = time.process_time()
    assert "4999 1" in read(path).pages[-1].text
    assert time.process_time() - started < 20


def test_too_many_cells_damage_and_entities(tmp_path, read, monkeypatch):
    from rare_app.documents import write_sheet

    path = make_sheets.write_workbook(
        tmp_path / "a.xlsx", {"Long": f"<x:sheetData>{rows_xml(50, 6)}</x:sheetData>"}
    )
    monkeypatch.setattr(write_sheet, "MOST_CELLS", 200)
    with pytest.raises(TooLargeFileError, match="more than 200 filled cells"):
        read(path)
    with pytest.raises(CorruptFileError, match="damaged"):
        read(make_sheets.write_workbook(tmp_path / "b.xlsx", {"Cut": "<x:sheetData><x:row>"}))
    bomb = tmp_path / "c.xlsx"
    make_sheets.make_depot(bomb)
    entities = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with zipfile.ZipFile(bomb, "a") as container, pytest.warns(UserWarning, match="Duplicate"):
        container.writestr(
            "xl/sharedStrings.xml",
            f'{entities}]><sst xmlns="{make_sheets.MAIN}"><si><t>&i;</t></si></sst>',
        )
    started = time.process_time()
    with pytest.raises(CorruptFileError):
        read(bomb)
    assert time.process_time() - started < 5
