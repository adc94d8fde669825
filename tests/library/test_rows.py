import pytest

from rare_app.library.rows import head_of, label_likeness, row_labels, row_likeness, what_of

TABLE = "Raw materials $ 1,358 $ 1,517\nTotal inventories $ 12,993 $ 13,224\nSee note 4."


def test_time_and_amount_are_not_what_is_asked_for():
    question = "How much were Intel's total inventories at the end of April 2023?"
    assert what_of(question) == what_of("Intel inventories")


def test_the_row_that_is_asked_for_is_like_the_question():
    assert row_likeness(TABLE, what_of("inventories on April 1, 2023")) == 1.0
    assert row_likeness(TABLE, what_of("materials")) == pytest.approx((2 / 3) ** 2)
    assert row_likeness(TABLE, what_of("goodwill")) == 0.0
    assert row_likeness(TABLE, frozenset()) == 0.0


def test_prose_has_no_rows():
    prose = "The inventories were counted by Anna.\nShe found 12 boxes of them in the attic."
    assert row_likeness(prose, what_of("inventories")) == 0.0
    assert row_labels("") == ()


@pytest.mark.parametrize(
    "line",
    [
        "Goodwill  67,790  67,886",
        "Goodwill $ 27,591 $ —",
        "| Goodwill | 12 | 13 |",
        "Goodwill (12)",
    ],
)
def test_labels_end_where_the_figures_begin(line):
    assert row_labels(line) == (what_of("Goodwill"),)


def test_a_word_that_counts_less_costs_less():
    label = what_of("Goodwill")
    full = label_likeness(label, dict.fromkeys(what_of("goodwill Microsoft"), 1.0))
    less = label_likeness(label, {**dict.fromkeys(what_of("goodwill"), 1.0), "microsoft": 0.25})
    assert full == pytest.approx((2 / 3) ** 2)
    assert full < less < 1
    assert label_likeness(frozenset(), {}) == 0.0


def test_footnotes_are_no_part_of_a_word_and_additions_may_be_cut():
    assert what_of("Total cash and investments1") == what_of("cash and investments")
    assert head_of("Accounts receivable, net of allowance of $3") == "Accounts receivable"
    assert head_of("Net income (loss)") == "Net income"
    whole = "Net income (loss) attributable to non-controlling interests"
    assert head_of(whole) == whole
    assert head_of("Marketing, general, and administrative").startswith("Marketing, general")


@pytest.mark.parametrize("part", ["1 ", "$ ", "— ", "| ", "( ", " ", "a (", "a 1 ", "a, net "])
def test_long_lines_of_signs_are_read_in_no_time(part):
    assert isinstance(row_labels(part * 20_000 + "x"), tuple)
    assert isinstance(row_labels(part * 20_000 + "1"), tuple)
