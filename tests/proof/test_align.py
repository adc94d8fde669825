import pytest

from rare_app.proof import find_quote

from ..conftest import passage

PAGE = (
    "Preface.\nThe bridge was opened on 4 March 1890. It is 2,467 metres long.\nIt carries rails."
)
BRIDGE = passage(PAGE[9:], number=1, start=9)
TOWER = passage("The tower has 324 metres. It was opened in 1889 by Eiffel.", number=2)


def check_spans(citations, pages=None):
    pages = pages or {"1.md": PAGE, "2.md": TOWER.text}
    for one in citations:
        assert pages[one.document][one.start : one.end] == one.quote


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("It is 2,467 metres long.", "It is 2,467 metres long."),
        ("it IS\n 2,467   metres", "It is 2,467 metres"),
        ("long. It carries", "long.\nIt carries"),
        ("467 metres", "467 metres"),
        ("67 metres", None),
        ("ridge was", None),
        ("The bridge was closed", None),
        ("(.*)", None),
        ("", None),
    ],
)
def test_quotes_are_found_word_for_word(quote, found):
    citation = find_quote(quote, [TOWER, BRIDGE])
    assert (citation and citation.quote) == found
    if citation:
        assert (citation.passage, citation.document, citation.page) == (1, "1.md", 1)
        check_spans([citation])
