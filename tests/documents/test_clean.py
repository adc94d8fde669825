from collections import Counter

import pytest

from rare_app.documents.clean import clean_characters, is_row
from rare_app.documents.hyphens import count_words, rejoin
from rare_app.documents.running import EDGE_LINES, find_running_lines


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("ﬁnd the ﬂow oﬃce", "find the flow office"),
        ("exam\xadple and ex\xad\nample more", "example and example\nmore"),
        ("Cafe\u0301", "Café"),
        ("a\x00b\x07c\ud800d\u200be", "abcde"),
        ("\x7f one\n  \x7f two\nth\x7free", "• one\n• two\nthree"),
        ("x² ™ stay", "x² ™ stay"),
        ("one\r\ntwo\rthree\x0cfour", "one\ntwo\nthree\nfour"),
        (
            "  Cash \xa0 \t $ 22,884 \xa0\xa0 $ 13,931 \n \n \n\nNext",
            "Cash  $ 22,884  $ 13,931\n\nNext",
        ),
        ("\ufedf\ufe8e", "لا"),
        ("D C A I  l a u n c h e d  t h e  c h i p", "DCAI launched the chip"),
    ],
)
def test_clean_characters(raw, clean):
    assert clean_characters(raw) == clean


def test_indentation_of_plain_text_stays():
    assert clean_characters("def f():\n    return  1\n", keep_indentation=True) == (
        "def f():\n    return  1"
    )


@pytest.mark.parametrize(
    "line",
    ["Inventories  4,268  3,742", "Total  $ 43,889  $ 48,408", "Loss (7,343) (4,678)", "| a | b |"],
)
def test_rows(line):
    assert is_row(line)


@pytest.mark.parametrize(
    "line",
    ["NOTE 4 — INVESTMENTS", "In 2021 and 2022 we grew.", "Item 2", "Three Months Ended", "—"],
)
def test_no_rows(line):
    assert not is_row(line)


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("we exam-\nined it", "we examined\nit"),
        ("a long-\nterm plan", "a long-term\nplan"),
        ("non-\nprofit work", "non-profit\nwork"),
        ("Hewlett-\nPackard sold", "Hewlett-Packard\nsold"),
        ("total INVEN-\nTORIES", "total INVENTORIES"),
        ("best-in-\nclass tools", "best-in-class\ntools"),
        ("range 2019-\n2020 here", "range 2019-\n2020 here"),
        ("a dash -\nthen text", "a dash -\nthen text"),
        ("(exam-\nple), and so", "(example),\nand so"),
    ],
)
def test_rejoin_without_evidence(text, joined):
    assert rejoin(text, words=Counter()) == joined


def test_rejoin_takes_the_form_that_the_document_uses():
    pages = ["The data-base grew. A micro-service here.", "Our data-\nbase and micro-\nservice."]
    assert rejoin(pages[1], words=count_words(pages)) == "Our data-base\nand micro-service."
    pages = ["The longterm plan.", "A long-\nterm plan."]
    assert rejoin(pages[1], words=count_words(pages)) == "A longterm\nplan."


def drop_running_lines(pages: list[str]) -> list[str]:
    """Leave the running lines of the pages out, and empty lines at their edges."""
    lines = [[line for line in page.split("\n") if line] for page in pages]
    counts = find_running_lines(
        [page[:EDGE_LINES] for page in lines], [page[::-1][:EDGE_LINES] for page in lines]
    )
    return [
        "\n".join(page[first : max(first, len(page) - last)])
        for page, (first, last) in zip(lines, counts, strict=True)
    ]


def test_running_lines_with_numbers_and_changing_chapters():
    pages = [
        f"PART {'I' if n < 6 else 'II'}\nItem {1 + n // 4}\n\nText of page {n} begins.\n"
        f"Row  {n},000  {n},500\n{n}"
        for n in range(1, 12)
    ]
    assert drop_running_lines(pages) == [
        f"Text of page {n} begins.\nRow  {n},000  {n},500" for n in range(1, 12)
    ]


def test_a_chapter_with_a_colon_and_the_number_of_the_page_is_a_header():
    pages = [
        f"Chapter {n // 2}: On {'abcde'[n // 2]} matters {n}\nUnique words {n * n}."
        for n in range(1, 9)
    ]
    assert drop_running_lines(pages) == [f"Unique words {n * n}." for n in range(1, 9)]
    other = [page.replace(f" {n}\n", f" {n * n + 3}\n") for n, page in enumerate(pages, start=1)]
    assert drop_running_lines(other) == other


def test_left_and_right_pages_have_headers_of_their_own():
    pages = [
        f"{n}  The Book\nUnique words {n * n}." if n % 2 else f"Chapter One  {n}\nOther {n * n}."
        for n in range(10, 20)
    ]
    kept = drop_running_lines(pages)
    assert kept[0] == "Other 100."
    assert kept[1] == "Unique words 121."


def test_rows_sentences_and_short_documents_stay():
    same = ["Header\nBody one.", "Header\nBody two."]
    assert drop_running_lines(same) == same
    tables = [f"Intro {'abc'[n]}.\nTotal  {n + 1},000  2,000" for n in range(3)]
    assert drop_running_lines(tables) == tables
