from benchmarks.asking import read_questions
from benchmarks.lists import DOCUMENTS, QUESTIONS, held, summary


def test_every_key_must_stand_in_the_answer():
    assert held("- Full blood\n  count\n- PT", ["full blood count", "pt", "weight"]) == 2
    assert held("", ["a"]) == 0


def test_every_question_has_a_set_and_stands_once():
    rows = read_questions(QUESTIONS, [])
    assert len({question for _, question, _ in rows}) == len(rows) > 90
    sets = ["tried on", "first", "second", "third", "details", "not told"]
    assert list(dict.fromkeys(name for name, _, _ in rows)) == sets
    assert all(bool(keys) == (name != "not told") for name, _, keys in rows)
    assert all(len(keys) > 1 for name, _, keys in rows if name in sets[:4])
    assert len(list(DOCUMENTS.iterdir())) == 11


def test_sets_are_summed_up_a_line_each():
    rows = [
        {"set": "a", "keys": ["x", "y"], "answer": "x y", "held": 2, "doubtful": False},
        {"set": "a", "keys": ["x", "y"], "answer": "x", "held": 1, "doubtful": False},
        {"set": "a", "keys": ["x", "y"], "answer": "z", "held": 0, "doubtful": True},
        {"set": "a", "keys": ["x", "y"], "answer": "", "held": 0, "doubtful": False},
        {"set": "b", "keys": [], "answer": "z", "held": 0, "doubtful": False},
    ]
    table = summary(rows).splitlines()
    cells = [cell.strip().split(" (")[0] for cell in table[2].split("|")[1:-1]]
    assert cells == ["a", "4", "25%", "38%", "25%", "25%"]
    cells = [cell.strip().split(" (")[0] for cell in table[3].split("|")[1:-1]]
    assert cells == ["b", "1", "–", "–", "100%", "0%"]
