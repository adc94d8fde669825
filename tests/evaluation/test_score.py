import pytest

from rare_app.evaluation import exact_match, normalise_answer, token_f1
from rare_app.evaluation.score import choice_of, holds, percentile


def test_answers_are_normalised_as_squad_does():
    assert normalise_answer("  The “Forth”  Bridge, an icon!") == "forth bridge icon"


@pytest.mark.parametrize(
    ("answer", "accepted", "f1", "exact"),
    [
        ("The Forth Bridge.", ["forth bridge"], 1, True),
        ("in 1890", ["1890"], 2 / 3, False),
        ("red red blue", ["red blue blue"], 2 / 3, False),
        ("no words shared", ["other"], 0, False),
        ("Paris", ["London", "Paris, France"], 2 / 3, False),
        ("Paris", ["London", "the Paris"], 1, True),
        ("", ["x"], 0, False),
        ("the", ["a"], 1, True),
        ("x", [], 0, False),
    ],
)
def test_token_f1_and_exact_match(answer, accepted, f1, exact):
    assert token_f1(answer, accepted) == pytest.approx(f1)
    assert exact_match(answer, accepted) is exact


@pytest.mark.parametrize(
    ("answer", "choice"),
    [
        ("Yes, it does.", "yes"),
        ("No. Yes would be wrong.", "no"),
        ("It is maybe so", "maybe"),
        ("Eyes and nothing", None),
        ("", None),
    ],
)
def test_the_choice_that_is_named_first_counts(answer, choice):
    assert choice_of(answer, ["yes", "no", "maybe"]) == choice


def test_small_measures():
    assert holds("The QUEEN  lays", "queen lays eggs") is False
    assert holds("The QUEEN  lays", "queen lays")
    assert not holds("x", "")
    assert percentile([], 0.5) is None
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile(range(100), 0.95) == 95
