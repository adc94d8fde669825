"""Word files that are broken, hostile or odd: read in bounded time or refused by name."""

import re
import zipfile

import pytest

from rare_app.documents import (
    CorruptFileError,
    TooLargeFileError,
    TooManyPagesError,
    split_document,
)

from .conftest import count_words
from .test_read_docx import texts, value
from .word_file import WHO, cell, par, row, run, styled, write_docx

HEADING = '<w:style w:type="paragraph" w:styleId="h"><w:name w:val="heading 2"/></w:style>'


def test_a_table_of_a_hundred_thousand_rows_is_read(tmp_path, read):
    rows = "".join(
        f"<w:tr><w:tc><w:p><w:r><w:t>{n}</w:t></w:r></w:p></w:tc></w:tr>" for n in range(100_000)
    )
    document = read(write_docx(tmp_path / "a.docx", f"<w:tbl>{rows}</w:tbl>"), maximum_pages=1000)
    assert document.pages[-1].text.endswith("| 99999 |")
    with pytest.raises(TooManyPagesError, match="more than the 5 allowed"):
        read(tmp_path / "a.docx", maximum_pages=5)


def test_hostile_spans_are_refused_by_name(tmp_path, read):
    wide = row(
        cell("x", '<w:gridSpan w:val="999999999"/>'), cell("y", '<w:gridSpan w:val="900000"/>')
    )
    rows = wide + "".join(row("a", "b") for _ in range(5000))
    with pytest.raises(TooLargeFileError, match="a table of 5,001 rows and 1,001 columns"):
        read(write_docx(tmp_path / "a.docx", f"<w:tbl>{rows}</w:tbl>"))


@pytest.mark.parametrize(
    "body",
    [
        "<w:p>" * 300 + "</w:p>" * 300,  # nested too deep for the parser
        par("&undefined;"),
        "<w:p><w:r>",
    ],
)
def test_broken_xml_is_refused(tmp_path, read, body):
    with pytest.raises(CorruptFileError, match="is damaged or incomplete"):
        read(write_docx(tmp_path / "a.docx", body))


def test_entities_are_not_expanded(tmp_path, read):
    path = write_docx(tmp_path / "a.docx", par("Plain text."))
    with zipfile.ZipFile(path) as container:
        members = {name: container.read(name) for name in container.namelist()}
    source = members["word/document.xml"].decode()
    bomb = (
        '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">'
        '<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    )
    source = source.replace("<w:document", bomb + "<w:document").replace("Plain", "&b;&f;Plain")
    members["word/document.xml"] = source.encode()
    with zipfile.ZipFile(path, "w") as container:
        for name, data in members.items():
            container.writestr(name, data)
    assert read(path).pages[0].text == "Plain text."


def test_the_strict_form_of_the_standard_is_read(tmp_path, read):
    path = write_docx(tmp_path / "a.docx", styled("Rent", "h") + par("It is 900."), styles=HEADING)
    with zipfile.ZipFile(path) as container:
        members = {name: container.read(name) for name in container.namelist()}
    address = b"http://schemas.openxmlformats.org/"
    for ours, strict in (
        (b"wordprocessingml/2006/main", b"http://purl.oclc.org/ooxml/wordprocessingml/main"),
        (b"officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/"),
    ):
        members = {name: data.replace(address + ours, strict) for name, data in members.items()}
    with zipfile.ZipFile(path, "w") as container:
        for name, data in members.items():
            container.writestr(name, data)
    assert read(path).pages[0].text == "## Rent\n\nIt is 900."


def test_a_comment_in_a_table_names_its_row(tmp_path, read):
    mark = '<w:r><w:commentReference w:id="1"/></w:r>'
    rows = row("Item", "Cost", "Due") + row("Roof", cell(par(run("4,\u200b100") + mark)), "May")
    document = read(
        write_docx(
            tmp_path / "a.docx",
            f"<w:tbl>{rows}</w:tbl>",
            comments=f'<w:comment w:id="1" {WHO}>{par("Too much.")}</w:comment>',
        )
    )
    assert value(document, "Roof", "Cost") == "4,100"
    assert texts(document, "note") == ["[Comment by N. Fell, 9 May 2026, row “Roof”] Too much."]


def test_tables_nested_deep_are_read(tmp_path, read):
    body = "<w:tbl><w:tr><w:tc>" * 80 + par("Core.") + "</w:tc></w:tr></w:tbl>" * 80
    assert read(write_docx(tmp_path / "a.docx", body)).pages[0].text == "Core."


def test_a_field_without_an_end_does_not_swallow_the_rest(tmp_path, read):
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    document = read(
        write_docx(tmp_path / "a.docx", par(begin + run("code")) + par("What follows."))
    )
    assert document.pages[0].text == "What follows."


def test_names_at_the_side_are_no_heads(tmp_path, read):
    bold = "<w:b/>"
    rows = "".join(
        row(cell(par(run(name, bold))), text)
        for name, text in (("Tenant", "Miller"), ("Start", "1 May 2026"), ("Rent", "900"))
    )
    document = read(write_docx(tmp_path / "a.docx", f"<w:tbl>{rows}</w:tbl>"))
    assert document.pages[0].text == "| Tenant | Miller |\n| Start | 1 May 2026 |\n| Rent | 900 |"


def test_chunks_of_a_long_table_repeat_its_heads(tmp_path, read, settings):
    head = row("Pipe", "Width", "Depth", look="<w:tblHeader/>")
    rows = "".join(row(f"P{n}", str(n), str(2 * n)) for n in range(2500))
    path = write_docx(tmp_path / "a.docx", styled("Pipes", "x") + f"<w:tbl>{head}{rows}</w:tbl>")
    document = read(path)
    assert len(document.pages) > 2
    assert all(page.text.startswith("Pipes\n| Pipe | Width | Depth |") for page in document.pages)
    chunks = split_document(document, count_tokens=count_words, settings=settings)
    assert all("| Pipe | Width | Depth |" in chunk.whole for chunk in chunks)
    found = [chunk for chunk in chunks if re.search(r"\| P1777 \| 1777 \| 3554 \|", chunk.text)]
    assert len(found) == 1
