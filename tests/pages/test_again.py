"""Cited words are found again on a page that was read anew, and only the same words."""

import pytest

from rare_app.pages import find_again

PAGES = {
    1: "Contents",
    2: "## Rent\n\n| item | euros |\n|---|---|\n| rent | 1,190 |\n\nThe tenant pays the rent.",
    3: "The tenant pays the rent. It is 9,700 euros, or 19,700 with heating.",
}


@pytest.mark.parametrize(
    ("quote", "page", "start", "where"),
    [
        ("The tenant pays the rent.", 2, 0, (2, "The tenant pays the rent.")),
        ("The tenant pays the rent.", 3, 0, (3, "The tenant pays the rent.")),
        ("The tenant\npays the rent.", 1, 7, (2, "The tenant pays the rent.")),
        ("item euros rent 1,190", 2, 0, (2, "item | euros |\n|---|---|\n| rent | 1,190")),
        ("# Rent\n\n| **item** | euros |", 2, 0, (2, "Rent\n\n| item | euros")),
        ("__The *tenant* pays__ the rent.", 3, 0, (3, "The tenant pays the rent.")),
        ("9,700 euros", 1, 0, (3, "9,700 euros")),
        ("9,700", 3, 0, (3, "9,700")),
        ("8,700 euros", 3, 0, None),
        ("190", 2, 0, None),
    ],
)
def test_words_are_found_where_they_stand_now(quote, page, start, where):
    found = find_again(quote, page=page, start=start, pages=3, page_text=PAGES.get)
    if where is None:
        assert found is None
    else:
        number, begin, end = found
        assert (number, PAGES[number][begin:end]) == where
        assert quote != "9,700" or PAGES[number][begin - 1] == " "


def test_a_place_that_has_not_changed_stays_as_it_is():
    assert find_again("tenant", page=3, start=4, pages=3, page_text=PAGES.get) == (3, 4, 10)
