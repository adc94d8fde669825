import pytest

from rare_app.library.names import latest_of, named_documents, period_of

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


def test_the_document_whose_name_is_asked_for_comes_first():
    shares = named_documents("What was the tax rate in Q3 2022?", FILINGS)
    assert shares == {1: 1.0, 2: 0.5}
    assert named_documents("Where is the key?", FILINGS) == {}


def test_the_latest_names_the_newest_document():
    assert named_documents("What does the most recent report say?", FILINGS) == {2: 1.0}
