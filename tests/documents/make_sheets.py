"""Workbooks and OpenDocument sheets, made on the spot."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


def make_branches(path: Path) -> Path:
    """Write a workbook with joined heads, formulas without values, a comment, a hidden sheet."""
    from openpyxl import Workbook
    from openpyxl.comments import Comment

    book = Workbook()
    sheet = book.active
    sheet.title = "Branches"
    rows = [
        ["Branch results 2025, thousand euros"],
        [],
        ["Branch", "First quarter", None, "Second quarter", None],
        [None, "Plan", "Actual", "Plan", "Actual"],
        ["Lisbon", 410, 398, 430, 447],
        ["Porto", 290, 305, 300, 281],
        ["Faro", 95, 88, None, 97],
        ["Total", "=SUM(B5:B7)", "=SUM(C5:C7)", "=SUM(D5:D7)", "=SUM(E5:E7)"],
    ]
    for row in rows:
        sheet.append(row)
    for merged in ("A1:E1", "A3:A4", "B3:C3", "D3:E3"):
        sheet.merge_cells(merged)
    sheet["E6"].comment = Comment("The crane stood still for three weeks.", "Controller")
    contracts = book.create_sheet("Contracts")
    contracts.append(["Supplier", "Ends", "Discount", "Yearly volume", "Balance", "Lead time"])
    contracts.append(["Aldora", 46477, 0.125, 1250000, -48200.5, 14])
    contracts.append(["Corvane", 46387, 0.1, 90500.75, -310.4, 5])
    codes = ["dd.mm.yyyy", "0.0%", '#,##0.00 "€"', "#,##0.00;[Red](#,##0.00)", '0" days"']
    for row in (2, 3):
        for column, code in enumerate(codes, start=2):
            contracts.cell(row, column).number_format = code
    old = book.create_sheet("Prices 2021")
    old.append(["Article", "Price"])
    old.append(["Clamp C3", 6.6])
    old.sheet_state = "hidden"
    book.save(path)
    return path


def make_regions(path: Path) -> Path:
    """Write a workbook with another library: several tables a sheet, hidden parts, a chart."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        bold = book.add_format({"bold": True})
        share, day = book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": 14})
        sheet = book.add_worksheet("Regions")
        sheet.write("A1", "Sales by region", bold)
        sheet.write("A2", "EUR million, unaudited")
        # Heads of two rows, not merged; the years stand over the first of their columns.
        sheet.write_row("A4", ["", 2024, "", 2025, "", "Remark"])
        sheet.write_row("A5", ["Region", "Gross", "Net", "Gross", "Net", ""])
        sheet.write("A6", "Europe", bold)
        sheet.write_row("A7", ["North", 12.5, 11.25, 13.75, 12.0, "incl. Iceland"])
        sheet.write_row("A8", ["South", 8.5, 7.75, 9.0, 8.25])
        sheet.write("A9", "Asia", bold)
        sheet.write_row("A10", ["Japan", 4.5, 4.0, 5.5, 5.0])
        sheet.write_row("A12", ["All", 25.5, 23.0, 28.25, 25.25])
        sheet.freeze_panes("A6")
        sheet.set_row(8, None, None, {"hidden": False})
        # A second table on the right and a third below, with heads of its own.
        sheet.write_row("H4", ["Currency", "Rate"])
        sheet.write_row("H5", ["USD", 1.08])
        sheet.write_row("H6", ["JPY", 161.5])
        sheet.write("A15", "Staff at the end of the year")
        sheet.write_row("A16", ["Region", "Employees", "Women"])
        sheet.write_row("A17", ["North", 310])
        sheet.write("C17", 0.425, share)
        sheet.write_row("A18", ["South", 205])
        sheet.write("C18", 0.5, share)
        sheet.write("A19", "Employees are counted by heads, not by full-time equivalents.")
        sheet.write_comment("B18", "Ada Roth:\nincludes 12 trainees", {"author": "Ada Roth"})
        leases = book.add_worksheet("Leases")
        leases.add_table(
            "B3:E6",
            {
                "columns": [{"header": h} for h in ("Site", "Until", "Rent", "Internal code")],
                "data": [
                    ["Turku", 0, 1800, "X1"],
                    ["Vaasa", 0, 2400, "X2"],
                    ["Pori", 0, 950, "X3"],
                ],
            },
        )
        for row, serial in ((3, 46477), (4, 46112), (5, 46843)):
            leases.write(row, 2, serial, day)
        leases.set_column("E:E", None, None, {"hidden": True})
        leases.set_row(5, None, None, {"hidden": True})
        leases.insert_textbox("G3", "Turku may be prolonged by two years.")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Leases!$D$4:$D$5"})
        chart.set_title({"name": "Rent by site"})
        leases.insert_chart("G9", chart)
    return path


