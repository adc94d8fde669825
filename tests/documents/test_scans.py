"""Scans: what stands on them is what is read, and where it stands."""

import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from benchmarks import scans
from rare_app.documents import (
    DOUBTFUL_BELOW,
    EmptyFileError,
    ReadCancelledError,
    ReaderWorker,
    ReadTimeoutError,
    ScannedFileError,
    UnsupportedFileError,
    read_document,
)
from rare_app.documents import scans as scans_module
from rare_app.documents.tables import cells_of
from rare_app.pages import PageViewer
from rare_app.settings import PROJECT_FOLDER, Settings

from . import make

A4_TURNED = (A4[1], A4[0])


def read_now(path, **options):
    home = path.parent / "home"
    told = []
    document = read_document(
        path,
        name=path.name,
        settings=Settings(home=home, **options),
        on_page=lambda *p: told.append(p),
    )
    return document, told


def place_of(page, word):
    """The place of a word that stands on the page once."""
    [found] = [one for one in page.places if page.text[one.start : one.end].strip(".,;") == word]
    return found


def table_of(page):
    [block] = [one for one in page.blocks if one.kind == "table"]
    return [cells_of(line) for line in page.text[block.start : block.end].split("\n")]


@pytest.fixture(scope="module")
def fax(tmp_path_factory):
    """A fax of two pages in black and white, the second upside down, and what was read of it."""
    path = tmp_path_factory.mktemp("fax") / "fax.tif"
    first = scans.table().convert("1")
    second = scans.english().rotate(180).convert("1")
    first.save(path, save_all=True, append_images=[second], compression="group4", dpi=(200, 200))
    return path, *read_now(path)


def test_the_pages_of_a_fax_are_read_and_a_table_keeps_its_rows(fax):
    _, document, told = fax
    assert told == [(1, 2), (2, 2)]
    assert (document.media_type, document.page_kind) == ("image/tiff", "page")
    title, head, _, *body = table_of(document.pages[0])
    assert [title, head, *body] == [(), *scans.TABLE]
    assert document.pages[0].text.startswith(scans.TABLE_TITLE)
    assert scans.share_right(document.pages[1].text, scans.ENGLISH) >= 0.97
    assert document.pages[1].text.split("\n\n")[0] == "Annual inspection report"
    [note] = document.notes
    assert note.startswith("2 pages were recognised from pictures, with a mean certainty of 9")


def test_words_have_their_place_on_the_page_as_the_file_has_it(fax):
    _, document, _ = fax
    page = document.pages[0]
    one = place_of(page, "845")
    # The figure ends at 720 of 1654 pixels and stands in the third row of the table.
    assert one.left + one.width == pytest.approx(720 / scans.SIZE[0], abs=0.01)
    row_top = (scans.MARGIN + 90 + 2 * 62) / scans.SIZE[1]
    assert row_top < one.top + one.height / 2 < row_top + 62 / scans.SIZE[1]
    # The second page lies upside down: what is read first stands at its lower right.
    first = place_of(document.pages[1], "Annual")
    assert first.left > 0.8
    assert first.top > 0.85
    assert all(0 <= one.certainty <= 1 for one in page.places)


def test_the_viewer_draws_a_picture_and_marks_recognised_words(fax):
    path, document, _ = fax
    page = document.pages[1]
    start = page.text.index("delivered 412.5 cubic metres")
    asked = {"page": page, "start": start, "end": start + 28}
    view = PageViewer().view(path, **asked)
    assert view is not None
    picture = Image.open(io.BytesIO(view.png)).convert("L")
    assert picture.size == (view.width, view.height)
    [box] = view.boxes
    left, top = box.left * view.width, box.top * view.height
    cut = picture.crop((left, top, left + box.width * view.width, top + box.height * view.height))
    assert 0.05 < 1 - sum(cut.getdata()) / 255 / (cut.width * cut.height) < 0.6
    assert view.text == "delivered 412.5 cubic metres"
    assert PageViewer().view(path, **{**asked, "page": replace(page, number=3)}) is None


