"""Passages as people read them: signs of Markdown left out, marks where their words are."""

import re
from dataclasses import replace

import pytest

from rare_app.types import Answer, Citation, Claim
from rare_app.ui.passage_html import bare_text, passage_html, text_html
from rare_app.ui.render import answer_html, partial_answer_html

from ..conftest import passage

TABLE = (
    "| Part | In stock |\n| --- | --- |\n| Seal \\| **ring** | 3 |\n| Oil & <b>fat</b> | 4 |\n"
    "\nAll prices in EUR."
)


def shown(text, *marks):
    return text_html(text, marks, markdown=True)


def marked(text, words):
    start = text.index(words)
    return re.findall("<mark>(.*?)</mark>", shown(text, (start, start + len(words))))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("The **acceptance test** was __long__.", "The acceptance test was long."),
        ("A *quick* and _dirty_ way.", "A quick and dirty way."),
        ("It costs 3\\* \\[net\\] \\_or more\\_.", "It costs 3* [net] _or more_."),
        ("See [the map](http://a.b/c_d_e) and ![pump](x.png).", "See the map and pump."),
        ("Set `**kwargs` and ``a`b``.", "Set **kwargs and a`b."),
        ("R&amp;D&nbsp;costs", "R&amp;D\xa0costs"),
        ("over<br>two lines", "over\ntwo lines"),
        ("- one\n* two\n  + three", "• one\n• two\n  • three"),
        ("1. one\n2. two", "1. one\n2. two"),
        ("> He said:\n> no.", "  He said:\n  no."),
        ("begun** here, and **not ended", "begun here, and not ended"),
        ("above\n\n---\n\nbelow", "above\n\n\nbelow"),
        ("```python\nx = 1\n```", "x = 1"),
        # What only looks like a sign stays.
        ("2*3*4 = 24, 2**3 = 8, -5 and 3 - 2", "2*3*4 = 24, 2**3 = 8, -5 and 3 - 2"),
        ("price* and terms*, snake_case_name, #7", "price* and terms*, snake_case_name, #7"),
        ("C:\\Windows and a|b", "C:\\Windows and a|b"),
    ],
)
def test_signs_are_left_out(text, read):
    assert shown(text) == read


def test_a_heading_stands_out_without_its_signs():
    read = shown("## Working *alone* ##\n\nNobody does.")
    assert read == "<span class='rare-heading'>Working alone</span>\nNobody does."


def test_a_table_is_a_table():
    read = shown(TABLE)
    assert read.count("<tr>") == 3
    assert "<tr><th>Part</th><th>In stock</th></tr>" in read
    assert "<tr><td>Seal | ring</td><td>3</td></tr>" in read
    assert "<td>Oil &amp; &lt;b&gt;fat&lt;/b&gt;</td>" in read
    assert read.endswith("</div>\nAll prices in EUR.")
    assert "---" not in read


def test_rows_that_do_not_fit_are_told_apart():
    assert shown("| a | b | c |\n| d | e |") == "a  ·  b  ·  c\nd  ·  e"
    # A chunk may begin inside a row, and without the head.
    assert shown("left | 3 |\n| oil | 4 |").count("<td>") == 4
    assert "<th>" not in shown("| oil | 4 |\n| fat | 5 |")
    assert shown("| oil |  |\n| fat | 5 |").count("<td>") == 4
    # A word processor's table has an empty head.
    assert re.findall("<t[rhd]>", shown("|  |  |\n| --- | --- |\n| oil | 4 |")) == [
        "<tr>",
        "<td>",
        "<td>",
    ]


@pytest.mark.parametrize(
    ("text", "words", "read"),
    [
        ("The **acceptance test** was long.", "acceptance test** was", ["acceptance test was"]),
        ("# Head\n\nA \\*b\\* c", "b\\* c", ["b* c"]),
        ("- one\n- two", "two", ["two"]),
        (TABLE, "ring** | 3 |\n| Oil", ["ring", "3", "Oil"]),
        (TABLE, "All prices", ["All prices"]),
        ("R&amp;D costs", "D costs", ["D costs"]),
    ],
)
def test_marks_are_where_their_words_are(text, words, read):
    assert marked(text, words) == read


def test_marks_that_overlap_are_joined_and_kept_inside():
    assert shown("one two three", (0, 3), (2, 7), (8, 99)) == (
        "<mark>one two</mark> <mark>three</mark>"
    )
    assert shown("one", (5, 9), (-4, 0)) == "one"


def test_pdf_and_plain_text_are_shown_as_they_stand():
    text = "**a** | <b>\n# b"
    for fields in ({"page_kind": "page"}, {"page_kind": "part", "document": "notes.TXT"}):
        assert passage_html(passage(text, **fields), [(2, 3)]) == (
            "**<mark>a</mark>** | &lt;b&gt;\n# b"
        )
    assert passage_html(passage(text, page_kind="part"), [(2, 3)]).startswith("<mark>a</mark> |")


def test_tables_of_a_pdf_are_tables_and_its_other_signs_stay():
    text = "# 5 * 3\n| Site | 2024 |\n| --- | --- |\n| Brook |  |\n| a | b"
    at = text.index("Brook")
    one = replace(passage(text), document="a.pdf", page_kind="page")
    html = passage_html(one, [(at, at + 5)])
    assert html.startswith("# 5 * 3\n<div class='rare-table'><table>")
    assert "<tr><td><mark>Brook</mark></td><td></td></tr>" in html
    assert html.endswith("| a | b")


def test_rows_stand_below_the_head_of_their_table():
    one = replace(passage("| Brook | 446 |"), head="| Site | 2024 |\n| --- | --- |")
    html = passage_html(one, [(2, 7)])
    assert "<tr><th>Site</th><th>2024</th></tr><tr><td><mark>Brook</mark></td>" in html


def test_every_text_gives_markup_that_closes():
    signs = "**_`|\\#>-[]()&<~\n ab1"
    for seed in range(400):
        text = "".join(
            signs[(seed * 31 + at * at * 7 + seed // 3) % len(signs)] for at in range(60)
        )
        read = shown(text, (seed % 50, seed % 50 + 15))
        for tag in ("mark", "table", "td", "tr", "span", "div"):
            assert len(re.findall(f"<{tag}[ >]", read)) == read.count(f"</{tag}>")
        assert "<a" not in read


def test_the_words_alone():
    assert bare_text("| **a** | b \\| c |") == " a b | c "
    assert bare_text(" - 13 and\n- 14") == " - 13 and\n- 14"


def test_an_answer_shows_no_signs_either():
    text = "The *measured flow* was **41.8** & more."
    source = passage(text, page_kind="part", document="Report.docx")
    claim = Claim(text, True, 0.9, (Citation(0, "Report.docx", 1, 0, len(text), text),))
    answer = Answer(True, text, claims=(claim,), passages=(source,))
    read = "The measured flow was 41.8 &amp; more."
    assert f"<span class='rare-supported'>{read}</span>" in answer_html(answer, turn=1)
    assert f"<p class='rare-text'>{read}</p>" in partial_answer_html(text, [source])
    pdf = replace(answer, passages=(replace(source, page_kind="page"),))
    assert "*measured flow*" in answer_html(pdf, turn=1)
