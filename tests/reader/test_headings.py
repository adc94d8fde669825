"""Headings and tables of contents name what is asked for and do not answer it."""

import pytest

from rare_app.reader import is_heading, sentence_spans, share_of_contents

CONTENTS = """Table of Contents
1 Introduction . . . . . . . . . . . . . . . 1
2 Structure handling . . . . . . . . . 2
2.1 Syntax. . . . . . . . . . . . . . . . . . . .
2
2.2 Future developments.............. 4"""
FIGURES = """In millions 2023 2022
Revenue . . . . . . . . . $ 4,312 $ 4,101
Cost of revenue . . . . . 1,204 1,190
Employees . . . . . . . . 512
Offices . . . . . . . . . 14
Depots . . . . . . . . . 31"""


def test_most_of_a_table_of_contents_is_entries():
    assert share_of_contents(CONTENTS) == pytest.approx(4 / 5)


@pytest.mark.parametrize(
    "text",
    [
        FIGURES,
        "We waited .... and went. Then . . . . 4",
        "A sentence. Another one.",
        "Wait ... for it\nAnd ... 3\nThen ... 4",
        "",
    ],
)
def test_rows_with_dots_and_prose_are_no_contents(text):
    assert share_of_contents(text) == 0


def test_entries_are_headings_and_rows_are_not():
    def headings(text):
        spans = sentence_spans(text)
        found = (text[a:b] for n, (a, b) in enumerate(spans) if is_heading(text, spans, n))
        return [one for one in found if "." in one]

    assert len(headings(CONTENTS)) == 4
    assert headings(FIGURES) == []
