import pytest

from rare_app.evidence.periods import contradicts, dates_in, has_figure, months_in, years_in


@pytest.mark.parametrize(
    ("question", "column", "other"),
    [
        ("in the quarter ended September 30, 2023", "Three Months Ended September 30, 2023", False),
        ("in the quarter ended September 30, 2023", "Three Months Ended September 30, 2022", True),
        ("at June 30, 2023", "September 30, 2023", True),
        ("at June 30, 2023", "June 30, 2023", False),
        ("in Q1 2023", "Three Months Ended Apr 1, 2023", False),
        ("at the end of 2022", "Dec 31, 2022", False),
        ("at the end of 2022", "September 30, 2022", True),
        ("in the first quarter of fiscal year 2024", "September 30, 2023", False),
        ("the tax rate", "Dec 31, 2022", False),
        ("in 2023 and 2022", "2022", False),
        ("of 2,023 shares", "2019", False),
        ("in 2023", "change in percent", False),
        ("in the quarter ended March 31, 2023", "Three Months Ended Apr 1, 2023", False),
        ("in the quarter ended March 31, 2023", "Three Months Ended Apr 8, 2023", True),
        ("in the quarter ended March 31, 2022", "Three Months Ended Apr 1, 2023", True),
        ("at the end of 2022", "January 1, 2023", False),
        ("at the end of 2022", "May 3, 2022", True),
    ],
)
def test_years_and_months_that_both_name_must_meet(question, column, other):
    assert contradicts(question, column) is other


def test_may_and_march_are_months_by_their_capital():
    assert months_in("The march may be long") == set()
    assert months_in("On 3 March, in May and in sept") == {3, 5, 9}
    assert months_in("MARCH") == set()
    assert months_in("July, AUG and december") == {7, 8, 12}


def test_dates_are_no_figures():
    assert not has_figure("Three Months Ended September 30, 2023")
    assert not has_figure("Q1 2023")
    assert has_figure("Cash $ 12")
    assert has_figure("In 2023 we sold 400 pumps")


def test_years_of_two_digits_are_fiscal_ones():
    assert years_in("FY19 and FY '20, and 2021") == {"2019", "2020", "2021"}
    assert years_in("F16, FY16A and FY 2022") == {"2022"}


def test_months_of_a_year_are_dates():
    assert dates_in("from June 30, 2023 to 1 Sept. 2023, and in May 2022") == {
        (2023, 6),
        (2023, 9),
        (2022, 5),
    }
    assert dates_in("in 2023, as the march of 2,022 men") == set()
