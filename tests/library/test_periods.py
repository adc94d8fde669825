"""Which periods questions and names hold, and which document of a series is the latest."""

import pytest

from rare_app.library.periods import latest_of, period_of, periods_in, set_apart

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
    ("name", "years", "parts"),
    [
        ("ALPHA_2023Q4_EARNINGS", {2023}, {"q4"}),
        ("Q42022 results", {2022}, {"q4"}),
        ("gamma FY2023", {2023}, set()),
        ("H1FY24", {2024}, {"h1"}),
    ],
)
def test_periods_are_read_from_names_that_tie_them_to_words(name, years, parts):
    found = periods_in(name)
    assert (found.years, found.parts) == (years, parts)


def test_names_are_taken_apart_with_and_without_their_periods():
    assert set_apart("BETA_2023_10K").split() == ["BETA", "2023", "10K"]
    assert set_apart("BETA_2023-08-30_10K", periods=False).split() == ["BETA", "10K"]
