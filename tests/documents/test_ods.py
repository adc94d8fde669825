import time

import pytest

from rare_app.documents import EncryptedFileError, TooLargeFileError

from . import make_sheets
from .tables import cell, texts

P = "<text:p>{}</text:p>".format


def text_cell(text, more=""):
    return f'<table:table-cell office:value-type="string" {more}>{P(text)}</table:table-cell>'


def number(value, shown, kind="float", more=""):
    return (
        f'<table:table-cell office:value-type="{kind}" office:value="{value}" {more}>{P(shown)}'
        "</table:table-cell>"
    )


def row(*cells, more=""):
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


BLANK = "<table:table-cell/>"
COVERED = "<table:covered-table-cell/>"


def make_energy(path):
    """Make a sheet as an office program does: merged heads, a note, a filtered row."""
    day = (
        '<table:table-cell office:value-type="date" office:date-value="2026-04-03">'
        f"{P('03/04/26')}</table:table-cell>"
    )
    note = (
        "<office:annotation><dc:creator>Jon Aas</dc:creator><dc:date>2026-02-01T09:00:00</dc:date>"
        f"{P('meter was changed')}</office:annotation>"
    )
    formula = '<table:table-cell table:formula="of:=SUM([.C4:.C6])"/>'
    body = (
        '<table:table table:name="Energy"><table:table-column table:number-columns-repeated="4"/>'
        '<table:table-column table:visibility="collapse"/>'
        + row(text_cell("Energy by building, MWh"))
        + row(BLANK, more='table:number-rows-repeated="1"')
        + row(
            text_cell("Building", 'table:number-rows-spanned="2"'),
            text_cell("Read on", 'table:number-rows-spanned="2"'),
            text_cell("Heat", 'table:number-columns-spanned="2"'),
            COVERED,
            text_cell("secret"),
        )
        + row(COVERED, COVERED, text_cell("2024"), text_cell("2025"), text_cell("s"))
        + row(
            text_cell("Main<text:s text:c='2'/>hall"), day, number(812.4, "812.4"),
            number(790, "790.0"),
        )
        + row(
            text_cell("Annex"), day, number(96.5, "96.5"),
            number(88, "88.0").replace(P("88.0"), note + P("88.0")), text_cell("s3"),
        )
        + row(
            text_cell("Garage"), day, number(1, "1.0"), number(2, "2.0"),
            more='table:visibility="filter"',
        )
        + row(text_cell("Sum"), BLANK, formula, number(878, "878.0"))
        + row(BLANK, more='table:number-rows-repeated="1048500"')
        + "</table:table>"
        '<table:table table:name="Old" table:style-name="ta2">'
        + row(text_cell("old"))
        + "</table:table>"
    )  # fmt: skip
    style = (
        '<style:style style:name="ta2" style:family="table"><style:table-properties '
        'table:display="false"/></style:style>'
    )
    return make_sheets.write_ods(path, body, styles=style)


def make_fees(path):
    """Make a sheet as a small library does: values without what is shown, repeated cells."""
    money = (
        '<table:table-cell office:value-type="currency" office:currency="CHF" office:value="{}"/>'
    )
    share = '<table:table-cell office:value-type="percentage" office:value="{}"/>'
    body = (
        '<table:table table:name="Fees"><table:table-header-rows>'
        + row(text_cell("Service"), text_cell("Fee"), text_cell("Discount"), text_cell("Open"))
        + "</table:table-header-rows>"
        + row(
            text_cell("Survey"), money.format(1450), share.format(0.075),
            '<table:table-cell office:value-type="boolean" office:boolean-value="true"/>',
        )
        + row(text_cell("Appraisal"), money.format(2300.5), share.format(0.1), BLANK)
        + row(text_cell("Copies"), '<table:table-cell table:number-columns-repeated="2" '
              'office:value-type="float" office:value="3"/>')
        + '<table:shapes><draw:frame><draw:text-box>'
        + P("Fees hold until June 2027.")
        + "</draw:text-box></draw:frame></table:shapes></table:table>"
    )  # fmt: skip
    return make_sheets.write_ods(path, body)


def test_a_sheet_with_merged_heads_notes_and_hidden_parts(tmp_path, read):
    document = read(make_energy(tmp_path / "energy.ods"))
    assert document.media_type == "application/vnd.oasis.opendocument.spreadsheet"
    assert document.page_kind == "sheet"
    assert [page.label for page in document.pages] == ["Energy"]
    assert cell(document, "Main hall", "Heat · 2024") == "812.4"
    assert cell(document, "Annex", "Heat · 2025") == "88.0"
    assert cell(document, "Annex", "Read on") == "2026-04-03"
    assert cell(document, "Sum", "Heat · 2024") == "[not calculated: =SUM([.C4:.C6])]"
    text = document.pages[0].text
    assert text.startswith("## Energy\n\nEnergy by building, MWh\n| Building | Read on |")
    assert "Garage" not in text
    assert "secret" not in text
    assert document.notes == (
        "The hidden sheet “Old” was not read.",
        "The hidden row 7 of the sheet “Energy” was not read.",
        "The hidden column E of the sheet “Energy” was not read.",
    )
    assert texts(document, "note") == [
        "[Comment by Jon Aas on cell D6, row “Annex”, column “Heat · 2025”, 2026-02-01] "
        "meter was changed"
    ]


def test_values_without_what_is_shown(tmp_path, read):
    document = read(make_fees(tmp_path / "fees.ods"))
    assert cell(document, "Survey", "Fee") == "1,450.00 CHF"
    assert cell(document, "Survey", "Discount") == "7.5%"
    assert cell(document, "Survey", "Open") == "TRUE"
    assert cell(document, "Appraisal", "Fee") == "2,300.50 CHF"
    assert cell(document, "Appraisal", "Discount") == "10%"
    assert cell(document, "Copies", "Discount") == "3"
    assert texts(document, "paragraph") == ["Fees hold until June 2027."]


def test_a_locked_sheet_is_refused(tmp_path, read):
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry>'
        "<m:encryption-data/></m:file-entry></m:manifest>"
    )
    with pytest.raises(EncryptedFileError, match="password"):
        read(make_sheets.write_ods(tmp_path / "a.ods", "", manifest=manifest))


def test_repetitions_without_measure_are_refused_or_cut(tmp_path, read):
    cells = text_cell("x", 'table:number-columns-repeated="16384"')
    table = '<table:table table:name="A">{}</table:table>'.format
    line = row(cells, more='table:number-rows-repeated="1048576"')
    started = time.process_time()
    with pytest.raises(TooLargeFileError, match="filled cells"):
        read(make_sheets.write_ods(tmp_path / "a.ods", table(line)))
    # The second line begins below the last row that a sheet can have.
    lines = row(text_cell("x"), more='table:number-rows-repeated="1048576"') + row(text_cell("y"))
    document = read(make_sheets.write_ods(tmp_path / "b.ods", table(lines)))
    assert sum(page.text.count("x") for page in document.pages) == 1_048_576
    assert not any("y" in page.text for page in document.pages)
    assert time.process_time() - started < 60
