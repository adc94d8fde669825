import pytest

from benchmarks.asking import read_questions
from benchmarks.whether import DOCUMENTS, QUESTIONS, outcome, summary


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("", "refused"),
        ("No: it may\nnot be sold.", "right"),
        ("no", "right"),
        ("Yes, with conditions: it may be sold.", "wrong"),
        ("It may\n not be sold.", "words"),
        ("Nothing is sold.", "other"),
    ],
)
def test_an_answer_says_it_or_shows_it_or_neither(answer, expected):
    assert outcome(answer, ["no", "may not be sold", "sold nowhere"]) == expected


def test_every_question_has_a_set_and_stands_once():
    rows = read_questions(QUESTIONS, [])
    assert len({question for _, question, _ in rows}) == len(rows) > 100
    sets = {"tried on", "first", "second", "filings", "not told"}
    assert {name for name, _, _ in rows} == sets
    for name, _, keys in rows:
        assert bool(keys) == (name != "not told")
        assert not keys or (keys[0] in ("yes", "no") and len(keys) > 1)
    assert all(list(folder.iterdir()) for folder in DOCUMENTS)


def test_sets_are_summed_up_a_line_each():
    rows = [
        {"set": "a", "answer": "x", "outcome": one, "doubtful": doubtful}
        for one, doubtful in (("right", 0), ("wrong", 0), ("other", 1), ("words", 0))
    ]
    table = summary(rows).splitlines()
    cells = [cell.strip().split(" (")[0] for cell in table[2].split("|")[1:-1]]
    assert cells == ["a", "4", "25%", "25%", "25%", "25%", "0%"]
