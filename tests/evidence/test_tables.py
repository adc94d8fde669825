import pytest

from rare_app.evidence import read_tables

INCOME = """INCOME STATEMENTS

(In millions, except per share amounts) (Unaudited)

Three Months Ended September 30,  2023  2022

Revenue:
Product  $ 15,535  $ 15,741
Total revenue  56,517  50,122
Gross margin  40,215  34,670
Interest expense  (525 )  (500 )

Earnings per share:
Basic  $ 3.00  $ 2.35"""

BALANCE = """Balance Sheets
(In Millions; Unaudited) Apr 1, 2023 Dec 31, 2022
Current assets:
Cash and cash equivalents $ 8,232 $ 11,144
Accounts receivable, net of allowances of $512 and $650  36,953  48,688
Repurchases  —  1,121
Total current assets  48,314  50,407
Goodwill  27,591  27,591"""


def figures(text, above=""):
    found = read_tables(text, above=above).cells
    return {(one.row, one.column, text[one.start : one.end]): one for one in found}


def columns_of(text, row, above=""):
    return {figure: column for (own, column, figure) in figures(text, above) if own == row}


def test_years_below_one_date_name_the_columns():
    assert columns_of(INCOME, "Gross margin") == {
        "40,215": "Three Months Ended September 30, 2023",
        "34,670": "Three Months Ended September 30, 2022",
    }


def test_a_row_keeps_its_group_until_the_total():
    cells = read_tables(INCOME).cells
    groups = {one.row: one.group for one in cells}
    assert groups["Product"] == groups["Total revenue"] == "Revenue"
    assert groups["Gross margin"] == ""
    assert groups["Basic"] == "Earnings per share"
    assert {one.caption for one in cells} == {"INCOME STATEMENTS"}


def test_the_unit_is_the_tables_but_for_figures_that_are_meant_as_they_stand():
    units = {one.row: one.unit for one in read_tables(INCOME).cells}
    assert units["Product"] == "million"
    assert units["Basic"] == ""
    assert units["Interest expense"] == "million"


def test_dates_name_the_columns_and_dashes_are_no_figures():
    assert columns_of(BALANCE, "Cash and cash equivalents") == {
        "$ 8,232": "Apr 1, 2023",
        "$ 11,144": "Dec 31, 2022",
    }
    assert columns_of(BALANCE, "Repurchases") == {"1,121": "Dec 31, 2022"}


def test_figures_inside_a_label_belong_to_it():
    label = "Accounts receivable, net of allowances of $512 and $650"
    assert columns_of(BALANCE, label) == {"36,953": "Apr 1, 2023", "48,688": "Dec 31, 2022"}
    level = "Bonds  Level 2  516  1\nNotes  Level 2  443  3"
    assert {row for row, *_ in figures(level)} == {"Bonds  Level 2", "Notes  Level 2"}


def test_a_passage_that_begins_inside_a_table_is_read_with_what_stands_above():
    cut = BALANCE.index("Goodwill")
    above, text = BALANCE[:cut], BALANCE[cut:]
    assert columns_of(text, "Goodwill") == {"27,591": ""}
    cells = read_tables(text, above=above).cells
    assert [one.column for one in cells] == ["Apr 1, 2023", "Dec 31, 2022"]
    assert [text[one.start : one.end] for one in cells] == ["27,591", "27,591"]
    assert text[slice(*cells[0].line)] == text


def test_quarters_and_a_last_column_of_percentages():
    text = "(In millions, except percentages)\nQ1 2023 Q1 2022\nRevenue  18,592  16,465  13%\n"
    text += "Costs  9,970  8,323  20%"
    assert columns_of(text, "Revenue") == {
        "18,592": "Q1 2023",
        "16,465": "Q1 2022",
        "13%": "change in percent",
    }
    units = {text[one.start : one.end]: one.unit for one in read_tables(text).cells}
    assert units["18,592"] == "million"
    assert units["13%"] == ""


def test_each_period_may_have_a_figure_and_its_percentage():
    text = "(In millions) Q1 2023 Q1 2022\nCost of sales  7,707  65.8%  9,109  49.6%\nOther  1  2"
    assert columns_of(text, "Cost of sales") == {
        "7,707": "Q1 2023",
        "65.8%": "Q1 2023",
        "9,109": "Q1 2022",
        "49.6%": "Q1 2022",
    }


def test_names_that_stand_apart_name_the_columns():
    text = "(In millions)  Assets  Liabilities\nForeign exchange  122  (99)\nOther  7  (12)"
    assert columns_of(text, "Foreign exchange") == {"122": "Assets", "(99)": "Liabilities"}


def test_tables_in_markdown_are_read_by_their_first_line():
    text = "| Part | Weight | Price |\n|---|---|---|\n| Pump | 12.5 | $ 300 |\n| Valve | | 40 |"
    assert columns_of(text, "Pump") == {"12.5": "Weight", "$ 300": "Price"}
    assert columns_of(text, "Valve") == {"40": "Price"}


