import numpy as np
import pytest

from rare_app.evidence import Guidance, read_tables, sentences_of
from rare_app.evidence.lookup import look_up
from rare_app.reasoning import Answer, Citation, Claim
from rare_app.reasoning.figures import (
    figure_of,
    is_labelled_otherwise,
    is_not_worked_out,
    prove_figure,
    stands_for,
)

from ..conftest import passage

SHEET = """(In millions)  2023  2022
Goodwill  67,790  67,886
Receivables  36,953  48,688"""
CHANGE = "By how much did goodwill fall from 2022 to 2023?"
START = 40


def guidance(question):
    found = look_up(question, [SHEET], [read_tables(SHEET)], sentences_of([SHEET]))
    figures = tuple(figure for _, figure in found.figures)
    return Guidance((), np.zeros(0, dtype=np.float32), figures=figures)


def answer(text):
    return Answer(answered=True, answer=text, passages=(passage(SHEET, start=START),))


def quote(row):
    at = SHEET.index(row) + START
    return Citation(0, "1.md", 1, at, at + len(row), row)


GOODWILL = quote("Goodwill  67,790  67,886")


def test_an_answer_is_a_figure_of_a_row_that_was_quoted():
    said = guidance("How much goodwill was there in 2023?")
    assert figure_of(answer("67,790"), said, [GOODWILL]).written == "67,790 million"
    assert figure_of(answer("67,790"), said, [quote("Receivables")]) is None
    assert figure_of(answer("36,953"), said, [GOODWILL]) is None
    assert figure_of(answer("It was a lot, 67,790 million"), said, [GOODWILL]) is None
    assert figure_of(answer("none"), said, [GOODWILL]) is None


def test_what_is_worked_out_stands_for_the_figures_of_its_row():
    figure = figure_of(answer("96"), guidance(CHANGE), [GOODWILL])
    assert figure.written == "96 million (67,886 - 67,790)"
    assert stands_for(figure, answer("96")) == ("67,886", "67,790")
    alone = figure_of(answer("67,790"), guidance("How much goodwill was there?"), [GOODWILL])
    assert stands_for(alone, answer("67,790")) == ("67,790",)


@pytest.mark.parametrize(
    ("said", "question", "quoted", "repeated"),
    [
        ("67,790", CHANGE, "Goodwill  67,790  67,886", True),
        ("67,790  67,886.", CHANGE, "Goodwill  67,790  67,886", True),
        ("67,790", "How much goodwill was there?", "Goodwill  67,790  67,886", False),
        ("96 million", CHANGE, "Goodwill fell by 96 million.", False),
        ("96", CHANGE, "Goodwill  67,790  67,886", False),
    ],
)
def test_a_figure_of_a_row_is_not_what_was_to_be_worked_out(said, question, quoted, repeated):
    quotes = [Citation(0, "1.md", 1, 0, len(quoted), quoted)]
    assert is_not_worked_out(said, question, quotes) is repeated


CHART = """$ 520 Q1 2023 CCG Operating Income
(11) Other costs
The chief executive was paid 520 in all."""


@pytest.mark.parametrize(
    ("said", "question", "quoted", "otherwise"),
    [
        ("$ 520", "What was the salary of Intel's chief executive?", 0, True),
        ("$ 520", "What was Intel's operating income?", 0, False),
        ("$ 520", "What was Intel's spending on electricity?", 0, True),
        ("(11)", "What was Intel's spending on electricity?", 1, True),
        ("520", "How much did the boss earn?", 2, False),  # a sentence may use other words
        ("$ 520", "Why did Intel change its plans?", 0, False),  # no figure is asked for
        ("Operating Income", "How large was the salary?", 0, False),
    ],
)
def test_a_figure_whose_label_has_nothing_of_the_question_is_another(
    said, question, quoted, otherwise
):
    line = CHART.splitlines()[quoted]
    quotes = [Citation(0, "1.md", 1, 0, len(line), line)]
    chart = Answer(answered=True, answer=said, passages=(passage(CHART),))
    assert is_labelled_otherwise(chart, question, quotes, names="Intel") is otherwise


def test_part_of_a_line_is_not_taken_for_its_label():
    part = "$ 520 Q1 2023"
    quotes = [Citation(0, "1.md", 1, 0, len(part), part)]
    chart = Answer(answered=True, answer="$ 520", passages=(passage(CHART),))
    assert not is_labelled_otherwise(chart, "What was the salary?", quotes, names="Intel")


@pytest.mark.parametrize(
    ("first", "second", "worst", "supported", "score"),
    [
        ("supported", "supported", "supported", True, 0.6),
        ("supported", "weak", "weak", False, 0.6),
        ("weak", "contradicted", "contradicted", False, 0.6),
        ("unsupported", "contradicted", "unsupported", False, 0.9),
    ],
)
def test_the_worst_of_its_figures_counts(first, second, worst, supported, score):
    figure = figure_of(answer("96"), guidance(CHANGE), [GOODWILL])
    said = {"67,886": (first, 0.9), "67,790": (second, 0.6)}

    def prove(text):
        status, score = said[text]
        return Claim(text, status in ("supported", "contradicted"), score, (GOODWILL,), status)

    claim = prove_figure(figure, answer("96"), prove)
    assert (claim.text, claim.status) == (figure.written, worst)
    assert claim.citations == (GOODWILL,)
    assert (claim.supported, claim.score) == (supported, score)
