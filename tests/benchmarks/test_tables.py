from benchmarks.asking import read_questions
from benchmarks.tables import QUESTIONS, figures_in, is_right, summary


def test_the_one_figure_that_is_asked_for_is_right():
    assert is_right("$22,291 million", ["22,291", "22.3 billion"])
    assert is_right("(0.66)", ["0.66"])
    assert is_right("16%", ["16.0"])
    assert not is_right("22,291  $ 17,556", ["22,291"])
    assert not is_right("291", ["22,291"])
    assert not is_right("", ["22,291"])
    assert is_right("-$231 million (12,993 - 13,224)", ["231"])
    assert is_right("8.2% ((445,785 - 411,976) / 411,976)", ["8.2"])
    assert not is_right("12,993 million (up from 13,224)", ["12,993"])
    assert figures_in("$ 1,000 and 2.50, in 30,") == ["1,000", "2.5", "30"]


def test_every_question_has_a_set_and_stands_once():
    rows = read_questions(QUESTIONS, [])
    assert len({question for _, question, _ in rows}) == len(rows) > 80
    assert all(name and question.endswith("?") for name, question, _ in rows)
    held = read_questions(QUESTIONS, ["held out once"])
    assert held
    assert all(figures_in(key) for _, _, keys in held for key in keys)


def test_sets_are_summed_up_a_line_each():
    rows = [
        {"set": "a", "keys": ["5"], "answer": "5", "shown": True, "doubtful": False},
        {"set": "a", "keys": ["5"], "answer": "6", "shown": True, "doubtful": True},
        {"set": "b", "keys": [], "answer": "", "shown": False, "doubtful": False},
    ]
    table = summary(rows).splitlines()
    assert table[2].startswith("| a | 2 | 100% (100% to 100%) | 50%")
    assert table[3].startswith("| b | 1 | – | – | 0% (0% to 0%) | 100%")
