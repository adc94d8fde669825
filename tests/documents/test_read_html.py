"""What is read of web pages: right values in the right block, row and column; hidden parts not."""

import time
from pathlib import Path

import pytest

from rare_app.documents import TooLargeFileError, split_document

from .conftest import count_words
from .test_read_docx import texts, value

FILES = Path(__file__).parent / "files"


@pytest.fixture
def page(tmp_path, read):
    def read_source(source, **options):
        path = tmp_path / "a.html"
        path.write_bytes(source if isinstance(source, bytes) else source.encode())
        return read(path, **options)

    return read_source


def test_a_page_of_pandoc(read):
    document = read(FILES / "guide.html")
    text = document.pages[0].text
    assert document.title == "Guide to the mountain huts"
    assert "Bed in the dormitory: 38 francs.¹\n\n[Footnote 1] Members of the club pay 27" in text
    assert text.count("27 francs") == 1
    assert value(document, "Dormitory", "Winter") == ""
    assert value(document, "Double", "Winter") == "118"
    assert value(document, "Family", "Summer") == "152"
    assert "Key deposit: 50 francs, at the valley station" in texts(document, "item")


OLD_PAGE = """
<TITLE>Harbour dues of Ærøborg</TITLE>
<BODY BGCOLOR=white><TABLE WIDTH=100%><TR><TD WIDTH=20%><A HREF=x>Start</A><BR><A HREF=y>Dues</A>
<TD><H1>Harbour dues</H1>
<P>Valid from 1 April. Paid at the office <B>before 10.00</B>
<TABLE BORDER=1><CAPTION>Dues a night, kroner</CAPTION>
<TR><TD ROWSPAN=2><B>Length</B><TD COLSPAN=2><B>Season</B>
<TR><TD>High<TD>Low
<TR><TD>up to 8 m<TD>165<TD>110
<TR><TD>8 to 12 m<TD>215<TD>&nbsp;
<TR><TD>over 12 m<TD>290<TD>180
</TABLE>
<DL><DT>Electricity<DD>4.50 kroner a kWh<DT>Showers<DT>Sauna<DD>free</DL>
<OL TYPE=i START=2><LI>Report to the office<LI>Show the ticket</OL>
<P>Ring 62 55 01 77 </TABLE>
"""


def test_an_old_page_without_end_tags(page):
    document = page(OLD_PAGE.encode("cp1252"))
    assert document.title == "Harbour dues of Ærøborg"
    assert "Harbour dues" in texts(document, "heading")[0]
    table = texts(document, "table")[0].split("\n")
    assert table[0] == "Dues a night, kroner"
    assert table[1] == "| Length | Season · High | Season · Low |"
    assert value(document, "8 to 12 m", "Season · High") == "215"
    assert value(document, "8 to 12 m", "Season · Low") == ""
    assert value(document, "over 12 m", "Season · Low") == "180"
    assert texts(document, "item") == [
        "Electricity: 4.50 kroner a kWh",
        "Showers, Sauna: free",
        "ii. Report to the office",
        "iii. Show the ticket",
    ]
    assert "Ring 62 55 01 77" in document.pages[0].text


def test_hidden_parts_are_left_out_and_counted(page):
    document = page(
        "<style>.menu ul.sub > li{display:none} .menu ol li{display:none}</style>"
        "<style>/* .kept{display:none} */ .old, #gone{display:none} .old.keep{display:block}"
        "@media print{p{display:none}} @media screen{.s{visibility:hidden}} .kept{color:red}"
        ".late{display:none}.late{display:block}</style>"
        "<p>Fee 12 <span class=old>9</span></p><p class='old keep'>Kept one.</p><p id=gone>8</p>"
        "<p class=s>7</p><p class=late>Kept two.</p><p class=kept>Kept three.</p>"
        "<p style='display: none'>6</p><div hidden>5</div><b aria-hidden=true>4</b>"
        "<div class=menu><p>Top.</p><ul class='sub x'><li>In</ul></div>"
        "<dialog>3</dialog><template><p>2</p></template><script>1</script>"
        "<input type=hidden value=0>"
        "<table><tr><th>A<th style='display:none'>B<th>C<tr hidden><td>x<td>y<td>z"
        "<tr><td>a<td style='display:none'>b<td>c</table>"
    )
    assert document.pages[0].text == (
        "Fee 12\n\nKept one.\n\nKept two.\n\nKept three.\n\nTop.\n\n"
        "| A | C |\n| --- | --- |\n| a | c |"
    )  # fmt: skip
    assert document.notes == ("11 parts of the page that are not shown were left out.",)


