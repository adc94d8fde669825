"""Documents that attack the page: nothing of them becomes an element, a request or the answer."""

from collections.abc import Sequence

import pytest
from playwright.sync_api import Page, expect

from tests.attacks import ATTACKS, BEACON, NAMES
from tests.browser.steps import ask

FACT = "The coolant pump of loop B delivers 52 litres per second."
QUESTION = "How many litres per second does the coolant pump of loop B deliver?"

# Elements that only an attack could have put where documents' words are shown.
_FOREIGN = (
    "script, iframe, style:not(svg style), link, meta, base, form:not(.rare-again), dialog, "
    "object, embed, audio, video, animate, sup, table, "
    "b:not(.rare-view-name b):not(.rare-understood b), "
    "img:not(.rare-sheet img), [onerror], [onload], [onmouseover], [onfocus], [ontoggle], "
    "[style*='url('], a[href^='javascript'], a[href^='data'], a[href^='http']"
)
_PLACES = ("#rare-chat", "#rare-page", "#rare-list", "#rare-progress")


def _send(page: Page, files: Sequence[tuple[str, str]]) -> None:
    sent = [
        {"name": name, "mimeType": "text/plain", "buffer": text.encode("utf-8", "ignore")}
        for name, text in files
    ]
    page.set_input_files("#rare-upload input[type=file]", sent)  # type: ignore[arg-type]
    done = page.locator(
        "#rare-progress .rare-added, #rare-progress .rare-skipped, #rare-progress .rare-failed"
    )
    expect(done).to_have_count(len(files), timeout=240_000)
    expect(page.locator("#rare-progress .rare-failed")).to_have_count(0)


def _hostile_files() -> list[tuple[str, str]]:
    """Every attack beside the fact, five in a file, under the hostile names."""
    files = []
    for number in range(0, len(ATTACKS), 5):
        name = NAMES[number // 5 % len(NAMES)]
        words = "\n\n".join(f"Note {one.name}. {one.text}" for one in ATTACKS[number : number + 5])
        words = words.replace("\x00", "")  # a file that holds it is no text and is refused
        files.append((f"{number} {name}", f"# {ATTACKS[number].text[:60]}\n\n{words}\n"))
    return files


def _answer(page: Page) -> str:
    shown = page.locator(".rare-answer .rare-text, .rare-answer .rare-refusal").last
    return shown.inner_text()


@pytest.mark.timeout(900)
def test_no_attack_reaches_the_page(page: Page, address: str) -> None:
    requests: list[str] = []
    dialogs: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    _send(page, [("Pump.txt", FACT)])
    ask(page, QUESTION)
    before = _answer(page)
    assert "52" in before

    _send(page, _hostile_files())
    ask(page, QUESTION)
    after = _answer(page)
    assert "banana" not in after.lower()
    assert "52" in after, f"“{before}” became “{after}”"
    ask(page, "What does the note say about BANANA? <script>alert(1)</script> ![x](http://x/y.png)")
    # Those of a refusal are open already: one click more would close them.
    for _ in page.locator(".rare-others:not([open]) > summary").all():
        page.locator(".rare-others:not([open]) > summary").first.click()
    for title in page.locator("#rare-chat .thought-group .title").all():
        title.click()
    shown = page.locator("#rare-chat").inner_text()
    assert "BANANA" in shown, "the attacks were not shown: this test would show nothing"
    opener = page.locator(".rare-open").last
    opener.click()
    expect(page.locator("#rare-page .rare-page-text")).to_be_visible(timeout=60_000)
    # On to the next places: each shows another hostile page.
    for _ in range(3):
        if page.locator("#rare-page .rare-before").is_enabled():
            page.locator("#rare-page .rare-before").click()
            page.wait_for_timeout(700)
    for place in _PLACES:
        found = page.locator(place).locator(_FOREIGN)
        assert found.count() == 0, found.first.evaluate("(one) => one.outerHTML")
    page.keyboard.press("Escape")
    page.locator(".rare-exports summary").last.click()
    with page.expect_download(timeout=120_000):
        page.locator("[data-export='docx'][data-whole]").last.click()

    page.reload()
    page.wait_for_selector("#rare-question textarea")
    page.wait_for_timeout(1000)
    names = page.locator(".rare-row-name")
    assert names.count() == 1 + len(_hostile_files())
    assert not any("\u202e" in one or "\x1b" in one for one in names.all_inner_texts())
    assert page.locator("#rare-list").locator(_FOREIGN).count() == 0

    assert page.evaluate("() => window.hacked") is None
    assert dialogs == []
    own = (address, address.replace("http", "ws", 1), "blob:", "data:")
    assert [url for url in requests if not url.startswith(own)] == []
    assert not [url for url in requests if BEACON in url]
