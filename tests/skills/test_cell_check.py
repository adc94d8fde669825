"""A figure of another row or column than the one that is asked for is told to be doubtful."""

import pytest

from rare_app.library import Passage
from rare_app.skills import grids_in, head_lines
from rare_app.skills.cell_check import (
    cells_that_answer,
    misplaced_figures,
    names_a_cell,
    unheard_codes,
)
from rare_app.types import Citation

LEASE = """Rent, euros a month
| Year | Hall | Office | Yard |
| --- | --- | --- | --- |
| 2026 | 9,400 | 1,150 | 480 |
| 2027 | 9,700 | 1,190 | 505 |
| 2028 | 10,050 | 1,240 | 530 |"""
STOCK = """| Artikel | Bezeichnung | Lieferant | Preis | Bestand | Nachbestellt |
| --- | --- | --- | --- | --- | --- |
| 4734-K | Dichtung 100 mm | Ostermann | 1.510,00 | 7 | 40 |
| 4735-K | Dichtung 105 mm | Ostermann | 1.595,35 | 29 |  |"""

USE = """| Site | Water use · 2024 | Water use · 2025 | Electricity · 2024 | Electricity · 2025 |
| --- | --- | --- | --- | --- |
| Arden | 41,200 | 39,850 | 812 | 795 |
| Brook | 18,930 |  | 446 | 451 |"""


def passage(text, head="", start=0):
    return Passage(1, 1, "a.docx", "", "", 1, "part", start, start + len(text), text, 1.0, head)


def quote(one, words):
    at = one.text.index(words)
    start = one.start + at
    return Citation(0, one.document, 1, start, start + len(words), words)


@pytest.mark.parametrize(
    ("table", "question", "row", "answer", "told"),
    [
        (
            LEASE,
            "What is the office rent in 2027?",
            "| 2027 |",
            "9,700",
            "better, which says “1,190”",
        ),
        (LEASE, "What is the office rent in 2027?", "| 2027 |", "1,190 euros a month", ""),
        (LEASE, "What is the office rent in 2027?", "| 2028 |", "1,240 euros", "“2027” better"),
        (LEASE, "How high is the rent in 2027?", "| 2027 |", "9,700 euros", ""),
        (STOCK, "Wie hoch ist der Bestand von 4735-K?", "| 4735-K |", "29", ""),
        (STOCK, "Wie hoch ist der Bestand von 4735-K?", "| 4734-K |", "7 Stück", "“4735-K” better"),
        (STOCK, "Was ist der Preis von 4735-K?", "| 4735-K |", "1595,35 Euro", ""),
        (
            STOCK,
            "Wie viele 4735-K wurden nachbestellt?",
            "| 4735-K |",
            "Es wurden 29 nachbestellt.",
            "“Nachbestellt” better, where the cell is blank",
        ),
        (USE, "How much electricity did Arden use in 2025?", "| Arden |", "39,850", "says “795”"),
        (STOCK, "Who delivers 4735-K?", "| 4735-K |", "Ostermann", ""),
    ],
)
@pytest.mark.parametrize("cut", [False, True])
def test_row_and_column_are_held_against_the_question(table, question, row, answer, told, cut):
    head = ""
    if cut:  # the passage begins inside the table
        lines = table.split("\n")
        rule = next(number for number, line in enumerate(lines) if "---" in line)
        head, table = "\n".join(lines[: rule + 1]), "\n".join(lines[rule + 1 :])
    one = passage(table, head, start=40)
    line = next(line for line in table.split("\n") if line.startswith(row))
    found = misplaced_figures(answer, question, [quote(one, line)], [one])
    assert bool(found) is bool(told)
    assert not told or told in found[0]


def test_prose_and_tables_without_heads_tell_nothing():
    text = "The rent is 9,700 euros.\n| 2027 | 9,700 |\n| 2028 | 10,050 |"
    assert grids_in(text) == []
    one = passage(text)
    assert misplaced_figures("9,700", "What is the office rent?", [quote(one, text)], [one]) == []


def test_cells_stand_where_they_say():
    [grid] = grids_in(f"Before.\n\n{STOCK}\n\nAfter | all.")
    text = f"Before.\n\n{STOCK}\n\nAfter | all."
    assert grid.columns[4] == "Bestand"
    assert len(grid.rows) == 2
    for row in grid.rows:
        assert text[row.start : row.end].startswith("| 473")
        for cell in row.cells:
            assert text[cell.start : cell.end] == cell.text


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("What is the office rent in 2027?", True),
        ("Wie hoch ist der Bestand von 4735-K?", True),
        ("What is the price of 4735-K?", False),
        ("Was ist der Preis von 4799-K?", False),
        ("Who signed the lease?", False),
    ],
)
def test_a_question_names_a_cell_by_its_row_and_its_column(question, named):
    assert names_a_cell(question, [passage("No table."), passage(LEASE), passage(STOCK)]) is named


@pytest.mark.parametrize(
    ("question", "row", "claim", "answers"),
    [
        ("What is the office rent in 2027?", "| 2027 |", "It is 1,190 euros in 2027.", True),
        ("What is the office rent in 2027?", "| 2027 |", "It is 9,700 euros in 2027.", False),
        ("What is the office rent in 2027?", "| 2028 |", "It is 1,240 euros.", False),
        ("What is the rent in 2027?", "| 2027 |", "It is 9,700 euros.", False),
        ("What is the office rent in 2027?", "| 2027 |", "It is high.", False),
    ],
)
def test_a_figure_that_stands_where_it_is_asked_for_carries_its_claim(
    question, row, claim, answers
):
    one = passage(LEASE)
    quotes = [quote(one, next(line for line in LEASE.split("\n") if line.startswith(row)))]
    assert cells_that_answer(claim, question, quotes, [one]) == tuple(quotes if answers else ())


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("What is the stock of 4799-K?", ["4799-K"]),
        ("What is the stock of 4735-K?", []),
        ("What does the 10-Q say of Q2 2023 and the 2nd half of the 1990s?", []),
        ("Does it conform to ISO 9001 and EN12845?", ["EN12845"]),
    ],
)
def test_codes_that_stand_nowhere_are_listed(question, codes):
    assert unheard_codes(question, [passage(LEASE), passage(STOCK)]) == codes


def test_the_lines_of_column_heads_are_known():
    text = "Costs\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n| c |\n| --- |\n| 3 |"
    lines = sorted(text[at:].split("\n", maxsplit=1)[0] for at in head_lines(text))
    assert lines == ["| --- |", "| --- | --- |", "| a | b |", "| c |"]
    assert head_lines("| 1 | 2 |\n| 3 | 4 |") == frozenset()
