"""A citation opens its page: the words are marked on the picture and in the text."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests.browser.steps import ask, upload

LINES = (
    "The Harwell site has two coolant loops.",
    "The coolant pump of loop B delivers 52 litres per second.",
    "Emergency drills take place every March.",
)


@pytest.fixture(scope="module")
def manual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "Coolant.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    canvas.drawString(72, 700, "Contents")
    canvas.showPage()
    for number, line in enumerate(LINES):
        canvas.drawString(72, 760 - 18 * number, line)
    canvas.save()
    return path


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "Notes.md"
    path.write_text("# Drills\n\nThe siren is tested on the first Monday of each month.\n")
    return path


def test_a_card_opens_its_page_with_the_words_marked(page: Page, manual: Path) -> None:
    upload(page, manual)
    ask(page, "How many litres per second does the coolant pump of loop B deliver?")
    for summary in page.locator(".rare-others summary").all():
        summary.click()
    card = page.locator(".rare-source", has_text="52 litres per second").first
    opener = card.locator(".rare-open")
    expect(opener).to_have_text("page 2")
    expect(page.locator("#rare-page")).to_be_hidden()
    # By keyboard alone: the button, then the panel's own.
    opener.focus()
    page.keyboard.press("Enter")
    panel = page.locator("#rare-page .rare-view")
    expect(panel.locator("img")).to_be_visible(timeout=60_000)
    expect(panel.locator("img")).to_have_attribute("alt", "page 2 of Coolant.pdf")
    expect(panel.locator(".rare-box").first).to_be_visible()
    expect(panel.locator(".rare-page-text")).to_contain_text("52 litres per second")
    assert panel.locator(".rare-page-text mark").inner_text() in " ".join(LINES)
    sheet, box = panel.locator(".rare-sheet").bounding_box(), panel.locator(".rare-box").first
    place = box.bounding_box()
    assert sheet
    assert place
    # The page's only lines stand at its top left.
    assert place["y"] - sheet["y"] < 0.15 * sheet["height"]
    assert 0.05 < (place["x"] - sheet["x"]) / sheet["width"] < 0.7

    before = sheet["width"]
    panel.locator("[aria-label='Larger']").click()
    page.wait_for_function(f"document.querySelector('.rare-sheet').clientWidth > {1.2 * before}")
    page.keyboard.press("Escape")
    expect(page.locator("#rare-page")).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    expect(panel.locator("img")).to_be_visible()

    link = panel.locator(".rare-original").get_attribute("href") or ""
    answer = page.request.get(page.url.rstrip("/") + link.split("#")[0])
    assert answer.ok
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body() == manual.read_bytes()
    missing = page.request.get(page.url.rstrip("/") + "/rare/original/999999")
    assert missing.status == 404


def test_places_follow_each_other_and_a_text_is_shown_without_a_picture(
    page: Page, manual: Path, notes: Path
) -> None:
    upload(page, manual, notes)
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()  # the documents fold away on a phone
    page.locator("#rare-question textarea").wait_for()
    page.wait_for_timeout(2000)
    ask(page, "When is the siren tested?")
    for summary in page.locator(".rare-others summary").all():
        summary.click()
    page.locator(".rare-open", has_text="part 1").first.click()
    panel = page.locator("#rare-page .rare-view")
    expect(panel.locator(".rare-page-text")).to_contain_text("siren", timeout=60_000)
    assert panel.locator(".rare-page-text mark").inner_text() in notes.read_text()
    expect(panel.locator("img")).to_have_count(0)
    shut = panel.locator(".rare-shut")
    expect(shut).to_be_in_viewport()
    width = page.locator("#rare-page").bounding_box()
    assert width
    assert width["width"] == 390
    # From the first place to the last and back, whatever was cited.
    count = int(panel.locator("nav span").inner_text().split()[-1])
    assert count > 1
    names = set()
    while not panel.locator(".rare-before").is_disabled():
        page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(1500)
    for number in range(1, count + 1):
        expect(panel.locator("nav span")).to_have_text(f"{number} of {count}", timeout=30_000)
        names.add(panel.locator(".rare-view-name b").inner_text())
        if number < count:
            panel.locator(".rare-next").click()
    assert names == {"Coolant.pdf", "Notes.md"}
    shut.click()
    expect(page.locator("#rare-page")).to_be_hidden()


def test_a_long_passage_is_shown_where_the_quoted_words_are(page: Page, tmp_path: Path) -> None:
    shelves = "\n".join(f"Shelf {number}: maps" for number in range(1, 26))
    path = tmp_path / "Archive.txt"
    path.write_text(f"{shelves}\nThe spare key of the archive hangs behind the green door.\n")
    upload(page, path)
    ask(page, "Where does the spare key of the archive hang?")
    for summary in page.locator(".rare-others summary").all():
        summary.click()
    box = page.locator(".rare-source blockquote", has_text="Shelf 1: maps").last
    expect(box.locator("mark").first).to_contain_text("green door")
    expect(box.locator("mark").first).to_be_in_viewport(ratio=0.9)
    hidden = "box => box.scrollHeight > box.clientHeight && box.scrollTop > 0"
    assert box.evaluate(hidden)
