"""A question for a figure of a table, from the row to the answer with its unit."""

from dataclasses import replace

import numpy as np
import pytest

from rare_app.evidence import Guide, read_tables, sentences_of
from rare_app.evidence.asked import NOTHING_KNOWN
from rare_app.evidence.lookup import look_up
from rare_app.model import QuotedSpan
from rare_app.reasoning import Assistant, Citation
from rare_app.reasoning.quoting import Quoting, in_quoted_rows

from ..conftest import passage, small_profile
from ..readers import FlatReader

SHEET = """Balance sheet
(In millions) September 30, 2023 June 30, 2023
Goodwill  67,790  67,886
Receivables  36,953  48,688"""
COUNTS = """Members at the end of each month
September 30, 2023 June 30, 2023
Boats  12  14
Goodwill visits  67,886  70"""
QUESTION = "How much goodwill was there at June 30, 2023?"


def test_the_same_digits_in_another_row_do_not_give_their_unit():
    passages = [passage(SHEET, number=1, start=40), passage(COUNTS, number=2)]
    texts = [SHEET, COUNTS]
    found = look_up(
        QUESTION,
        texts,
        [read_tables(text) for text in texts],
        sentences_of(texts),
        NOTHING_KNOWN,
    )
    figures = [one for _, one in found.figures]
    row = COUNTS.index("Goodwill visits")
    quote = Citation(1, "2.md", 2, row, len(COUNTS), COUNTS[row:])
    assert {one.written for one in in_quoted_rows(figures, [quote], passages)} == {"67,886", "70"}
    row = SHEET.index("Goodwill") + 40
    quote = Citation(0, "1.md", 1, row, row + 24, "Goodwill  67,790  67,886")
    quoted = in_quoted_rows(figures, [quote], passages)
    assert {one.written for one in quoted} == {"67,790 million", "67,886 million"}
    assert in_quoted_rows(figures, [], passages) == []


@pytest.mark.parametrize(
    ("question", "rows", "enough"),
    [
        (QUESTION, ("Goodwill",), True),
        (QUESTION, ("Receivables",), False),
        ("What is the ratio of goodwill to receivables at June 30, 2023?", ("Goodwill",), False),
        (
            "What is the ratio of goodwill to receivables at June 30, 2023?",
            ("Receivables", "Goodwill"),
            True,
        ),
        ("Who keeps the receivables?", ("Goodwill", "Receivables"), False),
    ],
)
def test_the_rows_that_a_figure_rests_on_are_enough(settings, question, rows, enough):
    guide = Guide(
        embed=lambda texts: np.ones((len(texts), 1), dtype=np.float32), reader=FlatReader()
    )
    quoted = [
        QuotedSpan(0, SHEET.index(row), (SHEET + "\n").index("\n", SHEET.index(row)))
        for row in rows
    ]

    def make(quoting):
        return Quoting(
            settings=replace(settings, quoting=quoting),
            question=question,
            passages=[passage(SHEET)],
            guide=guide,
            profile=small_profile(),
        )

    assert make("guided").is_enough(quoted) is enough
    assert not make("guided").is_enough([])
    assert not make("constrained").is_enough(quoted)


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (QUESTION, "67,886 million"),
        ("How much goodwill was there at September 30, 2023?", "67,790 million"),
        (
            "By how much did goodwill fall from June 30, 2023 to September 30, 2023?",
            "96 million (67,886 - 67,790)",
        ),
    ],
)
def test_the_answer_is_the_figure_of_that_row_and_column(
    settings, library, adapted, question, answer
):
    assistant = Assistant(
        settings=replace(settings, gate_nats=500, guide_weight=100, unsupported="mark"),
        library=library,
        engine=adapted,
        guide=Guide(
            embed=lambda texts: np.ones((len(texts), 1), dtype=np.float32), reader=FlatReader()
        ),
    )
    passages = [passage(SHEET), passage("The tide of the firth rises twice a day.", number=2)]
    found = assistant.answer(question, passages=passages, adapter="none")
    assert found.answer == answer
    assert [claim.text for claim in found.claims] == [answer]
    assert len(found.quotes) == 1
    assert found.quotes[0].quote.startswith("Goodwill")