def write_workbook(path: Path, sheets: Mapping[str, str], *, more: Mapping[str, str] = {}) -> Path:
    """Write a workbook by hand, its sheets' parts given whole; prefixed as few programs do."""
    names = list(sheets)
    listed = "".join(
        f'<x:sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1)
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{RELS}/worksheet" Target="/xl/worksheets/s{n}.xml"/>'
        for n in range(1, len(names) + 1)
    )
    related += f'<Relationship Id="s" Type="{RELS}/sharedStrings" Target="sharedStrings.xml"/>'
    related += f'<Relationship Id="t" Type="{RELS}/styles" Target="styles.xml"/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("[Content_Types].xml", "<Types/>")
        container.writestr(
            "xl/workbook.xml",
            f'<x:workbook xmlns:x="{MAIN}" xmlns:r="{RELS}"><x:workbookPr date1904="1"/>'
            f"<x:sheets>{listed}</x:sheets></x:workbook>",
        )
        container.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE_RELS}">{related}</Relationships>',
        )
        for number, name in enumerate(names, 1):
            container.writestr(
                f"xl/worksheets/s{number}.xml",
                f'<x:worksheet xmlns:x="{MAIN}">{sheets[name]}</x:worksheet>',
            )
        for name, content in more.items():
            container.writestr(name, content)
    return path


def make_depot(path: Path) -> Path:
    """Write a workbook by hand: cells without addresses, shared formulas, a conversation."""
    strings = "".join(
        f"<x:si>{one}</x:si>"
        for one in (
            "<x:r><x:t>Depot </x:t></x:r><x:r><x:t>Kiruna</x:t></x:r>",
            '<x:t>Fuel</x:t><x:rPh sb="0" eb="1"><x:t>PRONOUNCED</x:t></x:rPh>',
        )
    )
    cell = '<x:c t="inlineStr"><x:is><x:t>{}</x:t></x:is></x:c>'.format
    rows = [
        '<x:c t="s"><x:v>0</x:v></x:c>',
        cell("Manager") + cell("Ylva Strand"),
        cell("Opened") + '<x:c s="1"><x:v>45015</x:v></x:c>',
        "",
        cell("Month") + '<x:c t="s"><x:v>1</x:v></x:c>' + cell("Price") + cell("Cost"),
        cell("") + cell("litres") + cell("SEK") + cell("SEK"),
        cell("January") + "<x:c><x:v>1200</x:v></x:c><x:c><x:v>21.5</x:v></x:c>"
        '<x:c><x:f t="shared" ref="D7:D8" si="0">B7*C7</x:f></x:c>',
        cell("February") + "<x:c><x:v>980</x:v></x:c><x:c><x:v>20.75</x:v></x:c>"
        '<x:c><x:f t="shared" si="0"/></x:c>',
        cell("March") + '<x:c t="e"><x:v>#N/A</x:v></x:c><x:c><x:v>19.5</x:v></x:c>'
        "<x:c><x:f>B9*C9</x:f><x:v>17550</x:v></x:c>",
    ]
    data = "".join(f"<x:row>{row}</x:row>" for row in rows)
    kind = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    threads = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    return write_workbook(
        path,
        {"Fuel": f"<x:sheetData>{data}</x:sheetData>"},
        more={
            "xl/sharedStrings.xml": f'<x:sst xmlns:x="{MAIN}">{strings}</x:sst>',
            "xl/styles.xml": f'<x:styleSheet xmlns:x="{MAIN}"><x:numFmts><x:numFmt numFmtId="170" '
            'formatCode="d\\ mmmm\\ yyyy"/></x:numFmts><x:cellXfs><x:xf/><x:xf numFmtId="170"/>'
            "</x:cellXfs></x:styleSheet>",
            "xl/worksheets/_rels/s1.xml.rels": f'<Relationships xmlns="{PACKAGE_RELS}">'
            f'<Relationship Id="a" Type="{kind}" Target="../threadedComments/t1.xml"/>'
            f'<Relationship Id="b" Type="{RELS}/comments" Target="../comments1.xml"/>'
            "</Relationships>",
            "xl/threadedComments/t1.xml": f'<ThreadedComments xmlns="{threads}"><threadedComment '
            'ref="B8" dT="2026-03-02T10:00:00" personId="{p}"><text>Why so little?</text>'
            '</threadedComment><threadedComment ref="B8" personId="{q}"><text>The lorry was in '
            "repair.</text></threadedComment></ThreadedComments>",
            "xl/persons/person.xml": f'<personList xmlns="{threads}"><person displayName="Moa Ek"'
            ' id="{p}"/><person displayName="Olle Berg" id="{q}"/></personList>',
            "xl/comments1.xml": f'<comments xmlns="{MAIN}"><authors><author>tc</author></authors>'
            '<commentList><comment ref="B8" authorId="0"><text><t>[Threaded comment] Update your '
            "version</t></text></comment></commentList></comments>",
        },
    )


OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES = " ".join(
    f'xmlns:{short}="{OFFICE}{long}:1.0"'
    for short, long in (
        ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"),
        ("draw", "drawing"), ("fo", "xsl-fo-compatible"),
    )
)  # fmt: skip


def write_ods(path: Path, body: str, *, styles: str = "", manifest: str = "") -> Path:
    """Write an OpenDocument spreadsheet by hand."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        if manifest:
            container.writestr("META-INF/manifest.xml", manifest)
        container.writestr(
            "content.xml",
            f'<office:document-content {SPACES} xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<office:automatic-styles>{styles}</office:automatic-styles><office:body>"
            f"<office:spreadsheet>{body}</office:spreadsheet></office:body>"
            "</office:document-content>",
        )
    return path
