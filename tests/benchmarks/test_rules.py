"""The benchmark of what rules are for."""

import json

import pytest

from benchmarks.rules import PROFILE, QUESTIONS, holds, summary, with_rules


def row(must, answer="", *, doubtful=False, kind="lists"):
    return {
        "kind": kind,
        "must": must,
        "answer": answer,
        "answered": bool(answer),
        "doubtful": doubtful,
    }


@pytest.mark.parametrize(
    ("made", "held"),
    [
        (row(["5 kg|five", "May"], "Five in May."), True),
        (row(["5 kg|five", "May"], "Five in June."), False),
        (row(["=refuse"]), True),
        (row(["=refuse"], "Five."), False),
        (row(["=refuse|five"], "Five."), True),
        (row(["five"]), False),
    ],
)
def test_an_answer_holds_what_it_must(made, held):
    assert holds(made) is held


def test_what_is_wrong_and_not_doubted_is_counted():
    told = summary([row(["five"], "Six."), row(["five"], "Six.", doubtful=True), row(["five"])])
    assert told.splitlines()[-1] == "lists | 3 | 0 | 1 | 1"


def test_the_questions_are_whole_and_the_profile_takes_other_rules():
    asked = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    assert len({one["id"] for one in asked}) == len(asked) == 93
    assert all(one["must"] and one["right"] for one in asked)
    assert 'rules = ["lists"]' in with_rules(PROFILE.read_text("utf-8"), "lists")
