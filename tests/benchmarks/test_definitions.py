"""The benchmark of questions for what a term means."""

from benchmarks.asking import read_questions
from benchmarks.definitions import DOCUMENTS, QUESTIONS
from rare_app.evidence import term_of


def test_every_question_has_a_set_and_stands_once():
    rows = read_questions(QUESTIONS, [])
    assert len({question for _, question, _ in rows}) == len(rows) == 100
    assert {name for name, _, _ in rows} == {"tried", "second", "other"}
    assert all(list(folder.iterdir()) for folder in DOCUMENTS)


def test_the_answers_stand_in_the_documents():
    files = [file for folder in DOCUMENTS for file in folder.iterdir() if file.suffix != ".pdf"]
    said = " ".join(" ".join(file.read_text("utf-8", "ignore").split()) for file in files).lower()
    keys = [key for name, _, keys in read_questions(QUESTIONS, ["second"]) for key in keys]
    assert len(keys) > 49
    assert all(key.lower() in said for key in keys)


def test_the_meaning_of_a_term_is_seen_to_be_asked_for():
    rows = read_questions(QUESTIONS, ["tried", "second"])
    missed = [question for _, question, _ in rows if term_of(question) is None]
    assert missed == [
        "Who is the Landlord?",
        "When is a patient considered optimised?",
        "When is a director considered independent?",
    ]
