"""The passages stand on the page, their words marked, before the model has said anything."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.app_process import running_app
from tests.browser.axe import violations
from tests.browser.steps import upload

# Notes each state of the chat once: what is told, and what of the passages and the answer is shown.
_WATCH = """
() => {
  window.states = [];
  let last = '';
  const note = () => {
    const chat = document.querySelector('#rare-chat');
    const found = chat.querySelector('.rare-found');
    const state = {
      title: chat.querySelector('.thought-group')?.innerText.split('\\n')[0].trim() || '',
      cards: found ? found.querySelectorAll('.rare-source').length : 0,
      marks: found ? [...found.querySelectorAll('mark')].map((one) => one.textContent) : [],
      top: found ? Math.round(found.getBoundingClientRect().top) : 0,
      beside: !document.querySelector('#rare-page').classList.contains('rare-closed'),
      steps: (chat.querySelector('.rare-steps')?.textContent || '').trim().length,
      answer: (chat.querySelector('.rare-answer')?.textContent || '').trim().length,
    };
    const now = JSON.stringify(state);
    if (now !== last) { last = now; window.states.push(state); }
  };
  new MutationObserver(note).observe(document.body,
    {subtree: true, childList: true, characterData: true});
}
"""
FILLER = (
    "The log of that month lists the hours of each shift, the readings of the gauges and the "
    "names of those on duty; nothing out of the ordinary was noted by anyone. "
)


@pytest.fixture(scope="module")
def manual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A long document: several passages that take the model a while."""
    months = ("March", "April", "May", "June", "July", "August")
    parts = [
        f"## {month}\n\nThe coolant pump was **inspected** on {day} {month}. {FILLER * 6}\n\n"
        for day, month in enumerate(months, start=11)
    ]
    table = "| Part | Stock |\n| --- | --- |\n| Seal of the coolant pump | 3 |\n"
    path = tmp_path_factory.mktemp("files") / "Pump log.md"
    path.write_text(f"# Pump log\n\n{''.join(parts)}## Parts\n\n{table}", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("app") / "home"
    with running_app(home, RARE_MEMORY="off", RARE_PASSAGES="5") as opened:
        yield opened


def test_sources_stand_there_before_the_answer(page: Page, manual: Path) -> None:
    upload(page, manual)
    page.evaluate(_WATCH)
    page.fill("#rare-question textarea", "When was the coolant pump inspected in May?")
    page.keyboard.press("Enter")
    found = page.locator("#rare-chat .rare-found")
    expect(found.locator("mark").first).to_be_visible(timeout=120_000)
    expect(page.locator("#rare-chat .user-row").last).to_be_in_viewport()
    expect(found.locator(".rare-document").first).to_have_text("Pump log.md")
    # A page opens while the model reads.
    found.locator(".rare-open").first.click()
    expect(page.locator("#rare-page .rare-page-text mark")).to_have_count(1, timeout=60_000)
    page.keyboard.press("Escape")
    expect(page.locator(".rare-facts")).to_have_count(1, timeout=240_000)
    expect(found).to_have_count(0)
    expect(page.locator(".rare-others")).to_have_count(1)

    states = page.evaluate("() => window.states")
    before = [one for one in states if one["cards"] and not one["answer"]]
    silent = [one for one in before if not one["steps"]]
    assert any(one["cards"] == 5 and one["marks"] for one in silent)
    assert any("13 May" in mark for one in silent for mark in one["marks"])
    assert not any("**" in mark for one in silent for mark in one["marks"])
    told = [one["title"] for one in before]
    assert any(title.startswith("Reading 5 passages …") for title in told)
    assert any(" of 5" in title for title in told), told
    # Once they stand there they do not move, whatever is read and thought above them.
    marked = [one["top"] for one in before if one["marks"] and not one["beside"]]
    assert max(marked) - min(marked) <= 2


def test_it_can_be_read_by_everyone_while_it_works(
    browser: Browser, address: str, manual: Path
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#rare-question textarea")
    page.wait_for_timeout(1500)
    if not page.locator(".rare-row-name").count():
        upload(page, manual)
    page.fill("#rare-question textarea", "How many seals of the coolant pump are in stock?")
    page.keyboard.press("Enter")
    found = page.locator("#rare-chat .rare-found")
    expect(found.locator("td", has_text="Seal of the coolant pump").first).to_be_attached(
        timeout=120_000
    )
    assert "---" not in found.inner_text()
    wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    assert violations(page) == []
    expect(page.locator(".rare-facts, .rare-error")).to_have_count(1, timeout=240_000)
    context.close()
