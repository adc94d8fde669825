"""The panel of a cited page: what it shows, and that nothing in it is markup of a document's."""

from types import SimpleNamespace

import pytest

from rare_app.documents import Page
from rare_app.library import Passage, StoredDocument
from rare_app.pages import Box, PageView
from rare_app.types import Answer, Citation, Claim
from rare_app.ui.chat import Chat, Exchange
from rare_app.ui.cited import first_place, places_of
from rare_app.ui.page_html import page_html
from rare_app.ui.page_view import PageHandlers
from rare_app.ui.render import answer_html

TEXT = "The <b>landlord</b> repairs the roof. The tenant pays 900 euros."


def passage(number, name="Lease & more.pdf"):
    return Passage(
        chunk_id=number,
        document_id=number,
        document=name,
        title="",
        section="",
        page=2,
        page_kind="page",
        start=0,
        end=len(TEXT),
        text=TEXT,
        score=0.5,
    )


def citation(number, words):
    start = TEXT.index(words)
    return Citation(number, "Lease & more.pdf", 2, start, start + len(words), words)


ROOF, EUROS = citation(1, "repairs the roof"), citation(1, "900 euros")
ANSWER = Answer(
    answered=True,
    answer="The roof is repaired. It costs 900 euros.",
    claims=(
        Claim("The roof is repaired.", True, 1.0, (ROOF,)),
        Claim("It costs 900 euros.", True, 1.0, (EUROS, ROOF)),
    ),
    passages=(passage(1), passage(2)),
)


def test_places_are_the_citations_and_then_what_was_read_besides():
    places = places_of(ANSWER)
    assert [(one.passage, one.quote) for one in places] == [
        (1, "repairs the roof"),
        (1, "900 euros"),
        (0, TEXT),
    ]
    assert first_place(ANSWER, 0) == 2
    roof = citation(0, "repairs the roof")
    refused = Answer(answered=False, answer="No.", passages=(passage(1),), quotes=(roof,))
    assert [one.quote for one in places_of(refused)] == [roof.quote, TEXT]
    assert first_place(refused, 0) == 1


def test_each_mark_opens_the_words_of_its_own_claim():
    html = answer_html(ANSWER, turn=3)
    first, second = html.split("It costs")
    assert "data-turn='3' data-place='0' aria-label='Source 1" in first
    assert "data-turn='3' data-place='1' aria-label='Source 1" in second
    assert "data-place='2' aria-label='Open page 2 of Lease &amp; more.pdf'" in second


def document(media_type="application/pdf", name="Lease & more.pdf"):
    return StoredDocument(
        7, "default", name, "", "0" * 64, media_type, "page", 3, 9, 1000, "2026-01-01", ()
    )


def panel(view=None, **changes):
    options = {
        "document": document(),
        "passage": passage(1),
        "place": ROOF,
        "text": TEXT,
        "view": view,
        "steps": (3, 0, 3),
        "has_original": True,
    }
    return page_html(**{**options, **changes})


def test_the_panel_marks_the_words_on_the_picture_and_in_the_text():
    view = PageView(b"png", 10, 20, (Box(0.1, 0.2, 0.3, 0.04),), "repairs the roof")
    html = panel(view)
    assert "left:10.000%;top:20.000%;width:30.000%;height:4.000%" in html
    assert "<mark>repairs the roof</mark>" in html
    assert "&lt;b&gt;landlord" in html
    assert "<b>landlord" not in html
    assert "Lease &amp; more.pdf" in html
    assert "href='/rare/original/7#page=2'" in html
    assert "data-place='-1' aria-label='Previous place' disabled" in html
    assert "data-place='1' aria-label='Next place'>" in html


def test_the_panel_says_what_it_cannot_show():
    assert "cannot be drawn" in panel()
    assert "could not be found on the picture" in panel(PageView(b"", 1, 1, (), ""))
    text_only = panel(document=document("text/markdown"), has_original=False)
    assert "rare-view-note" not in text_only
    assert "rare-original" not in text_only


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"turn": 9, "place": 0}, "no longer in the chat"),
        ({"turn": 1, "place": 99}, "no longer in the chat"),
        ({"turn": 1, "place": -1}, "no longer in the chat"),
        ({"turn": "x", "place": 0}, "no longer in the chat"),
        ({}, "no longer in the chat"),
        ({"turn": 1, "place": 0}, "no longer in the library"),
    ],
)
def test_what_is_gone_is_said_in_one_sentence(data, says):
    library = SimpleNamespace(
        page=lambda *_: None, document=lambda _: None, documents=lambda **_: []
    )
    handlers = PageHandlers(services=SimpleNamespace(library=library))
    chat = Chat()
    chat.exchanges.append(Exchange(question="?", answer=ANSWER))
    assert says in handlers.open(chat, SimpleNamespace(_data=data))


def read_anew(text, media_type="text/plain", view=None):
    """Handlers over a library whose document 1 was read anew since the answer was given."""
    stored = document(media_type)
    library = SimpleNamespace(
        document=lambda number: stored,
        page_text=lambda number, page: text if page == 3 else "",
        page=lambda number, page: Page(page, text if page == 3 else ""),
        original=lambda one: "file.pdf",
    )
    return PageHandlers(services=SimpleNamespace(library=library, pages=SimpleNamespace(view=view)))


def test_a_citation_of_a_document_that_was_read_anew_is_marked_where_it_stands_now():
    handlers = read_anew("| Who | What |\n| landlord | repairs | the roof |")
    html = handlers._page(ANSWER, 0, 1, "")
    assert "<mark>the roof</mark>" in html
    assert "page 3 of" in html
    assert "rare-view-note" not in html


def test_a_citation_whose_words_are_gone_says_that_the_text_has_changed():
    handlers = read_anew("The tenant repairs the cellar.")
    html = handlers._page(ANSWER, 0, 1, "")
    assert "has changed since" in html
    assert "<mark>repairs the roof</mark>" in html


@pytest.mark.parametrize("found", [True, False])
def test_words_that_are_read_otherwise_now_are_marked_on_the_page_that_is_as_it_was(found):
    asked = []

    def view(path, *, page, start, end):
        asked.append((path, page.number, page.text[start:end]))
        return PageView(b"png", 10, 20, (Box(0.1, 0.2, 0.3, 0.04),) if found else (), "")

    html = read_anew("Repairs · roof: landlord", "application/pdf", view)._page(ANSWER, 0, 1, "")
    assert asked == [("file.pdf", 2, "repairs the roof")]
    assert "has changed since" in html
    assert "<mark>repairs the roof</mark>" in html
    assert ("left:10.000%" in html) == ("marked on the page" in html) == ("<img" in html) == found
