"""Which period a question asks for, and which documents of a series it leaves aside."""

import pytest

from rare_app.library.periods import latest_of, left_aside, period_of, periods_in

FILINGS = {1: "2022 Q3 MSFT", 2: "2023 Q3 MSFT", 3: "2023 Q1 INTC"}


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("2022 Q3 MSFT", (2022, 3, 0)),
        ("report-2021-07-31", (2021, 7, 31)),
        ("minutes 2019", (2019, 0, 0)),
        ("20230415_log", (2023, 4, 15)),
        ("Residential lease", None),
    ],
)
def test_periods_are_read_from_names(name, period):
    assert period_of(name) == period


def test_the_latest_of_a_series_differs_from_the_others_in_digits_alone():
    assert latest_of(FILINGS) == {2}
    assert latest_of({1: "lease", 2: "manual"}) == set()


@pytest.mark.parametrize(
    ("question", "years", "parts"),
    [
        ("the tax rate in Q3 2023", {2023}, {"q3"}),
        ("in the third quarter of fiscal 2023", {2023}, {"q3"}),
        ("in the second half of FY22", {2022}, {"h2"}),
        ("1st quarter", set(), {"q1"}),
        ("3Q 2021 against 4Q 2021", {2021}, {"q3", "q4"}),
        ("a $12023 fee for iQ3 cars", set(), set()),
    ],
)
def test_periods_are_read_from_questions(question, years, parts):
    found = periods_in(question)
    assert (found.years, found.parts) == (years, parts)


@pytest.mark.parametrize(
    ("question", "asked", "aside"),
    [
        ("What was the tax rate in the third quarter of fiscal 2023?", {2}, {1}),
        ("What was the tax rate in 2022?", {1}, {2}),
        ("What is the tax rate in the latest report?", {2}, {1}),
        ("What was the tax rate in 2022 and in 2023?", set(), set()),
        ("How did the tax rate in Q3 2023 develop since the year before?", set(), set()),
        ("What was the tax rate in Q3 2019?", set(), set()),
        ("What was the tax rate?", set(), set()),
    ],
)
def test_twins_of_another_period_are_left_aside(question, asked, aside):
    assert left_aside(question, FILINGS) == (asked, aside)
