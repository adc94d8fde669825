import pytest

from rare_app.evidence import subject_of
from rare_app.evidence.operations import asks_how_much_less, operation_of


@pytest.mark.parametrize(
    ("question", "operation"),
    [
        ("What was the change in revenue from 2022 to 2023?", "change"),
        ("By how much did inventories fall in 2023?", "change"),
        ("How much higher was the revenue in 2023 than in 2022?", "change"),
        ("What is the difference between the goodwill in 2022 and in 2023?", "change"),
        ("What was the percentage change in revenue in 2023?", "percentage change"),
        ("By what percentage did revenue grow in 2023?", "percentage change"),
        ("What was the growth rate of revenue in 2023?", "percentage change"),
        ("What was the change in the percentage of sales between 2018 and 2019?", "change"),
        ("What was the absolute percentage change in the tax rate?", "change"),
        ("What was the average revenue of 2021, 2022 and 2023?", "average"),
        ("What was the total net income of 2022 and 2023?", "sum"),
        ("How much was spent together in 2022 and 2023?", "sum"),
        ("What was the total net income in 2023?", None),
        ("What were the total assets?", None),
        ("What were the weighted average shares in 2023?", None),
        ("What was the change in average revenue from 2022 to 2023?", None),
        ("What was the total revenue in 2022 and 2023, respectively?", None),
        ("What was the change in the ratio of assets to debt?", None),
        ("What was the increase as a percentage of revenue?", None),
        ("How much revenue was there in 2023?", None),
    ],
)
def test_what_is_to_be_worked_out(question, operation):
    assert operation_of(question) == operation


def test_what_it_is_about_is_left():
    question = "What was the percentage change in total assets between 2022 and 2023?"
    assert subject_of(question) == "What was the in assets between 2022 and 2023?"
    plain = "What were the total assets?"
    assert subject_of(plain) == plain


def test_a_fall_is_asked_for_as_such():
    assert asks_how_much_less("By how much did revenue fall?")
    assert not asks_how_much_less("By how much did revenue grow?")
    assert not asks_how_much_less("What was the increase / (decrease) in revenue?")
    assert not asks_how_much_less("What was the change in lower tier revenue?")
