"""The benchmark of questions for several things."""

import pytest

from benchmarks.asking import read_questions
from benchmarks.several import DOCUMENTS, QUESTIONS, measure, summary
from rare_app.prompt import REFUSAL
from rare_app.types import Answer


@pytest.mark.parametrize(
    ("answer", "keys", "expected"),
    [
        (Answer(True, "When?\nMay\nWho?\nAnn"), ["may", "ann"], (True, True, False, False)),
        (Answer(True, "May"), ["may", "ann"], (False, True, True, False)),
        (Answer(True, "May", doubtful=True), ["may", "ann"], (False, True, False, False)),
        (Answer(False, REFUSAL), ["may", "ann"], (False, False, False, True)),
        (Answer(False, REFUSAL), [], (False, False, False, True)),
    ],
)
def test_every_part_must_stand_in_the_answer(answer, keys, expected):
    told = measure(answer, keys)
    assert (told["right"], told["some"], told["silent"], told["refused"]) == expected


def test_every_question_stands_once_and_parts_are_told_apart():
    rows = read_questions(QUESTIONS, [])
    assert len({question for _, question, _ in rows}) == len(rows) > 60
    assert {name for name, _, _ in rows} == {"tried", "second", "partly", "none", "one"}
    assert all(keys for name, _, keys in rows if name in ("tried", "second", "partly"))
    assert all(keys[1].lower() in REFUSAL.lower() for name, _, keys in rows if name == "partly")
    assert all(list(folder.iterdir()) for folder in DOCUMENTS)


def test_told_and_not_told_are_summed_up_apart():
    rows = [
        {"set": "a", "keys": keys, "right": True, "some": True, "silent": False, "refused": False}
        for keys in (["x"], [])
    ]
    table = summary(rows).splitlines()[2:]
    cells = [[one.strip().split(" (")[0] for one in line.split("|")[1:-1]] for line in table]
    assert cells == [
        ["a", "1", "100%", "100%", "0%", "0%"],
        ["a, not told", "1", "–", "–", "0%", "0%"],
    ]
