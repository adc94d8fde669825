"""What a user does on the page, step by step."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

# Notes what the page shows while it works: progress texts, titles and lengths of the reasoning.
_WATCH = """
() => {
  window.seen = {says: [], titles: [], lengths: []};
  const note = () => {
    for (const one of document.querySelectorAll('.rare-says')) window.seen.says.push(one.innerText);
    const head = document.querySelector('#rare-chat .thought-group');
    if (head) window.seen.titles.push(head.innerText.split('\\n')[0]);
    const steps = document.querySelector('.rare-steps');
    if (steps) window.seen.lengths.push(steps.textContent.length);
  };
  new MutationObserver(note).observe(document.body,
    {subtree: true, childList: true, characterData: true});
}
"""


def watch(page: Page) -> None:
    """Begin to note what the page shows."""
    page.evaluate(_WATCH)


def seen(page: Page) -> dict[str, list[Any]]:
    """Give what was noted, each text once, in order."""
    noted: dict[str, list[Any]] = page.evaluate("() => window.seen")
    return {name: list(dict.fromkeys(values)) for name, values in noted.items()}


def upload(page: Page, *files: Path) -> None:
    """Add files and wait until each has its result."""
    page.set_input_files("#rare-upload input[type=file]", [str(file) for file in files])
    done = page.locator(
        "#rare-progress .rare-added, #rare-progress .rare-skipped, #rare-progress .rare-failed"
    )
    expect(done).to_have_count(len(files), timeout=180_000)


def ask(page: Page, question: str) -> None:
    """Ask and wait for the whole answer."""
    before = page.locator(".rare-facts, .rare-error").count()
    page.fill("#rare-question textarea", question)
    page.keyboard.press("Enter")
    expect(page.locator(".rare-facts, .rare-error")).to_have_count(before + 1, timeout=240_000)


def documents(page: Page) -> list[str]:
    """Names in the document list."""
    return page.locator(".rare-row-name").all_inner_texts()
