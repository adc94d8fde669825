import time

import pytest

from rare_app.documents import TooManyPagesError

from .tables import cell, cells


def test_german_stock_list(tmp_path, read):
    lines = ["Artikel-Nr.;Bezeichnung;Preis (EUR);Bestand;Letzte Lieferung;Bemerkung"]
    lines += [
        f"47{n:02}-K;Dichtung {3 * n} mm;{n},{n:02};{n * 7};0{n % 9 + 1}.02.2026;"
        for n in range(1, 61)
    ]
    lines[36] = '4736-K;Dichtung 108 mm;1.680,40;3;13.05.2026;"Auslauf; Ersatz ist 4737-K"'
    path = tmp_path / "lager.csv"
    path.write_bytes("\ufeff".encode() + "\r\n".join(lines).encode())
    document = read(path)
    assert cell(document, "4735-K", "Bestand") == "245"
    assert cell(document, "4736-K", "Preis (EUR)") == "1.680,40"
    assert cell(document, "4736-K", "Bemerkung") == "Auslauf; Ersatz ist 4737-K"
    assert cell(document, "4735-K", "Bemerkung") == ""
    assert cells(document, "4799-K", "Bestand") == []
    assert document.pages[0].text.startswith("60 rows\n| Artikel-Nr. |")


def test_export_of_a_meter_tabs_utf16_and_lines_above(tmp_path, read):
    text = (
        "Readings of meter 88-C\t\t\n"
        "unit: kWh\t\t\n"
        "Day\tPeak\tRemark\n"
        '2026-01-01\t1,204.5\t"two lines\nof text"\n'
        '2026-01-02\t998.0\t"a ""quoted"" word"\n'
        "2026-01-03\t\t\n"
    )
    path = tmp_path / "meter.tsv"
    path.write_bytes(text.encode("utf-16"))
    document = read(path)
    assert cell(document, "2026-01-01", "Peak") == "1,204.5"
    assert cell(document, "2026-01-01", "Remark") == "two lines of text"
    assert cell(document, "2026-01-02", "Remark") == 'a "quoted" word'
    assert cell(document, "2026-01-03", "Peak") == ""
    assert document.pages[0].text.startswith(
        "Readings of meter 88-C\nunit: kWh (3 rows)\n| Day | Peak | Remark |"
    )


def test_stated_separator_windows_letters_and_decimal_commas(tmp_path, read):
    text = "sep=|\r\nGemüse|Preis, netto|Menge\r\nGurken|1,20|3,5\r\nMöhren|0,85|12,25\r\n"
    path = tmp_path / "markt.csv"
    path.write_bytes(text.encode("cp1252"))
    document = read(path)
    assert cell(document, "Möhren", "Preis, netto") == "0,85"
    assert cell(document, "Gurken", "Menge") == "3,5"


@pytest.mark.parametrize(
    ("lines", "row", "column", "value"),
    [
        (["a;b;c", *(f"{n},1;{n},2;{n},3" for n in range(30))], "7,1", "c", "7,3"),
        (
            ["a;from;to", *(f"x{n};09:{n}:00;10:{n}:00" for n in range(10, 40))],
            "x12",
            "to",
            "10:12:00",
        ),
        (["a,b", *(f'"x{n}; y; z",{n}' for n in range(30))], "x3; y; z", "b", "3"),
        (["name:town", "Ann:Oslo", "Bo:Bergen"], "Bo", "town", "Bergen"),
    ],
)
def test_separators_that_stand_in_cells_too(tmp_path, read, lines, row, column, value):
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines))
    assert cell(read(path), row, column) == value


def test_commas_with_single_quotation_marks(tmp_path, read):
    path = tmp_path / "a.csv"
    path.write_text(
        "'name','city','born'\n'Poe, Edgar','Boston','1809'\n'Verne, Jules','Nantes','1828'\n"
    )
    document = read(path)
    assert cell(document, "Poe, Edgar", "city") == "Boston"
    assert cell(document, "Verne, Jules", "born") == "1828"


def test_figures_without_heads_stay_rows(tmp_path, read):
    path = tmp_path / "a.csv"
    path.write_text("a,1,2.5\nb,3,4.5\nc,5,6.5\n")
    assert read(path).pages[0].text == "3 rows\n| a | 1 | 2.5 |\n| b | 3 | 4.5 |\n| c | 5 | 6.5 |"


def test_a_quotation_mark_that_never_ends(tmp_path, read):
    rows = "".join(f"r{n};{n}\n" for n in range(400))
    path = tmp_path / "a.csv"
    path.write_text('name;amount\nfirst;"12 inch\n' + rows)
    document = read(path)
    assert cell(document, "first", "amount") == '"12 inch'
    assert cell(document, "r399", "amount") == "399"


def test_one_long_cell_and_many_rows(tmp_path, read):
    path = tmp_path / "a.csv"
    path.write_text("name,text\na," + "word " * 100_000 + "\n")
    started = time.process_time()
    assert max(len(page.text) for page in read(path).pages) < 600_000
    path.write_text("name,amount,place\n" + "".join(f"row {n},{n},here\n" for n in range(100_000)))
    document = read(path)
    assert cell(document, "row 99999", "amount") == "99999"
    assert all(page.text.startswith("100000 rows\n| name |") for page in document.pages)
    assert time.process_time() - started < 60
    with pytest.raises(TooManyPagesError):
        read(path, maximum_pages=3)
