"""The benchmark of questions for what follows."""

import pytest

from benchmarks.asking import read_questions
from benchmarks.consequences import DOCUMENTS, QUESTIONS, measure, summary
from rare_app.reasoning import Answer


@pytest.mark.parametrize(
    ("answer", "keys", "expected"),
    [
        (Answer(True, "It is\nlocked."), ["is locked"], (True, False, False)),
        (Answer(True, "It is locked."), ["is locked", "a day"], (False, True, False)),
        (Answer(True, "It is open.", doubtful=True), ["is locked"], (False, False, False)),
        (Answer(False, "It is locked."), ["is locked"], (False, False, True)),
        (Answer(True, "It is locked."), [], (False, True, False)),
    ],
)
def test_all_keys_must_stand_in_the_answer(answer, keys, expected):
    assert tuple(measure(answer, keys).values()) == expected


def test_every_question_has_a_set_and_stands_once():
    rows = read_questions(QUESTIONS, [])
    assert len({question for _, question, _ in rows}) == len(rows) > 70
    assert {name for name, _, _ in rows} == {"tried", "second", "none", "reversed"}
    assert all(not keys for name, _, keys in rows if name == "none")
    assert all(list(folder.iterdir()) for folder in DOCUMENTS)


def test_told_and_not_told_are_summed_up_apart():
    rows = [
        {"set": "a", "keys": keys, "right": bool(keys), "silent": False, "refused": not keys}
        for keys in (["x"], [])
    ]
    table = summary(rows).splitlines()[2:]
    cells = [[one.strip().split(" (")[0] for one in line.split("|")[1:-1]] for line in table]
    assert cells == [["a", "1", "100%", "0%", "0%"], ["a, not told", "1", "–", "0%", "100%"]]
