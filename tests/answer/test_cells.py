"""What may stand in a table beside what other documents say."""

from dataclasses import replace

import pytest

from rare_app.answer.cells import as_cell
from rare_app.prompt import REFUSAL
from rare_app.types import Answer, Citation, Claim, Step

from ..conftest import passage

TEXT = "## Guarantee\n\nWe guarantee the pumps\nfor 36 months. Wear parts are not covered."
SOURCE = passage(TEXT)


def place(words):
    start = TEXT.index(words)
    return Citation(0, SOURCE.document, 1, start, start + len(words), words)


QUOTE = place("We guarantee the pumps\nfor 36 months.")
SAID = Answer(
    True,
    "The warranty lasts 36 months.",
    claims=(Claim("The warranty lasts 36 months.", True, 0.9, (QUOTE,)),),
    quotes=(QUOTE,),
    passages=(SOURCE,),
)


def test_what_the_passages_carry_stands_in_its_own_words():
    assert as_cell(SAID, "How long is the warranty?") == SAID


@pytest.mark.parametrize(
    ("steps", "status"),
    [((Step("calculation", "36 - 1", "35"),), "supported"), ((), "weak"), ((), "unsupported")],
)
def test_what_was_worked_out_or_is_not_carried_gives_way_to_the_quotes(steps, status):
    claims = (Claim("35 months", status == "supported", 0.01, (QUOTE,), status),)
    wrong = replace(SAID, answer="35 months", claims=claims, steps=steps, doubtful=True)
    cell = as_cell(wrong, "How long is the warranty?")
    assert cell.answer == "We guarantee the pumps for 36 months."
    (claim,) = cell.claims
    assert (claim.text, claim.status, claim.citations) == (cell.answer, "supported", (QUOTE,))
    assert cell.doubtful


def test_quotes_stand_once_and_headings_not_at_all():
    heading, other = place("## Guarantee"), place("Wear parts are not covered.")
    wrong = replace(SAID, claims=(), quotes=(heading, QUOTE, other, QUOTE))
    cell = as_cell(wrong, "q")
    assert cell.answer == "We guarantee the pumps for 36 months. … Wear parts are not covered."
    assert len(cell.claims) == 2
    bare = as_cell(replace(wrong, quotes=(heading,)), "q")
    assert (bare.answer, bare.doubtful) == (SAID.answer, True)


@pytest.mark.parametrize("text", ["How long? ", "None of the passages says this.", REFUSAL])
def test_what_says_nothing_is_blank(text):
    cell = as_cell(replace(SAID, answer=text, answered=text != REFUSAL, doubtful=True), "How long?")
    assert (cell.answered, cell.answer, cell.claims, cell.doubtful) == (False, REFUSAL, (), False)
