"""Figures of a scan that may be misread."""

import pytest

from rare_app.documents import Page, Place
from rare_app.library import Passage
from rare_app.proof.misread import MISREAD, with_misread
from rare_app.types import Answer, Citation, Claim

TEXT = "The rent is 4,250 euros. The deposit is 12,750 euros."
UNSURE = "12,750"


def page_of(document, number):
    start = TEXT.index(UNSURE)
    sure = Place(12, 17, 0.1, 0.1, 0.1, 0.1, 0.97)
    unsure = Place(start, start + len(UNSURE), 0.1, 0.2, 0.1, 0.1, 0.55)
    return Page(3, TEXT, places=(sure, unsure)) if (document, number) == (7, 3) else None


def answer(text, quote, *, page=3, answered=True, notice="", in_claim=False):
    start = TEXT.index(quote)
    cited = Citation(0, "lease.pdf", page, start, start + len(quote), quote)
    passage = Passage(1, 7, "lease.pdf", "", "", page, "page", 0, len(TEXT), TEXT, 1.0)
    return Answer(
        answered=answered,
        answer=text,
        notice=notice,
        passages=(passage,),
        quotes=() if in_claim else (cited,),
        claims=(Claim(text, True, 1.0, (cited,)),) if in_claim else (),
    )


@pytest.mark.parametrize("in_claim", [True, False])
def test_a_cited_figure_that_is_not_sure_is_told(in_claim):
    told = with_misread(answer("12,750 euros", "deposit is 12,750", in_claim=in_claim), page_of)
    assert told.notice == MISREAD
    noted = answer("12,750 euros", "deposit is 12,750", notice="First.", in_claim=in_claim)
    assert with_misread(noted, page_of).notice == f"First. {MISREAD}"


def test_a_figure_that_is_sure_is_not_doubted_for_its_neighbour():
    assert with_misread(answer("4,250 euros", TEXT), page_of).notice == ""
    assert with_misread(answer("It is the rent.", TEXT), page_of).notice == ""


def test_what_is_worked_out_of_an_unsure_figure_is_told():
    assert with_misread(answer("17,000 euros in all", TEXT), page_of).notice == MISREAD


def test_refusals_and_pages_that_are_gone_are_left_alone():
    refused = answer("12,750 euros", "deposit is 12,750", answered=False)
    assert with_misread(refused, page_of) == refused
    elsewhere = answer("12,750 euros", "deposit is 12,750", page=9)
    assert with_misread(elsewhere, page_of) == elsewhere
