import time

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, NumberObject

from rare_app.documents import (
    CorruptFileError,
    EmptyFileError,
    EncryptedFileError,
    ScannedFileError,
    TooManyPagesError,
)
from rare_app.documents.pdf import list_numbers

from . import make


def test_pages_keep_their_numbers_and_text(tmp_path, read):
    path = make.make_pdf(tmp_path / "a.pdf", ["First page text.", "Second page text."])
    document = read(path)
    assert [(page.number, page.text) for page in document.pages] == [
        (1, "First page text."),
        (2, "Second page text."),
    ]
    assert document.media_type == "application/pdf"
    assert document.page_kind == "page"
    assert document.notes == ()
    assert len(document.content_hash) == 64


def test_progress_is_told_page_by_page(tmp_path, settings):
    from rare_app.documents import read_document

    path = make.make_pdf(tmp_path / "a.pdf", ["One.", "Two.", "Three."])
    told = []
    read_document(path, name="a.pdf", settings=settings, on_page=lambda *p: told.append(p))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("Annual Report of the Board", "Annual Report of the Board"),
        ("Microsoft Word - foo.doc", "my file"),
        ("untitled", "my file"),
        ("12345", "my file"),
        ("final_v3.indd", "my file"),
        ("", "my file"),
    ],
)
def test_title_is_the_stated_one_only_when_sensible(tmp_path, read, stated, title):
    path = make.make_pdf(tmp_path / "x.pdf", ["Some text."], title=stated)
    assert read(path, "folder/my file.pdf").title == title


def test_password_is_asked_for_in_a_sentence(tmp_path, read):
    path = make.make_pdf(tmp_path / "secret.pdf", ["Hidden."])
    make.encrypt_pdf(path, user="pw", owner="owner")
    with pytest.raises(EncryptedFileError, match=r"“secret\.pdf” is protected by a password"):
        read(path)


def test_empty_password_opens_the_file(tmp_path, read):
    path = make.make_pdf(tmp_path / "open.pdf", ["Readable by all."])
    make.encrypt_pdf(path, user="", owner="owner")
    assert read(path).pages[0].text == "Readable by all."


def test_truncated_file_gives_text_or_a_clear_error(tmp_path, read):
    path = make.make_pdf(tmp_path / "cut.pdf", ["Some text."] * 20)
    data = path.read_bytes()
    for kept in (0.1, 0.5, 0.9, 0.99):
        path.write_bytes(data[: int(len(data) * kept)])
        try:
            assert read(path).pages
        except (CorruptFileError, EmptyFileError) as error:
            assert "“cut.pdf”" in str(error)  # noqa: PT017 - either outcome is right


def test_garbage_after_the_header_is_damaged(tmp_path, read):
    path = tmp_path / "bad.pdf"
    path.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 20)
    with pytest.raises(CorruptFileError, match="damaged"):
        read(path)


def test_no_pages(tmp_path, read):
    path = tmp_path / "none.pdf"
    PdfWriter().write(path)
    with pytest.raises(EmptyFileError, match="has no pages"):
        read(path)


def test_too_many_pages_are_refused_before_any_is_read(tmp_path, read):
    path = make.make_blank_pdf(tmp_path / "long.pdf", pages=10_000)
    start = time.monotonic()
    with pytest.raises(TooManyPagesError, match=r"10,000 pages, more than the 5,000 allowed"):
        read(path)
    assert time.monotonic() - start < 5


def test_understated_page_count_is_found_out(tmp_path, read):
    path = make.make_pdf(tmp_path / "a.pdf", ["Some text."] * 12)
    writer = PdfWriter(clone_from=PdfReader(path))
    writer.root_object["/Pages"][NameObject("/Count")] = NumberObject(1)
    writer.write(path)
    with pytest.raises(TooManyPagesError):
        read(path, maximum_pages=10)


def test_scanned_pages_need_text_recognition(tmp_path, read):
    path = make.make_picture_pdf(tmp_path / "scan.pdf")
    with pytest.raises(ScannedFileError, match=r"“scan.pdf” holds pictures.*\(OCR\)"):
        read(path, recognise="off")
    with pytest.raises(ScannedFileError, match=r"“scan.pdf” holds pictures.* no text was recog"):
        read(path)


def test_blank_pages_hold_no_text(tmp_path, read):
    path = make.make_blank_pdf(tmp_path / "blank.pdf", pages=2)
    with pytest.raises(EmptyFileError, match="2 pages hold no text"):
        read(path)


