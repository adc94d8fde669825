"""A library with one PDF, and an answered turn that cites it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from rare_app.export import AnsweredTurn, PagePictures
from rare_app.library import Library
from rare_app.pages import PageViewer

LINES = (
    "The Harwell site has two coolant loops.",
    "The coolant pump of loop B delivers 52 litres per second.",
    "Emergency drills take place every March.",
)
QUOTE = "delivers 52 litres per second"


@pytest.fixture
def manual(library: Library, tmp_path: Path) -> Library:
    path = tmp_path / "Coolant.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    canvas.drawString(72, 700, "Contents")
    canvas.showPage()
    for number, line in enumerate(LINES):
        canvas.drawString(72, 760 - 18 * number, line)
    canvas.save()
    library.add([path])
    return library


@pytest.fixture
def pictures(manual: Library) -> PagePictures:
    return PagePictures(library=manual, pages=PageViewer())


@pytest.fixture
def turn(manual: Library) -> AnsweredTurn:
    (document,) = manual.documents()
    text = manual.page_text(document.document_id, 2) or ""
    return make_turn(text)


def make_turn(text: str, *, quote: str = QUOTE, **changed: object) -> AnsweredTurn:
    """Make a turn that cites a quote of the page's text, and another claim without a source."""
    start = text.index(quote)
    citation = {
        "document": "Coolant.pdf",
        "page": 2,
        "start": start,
        "end": start + len(quote),
        "quote": quote,
        "passage": 0,
    }
    passage = {"document": "Coolant.pdf", "page": 2, "start": 0, "end": len(text), "text": text}
    other = {"document": "Notes.md", "page": 1, "start": 0, "end": 5, "text": "Other words."}
    data = {
        "answered": True,
        "answer": "It delivers 52 litres per second. It is blue.",
        "reasoning": f"<quote>{quote}</quote> tells how much.",
        "claims": [
            {
                "text": "It delivers 52 litres per second.",
                "supported": True,
                "citations": [citation],
            },
            {"text": "It is blue.", "supported": False, "citations": []},
        ],
        "quotes": [citation],
        "passages": [{**passage, "page_kind": "page"}, {**other, "page_kind": "part"}],
        "model": "small-model",
        "adapter": "ours",
        **changed,
    }
    return AnsweredTurn("How much does the pump of loop B deliver?", data)


@pytest.fixture
def made() -> Callable[..., AnsweredTurn]:
    """Make a turn over a text without a library."""
    return make_turn
