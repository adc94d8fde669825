"""The whole flow by keyboard, what a screen reader is told, and axe-core on every view."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.app_process import PROJECT
from tests.browser.axe import violations
from tests.browser.steps import upload

QUESTION = "How often must the oil in the pump be changed?"
MANUAL = PROJECT / "assets" / "samples" / "Pump HX-40 service manual.pdf"

# Notes each text that the live region says.
_LISTEN = """
() => {
  window.heard = [];
  const live = document.getElementById('rare-live');
  new MutationObserver(() => window.heard.push(live.textContent))
    .observe(live, {childList: true, characterData: true, subtree: true});
}
"""
_FOCUS = """
() => {
  const one = document.activeElement;
  const frame = one.closest('#rare-question') || one;
  const style = getComputedStyle(one).outlineStyle === 'none'
    ? getComputedStyle(frame) : getComputedStyle(one);
  return {name: one.getAttribute('aria-label') || one.innerText || one.value || '',
    tag: one.tagName, classes: one.className.toString(),
    ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2};
}
"""


def _tab_to(page: Page, selector: str, *, longest: int = 60) -> None:
    """Press Tab until an element has the focus; each stop on the way shows it."""
    for _ in range(longest):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement === document.body"):
            continue  # the browser's own bar
        assert page.evaluate(_FOCUS)["ring"], f"no focus ring: {page.evaluate(_FOCUS)}"
        if page.evaluate("(one) => document.activeElement.matches(one)", selector):
            return
    raise AssertionError(f"{selector} is not reached with Tab")


def test_the_whole_flow_by_keyboard(page: Page) -> None:
    page.wait_for_selector("#rare-live", state="attached")
    page.evaluate(_LISTEN)
    page.evaluate("() => document.activeElement.blur()")
    # Documents: the samples are added with the keyboard.
    _tab_to(page, "#rare-sample")
    page.keyboard.press("Enter")
    expect(page.locator("#rare-progress .rare-added")).to_have_count(2, timeout=180_000)
    # The skip link is the page's first stop and leads to the question.
    page.evaluate("() => { document.activeElement.blur(); document.body.focus(); }")
    skip = page.locator(".rare-skip")
    skip.focus()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#rare-question textarea")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".rare-exports")).to_have_count(1, timeout=240_000)
    page.wait_for_timeout(1500)
    heard = page.evaluate("() => window.heard")
    assert any(one.endswith("…") for one in heard), f"no progress was said: {heard}"
    shown = page.locator(".rare-answer .rare-text, .rare-answer .rare-refusal").inner_text()
    assert any(one.startswith("Answer: ") and shown.split()[0] in one for one in heard)
    # One place tells: the chat's own log is silent.
    expect(page.locator("#rare-chat [role='log']")).to_have_attribute("aria-live", "off")

    # The reasoning unfolds and says so.
    title = page.locator("#rare-chat .thought-group .title")
    expect(title).to_have_attribute("aria-expanded", "false")
    title.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".rare-steps")).to_be_visible()
    expect(title).to_have_attribute("aria-expanded", "true")
    # A citation is opened, the next one looked at, and the focus comes back.
    _tab_to(page, ".rare-open, .rare-others summary")
    if "summary" in page.evaluate(_FOCUS)["tag"].lower():
        page.keyboard.press("Enter")
        _tab_to(page, ".rare-open")
    opened = page.evaluate_handle("() => document.activeElement")
    page.keyboard.press("Enter")
    panel = page.locator("#rare-page .rare-view")
    expect(panel).to_be_visible(timeout=60_000)
    expect(panel.locator(".rare-shut")).to_be_focused()
    count = int(panel.locator("nav span").inner_text().split()[-1])
    assert count > 1
    at = int(panel.locator("nav span").inner_text().split()[0])
    step, then = (".rare-next", at + 1) if at < count else (".rare-before", at - 1)
    _tab_to(page, step)
    page.keyboard.press("Enter")
    expect(panel.locator("nav span")).to_have_text(f"{then} of {count}", timeout=60_000)
    page.wait_for_timeout(500)
    focused = page.evaluate(_FOCUS)["classes"]
    enabled = panel.locator(step).is_enabled()
    assert focused == (step.removeprefix(".") if enabled else "rare-shut")
    assert any(f"Place {then} of {count}." in one for one in page.evaluate("() => window.heard"))
    page.keyboard.press("Escape")
    expect(page.locator("#rare-page")).to_be_hidden()
    assert page.evaluate("(one) => document.activeElement === one", opened)
    # And from there on to the export and the tabs.
    _tab_to(page, ".rare-exports summary")
    page.keyboard.press("Enter")
    _tab_to(page, "[data-export='pdf']")
    page.get_by_role("tab", name="Evaluate").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#rare-check-upload")).to_be_visible()


def test_controls_have_names(page: Page) -> None:
    page.wait_for_selector("#rare-live", state="attached")
    expect(page.get_by_label("Question", exact=True)).to_be_visible()
    expect(page.get_by_label("Filter the documents by name")).to_be_visible()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(page.get_by_role("log")).to_be_attached()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, address: str, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": 1440, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#rare-live", state="attached")
    page.wait_for_timeout(1500)
    found = {"start": violations(page)}
    upload(page, MANUAL)
    page.locator("#rare-settings button").first.click()
    page.wait_for_timeout(500)
    found["library"] = violations(page)
    page.fill("#rare-question textarea", QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".rare-exports")).to_have_count(1, timeout=240_000)
    for summary in page.locator(".rare-others summary, .rare-exports summary").all():
        summary.click()
    page.wait_for_timeout(1000)
    found["answer"] = violations(page)
    page.locator(".rare-open").first.click()
    expect(page.locator("#rare-page .rare-view")).to_be_visible(timeout=60_000)
    page.wait_for_timeout(1000)
    found["page"] = violations(page)
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Evaluate").click()
    page.wait_for_timeout(1000)
    found["evaluate"] = violations(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    page.wait_for_selector("#rare-live", state="attached")
    page.wait_for_timeout(2500)
    found["phone"] = violations(page)
    context.close()
    assert {where: bad for where, bad in found.items() if bad} == {}


def test_axe_sees_what_is_wrong(browser: Browser, tmp_path: Path) -> None:
    """The check itself works: a page with faults has violations."""
    wrong = tmp_path / "wrong.html"
    wrong.write_text("<html><body><button></button><img src='x.png'></body></html>")
    context = browser.new_context()
    page = context.new_page()
    page.goto(wrong.as_uri())
    names = " ".join(violations(page))
    context.close()
    assert "button-name" in names
    assert "image-alt" in names
