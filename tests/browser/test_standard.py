"""The standard model answers on the page: in sentences, in the question's language, with places."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rare_app.machine import total_memory
from rare_app.model import find_models
from rare_app.packaged import STANDARD_MEMORY
from rare_app.settings import load_settings
from tests.browser.app_process import running_app
from tests.browser.steps import ask, upload

pytestmark = pytest.mark.skipif(
    total_memory() < STANDARD_MEMORY, reason="the standard model asks for more memory"
)

MIETVERTRAG = (
    "# Mietvertrag\n\n## Miete\n\nDie monatliche Miete beträgt 1.190 Euro und ist am dritten "
    "Werktag fällig.\n\n## Kaution\n\nDie Kaution beträgt drei Monatsmieten.\n"
)
PUMP = (
    "# Pump P-200\n\n## Start\n\nPrime the pump before it is started. Running it dry destroys the "
    "plain bearings within two minutes.\n\n## Seal\n\nThe seal is replaced every 4,000 hours.\n"
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_app(tmp_path_factory.mktemp("app") / "home", RARE_MODEL="") as opened:
        yield opened


def test_sentences_with_their_places_in_the_language_of_the_question(
    page: Page, tmp_path: Path
) -> None:
    standard = [one for one in find_models(load_settings(home=tmp_path)) if one.standard]
    assert standard, "the standard model is missing: run “make setup”"
    files = {"Mietvertrag.md": MIETVERTRAG, "Pump.md": PUMP}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    upload(page, *(tmp_path / name for name in files))

    ask(page, "What happens to the bearings if the pump runs dry?")
    answer = page.locator(".rare-answer").last
    expect(answer).to_contain_text("bearings")
    expect(answer).to_contain_text("destroy")
    expect(page.locator(".rare-facts").last).to_contain_text(standard[0].name)
    page.locator(".rare-source .rare-open").first.click()
    expect(page.locator("#rare-page .rare-page-text mark").first).to_contain_text("bearings")
    page.keyboard.press("Escape")

    ask(page, "Wie hoch ist die monatliche Miete der Wohnung?")
    answer = page.locator(".rare-answer").last
    expect(answer).to_contain_text("1.190")
    expect(answer).to_contain_text("Miete")

    ask(page, "What is the name of the pump's inventor?")
    expect(page.locator(".rare-answer").last).to_contain_text("The documents do not answer this.")

    # Two things at once: each has its own answer, whose mark opens its own page.
    ask(page, "How often is the seal replaced, and when is the monthly rent of the flat due?")
    parts = page.locator(".rare-parts").last
    expect(parts.locator("dt")).to_have_count(2)
    expect(parts.locator("dd").first).to_contain_text("4,000 hours")
    parts.locator("dd").first.locator(".rare-mark").first.click()
    expect(page.locator("#rare-page .rare-page-text mark").first).to_contain_text("4,000 hours")
