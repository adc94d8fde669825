import os
import zipfile

import pytest

from rare_app.documents import (
    CorruptFileError,
    DocumentError,
    EmptyFileError,
    EncryptedFileError,
    TooLargeFileError,
    UnsupportedFileError,
)

from . import make

HEADING = make.paragraph("Results of the study", style="Heading1")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Größe 5 €".encode(), "Größe 5 €"),
        ("Größe 5 €".encode("utf-8-sig"), "Größe 5 €"),
        ("Größe 5 €".encode("utf-16"), "Größe 5 €"),
        ("A plain line of text.\nAnother one.".encode("utf-16-le"), None),
        ("A plain line of text.\nAnother one.".encode("utf-16-be"), None),
        ("A plain line of text.".encode("utf-32-le"), "A plain line of text."),
        ("Größe: 5 € “so”".encode("cp1252"), "Größe: 5 € “so”"),
        ("Déjà vu: naïve café – “so”.".encode("cp1252"), "Déjà vu: naïve café – “so”."),
        (("これは日本語の文章です。漢字とかなが混ざっています。" * 8).encode("shift_jis"), None),
        (("Это русский текст, написанный кириллицей. " * 8).encode("cp1251"), None),
        (("Zażółć gęślą jaźń. Pójdź, kińże tę chmurność. " * 8).encode("cp1250"), None),
    ],
)
def test_text_in_many_encodings(tmp_path, read, data, text):
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    found = read(path).pages[0].text
    if text is not None:
        assert found == text
    else:
        expected = ("plain line", "日本語の文章", "русский текст", "Zażółć gęślą jaźń")
        assert any(words in found for words in expected), found
    assert read(path).media_type == "text/plain"


def test_markdown_title_and_long_text_in_parts(tmp_path, read):
    path = tmp_path / "notes.md"
    path.write_text("# The Long Story\n\n" + "\n\n".join([" ".join(make.PROSE)] * 300))
    document = read(path)
    assert document.title == "The Long Story"
    assert document.page_kind == "part"
    assert len(document.pages) > 2
    assert all(0 < len(page.text) <= 20_000 for page in document.pages)
    assert sum(page.text.count("committee") for page in document.pages) == 300


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"  \n\t\n", "holds white space only"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(100), "damaged or no picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "damaged or no picture"),
        (b"\x7fELF" + bytes(100), "a program"),
        (b"%!PS-Adobe-3.0", "a PostScript file"),
        (bytes(range(256)) * 40, "not text"),
    ],
)
def test_refused_content_is_named(tmp_path, read, data, message):
    path = tmp_path / "report.pdf"
    path.write_bytes(data)
    refusals = (UnsupportedFileError, EmptyFileError, CorruptFileError)
    with pytest.raises(refusals, match=message) as caught:
        read(path)
    assert "“report.pdf”" in str(caught.value)


def test_mislabelled_files_are_read_as_what_they_are(tmp_path, read):
    pdf = make.make_pdf(tmp_path / "really a pdf.txt", ["Text of the PDF."])
    assert read(pdf).media_type == "application/pdf"
    docx = make.make_docx(tmp_path / "really word.pdf", make.paragraph("Text of Word."))
    assert read(docx).pages[0].text == "Text of Word."
    text = tmp_path / "really text.pdf"
    text.write_text("Only a line of text.")
    assert read(text).media_type == "text/plain"
    html = tmp_path / "really html.txt"
    html.write_text("<!DOCTYPE html><title>My Page Title</title><p>Hello <b>you</b></p>")
    assert read(html).media_type == "text/html"
    assert read(html).title == "My Page Title"


def test_docx_with_heading_table_and_title(tmp_path, read):
    cell = "<w:tc>{}</w:tc>"
    rows = "".join(
        "<w:tr>" + "".join(cell.format(make.paragraph(text)) for text in row) + "</w:tr>"
        for row in (("Item", "Value"), ("Inventories", "4,268"))
    )
    path = make.make_docx(
        tmp_path / "a.docx",
        HEADING + make.paragraph("snake_case and 2 * 3 stay.") + f"<w:tbl>{rows}</w:tbl>",
        title="Study of Things",
    )
    document = read(path)
    assert document.title == "Study of Things"
    text = document.pages[0].text
    assert "# Results of the study" in text
    assert "snake_case and 2 * 3 stay." in text
    assert "| Inventories | 4,268 |" in text


def test_slides_are_pages(tmp_path, read):
    from pptx import Presentation

    deck = Presentation()
    for number in (1, 2):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = f"Slide {number}"
        slide.placeholders[1].text = f"Point {number}"
    deck.save(tmp_path / "a.pptx")
    document = read(tmp_path / "a.pptx")
    assert document.page_kind == "slide"
    assert [page.text for page in document.pages] == [
        "# Slide 1\n\nPoint 1",
        "# Slide 2\n\nPoint 2",
    ]


def test_sheets_are_pages_and_keep_their_numbers(tmp_path, read):
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "Sales"
    for row in (["Region", "Units", "Share"], ["North", 12, 0.5], ["South", None, 0.25]):
        book.active.append(row)
    for line in (2, 3):
        book.active.cell(line, 3).number_format = "0%"
    book.create_sheet("Empty")
    book.save(tmp_path / "a.xlsx")
    document = read(tmp_path / "a.xlsx")
    assert document.page_kind == "sheet"
    assert [page.number for page in document.pages] == [1, 2]
    assert document.pages[0].text.split("\n") == [
        "## Sales",
        "",
        "| Region | Units | Share |",
        "| --- | --- | --- |",
        "| North | 12 | 50% |",
        "| South |  | 25% |",
    ]


