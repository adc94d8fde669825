import pytest

from rare_app.evidence import Surroundings, read_tables
from rare_app.evidence.compare import compare_rows
from rare_app.evidence.pairs import pair_of

SHEET = """(In millions)  2023  2022
Cash  50  40
Total current assets  200  160
Total assets  $ 400  $ 320
Debt  80  60
Tax rate  21%  20%"""
OTHER = """(In millions)  2023  2022
Revenue  500  100%  400  100%
Research  100  20%  60  15%
Fees  0  0%  5  1%"""


def compared(question, *texts, above=()):
    tables = [
        read_tables(text, above=one)
        for text, one in zip(texts, above or [""] * len(texts), strict=True)
    ]
    around = Surroundings(above=tuple(above))
    return compare_rows(question, pair_of(question), texts=texts, tables=tables, around=around)


@pytest.mark.parametrize(
    ("question", "written"),
    [
        ("What is the ratio of cash to debt in 2022?", "0.67 (40 / 60)"),
        ("What is the ratio of cash to debt?", "0.63 (50 / 80)"),
        ("What percentage of total assets was debt in 2023?", "20% (80 / 400)"),
        ("What is the difference between debt and cash in 2023?", "30 million (80 - 50)"),
        ("What is the sum of debt and cash in 2022?", "100 million (60 + 40)"),
        ("What was research as a percentage of revenue in 2022?", "15% (60 / 400)"),
    ],
)
def test_two_figures_of_one_time_are_set_against_each_other(question, written):
    found = compared(question, "The tide of the firth.", SHEET, OTHER)
    assert found.worked.written == written
    assert found.passages == ((2, 2) if "research" in question else (1, 1))
    assert found.likeness == 1


@pytest.mark.parametrize(
    "question",
    [
        "What is the ratio of cash to debt in 2021?",  # no such column
        "What is the ratio of cash to electricity in 2023?",  # no such row
        "What is the ratio of cash to revenue in 2023?",  # on another page
        "What is the ratio of revenue to fees in 2023?",  # nothing is divided by zero
        "What is the difference between the tax rate and debt in 2023?",  # of different kinds
    ],
)
def test_what_cannot_be_compared_is_left(question):
    assert compared(question, SHEET, OTHER) is None


def test_a_total_is_the_row_that_is_called_so():
    text = "(In millions)  2023  2022\nCash  5  4\nAssets  7  6\nTotal assets  40  32"
    found = compared("What is the ratio of cash to total assets in 2023?", text)
    assert found.worked.written == "0.13 (5 / 40)"


def test_rows_of_two_passages_of_one_page_are_compared():
    upper, lower = SHEET.rsplit("\n", 2)[0], "\n".join(SHEET.split("\n")[-2:])
    above = ("", upper)
    found = compared("What is the ratio of cash to debt in 2022?", upper, lower, above=above)
    assert (found.worked.written, found.passages) == ("0.67 (40 / 60)", (0, 1))
    found = compared("What is the ratio of debt to cash in 2022?", upper, lower, above=above)
    assert (found.worked.written, found.passages) == ("1.5 (60 / 40)", (1, 0))


def test_nothing_is_compared_where_the_likest_row_stands_on_another_page():
    near = "(In millions)  2023  2022\nCost of sales  30  20\nResearch  10  8"
    far = "(In millions)  2023  2022\nSales  100  90\nRent  3  2"
    question = "What was research as a percentage of sales in 2023?"
    assert compared(question, near, far) is None
    assert compared(question, near) is not None
