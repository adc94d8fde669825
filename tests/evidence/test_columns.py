import pytest

from rare_app.evidence import read_tables
from rare_app.evidence.columns import choose_columns

YEARS = "(In millions)  2023  2022  2021\nRevenue  30  20  10\nCosts  3  2  1"
DAYS = "(In millions)  September 30, 2023  June 30, 2023\nGoodwill  67  68\nCash  80  34"
QUARTERS = "Three Months Ended June 30,  Six Months Ended June 30,\n2023  2022  2023  2022\n"
QUARTERS += "Revenue  5  4  9  8\nCosts  3  2  1  1"
SHARES = "(In millions)  2023  2022\nRevenue  30  100%  20  100%\nCosts  3  10%  2  10%"


def chosen(question, text, operation="change"):
    row = [one for one in read_tables(text).cells if one.line == read_tables(text).cells[0].line]
    return [text[one.start : one.end] for one in choose_columns(question, row, text, operation)]


@pytest.mark.parametrize(
    ("question", "operation", "figures"),
    [
        ("the change from 2021 to 2023", "change", ["30", "10"]),
        ("the change between 2022 and 2021", "percentage change", ["20", "10"]),
        ("the change of 2021, 2022 and 2023", "change", ["30", "10"]),
        ("the change in 2022", "change", ["20", "10"]),
        ("the change", "change", ["30", "20"]),
        ("the change in 2021", "change", []),
        ("the change from 2019 to 2023", "change", []),
        ("the average", "average", ["30", "20", "10"]),
        ("the average of 2021 and 2023", "average", ["30", "10"]),
        ("the average from 2021 to 2023", "average", ["30", "20", "10"]),
        ("the average of 2021-2023", "average", ["30", "20", "10"]),
        ("the average in 2022", "average", []),
        ("the 2022 average", "average", ["20", "10"]),
        ("the sum of 2021 and 2022", "sum", ["20", "10"]),
        ("the sum of 2019 and 2022", "sum", []),
        ("the sum", "sum", []),
    ],
)
def test_the_columns_go_by_the_years(question, operation, figures):
    assert chosen(question, YEARS, operation) == figures


@pytest.mark.parametrize(
    ("question", "figures"),
    [
        ("the change from June 30, 2023 to September 30, 2023", ["67", "68"]),
        ("the change between 30 June 2023 and 30 September 2023", ["67", "68"]),
        ("the change in 2023", ["67", "68"]),
        ("the change from June 30, 2022 to September 30, 2023", []),
        ("the change from June 30, 2023 to September 30, 2024", []),
    ],
)
def test_two_days_of_one_year_are_told_by_their_months(question, figures):
    assert chosen(question, DAYS) == figures


def test_columns_of_one_time_are_told_by_their_order_or_not_at_all():
    assert chosen("the change from 2022 to 2023", QUARTERS) == ["5", "4"]
    assert chosen("the change in the six months from 2022 to 2023", QUARTERS) == []


def test_percentages_beside_the_figures_are_left_out():
    assert chosen("the change from 2022 to 2023", SHARES) == ["30", "20"]


def test_columns_without_a_time_are_not_chosen():
    text = "Revenue  30  20\nCosts  3  2"
    assert chosen("the change", text) == []
    changes = "2023  2022  change\nRevenue  30  20  10\nCosts  3  2  1"
    assert chosen("the change", changes) == ["30", "20"]
