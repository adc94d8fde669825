"""Rows whose names the question's words fit are likelier evidence, in any language."""

import numpy as np
import pytest

from rare_app.reader import sentences_of
from rare_app.skills import row_gains
from rare_app.skills.row_gains import ROW_NATS

COSTS = """| Item | 2024 | 2025 |
| --- | --- | --- |
| Cleaning of common parts | 40 | 46 |
| Lift maintenance | 12 | 13 |
| Insurance of lifts and boilers | 23 | 24 |"""
KOSTEN = """| Posten | 2024 |
| --- | --- |
| Treppenreinigung | 40 |
| Wartung des Aufzugs | 12 |"""


def best(question: str, text: str) -> str:
    sentences = sentences_of([text])
    gains = row_gains(question, [text], (), sentences)
    assert gains.max() <= ROW_NATS
    one = sentences[int(gains.argmax())]
    return text[one.start : one.end]


@pytest.mark.parametrize(
    ("question", "text", "row"),
    [
        ("What did we pay for the maintenance of the lift?", COSTS, "Lift"),
        ("How much was cleaning in 2025?", COSTS, "Cleaning"),
        ("What is the premium for the insurance of the boilers?", COSTS, "Insurance"),
        ("Was kostete die Wartung des Aufzugs?", KOSTEN, "Wartung"),
    ],
)
def test_the_row_that_the_words_fit_gains_most(question, text, row):
    assert best(question, text).startswith(f"| {row}")


def test_a_word_of_every_row_tells_nothing_and_text_without_tables_gains_nothing():
    text = "| Item | a |\n| --- | --- |\n| Cost of gas | 1 |\n| Cost of coal | 2 |"
    sentences = sentences_of([text, "The cost of gas rose."])
    gains = row_gains("What is the cost of coal?", [text, "The cost of gas rose."], (), sentences)
    by_row = {text[one.start :][:13]: gain for one, gain in zip(sentences, gains, strict=True)}
    assert by_row["| Cost of coa"] > 2 * by_row["| Cost of gas"]
    assert gains[-1] == 0
    assert not np.any(row_gains("Why?", ["No table."], (), sentences_of(["No table."])))


def test_of_two_rows_of_one_name_the_one_under_the_heads_that_are_named_gains_more():
    old = "| Item | June 30, 2022 |\n| --- | --- |\n| Deferred taxes | 230 |"
    new = "| Item | March 31, 2023 |\n| --- | --- |\n| Deferred taxes | 433 |"
    sentences = sentences_of([new, old])
    gains = row_gains("How large were deferred taxes at June 30, 2022?", [new, old], (), sentences)
    assert sentences[int(gains.argmax())].passage == 1


def test_a_row_of_one_word_gains_little_where_more_is_asked():
    text = (
        "Severe hyperkalaemia: potassium of 6.5 or more.\n\n"
        "| Severity | Calcium |\n| --- | --- |\n| severe | 30 mL |\n| mild | no |"
    )
    sentences = sentences_of([text])
    gains = row_gains("When is hyperkalaemia severe?", [text], (), sentences)
    assert 0 < gains.max() < ROW_NATS / 2


def test_a_table_that_began_before_the_passage_has_rows_by_its_head():
    head, text = "\n".join(COSTS.split("\n")[:2]), COSTS.split("\n")[3]
    sentences = sentences_of([text])
    assert row_gains("Lift maintenance?", [text], (head,), sentences).max() > 0
    assert row_gains("Lift maintenance?", [text], (), sentences).max() == 0
