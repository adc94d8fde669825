"""The steps of an answer on the page: a line that opens, and leads to quotes and passages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from rare_app.chats import Asked, ChatStore
from rare_app.library import Embedder, Library, Passage
from rare_app.present import answer_data
from rare_app.proof import find_quote
from rare_app.settings import Settings
from rare_app.types import Answer, Claim, Step
from tests.browser.app_process import running_app
from tests.browser.axe import violations
from tests.conftest import SMALL_MODEL, SMALL_READER

QUESTION = "By how much did operating costs rise from 2020 to 2021, and what came of it?"
COSTS = "| Operating costs | 30.1 | 28.0 |"
INCOME = "Operating income fell to 4.2 million euros in 2022."
NOTES = (
    f"# Costs\n\n| Million euros | 2021 | 2020 |\n|---|---|---|\n{COSTS}\n| Staff | 11.4 | 11.9 |\n"
)
REPORT = ("The Harwell works are in their ninth year.", INCOME, "Drills take place every March.")


def keep_chat(home: Path, embedder: Embedder) -> None:
    """Keep a chat whose answer has quotes, calculations and searches."""
    files = home.parent / "files"
    files.mkdir()
    notes, report = files / "Costs 2021.md", files / "Annual report 2022.pdf"
    notes.write_text(NOTES, encoding="utf-8")
    canvas = Canvas(str(report), pagesize=A4)
    canvas.drawString(72, 700, "Contents")
    canvas.showPage()
    for number, line in enumerate(REPORT):
        canvas.drawString(72, 760 - 18 * number, line)
    canvas.save()
    library = Library(settings=Settings(home=home), embedder=embedder)
    library.add([notes, report])
    passages = [_passage(library, notes.name, 1), _passage(library, report.name, 2)]
    found = [find_quote(words, passages) for words in (COSTS, INCOME)]
    quotes = tuple(one for one in found if one is not None)
    rise = Step("calculation", "(30.1 - 28.0) / 28.0 * 100", result="7.5", quotes=(0,))
    answer = Answer(
        answered=True,
        answer="Operating costs rose by 7.5%. Operating income fell to 4.2 million euros in 2022.",
        question=QUESTION,
        reasoning=(
            f"<quote>{COSTS}</quote> (2021: 30.1; 2020: 28.0) <calc>{rise.text}</calc> = 7.5 "
            "percent. What came of it must stand in a later report.\n"
            f"<search>operating income 2022</search>\n<quote>{INCOME}</quote> "
            "<calc>4.2 / 0</calc> (not worked out: it divides by zero) "
            "<search>operating income 2023</search> (nothing more was found)"
        ),
        claims=(
            Claim("Operating costs rose by 7.5%.", True, 0.9, quotes[:1]),
            Claim("Operating income fell to 4.2 million euros in 2022.", True, 0.9, quotes[1:]),
        ),
        quotes=quotes,
        passages=tuple(passages),
        model="small",
        steps=(
            rise,
            Step("search", "operating income 2022", passages=(1,)),
            Step("calculation", "4.2 / 0", trouble="it divides by zero"),
            Step("search", "operating income 2023", trouble="nothing more was found"),
        ),
    )
    chats = ChatStore(library.database)
    turn = chats.add_turn(QUESTION, collection="default")
    key = chats.begin_answer(
        turn.turn_id, standalone=QUESTION, asked=Asked(collection="default", passages=2)
    )
    assert key is not None
    chats.end_answer(key, standalone=QUESTION, data=answer_data(answer), error="", seconds=12.0)
    library.close()


def _passage(library: Library, name: str, page: int) -> Passage:
    """Make a passage of a whole page."""
    document = next(one for one in library.documents() if one.name == name)
    text = library.page_text(document.document_id, page) or ""
    key, kind = document.document_id, document.page_kind
    return Passage(1, key, name, "", "", page, kind, 0, len(text), text, 0.5)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[str]:
    home = tmp_path_factory.mktemp("steps") / "home"
    keep_chat(home, embedder)
    with running_app(home, RARE_MODEL=SMALL_MODEL, RARE_READER=SMALL_READER) as opened:
        yield opened


def open_chat(browser: Browser, address: str, *, width: int, scheme: str) -> Page:
    """Open the kept chat."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#rare-live", state="attached")
    page.wait_for_timeout(2000)
    page.get_by_role("button", name="Chats", exact=True).click()
    page.locator(".rare-chat-open").click()
    expect(page.locator(".rare-answer")).to_be_visible(timeout=60_000)
    page.set_viewport_size({"width": width, "height": 900})
    if width < 640:
        page.reload()  # the chat comes back, and the documents fold away
        expect(page.locator(".rare-answer")).to_be_visible(timeout=60_000)
        page.wait_for_timeout(2000)
    return page


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_line_opens_to_steps_that_lead_to_their_pages(
    browser: Browser, kept: str, width: int, scheme: str
) -> None:
    page = open_chat(browser, kept, width=width, scheme=scheme)
    line = page.locator("#rare-chat .thought-group .title")
    expect(line).to_contain_text("2 quotes, 2 calculations, 2 searches (12 s)")
    expect(line).to_have_attribute("aria-expanded", "false")
    expect(page.locator(".rare-steps")).to_be_hidden()
    found = {"collapsed": violations(page)}
    line.focus()
    page.keyboard.press("Enter")
    expect(line).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".rare-steps > ol > li")).to_have_count(6)
    found["opened"] = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    panel = page.locator("#rare-page .rare-view")
    for name, words in (
        ("Open quote 1, part 1 of Costs 2021.md", ["Operating costs", "30.1", "28.0"]),
        ("Open page 2 of Annual report 2022.pdf", [INCOME]),
    ):
        opener = page.locator(".rare-steps").get_by_role("button", name=name).last
        opener.focus()
        page.keyboard.press("Enter")
        expect(panel.locator(".rare-page-text mark")).to_have_text(words, timeout=60_000)
        expect(panel.locator(".rare-shut")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#rare-page")).to_be_hidden()
        expect(opener).to_be_focused()
    page.context.close()
    assert {where: bad for where, bad in found.items() if bad} == {}
