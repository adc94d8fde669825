from rare_app.skills.sheets import bind_sheets

from ..conftest import passage

PAGES = {
    (7, 1): "It comprises:\n• Windows.",
    (7, 2): "• Devices.\nRevenue is shared.",
    (7, 3): "Another page.",
}


def page_text(document, page):
    return PAGES.get((document, page))


def on(page, words, number=1, document=7):
    start = PAGES[document, page].index(words)
    return passage(words, number=number, document_id=document, page=page, start=start)


def bound(*passages):
    return [
        (one.sheet.text, one.sheet.passages, one.pages) for one in bind_sheets(passages, page_text)
    ]


BOTH = f"{PAGES[7, 1]}\n{PAGES[7, 2]}"
PLACES = ((1, 0), (2, len(PAGES[7, 1]) + 1))


def test_a_page_goes_on_where_the_next_one_opens_with_an_item():
    assert bound(on(1, "It comprises:")) == [(BOTH, ((0, 0),), PLACES)]


def test_a_page_that_opens_with_an_item_goes_on_from_the_one_before():
    at = BOTH.index("Devices")
    assert bound(on(2, "Devices.")) == [(BOTH, ((0, at),), PLACES)]


def test_passages_of_both_pages_are_on_one_sheet():
    at = BOTH.index("Revenue")
    (sheet,) = bound(on(2, "Revenue is shared."), on(1, "It comprises:"))
    assert sheet == (BOTH, ((0, at), (1, 0)), PLACES)


def test_other_pages_and_passages_without_one_are_sheets_by_themselves():
    given = passage("Given words.", number=9)
    assert bound(on(3, "page"), given) == [
        ("Another page.", ((0, 8),), ((3, 0),)),
        ("Given words.", ((1, 0),), ()),
    ]


def test_each_page_is_read_once():
    asked = []

    def count(document, page):
        asked.append((document, page))
        return page_text(document, page)

    bind_sheets([on(1, "It comprises:"), on(2, "Devices."), on(1, "• Windows.")], count)
    assert len(asked) == len(set(asked))
