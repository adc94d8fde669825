import pytest

from rare_app.checks import answer_recall, exact_match, normalise_answer, token_f1
from rare_app.checks.score import holds, percentile


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
        ("十二个月", ["十二个月前"], 8 / 9, False),
    ],
)
def test_token_f1_and_exact_match(answer, accepted, f1, exact):
    assert token_f1(answer, accepted) == pytest.approx(f1)
    assert exact_match(answer, accepted) is exact


@pytest.mark.parametrize(
    ("answer", "accepted", "held"),
    [
        ("The bridge was opened on 4 March, 1890.", ["March 4 1890"], True),
        ("It was opened in 1890.", ["1889", "the 1890"], True),
        ("It was opened in 1890.", ["4 March 1890"], False),
        ("It was opened in 18901.", ["1890"], False),
        ("ten of twenty", ["ten ten"], False),
        ("Die Kaution beträgt drei Monatsmieten.", ["drei Monatsmieten"], True),
        ("承租人应当提前三十日通知。", ["三十日"], True),
        ("承租人应当提前 30 日通知。", ["60 日"], False),
        ("承租人应当提前六十日通知。", ["三十日"], False),
        ("", ["x"], False),
        ("x", ["the", ""], False),
        ("x", [], False),
    ],
)
def test_an_answer_holds_all_words_of_an_accepted_one(answer, accepted, held):
    assert answer_recall(answer, accepted) is held


def test_small_measures():
    assert holds("The QUEEN  lays", "queen lays eggs") is False
    assert holds("The QUEEN  lays", "queen lays")
    assert not holds("x", "")
    assert percentile([], 0.5) is None
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile(range(100), 0.95) == 95
