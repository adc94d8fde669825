"""The Evaluate tab: a list, its progress, stop, figures, misses and the CSV file."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import upload

NOTE = "The archive opens at nine on weekdays. It was founded in 1911 by Ada Holm."


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """Wait longer than five seconds for what is expected: the machine may be busy."""
    expect.set_options(timeout=60_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def library_page(page: Page, tmp_path: Path) -> Page:
    note = tmp_path / "archive.txt"
    note.write_text(NOTE, encoding="utf-8")
    upload(page, note)
    page.get_by_role("tab", name="Evaluate").click()
    return page


def give(page: Page, path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    page.set_input_files("#rare-check-upload input[type=file]", str(path))


def test_a_list_is_checked_and_downloaded(library_page: Page, tmp_path: Path) -> None:
    page = library_page
    expect(page.locator("#rare-check-start")).to_be_disabled()
    give(page, tmp_path / "wrong.csv", "question,answer\n,x\n")
    expect(page.locator("#rare-check-list .rare-error")).to_contain_text(
        "Line 2 of “wrong.csv” has no question"
    )
    expect(page.locator("#rare-check-start")).to_be_disabled()

    give(
        page,
        tmp_path / "questions.csv",
        "Question;Answer;Source\nWhen does the archive open?;at nine;archive.txt\n"
        "Who founded the archive?;<b>Ada</b>;another.pdf\nWho won the chess match?;;\n",
    )
    expect(page.locator("#rare-check-list")).to_contain_text("3 questions, 2 with an answer")
    page.locator("#rare-check-start").click()
    expect(page.locator(".rare-check-running")).to_contain_text("of 3 of “questions.csv”")
    expect(page.locator("#rare-check-stop")).to_be_visible()
    expect(page.locator("#rare-check-download")).to_be_visible(timeout=240_000)
    expect(page.locator("#rare-check-stop")).to_be_hidden()
    row = page.locator(".rare-figures tr", has_text="recall@1").first
    expect(row.locator(".rare-value")).to_have_text("0.50")
    miss = page.locator(".rare-miss", has_text="Who founded the archive?")
    expect(miss).to_contain_text("no document of the collection has this name")
    expect(miss).to_contain_text("archive.txt (part 1)")
    expect(miss).to_contain_text("<b>Ada</b>")

    with page.expect_download() as told:
        page.locator("#rare-check-download").click()
    assert told.value.suggested_filename == "questions results.csv"
    with Path(told.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["rank of source"] for row in rows] == ["1", "0", ""]

    page.reload()
    page.wait_for_selector("#rare-question textarea")
    page.get_by_role("tab", name="Evaluate").click()
    expect(page.locator(".rare-figures")).to_be_visible()


def test_stop_ends_a_list(library_page: Page, tmp_path: Path) -> None:
    page = library_page
    lines = "".join(f"When does archive {number} open?,at nine\n" for number in range(200))
    give(page, tmp_path / "long.csv", f"question,answer\n{lines}")
    expect(page.locator("#rare-check-list")).to_contain_text("200 questions")
    page.locator("#rare-check-start").click()
    expect(page.locator(".rare-check-running")).to_contain_text("of 200 of")
    page.locator("#rare-check-stop").click()
    expect(page.locator("#rare-check-result")).to_contain_text("Stopped after")
    expect(page.locator("#rare-check-start")).to_be_enabled()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_tab_fits_the_screen(browser: Browser, address: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844})
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#rare-question textarea")
    page.get_by_role("tab", name="Evaluate").click()
    expect(page.locator("#rare-check-start")).to_be_visible()
    wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    expect(page.locator("#rare-question")).to_be_hidden()
    page.get_by_role("tab", name="Ask").click()
    expect(page.locator("#rare-question")).to_be_visible()
    context.close()
