"""The list of documents as the page shows it."""

from rare_app.library import StoredDocument
from rare_app.ui.document_list import list_html


def stored(name, **fields):
    values = {
        "document_id": 1,
        "collection": "default",
        "name": name,
        "title": "",
        "content_hash": "0" * 64,
        "media_type": "text/plain",
        "page_kind": "page",
        "pages": 2,
        "chunks": 3,
        "bytes": 4000,
        "added_at": "2025-01-01T00:00:00+00:00",
        "notes": (),
    }
    return StoredDocument(**{**values, **fields})


def test_a_pinned_document_shows_its_pin_pressed():
    shown = list_html([stored("a.md", pinned=True), stored("b.md")], text="", pins=True)
    first, second = shown.split("</li>")[:2]
    assert "aria-label='Pin a.md' aria-pressed='true'" in first
    assert "aria-label='Pin b.md' aria-pressed='false'" in second


def test_without_a_memory_nothing_can_be_pinned():
    assert "rare-pin" not in list_html([stored("a.md", pinned=True)], text="", pins=False)


def test_names_are_escaped_and_filtered():
    shown = list_html([stored("<b>'x'.md"), stored("other.md")], text="X", pins=True)
    assert "<b>" not in shown
    assert "&#x27;x&#x27;" in shown
    assert "other.md" not in shown