def test_headings_are_told_from_rows():
    found = read_tables(BALANCE)
    lines = [BALANCE[start:end] for start, end in found.headings]
    assert lines == [
        "Balance Sheets",
        "(In Millions; Unaudited) Apr 1, 2023 Dec 31, 2022",
        "Current assets:",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The queen lays up to 2,000 eggs a day. In winter the bees form a cluster.",
        "The bridge opened in 1890.\nIt was painted in 1990.",
        "We repurchased 11 million shares\nfor a total of 3",
        "Page 12",
        "Chapter 1\nChapter 2\nThe tide of the firth\nOn 4 March 1890",
        "Note 3 was amended in 2019.\nNote 4 was not.",
        "|",
        "||",
        "| a |",
        "| | 3 | 4 |",
        "(",
        "$ — —",
        "2023 2022 2021",
    ],
)
def test_prose_and_lonely_figures_are_no_tables(text):
    assert [text[one.start : one.end] for one in read_tables(text).cells] == []


def test_what_stands_in_a_cell_is_what_the_passage_says():
    for text in (INCOME, BALANCE):
        for one in read_tables(text).cells:
            start, end = one.line
            assert start <= one.start < one.end <= end
            assert text[one.start : one.end].strip() == text[one.start : one.end]
            assert text[start:end].startswith(one.row[:4])


@pytest.mark.parametrize(
    "part", ["1 ", "$ ", "— ", "| ", "( ", " ", "a (", "| 1 |\n", "x  1\n", "in a ", "2023 ", "-("]
)
def test_long_texts_of_signs_are_read_in_no_time(part):
    assert isinstance(read_tables(part * 5_000 + "x").cells, tuple)
    assert isinstance(read_tables(part * 5_000 + "1").cells, tuple)


def test_a_row_of_percentages_has_the_columns_of_the_others():
    text = "Year Ended May 31,\n2019  2018  2017\nLife  4.6  4.7  4.8\nRate  2.7%  2.0%  1.0%"
    columns = columns_of(text, "Rate")
    assert {figure: name[-4:] for figure, name in columns.items()} == {
        "2.7%": "2019",
        "2.0%": "2018",
        "1.0%": "2017",
    }


def test_years_with_footnotes_name_the_columns():
    text = "(In millions)  2019 (1)  2018  2017 (2)\nRevenue  $94  $394  $211\nCosts  45  85  32"
    columns = columns_of(text, "Revenue")
    assert {figure: name[:4] for figure, name in columns.items()} == {
        "$94": "2019",
        "$394": "2018",
        "$211": "2017",
    }


def test_a_currency_sign_may_stand_apart_from_its_figure():
    text = "(In millions)  2019  2018\nCosts  $  27  $  14\nFees  —  8"
    assert columns_of(text, "Costs") == {"$  27": "2019", "$  14": "2018"}
    assert columns_of(text, "Fees") == {"8": "2018"}


def test_two_headings_name_a_group():
    text = "(In millions)  2023  2022\nNet revenue:\nComputing\nDesktop  18  26\nNotebook  34  59"
    assert {one.group for one in read_tables(text).cells} == {"Net revenue: Computing"}
    text = "(In millions)  2023  2022\n% of\nRevenue\nDesktop  18  26\nNotebook  34  59"
    assert {(one.group, one.unit) for one in read_tables(text).cells} == {("Revenue", "million")}


BARS = """Consolidated Statements
(In Millions; Unaudited)
|  | Three Months Ended · Oct 29, 2023 | Nine Months Ended · Oct 29, 2023 | Change |
| --- | --- | --- | --- |
| Revenue: |  |  |  |
| Data centre | $14,514 | $29,121 | 41% |
| Gaming¹ | 2,856 |  | — |
| Total revenue | 17,370 | 29,121 | 40% |
| Costs |  | (120) | 3% |"""


def test_each_figure_of_a_table_in_bars_has_its_own_columns_name():
    assert columns_of(BARS, "Data centre") == {
        "$14,514": "Three Months Ended Oct 29, 2023",
        "$29,121": "Nine Months Ended Oct 29, 2023",
        "41%": "Change",
    }
    assert columns_of(BARS, "Gaming¹") == {"2,856": "Three Months Ended Oct 29, 2023"}
    assert columns_of(BARS, "Costs")["(120)"] == "Nine Months Ended Oct 29, 2023"
    cells = {one.row: one for one in read_tables(BARS).cells}
    assert (cells["Gaming¹"].group, cells["Costs"].group) == ("Revenue", "")
    assert cells["Costs"].caption == "Consolidated Statements"
    assert {one.unit for one in read_tables(BARS).cells} == {"million", ""}


def test_a_passage_inside_a_table_in_bars_reads_its_head_above():
    head, rows = BARS[: BARS.index("| Revenue")], BARS[BARS.index("| Gaming") :]
    assert columns_of(rows, "Costs", above=head)["(120)"] == "Nine Months Ended Oct 29, 2023"


def test_a_row_may_say_its_columns():
    text = "(In Millions)\nAssets\nLoans; 2023 · Level 1: —; 2023 · Level 2: $1,395; 2022: 856\n"
    text += "Debt; 2023 · Level 1: 5; 2023 · Level 2: 7; 2022: 9"
    assert columns_of(text, "Loans") == {"$1,395": "2023 Level 2", "856": "2022"}
    assert read_tables(text).cells[0].unit == "million"
