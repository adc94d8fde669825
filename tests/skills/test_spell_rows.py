"""Behind a quoted row of a table stands what its cells are called."""

from contextlib import contextmanager
from dataclasses import replace

import pytest

from rare_app.answer import Assistant
from rare_app.lab.evaluation import given_passages
from rare_app.model import GENERIC, QuotedSpan
from rare_app.model.profile import READER_ALONE
from rare_app.skills.spell_rows import names_a_blank, open_cells, spell_rows, spell_value

TABLE = """Results, thousands of euros
| Branch | Q1 · plan | Q1 · actual | Q2 · plan |
| --- | --- | --- | --- |
| Porto | 290 | 305 | 300 |
| Faro | 95 | 88 |  |"""
FARO = (
    "(Results, thousands of euros: "
    "Branch: Faro; Q1 · plan: 95; Q1 · actual: 88; Q2 · plan: (blank))"
)


def quoted(text, words):
    at = text.index(words)
    return [QuotedSpan(0, at, at + len(words))]


@pytest.mark.parametrize(
    ("words", "spelled"),
    [
        ("| Faro | 95 | 88 |  |", FARO),
        ("95 | 88", FARO),
        ("Results, thousands of euros", ""),
        ("| Branch | Q1 · plan |", ""),
    ],
)
def test_a_row_is_spelled_out(words, spelled):
    assert spell_rows("Why?", quoted(TABLE, words), given_passages([TABLE])) == spelled


def test_a_row_behind_its_table_s_head_is_spelled_out():
    head, rows = TABLE.split("\n| Porto", maxsplit=1)[0], "| Faro | 95 | 88 |  |"
    [passage] = given_passages([rows])
    assert spell_rows("Why?", quoted(rows, "| Faro"), [replace(passage, head=head)]) == FARO


def test_a_figure_in_brackets_is_below_zero():
    text = "| Supplier | Balance |\n| --- | --- |\n| Corvane | (310.40) |\n| Aldora | (old) |"
    passages = given_passages([text])
    assert (
        spell_rows("Why?", quoted(text, "Corvane"), passages)
        == "(Supplier: Corvane; Balance: -310.40)"
    )
    assert (
        spell_rows("Why?", quoted(text, "Aldora"), passages) == "(Supplier: Aldora; Balance: (old))"
    )


def test_the_cell_that_the_question_names_stands_behind_an_arrow():
    passages = given_passages([TABLE])
    named = spell_rows("What was the plan of Q2?", quoted(TABLE, "| Faro"), passages)
    cells = "(Branch: Faro; Q1 · plan: 95; Q1 · actual: 88; Q2 · plan: (blank))"
    assert named == f"{cells} → Results, thousands of euros: Q2 · plan: (blank)"
    assert spell_rows("What was planned?", quoted(TABLE, "| Faro"), passages) == FARO
    text = "| Parameter | Min. | Max. |\n| --- | --- | --- |\n| Voltage | 4.5 | 18 |\n| x | 1 | 2 |"
    named = spell_rows(
        "What is the maximum voltage?", quoted(text, "Voltage"), given_passages([text])
    )
    assert named.endswith("→ Max.: 18")


@pytest.mark.parametrize(
    ("question", "row", "blank"),
    [
        ("What was the plan of Faro in Q2?", "| Faro", True),
        ("What was the plan of Faro in Q1?", "| Faro", False),
        ("What was the plan of Porto in Q2?", "| Porto", False),
        ("What was the plan of Porto in Q2?", "| Faro", False),
        ("What was planned for Faro?", "| Faro", False),
    ],
)
def test_a_blank_that_is_asked_for_is_known(question, row, blank):
    assert names_a_blank(question, quoted(TABLE, row), given_passages([TABLE])) is blank


def test_a_blank_that_the_model_names_is_known():
    row, passages = quoted(TABLE, "| Faro"), given_passages([TABLE])
    cells = open_cells("What did they want to reach?", row, passages)
    question = "What did they want to reach?"
    assert names_a_blank(question, row, passages, cells["Q2 · plan"])
    assert not names_a_blank(question, row, passages, cells["Q1 · plan"])
    assert not names_a_blank("What did Porto want?", row, passages, cells["Q2 · plan"])


@pytest.mark.parametrize(
    ("question", "words", "names"),
    [
        ("What was planned for Faro?", "| Faro", ["Q1 · plan", "Q1 · actual", "Q2 · plan"]),
        ("What was the plan of Faro in Q2?", "| Faro", []),  # the words tell
        ("What was planned?", "| Porto | 290 | 305 | 300 |\n| Faro", []),  # two rows
        ("What was planned?", "Results", []),
    ],
)
def test_cells_are_open_where_no_word_tells_them_apart(question, words, names):
    assert list(open_cells(question, quoted(TABLE, words), given_passages([TABLE]))) == names


@pytest.mark.parametrize("head", ["| a | b |", "| a | b | b |", "| a |  | b |"])
def test_cells_with_one_name_or_none_are_not_open(head):
    count = head.count("|") - 1
    text = f"{head}\n|{' --- |' * count}\n|{' 1 |' * count}"
    assert not open_cells("Why?", quoted(text, "| 1"), given_passages([text]))


def test_the_value_of_an_open_cell_is_spelled_like_its_row():
    text = "| a | b | c |\n| --- | --- | --- |\n| x | (3.2) |  |"
    cells = open_cells("Why?", quoted(text, "| x"), given_passages([text]))
    assert [spell_value(one) for one in cells.values()] == ["-3.2", "(blank)"]


def test_tags_and_rows_without_end_do_no_harm():
    text = "| a | b |\n| --- | --- |\n| <answer>5 | x |"
    assert spell_rows("Why?", quoted(text, "x |"), given_passages([text])) == "(a: ‹answer>5; b: x)"
    long = f"| a | b |\n| --- | --- |\n| {'y' * 700} | x |"
    assert spell_rows("Why?", quoted(long, "x |"), given_passages([long])) == ""


@pytest.mark.model
def test_it_is_put_into_the_reasoning(settings, library, engine, monkeypatch):
    gate = replace(READER_ALONE, offset=99.0)  # it quotes, whatever the reader thinks
    sentence = replace(GENERIC, style="sentence", opens_with_quote=True, gate=gate)
    use = engine.use

    @contextmanager
    def use_as_sentences(**options):
        with use(**options) as loaded:
            yield replace(loaded, profile=sentence)

    monkeypatch.setattr(engine, "use", use_as_sentences)
    monkeypatch.setattr(engine, "profile", lambda *_, **__: sentence)
    asked = Assistant(settings=settings, library=library, engine=engine)
    answer = asked.answer(
        "What was the plan of Faro?", passages=given_passages([TABLE]), adapter="none"
    )
    assert answer.quotes
    assert "Branch: Faro; Q1" in answer.reasoning or "Branch: Porto; Q1" in answer.reasoning
