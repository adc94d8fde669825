from benchmarks.own_documents import DOCUMENTS, holds, questions_of, summary


def test_an_answer_holds_all_words_of_the_right_value_whatever_stands_between():
    assert holds("It is 1,214 MWh a year.", "1,214 MWh (2024: 1,241)")
    assert not holds("It is 1,241 MWh.", "1,214 MWh")
    assert not holds("Anything.", "")


def test_every_question_has_its_documents():
    asked = questions_of(DOCUMENTS)
    assert len({(row["folder"], row["question"]) for row in asked}) == len(asked) == 100
    folders = {path.name for path in DOCUMENTS.iterdir() if path.is_dir()}
    assert {row["folder"] for row in asked} == folders


def test_a_table_of_expected_answers_is_read_and_refusals_are_known(tmp_path):
    (tmp_path / "01-lease").mkdir()
    (tmp_path / "01-lease" / "expected.md").write_text(
        "# 01-lease\n\n| question | right |\n|---|---|\n| Rent? | 900 euros |\n"
        "| Deposit? | not told (should be refused) |\n"
    )
    asked = questions_of(tmp_path)
    assert [(row["question"], row["right"]) for row in asked] == [
        ("Rent?", "900 euros"),
        ("Deposit?", ""),
    ]
    rows = [
        row | {"answered": True, "answer": "900 euros", "doubtful": bool(at)}
        for at, row in enumerate(asked)
    ]
    assert summary(rows).splitlines()[-1] == "| all | 2 | 1 | 0 | 0 | 0 | 0 | 1 (0) |"