def test_german_and_the_signs_of_its_figures(tmp_path):
    path = tmp_path / "bericht.jpg"
    scans.paragraphs(scans.GERMAN).rotate(-2, fillcolor=255).save(path, quality=80)
    document, _ = read_now(path)
    text = document.pages[0].text
    assert scans.share_right(text, scans.GERMAN) >= 0.97
    for said in ("Grünstraße 17", "7,4 %", "68 °C", "außen", "86,50 €", "Jörg Weiß, Tübingen"):
        assert said in text


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """A PDF of a page of text, a scan that lies on its side, and a scan with a stamp."""
    path = tmp_path_factory.mktemp("mixed") / "mixed.pdf"

    def drawn(picture):
        stream = io.BytesIO()
        picture.save(stream, "JPEG", quality=85)
        stream.seek(0)
        return ImageReader(stream)

    canvas = Canvas(str(path))
    canvas.drawString(72, 700, "This page says in plain text that the roof was mended in 2019.")
    canvas.showPage()
    canvas.setPageSize(A4_TURNED)
    canvas.drawImage(drawn(scans.two_columns().rotate(90, expand=True)), 0, 0, *A4_TURNED)
    canvas.showPage()
    canvas.setPageSize(A4)
    canvas.drawImage(drawn(scans.table()), 0, 0, *A4)
    canvas.drawString(72, 100, "Received 7 May")
    canvas.showPage()
    canvas.save()
    return path, *read_now(path)


def test_pages_of_a_pdf_without_text_are_recognised_and_the_others_are_not(mixed):
    _, document, told = mixed
    first, leases, deliveries = document.pages
    assert "mended in 2019." in first.text
    assert first.places == ()
    paragraphs = leases.text.split("\n\n")
    assert paragraphs[0] == "Two leases compared"
    assert "rent is 4,250 euros a month" in paragraphs[1]
    assert "6,900" not in paragraphs[1]
    assert "rent is 6,900 euros a month" in paragraphs[2]
    rows = {row[0]: row[1:] for row in table_of(deliveries) if row}
    assert rows["Bexhill North"] == ("845", "", "902", "871")
    assert "Received 7 May" in deliveries.text
    assert told[-2:] == [(1, 2), (2, 2)]
    assert any(note.startswith("2 pages were recognised") for note in document.notes)


def test_words_of_a_scan_in_a_pdf_are_marked(mixed):
    path, document, _ = mixed
    page = document.pages[1]
    start = page.text.index("12,750")
    view = PageViewer().view(path, page=page, start=start, end=start + 6)
    assert view is not None
    [box] = view.boxes
    # The page lies on its side: its lines run upwards, the first column below the second.
    assert box.height * view.height > box.width * view.width
    assert box.top > 0.5


@pytest.mark.parametrize("why", ["off", "missing"])
def test_without_recognition_pictures_are_refused_with_the_way_out(tmp_path, monkeypatch, why):
    picture = tmp_path / "a.png"
    scans.blank().save(picture)
    scan = make.make_picture_pdf(tmp_path / "scan.pdf")
    if why == "missing":
        monkeypatch.setattr(scans_module, "can_recognise", lambda: False)
    way = "the option “recognise” on" if why == "off" else "the packages of requirements.txt"
    options = {"recognise": "off"} if why == "off" else {}
    with pytest.raises(UnsupportedFileError, match=rf"“a\.png” is a picture \(PNG\).*{way}\."):
        read_now(picture, **options)
    with pytest.raises(ScannedFileError, match=rf"“scan\.pdf” holds pictures.*\(OCR\).*{way}\."):
        read_now(scan, **options)


def test_a_picture_without_words_is_refused(tmp_path):
    picture = tmp_path / "a.bmp"
    scans.blank().resize((300, 400)).save(picture)
    with pytest.raises(EmptyFileError, match=r"“a\.bmp” is a picture on which no text"):
        read_now(picture)


def test_pages_beyond_the_limit_are_told_and_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(scans_module, "MOST_PAGES", 1)
    path = tmp_path / "a.tif"
    small = scans.table().crop((0, 100, 1654, 700))
    small.save(path, save_all=True, append_images=[small, small])
    document, told = read_now(path)
    assert [bool(page.text) for page in document.pages] == [True, False, False]
    assert told[-1] == (3, 3)
    assert document.notes[-1].startswith("Only the first 1 pages were recognised, 2 are left out")


def test_damage_to_one_page_does_not_lose_the_others(tmp_path, monkeypatch, mixed):
    path, *_ = mixed
    drawn = scans_module._draw

    def draw(document, number):
        if number == 2:
            raise ValueError("it cannot be drawn")
        return drawn(document, number)

    monkeypatch.setattr(scans_module, "_draw", draw)
    document, _ = read_now(path)
    assert not document.pages[1].text
    assert "Bexhill North" in document.pages[2].text


