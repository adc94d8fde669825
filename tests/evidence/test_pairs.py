import pytest

from rare_app.evidence.operations import operation_of, subject_of
from rare_app.evidence.pairs import Pair, pair_of


@pytest.mark.parametrize(
    ("question", "pair"),
    [
        (
            "What percentage of total revenue was research in 2023?",
            ("percentage", "research in 2023?", "total revenue"),
        ),
        ("What share of sales came from pumps?", ("percentage", "pumps?", "sales")),
        ("What was rent as a share of costs?", ("percentage", "rent", "costs?")),
        (
            "What is the percentage of pumps out of all sales?",
            ("percentage", "pumps", "all sales?"),
        ),
        ("What is the ratio of assets to debt?", ("ratio", "assets", "debt?")),
        ("What is the proportion of land over assets?", ("ratio", "land", "assets?")),
        (
            "What is the difference between income and tax in 2023?",
            ("difference", "income", "tax in 2023?"),
        ),
        ("What is the sum of rent and tax?", ("sum", "rent", "tax?")),
    ],
)
def test_two_things_are_set_against_each_other(question, pair):
    assert pair_of(question) == Pair(*pair)
    assert operation_of(question) is None


@pytest.mark.parametrize(
    "question",
    [
        "What is the difference between revenue in 2022 and in 2023?",
        "What is the difference between June 30, 2023 and May 31, 2023?",
        "What is the sum of 2022 and 2023?",
        "What was the percentage change in revenue?",
        "What was the change in the share of rent in costs?",
        "What is the average ratio of assets to debt?",
        "What share of it was in 2023?",
        "How much revenue was there?",
    ],
)
def test_two_times_and_changes_are_no_pair(question):
    assert pair_of(question) is None


def test_words_of_the_comparison_are_no_subject():
    said = subject_of("What is the ratio of assets to debt?")
    assert said == "What is the of assets to debt?"
