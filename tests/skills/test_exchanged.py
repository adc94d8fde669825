"""Two figures that an answer has exchanged between two names are told."""

import pytest

from rare_app.skills import exchanged_figures
from rare_app.types import Citation

TANKS = "The smallest buffer tank is 60 L for the W12 and 100 L for the W18."
FRIST = "Die Frist beträgt 14 Tage bei Waren und 30 Tage bei Möbeln."


def quote(text):
    return Citation(0, "manual.pdf", 1, 0, len(text), text)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("The smallest buffer tank is 100 L for the W12 and 60 L for the W18.", TANKS),
        ("The W12 needs a buffer tank of 100 L, and the W18 needs one of 60 L.", TANKS),
        ("Bei Waren sind es 30 Tage, bei Möbeln 14 Tage.", FRIST),
    ],
)
def test_figures_that_have_changed_places_are_told(said, told):
    [remark] = exchanged_figures(said, [quote("Read it first."), quote(told)])
    assert "may be exchanged" in remark


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (TANKS, TANKS),
        ("It is 60 L for the W12, and 100 L for the W18.", TANKS),
        ("The W18 takes 100 L, the W12 takes 60 L.", TANKS),
        ("For the W18 it is 100 L.", TANKS),
        ("The W12 has 100 L.", "| W12 | 60 | W18 | 100 |"),
        ("Bei Möbeln sind es 30 Tage, bei Waren 14 Tage.", FRIST),
        ("", TANKS),
    ],
)
def test_what_is_in_its_place_is_not(said, told):
    assert exchanged_figures(said, [quote(told)]) == []