def test_some_pages_without_text_are_noted(tmp_path, read):
    path = make.make_pdf(tmp_path / "a.pdf", ["One.", "", "", "Four."])
    document = read(path)
    assert [page.text for page in document.pages] == ["One.", "", "", "Four."]
    assert document.notes == ("2 of 4 pages hold no text (pages 2–3).",)


@pytest.fixture
def broken_second_page(monkeypatch):
    """PDFium fails on the second page that it is asked for."""
    from rare_app.documents import pdf

    asked = []

    def read_words(page):
        asked.append(page)
        if len(asked) == 2:
            raise ValueError("broken page")
        return read_page_words(page)

    read_page_words = pdf.read_page_words
    monkeypatch.setattr(pdf, "read_page_words", read_words)


@pytest.mark.usefixtures("broken_second_page")
def test_pypdf_reads_a_page_on_which_pdfium_fails(tmp_path, read):
    document = read(make.make_pdf(tmp_path / "a.pdf", ["One.", "Two.", "Three."]))
    assert [page.text for page in document.pages] == ["One.", "Two.", "Three."]
    assert document.notes == ()


@pytest.mark.usefixtures("broken_second_page")
def test_one_broken_page_does_not_lose_the_document(tmp_path, read, monkeypatch):
    from pypdf import PageObject

    def fail(self):
        raise ValueError("broken font")

    path = make.make_pdf(tmp_path / "a.pdf", ["One.", "Two.", "Three."])
    monkeypatch.setattr(PageObject, "extract_text", fail)
    document = read(path)
    assert [page.text for page in document.pages] == ["One.", "", "Three."]
    assert document.notes == ("Page 2 could not be read and is left out.",)


def test_running_lines_are_dropped_and_broken_words_rejoined(tmp_path, read):
    pages = [
        f"ACME CORPORATION\nReport\nOn page {n} we exam-\nined case {n * 7}.\n{n}"
        for n in range(1, 7)
    ]
    document = read(make.make_pdf(tmp_path / "a.pdf", pages))
    assert document.pages[3].text == "On page 4 we examined\ncase 28."


def test_list_numbers():
    assert list_numbers([4]) == "4"
    assert list_numbers([1, 3, 4, 5, 9]) == "1, 3–5 and 9"
    assert list_numbers(list(range(1, 40, 2))).endswith(", …")


def test_what_repeats_is_told_once_and_the_pages_keep_their_own_numbers(tmp_path, read):
    words = ("mill", "lock", "weir", "ferry", "quay", "dam")
    pages = [
        f"ACME CORPORATION\nThe {word} is the matter of this page.\n{n}"
        for n, word in enumerate(words, start=1)
    ]
    path = make.make_pdf(tmp_path / "a.pdf", pages)
    writer = PdfWriter(clone_from=PdfReader(path))
    writer.set_page_label(0, 1, style="/r")
    writer.set_page_label(2, 5, style="/D", start=1)
    writer.write(path)
    document = read(path)
    kinds = [[one.kind for one in page.blocks] for page in document.pages]
    assert kinds == [["paragraph", "running"], *[["paragraph"]] * 5]
    assert document.pages[0].text.endswith("\n\nACME CORPORATION")
    assert [page.label for page in document.pages] == ["i", "ii", "1", "2", "3", "4"]


def test_headings_go_by_the_outline_and_by_size_and_notes_by_their_name(tmp_path, read):
    from reportlab.pdfgen.canvas import Canvas

    from rare_app.documents.sections import headings_of

    path = tmp_path / "h.pdf"
    canvas = Canvas(str(path))
    body = "The committee reviewed the findings in detail and agreed on the next steps."
    for y, text, font, size in (
        (780, "Report of the Board", "Helvetica-Bold", 20),
        (740, "NOTE 1 — ACCOUNTING POLICIES", "Helvetica", 10),
        (720, body, "Helvetica", 10),
        (690, "Currency", "Helvetica-Bold", 10),
        (670, body, "Helvetica", 10),
        (640, "Two matters in the outline", "Helvetica", 10),
        (606, body, "Helvetica", 10),
    ):
        canvas.setFont(font, size)
        canvas.drawString(60, y, text)
    canvas.bookmarkPage("x")
    canvas.addOutlineEntry("Two matters in the outline", "x", 0)
    canvas.save()
    (found,) = headings_of(read(path), markdown=False)
    levels = {one.title: one.level for one in found}
    assert list(levels) == [
        "Report of the Board",
        "NOTE 1 — ACCOUNTING POLICIES",
        "Currency",
        "Two matters in the outline",
    ]
    assert levels["NOTE 1 — ACCOUNTING POLICIES"] == 3
    assert 3 < levels["Report of the Board"] < levels["Currency"]