def test_long_sheet_becomes_parts_that_repeat_the_column_heads(tmp_path, read):
    path = tmp_path / "a.csv"
    path.write_text("name;amount\n" + "".join(f"row {n};{n},5\n" for n in range(3000)))
    document = read(path)
    assert document.page_kind == "part"
    assert len(document.pages) > 1
    assert all(page.text.startswith("3000 rows\n| name | amount |\n") for page in document.pages)
    assert "| row 2999 | 2999,5 |" in document.pages[-1].text


def test_epub_chapters(tmp_path, read):
    path = make.make_epub(
        tmp_path / "a.epub",
        ["<h1>One</h1><p>First <a href='http://x.y/'>chapter</a>.</p>", "<p>Second.</p>"],
        title="The Book of Tests",
    )
    document = read(path)
    assert document.title == "The Book of Tests"
    assert document.page_kind == "chapter"
    assert [page.text for page in document.pages] == ["# One\n\nFirst chapter.", "Second."]


def test_html_leaves_out_pictures_addresses_and_what_is_not_shown(tmp_path, read):
    path = tmp_path / "a.html"
    path.write_bytes(
        "<html><head><meta charset='iso-8859-1'><title>Größen</title><script>bad()</script></head>"
        "<body><p>Größe <a href='https://a.b/c'>hier</a><img src='data:image/png;base64,AAAA'"
        " alt='x'></p><noscript>no</noscript></body></html>".encode("latin-1")
    )
    document = read(path)
    assert document.pages[0].text == "Größe hier [Picture: x]"


def test_zip_bomb_is_refused(tmp_path, read):
    path = make.make_docx(
        tmp_path / "bomb.docx", HEADING, more={"word/media/a.xml": bytes(200 << 20)}
    )
    with pytest.raises(TooLargeFileError, match="unpacks to"):
        read(path)


def test_damaged_and_foreign_containers(tmp_path, read):
    path = make.make_docx(tmp_path / "a.docx", HEADING)
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(CorruptFileError, match="damaged"):
        read(path)
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as container:
        container.writestr("a.txt", "hello")
    with pytest.raises(UnsupportedFileError, match="packed archive"):
        read(tmp_path / "c.zip")


@pytest.mark.parametrize(
    ("stream", "kind", "message"),
    [
        ("EncryptedPackage", EncryptedFileError, "protected by a password"),
        ("WordDocument\0", UnsupportedFileError, r"\.doc\)"),
        ("Workbook\0", UnsupportedFileError, r"\.xls\)"),
        ("PowerPoint Document\0", UnsupportedFileError, r"\.ppt\)"),
    ],
)
def test_old_and_locked_office_files(tmp_path, read, stream, kind, message):
    path = tmp_path / "a.docx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream.encode("utf-16-le") + bytes(600)
    )
    with pytest.raises(kind, match=message):
        read(path)


def test_locked_zip_members(tmp_path, read):
    data = bytearray(make.make_docx(tmp_path / "a.docx", HEADING).read_bytes())
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 8] |= 1
    path = tmp_path / "locked.docx"
    path.write_bytes(data)
    with pytest.raises(EncryptedFileError):
        read(path)


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.txt", "a \"quoted\" 'name'.txt", "😀 naïve.txt", "n" * 300 + ".txt"],
)
def test_odd_names(tmp_path, read, name):
    path = tmp_path / "a.txt"
    path.write_text("Hello there.")
    document = read(path, name)
    assert document.name == name
    assert document.title
    assert "/" not in document.title
    assert len(document.title) <= 120
    path.write_bytes(b"")
    with pytest.raises(EmptyFileError) as caught:
        read(path, name)
    assert len(str(caught.value)) < 250
    assert str(caught.value).endswith(".")


def test_control_characters_and_half_characters_leave_the_name(tmp_path, read):
    path = tmp_path / "a.txt"
    path.write_text("Hello there.")
    document = read(path, "a\x00\x1b[31m\udcff\u202eb.txt")
    assert document.name == "a[31mb.txt"
    document.name.encode()


def test_missing_folder_and_large_files(tmp_path, read):
    with pytest.raises(DocumentError, match="cannot be opened"):
        read(tmp_path / "none.pdf")
    with pytest.raises(UnsupportedFileError, match="is a folder"):
        read(tmp_path, "a")
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(3 << 20)
    with pytest.raises(TooLargeFileError, match="3 MiB, more than the 2"):
        read(path, maximum_file_mb=2)


@pytest.mark.skipif(os.name != "posix", reason="needs a named pipe")
def test_a_pipe_is_not_waited_for(tmp_path, read):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnsupportedFileError, match="not a file"):
        read(tmp_path / "pipe")


def test_file_is_closed_after_reading(tmp_path, read):
    path = make.make_pdf(tmp_path / "a.pdf", ["Text."])
    read(path)
    path.unlink()  # fails on Windows while the file is open
    assert not path.exists()