def test_no_network_is_asked_and_nothing_is_written(tmp_path):
    """In a process of its own, in which every connection fails and tells."""
    picture = tmp_path / "a.png"
    scans.table().crop((0, 100, 1654, 700)).save(picture)
    code = (
        "import json, socket, sys, pathlib\n"
        "asked = []\n"
        "def refuse(*args, **more):\n    asked.append(str(args)); raise OSError('offline')\n"
        "socket.socket.connect = refuse; socket.getaddrinfo = refuse\n"
        "from rare_app.documents import read_document\n"
        "from rare_app.settings import Settings\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "read = read_document(path, name='a.png', settings=Settings(home=path.parent / 'h'))\n"
        "print(json.dumps([asked, read.pages[0].text]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(picture)],
        capture_output=True,
        check=True,
        cwd=PROJECT_FOLDER,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )
    asked, text = json.loads(done.stdout)
    assert asked == []
    assert "| Total | 4,438 | 3,676 | 4,294 | 4,530 |" in text
    assert done.stderr == b""


def test_each_recognised_page_has_its_time_and_a_scan_can_be_cancelled(tmp_path):
    path = tmp_path / "long.tif"
    page = scans.english().convert("1")
    page.save(path, save_all=True, append_images=[page] * 30, compression="group4")
    told = []
    with ReaderWorker(settings=Settings(home=tmp_path)) as worker:
        with pytest.raises(ReadCancelledError):
            worker.read(
                path,
                name="long.tif",
                on_page=lambda *p: told.append(p),
                cancelled=lambda: len(told) >= 2,
            )
        assert told[:2] == [(1, 31), (2, 31)]
        assert worker.process_id is None


def test_time_spent_on_recognition_is_added_to_the_limit(tmp_path, monkeypatch):
    worker = ReaderWorker(settings=replace(Settings(home=tmp_path), read_seconds=50.0))
    answers = iter(
        [
            {"ready": True},
            {"page": [1, 9], "recognising": 40.0},
            {"page": [2, 9], "recognising": 95},
        ]
    )
    deadlines = []

    def await_(*, name, deadline, cancelled):
        deadlines.append(deadline)
        if len(deadlines) == 4:
            raise ReadTimeoutError("late")
        return next(answers)

    monkeypatch.setattr(worker, "_start", lambda: None)
    monkeypatch.setattr(worker, "_send", lambda message, *, name: None)
    monkeypatch.setattr(worker, "_await", await_)
    with pytest.raises(ReadTimeoutError):
        worker.read(tmp_path / "a.tif", name="a.tif")
    first = deadlines[1]
    assert [round(one - first) for one in deadlines[2:]] == [40, 95]


def test_doubtful_figures_are_counted():
    page = scans_module.Page(
        1,
        "Paid 1,250 and 380 to Ash",
        places=tuple(
            SimpleNamespace(start=start, end=end, certainty=sure)
            for start, end, sure in ((0, 4, 0.2), (5, 10, DOUBTFUL_BELOW - 0.1), (15, 18, 0.99))
        ),
    )
    [note] = scans_module.describe([page])
    assert note == (
        "1 page was recognised from pictures, with a mean certainty of 63%; "
        "1 figure may be misread."
    )


@pytest.mark.slow
def test_all_kinds_of_scans_are_read_right(tmp_path):
    for scan in scans.make_scans():
        path = tmp_path / f"{scan.name.split()[0]}.png"
        scan.picture.save(path, dpi=scan.dpi)
        document, _ = read_now(path)
        assert scans.share_right(document.pages[0].text, scan.text) >= 0.97, scan.name


def test_a_page_that_the_file_itself_turns_is_upright(tmp_path, mixed):
    path, *_ = mixed
    writer = PdfWriter()
    writer.append(PdfReader(path), pages=(1, 2))
    writer.pages[0].rotate(90)
    turned = tmp_path / "turned.pdf"
    writer.write(turned)
    document, _ = read_now(turned)
    page = document.pages[0]
    assert page.text.startswith("Two leases compared\n\nThe lease of the eastern warehouse")
    one = place_of(page, "Two")
    assert one.left < 0.2
    assert one.top < 0.2