def test_tables_with_groups_foot_and_side_heads(page):
    document = page(
        "<table><thead><tr><th>Item<th>2025<th>2026</thead><tfoot><tr><th>Sum<td>9<td>11</tfoot>"
        "<tbody><tr><th colspan=3>Wood<tr><th>Oak<td>4<td>5<tr><th>Elm<td>5<td>6</tbody></table>"
        "<p>Text.</p><table><tr><th>Owner<td>Ruiz<tr><th>Built<td>1998<tr><th>Rooms<td>4</table>"
    )
    assert texts(document, "table") == [
        "| Item | 2025 | 2026 |\n| --- | --- | --- |\n| Wood |  |  |\n| Oak | 4 | 5 |\n"
        "| Elm | 5 | 6 |\n| Sum | 9 | 11 |",
        "| Owner | Ruiz |\n| Built | 1998 |\n| Rooms | 4 |",
    ]


def test_lists_code_forms_and_struck_words(page):
    document = page(
        "<ul><li>One<ul><li>In one</ul><li><p>Two</p><p>More on two</ul>"
        "<pre># no heading\n  x = 1<br>y</pre>"
        "<p>Was <s>100</s> 80, 5 m<sup>2</sup>, H<sub>2</sub>O."
        "<p><input type=checkbox checked>yes <input type=radio>no "
        "<select><option>A<option selected>B</select> <input value='Meier'>."
        "</p><figure><img alt='Plan'><figcaption>Figure 1."
    )
    assert document.pages[0].text == (
        "- One\n  - In one\n- Two\n\nMore on two\n\n```\n# no heading\n  x = 1\ny\n```\n\n"
        "Was ~~100~~ 80, 5 m², H2O.\n\n☒ yes ☐ no B Meier .\n\n[Picture: Plan]\n\nFigure 1."
    )
    assert not texts(document, "heading")


def test_a_mark_of_a_footnote_stays_apart_from_a_figure(page):
    document = page(
        "<table><tr><th>Site<th>Cost<tr><td>North<td>9,700<sup><a href='#n1'>1</a></sup></table>"
        "<p>End.</p><ol><li id=n1>Without tax. <a href='#r1'>↩</a></li></ol>"
    )
    assert value(document, "North", "Cost") == "9,700 ¹"
    assert texts(document, "note") == ["[Footnote 1] Without tax."]
    assert document.pages[0].text.count("Without tax") == 1


def test_a_long_table_is_cut_between_rows_and_repeats_its_heads(page, settings):
    rows = "".join(f"<tr><td>R{n}<td>{n}<td>{n + 1}" for n in range(3000))
    document = page(f"<table><caption>Depths<tr><th>Run<th>From<th>To{rows}</table>")
    assert len(document.pages) > 2
    assert all(one.text.startswith("Depths\n| Run | From | To |\n") for one in document.pages)
    chunks = split_document(document, count_tokens=count_words, settings=settings)
    assert all(one.whole.startswith("Depths\n| Run | From | To |\n") for one in chunks)
    assert sum("| R2999 | 2999 | 3000 |" in one.text for one in chunks) == 1


@pytest.mark.parametrize("tag", ["div", "ul", "ul><li", "table><tr><td", "dl><dd", "b"])
@pytest.mark.parametrize("depth", [90, 500, 100_000])
def test_deep_nesting_is_read_or_named(page, tag, depth):
    end = "".join(f"</{one}>" for one in reversed(tag.split("><")))
    document = page("<p>First.</p>" + f"<{tag}>" * depth + "deep" + end * depth + "<p>Last.</p>")
    text = document.pages[0].text
    assert text.startswith("First.")
    if depth < 2000:  # lxml goes no deeper
        assert "deep" in text
        assert text.endswith("Last.")
    else:
        assert any("nested too deep" in note for note in document.notes)


def test_hostile_spans_and_sheets_take_bounded_time(page):
    started = time.monotonic()
    rows = "<tr>" + "<td rowspan=65534 colspan=1000>x" * 20
    with pytest.raises(TooLargeFileError, match="a table of"):
        page("<table>" + rows + "<tr><td>y" * 5000 + "</table>")
    selector = "* * * * * * * *{display:none} " * 2000 + "div div div p{display:none}" * 2000
    assert page(f"<style>{selector}</style>" + "<p>Shown.</p>" * 2000).pages[0].text
    assert time.monotonic() - started < 60


def test_rows_in_a_form_and_words_outside_items_are_read(page):
    document = page(
        "<table><form><tr><th>Berth<th>Boat<th>Fee<tr><td>7<td>Ida<td>40</form></table><p>Then.</p>"
        "<ul>Loose words<ul><li>Deep</ul></ul><dl>Stray<dt>Lone term<dd>Told<dt>Without</dl>"
    )
    assert value(document, "7", "Fee") == "40"
    text = document.pages[0].text
    assert "Loose words" in text
    assert "Stray" in text
    assert texts(document, "item") == ["  - Deep", "Lone term: Told", "Without"]


def test_a_long_style_sheet_over_a_deep_page_takes_bounded_time(page):
    started = time.monotonic()
    sheet = "div p.no{display:none}" * 400
    source = f"<style>{sheet}</style>" + "<div>" * 100 + "<p>Shown.</p>" * 20_000
    document = page(source, maximum_pages=10_000)
    assert document.pages[0].text.startswith("Shown.")
    assert any("too large" in note for note in document.notes)
    assert time.monotonic() - started < 60
