"""Chats on the page: go on, come back, find, rename, delete, choose documents, ask again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.app_process import running_app
from tests.browser.steps import ask, upload

NOTES = {
    "Archive.txt": "The archive opens at nine on weekdays. Ada Holm founded the archive in 1911.",
    "Museum.txt": "The museum opens at eleven on weekdays. Ivo Lind founded the museum in 1950.",
}


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """Wait longer than five seconds for what is expected: the machine may be busy."""
    expect.set_options(timeout=60_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def notes(tmp_path: Path) -> list[Path]:
    for name, text in NOTES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [tmp_path / name for name in NOTES]


def open_page(browser: Browser, address: str, **options: object) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, **options)  # type: ignore[arg-type]
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#rare-question textarea")
    return page


def show_chats(page: Page) -> None:
    page.get_by_role("button", name="Chats", exact=True).click()
    expect(page.locator("#rare-chat-search")).to_be_visible()


def test_a_chat_goes_on_and_stands_there_after_a_restart(
    browser: Browser, notes: list[Path], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with running_app(home) as address:
        page = open_page(browser, address)
        upload(page, *notes)
        ask(page, "When does the archive open on weekdays?")
        ask(page, "And the museum?")
        understood = page.locator(".rare-understood")

        # A question can be changed and asked again; the older answer stays.
        page.get_by_role("button", name="Ask again …").last.click()
        form = page.locator(".rare-again:not([hidden])")
        form.locator("textarea").fill("Who founded the museum?")
        form.locator("[name=passages]").fill("1")
        page.keyboard.press("Tab")
        form.locator("textarea").press("Enter")
        expect(page.locator(".rare-versions")).to_contain_text("2 of 2")
        expect(understood).to_contain_text("Who founded the museum?")
        expect(page.locator(".rare-with").last).to_contain_text("1 passage")
        page.get_by_role("button", name="Earlier answer").click()
        expect(understood).to_have_count(0)

        good = page.get_by_role("button", name="Good answer").first
        good.click()
        expect(good).to_have_attribute("aria-pressed", "true")
        page.wait_for_timeout(1000)
        page.context.close()

    with running_app(home) as address:
        page = open_page(browser, address)
        show_chats(page)
        page.locator(".rare-chat-open").click()
        expect(page.locator(".rare-asked")).to_have_text(
            ["When does the archive open on weekdays?", "And the museum?"]
        )
        expect(page.locator(".rare-versions")).to_contain_text("1 of 2")
        good = page.get_by_role("button", name="Good answer").first
        expect(good).to_have_attribute("aria-pressed", "true")
        # Citations work as before; the browser comes back to the chat by itself.
        page.reload()
        expect(page.locator(".rare-asked")).to_have_count(2)
        for summary in page.locator(".rare-others summary").all():
            summary.click()
        page.locator(".rare-open").first.click()
        expect(page.locator("#rare-page .rare-page-text")).to_contain_text("weekdays")
        expect(page.locator("#rare-page .rare-view-note")).to_have_count(0)
        page.keyboard.press("Escape")
        # Gone on from, it is the same chat.
        ask(page, "Who founded it?")
        expect(page.locator(".rare-chat-detail")).to_contain_text("3 questions")
        page.context.close()


def test_a_question_asked_before_the_page_has_loaded_is_answered(
    browser: Browser, address: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    late: list[Route] = []
    loading = True

    def keep_back(route: Route) -> None:
        if loading:
            late.append(route)
        else:
            route.continue_()

    page.route("**/gradio_api/run/**", keep_back)
    page.goto(address)
    box = page.locator("#rare-question textarea")
    expect(box).to_be_visible()
    for _ in range(100):  # Until the page asks for the chat that was open last.
        if any(_asks_for_a_chat(one) for one in late):
            break
        page.wait_for_timeout(100)
    assert any(_asks_for_a_chat(one) for one in late)
    loading = False
    box.fill("Who feeds the cat?")
    page.keyboard.press("Enter")
    expect(page.locator(".rare-asked")).to_have_text(["Who feeds the cat?"])
    for one in late:
        one.continue_()
    expect(page.locator(".rare-answer")).to_have_count(1)
    page.wait_for_timeout(1500)
    expect(page.locator(".rare-answer")).to_have_count(1)
    show_chats(page)
    page.get_by_role("button", name="Delete Who feeds the cat?").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator(".rare-chat-title")).to_have_count(0)
    context.close()


def _asks_for_a_chat(request: Route) -> bool:
    # The chat that was open last (none), the one on the page, what is searched, the collection.
    return '"data":["",null,"","default"]' in (request.request.post_data or "")


def test_chats_are_found_renamed_and_deleted(page: Page) -> None:
    # No documents are needed to have asked.
    for question in ("Who repairs the roof?", "When is the rent due?"):
        page.fill("#rare-question textarea", question)
        page.keyboard.press("Enter")
        expect(page.locator(".rare-answer")).to_have_count(1)
        page.locator("#rare-clear").click()
        expect(page.locator(".rare-asked")).to_have_count(0)
    show_chats(page)
    titles = page.locator(".rare-chat-title")
    expect(titles).to_have_text(["When is the rent due?", "Who repairs the roof?"])

    page.get_by_role("button", name="Rename Who repairs the roof?").click()
    box = page.get_by_role("textbox", name="Title of the chat")
    expect(box).to_be_focused()
    page.keyboard.type("Übersicht <i>Dach</i>")
    page.keyboard.press("Enter")
    expect(titles.last).to_have_text("Übersicht <i>Dach</i>")
    # The key that ends the renaming does not open the chat.
    page.wait_for_timeout(500)
    expect(page.locator(".rare-asked")).to_have_count(0)
    search = page.get_by_role("textbox", name="Search in chats")
    search.press_sequentially("uber", delay=30)
    expect(titles).to_have_text(["Übersicht <i>Dach</i>"])
    search.fill("rent")
    expect(titles).to_have_text(["When is the rent due?"])
    titles.first.click()
    expect(page.locator(".rare-asked")).to_have_text(["When is the rent due?"])
    search.fill("")
    expect(titles).to_have_count(2)

    row = page.locator(".rare-chat-row", has_text="rent due")
    row.locator(".rare-chat-delete").click()
    expect(row.get_by_role("button", name="Keep")).to_be_focused()
    page.keyboard.press("Enter")
    expect(titles).to_have_count(2)
    row.locator(".rare-chat-delete").click()
    row.get_by_role("button", name="Delete", exact=True).click()
    expect(titles).to_have_text(["Übersicht <i>Dach</i>"])
    # It was open: an empty chat stands in its place, after a reload, too.
    expect(page.locator(".rare-asked")).to_have_count(0)
    page.reload()
    expect(page.locator("#rare-question textarea")).to_be_visible()
    page.wait_for_timeout(1500)
    expect(page.locator(".rare-asked")).to_have_count(0)


def test_only_chosen_documents_are_asked(page: Page, notes: list[Path]) -> None:
    upload(page, *notes)
    box = page.get_by_role("combobox", name="Only in")
    expect(box).to_be_visible()
    box.click()
    box.press_sequentially("Museum", delay=30)
    page.keyboard.press("Enter")
    expect(page.locator("#rare-only .token")).to_have_text("Museum.txt")
    page.keyboard.press("Escape")
    ask(page, "When does the archive open on weekdays?")
    for summary in page.locator(".rare-others summary").all():
        if not page.locator(".rare-others[open]").count():
            summary.click()
    names = page.locator(".rare-document").all_inner_texts()
    assert set(names) == {"Museum.txt"}
    expect(page.locator(".rare-with")).to_contain_text("only in Museum.txt")
    # What is copied is the answer with its sources.
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the answer with its sources").click()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.startswith("When does the archive open on weekdays?\n\n")


def test_chats_on_a_phone(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(address)
    page.fill("#rare-question textarea", "Who sweeps the stairs?")
    page.keyboard.press("Enter")
    expect(page.locator(".rare-answer")).to_have_count(1)
    page.locator("#rare-clear").click()
    page.wait_for_timeout(1500)
    page.locator(".sidebar .toggle-button").first.click()
    show_chats(page)
    page.locator(".rare-chat-open", has_text="sweeps").first.click()
    # The drawer closes by itself, and the chat is seen.
    expect(page.locator(".rare-asked")).to_have_text(["Who sweeps the stairs?"])
    page.wait_for_timeout(1500)
    shelf = page.locator("#rare-shelf").bounding_box()
    assert shelf is None or shelf["x"] + shelf["width"] <= 1
    wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    context.close()
