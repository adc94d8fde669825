"""The benchmark of answers goes on after a stop, and its tables are right."""

import json

import pytest

from benchmarks.answers import answer_all, find_cases, main, read_rows, take_in_turn
from benchmarks.answers_table import report
from benchmarks.language_questions import language_cases
from rare_app.checks import answer_recall
from rare_app.errors import UserError
from rare_app.prompt import REFUSAL
from rare_app.types import Answer, Decision, Timings

OPTIONS = {"model": "", "adapter": "", "quoting": "", "memory": True}
TIMINGS = Timings(first_token_s=1.0, total_s=3.0)


def said(text, **fields):
    return Answer(answered=True, answer=text, timings=TIMINGS, **fields)


ANSWERS = {
    "a0": said("In 1890.", decision=Decision(True, 1.5, -2.0), confidence=0.7),
    "a1": Answer(answered=False, answer=REFUSAL, timings=TIMINGS),
    "a2": said("Something else"),
    "b0": said("No difference was seen."),
    "c0": Answer(answered=False, answer=REFUSAL, timings=TIMINGS),
    "c1": said("Made up"),
}


class FakeAssistant:
    def __init__(self, answers=ANSWERS):
        self.answers, self.asked = answers, []

    def answer(self, question, **options):
        self.asked.append((question, options))
        answer = self.answers[question]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def sets(tmp_path):
    choices = ["increased", "no difference"]
    cases = {
        "open": [("a0", ["1890"], None), ("a1", ["x"], None), ("a2", ["y"], None)],
        "closed": [("b0", ["no difference"], choices)],
        "unanswerable": [("c0", [], None), ("c1", [], None)],
    }
    folder = tmp_path / "cases"
    folder.mkdir()
    for name, own in cases.items():
        lines = [
            {"id": q, "question": q, "passages": ["p"], "answers": answers, "choices": options}
            for q, answers, options in own
        ]
        (folder / f"{name}.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in lines))
    return find_cases(folder, ["open", "closed", "unanswerable"], None)


def run(sets, tmp_path, assistant, *, label="one", options=OPTIONS, **more):
    output = tmp_path / "answers"
    left = answer_all(
        sets, assistant=assistant, output=output, label=label, options=options, **more
    )
    return left, read_rows(output / f"{label}.jsonl")


def test_sets_are_taken_in_turn_and_each_answer_is_told(sets, tmp_path):
    assistant = FakeAssistant()
    left, rows = run(sets, tmp_path, assistant)
    assert left == 0
    assert [row["id"] for row in rows] == ["a0", "b0", "c0", "a1", "c1", "a2"]
    assert [case.id for _, case in take_in_turn(sets)] == [row["id"] for row in rows]
    first, closed, refused, wrong, *_ = rows
    assert (first["answer_recall"], first["token_f1"]) == (True, pytest.approx(2 / 3))
    assert (first["decision"]["log_odds"], first["confidence"]) == (1.5, 0.7)
    assert (closed["choice"], closed["choice_right"], closed["token_f1"]) == (
        *("no difference", True),
        None,
    )
    assert (refused["refused"], refused["answerable"], refused["answer_recall"]) == (
        *(True, False),
        None,
    )
    assert (wrong["refused"], wrong["answer_recall"], wrong["token_f1"]) == (True, False, 0)
    asked = dict(assistant.asked)
    assert asked["b0"]["choices"] == ("increased", "no difference")
    assert asked["a0"]["passages"][0].text == "p"
    assert asked["a0"]["memory"] is True


def test_a_run_goes_on_where_it_was_cut_off(sets, tmp_path):
    assert run(sets, tmp_path, FakeAssistant(), seconds=0)[0] == 6
    _, rows = run(sets, tmp_path, FakeAssistant())
    path = tmp_path / "answers" / "one.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:3]) + lines[3][:20])
    again = FakeAssistant()
    left, found = run(sets, tmp_path, again)
    assert [question for question, _ in again.asked] == ["a1", "c1", "a2"]
    assert (left, found) == (0, rows)
    assert run(sets, tmp_path, FakeAssistant({}))[1] == rows


def test_a_label_is_of_one_kind_of_run(sets, tmp_path):
    run(sets, tmp_path, FakeAssistant())
    with pytest.raises(UserError, match="name another label"):
        run(sets, tmp_path, FakeAssistant(), options={**OPTIONS, "memory": False})


def test_one_case_that_cannot_be_asked_does_not_stop_the_others(sets, tmp_path):
    long = UserError("The question is too long.")
    with pytest.raises(UserError, match="too long"):
        run(sets, tmp_path, FakeAssistant({**ANSWERS, "a0": long}))
    _, rows = run(sets, tmp_path, FakeAssistant({**ANSWERS, "b0": long}))
    assert [row.get("trouble") for row in rows] == [None, str(long), None, None, None, None]
    assert report(rows).endswith("1 cases could not be asked.")


def test_tables_are_worked_out_by_hand(sets, tmp_path, capsys):
    run(sets, tmp_path, FakeAssistant())
    better = {**ANSWERS, "a1": said("x"), "c1": ANSWERS["c0"], "b0": said("Increased.")}
    run(sets, tmp_path, FakeAssistant(better), label="two")
    capsys.readouterr()
    files = [str(tmp_path / "answers" / f"{name}.jsonl") for name in ("one", "two")]
    assert main(["table", *files]) == 0
    lines = capsys.readouterr().out.splitlines()
    cells = {
        tuple(row[:2]): row[2:] for line in lines if (row := line.strip("| ").split(" | "))[1:]
    }
    one, two = cells["open", "one"], cells["open", "two"]
    assert one[0] == "3"
    assert one[1].startswith("0.333 (0.000 to 1.000; 3)")
    assert two[1].startswith("0.667")
    assert one[2].startswith("0.222")
    assert (one[3], one[5]) == ("–", "–")
    assert one[4].startswith("0.333")
    assert one[6:] == ["1.0 s", "3.0 s"]
    assert cells["closed", "one"][3].startswith("1.000")
    assert cells["unanswerable", "one"][5].startswith("0.500")
    assert "two minus one, paired:" in lines
    assert cells["open", "3"][0].startswith("+0.333")
    assert cells["closed", "1"][2].startswith("-1.000")
    assert cells["unanswerable", "2"][4].startswith("+0.500")
    assert cells["all", "6"][3].startswith("-0.250")


def test_a_set_that_is_not_there_is_named(tmp_path, capsys):
    asked = ["run", "--cases", str(tmp_path), "--output", str(tmp_path), "--label", "x"]
    assert main([*asked, "--sets", "none"]) == 1
    assert "has no set “none”" in capsys.readouterr().err


def test_the_language_questions_are_answered_by_their_documents():
    sets = language_cases()
    assert {name: len(cases) for name, cases in sets.items()} == {
        "german": 16,
        "german_over_english": 4,
        "chinese": 20,
    }
    for case in (case for cases in sets.values() for case in cases):
        assert 4 <= len(case["passages"]) <= 6
        if case["choices"]:
            assert case["answers"][0] in case["choices"]
        elif case["answers"]:
            assert any(answer_recall(text, case["answers"]) for text in case["passages"]), case
