"""Quoted words among a page's characters."""

import pytest

from rare_app.pages.match import find_quote_ranges, fold


def cut(characters, quote, **around):
    return [characters[a:b] for a, b in find_quote_ranges(characters, quote, **around)]


@pytest.mark.parametrize(
    ("characters", "quote", "found"),
    [
        ("The ﬂow is\r\n40 m³/h.", "flow is 40 m³/h", "ﬂow is\r\n40 m³/h"),
        ("an exam-\r\nple of it", "example of", "exam-\r\nple of"),
        ("an exam\ufffe\r\nple of it", "example of", "exam\ufffe\r\nple of"),
        ("Total  |  1,204", "total 1,204", "Total  |  1,204"),
        ("nai\u0308ve Cafe\u0301", "naïve café", "nai\u0308ve Cafe"),
        ("STRASSE", "Straße", "STRASSE"),
        ("A – B", "A - B", "A – B"),
    ],
)
def test_spaces_hyphens_ligatures_and_accents_do_not_matter(characters, quote, found):
    assert cut(characters, quote) == [found]


def test_folding_keeps_track_of_where_characters_come_from():
    folded, places = fold("A ﬁ-B")
    assert (folded, places) == ("afib", [0, 2, 2, 4])


def test_the_text_round_a_quote_decides_between_two_places():
    page = "In 2022 the total was 12 million. In 2023 the total was 12 million again."
    [(start, _)] = find_quote_ranges(page, "the total was 12 million", before="In 2023 ")
    assert start == page.rindex("the total")
    [(start, _)] = find_quote_ranges(page, "the total was 12 million", after=". In 2023")
    assert start == page.index("the total")


def test_a_letter_read_differently_does_not_lose_the_place():
    page = "The landlord repairs the roof, the outer wa11s and the windows."
    assert cut(page, "repairs the roof, the outer walls and the windows") == [
        "repairs the roof, the outer wa11s and the windows"
    ]


def test_parts_that_the_file_keeps_apart_are_found_one_by_one():
    page = "Revenue Cost Margin 1,200 800 400 and other things besides"
    quote = "Revenue | 1,200\nCost | 800\nMargin | 400"
    found = cut(page, quote)
    assert sorted(found) == sorted(["Revenue", "1,200", "Cost", "800", "Margin", "400"])


@pytest.mark.parametrize("quote", ["", "   ", "never said here at all", "zzz"])
def test_what_is_not_on_the_page_is_not_found(quote):
    assert find_quote_ranges("The landlord repairs the roof of the house.", quote) == []
    assert find_quote_ranges("", quote) == []


def test_a_head_that_spans_columns_is_found_once_and_rows_with_bars_as_they_stand():
    page = "Three Months Ended\nApr 1, 2023 Apr 2, 2022\nNet revenue $ 11,715 $ 18,353\n"
    head = "|  | Three Months Ended · Apr 1, 2023 | Three Months Ended · Apr 2, 2022 |"
    found = [page[a:b] for a, b in find_quote_ranges(page, head)]
    assert found == ["Three Months Ended", "Apr 1, 2023", "Apr 2, 2022"]
    row = find_quote_ranges(page, "| Net revenue | $11,715 | $18,353 |")
    assert [page[a:b] for a, b in row] == ["Net revenue $ 11,715 $ 18,353"]
    record = "Net revenue; Three Months Ended · Apr 1, 2023: $11,715; Apr 2, 2022: $18,353"
    said = [page[a:b] for a, b in find_quote_ranges(page, record)]
    assert said[-3:] == ["Net revenue", "$ 11,715", "$ 18,353"]
