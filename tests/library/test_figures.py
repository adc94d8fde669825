"""Questions for figures, texts that are made of them, and headings that say what is asked."""

import pytest

from rare_app.library.figures import asks_for_figures, share_of_figures
from rare_app.library.heading import is_asked_for
from rare_app.words import content_words


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("How much did it cost?", True),
        ("What was the effective tax rate?", True),
        ("How did inventory levels shift?", True),
        ("Who chairs the board?", False),
        ("Why do bees dance?", False),
    ],
)
def test_questions_for_figures_are_told(question, asks):
    assert asks_for_figures(question) is asks


def test_a_table_is_more_figures_than_a_sentence():
    table = "Raw materials $ 520 $ 709\nFinished goods 2,465 1,768"
    assert share_of_figures("") == share_of_figures("No figure stands here.") == 0
    assert share_of_figures("In 2023 we moved to a smaller house by the sea.") < 0.5
    assert share_of_figures(table) == 1


@pytest.mark.parametrize(
    ("section", "asked"),
    [
        ("ITEM 1. FINANCIAL STATEMENTS › NOTE 6 — INVENTORIES", True),
        ("Inventory levels", True),
        ("Inventories › Accounts receivable", False),
        ("", False),
        ("NOTE 6", False),
    ],
)
def test_a_heading_is_asked_for_by_all_its_words(section, asked):
    stems = frozenset(content_words("How did the levels of inventory shift?"))
    assert is_asked_for(section, stems) is asked
