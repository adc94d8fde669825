"""Claims are changed as they say, and cases get a passage that contradicts."""

import re
from random import Random

import pytest

from rare_app.lab.evaluation import Case
from rare_app.lab.evaluation.claim_changes import change, names_in, restate
from rare_app.lab.evaluation.claim_sets import build_claims
from rare_app.lab.evaluation.misleading import mislead

TEXT = "The Forth Bridge was opened on 4 March 1890 by the Prince of Wales."


@pytest.mark.parametrize(
    ("kind", "gone"),
    [("number", "4 March 1890"), ("name", "Prince of Wales|Forth Bridge"), ("negation", "was o")],
)
def test_one_thing_is_changed(kind, gone):
    for seed in range(20):
        new = change(TEXT, kind, pool=["Anna Weber"], near="Karl Frisch.", chance=Random(seed))
        assert new != TEXT
        assert any(part not in new for part in gone.split("|"))
        assert new.startswith("The ")


def test_what_has_nothing_of_the_kind_is_left_out():
    assert change("Bees fly.", "number", pool=(), near="", chance=Random(0)) == ""
    assert change("Bees fly.", "name", pool=("Anna",), near="", chance=Random(0)) == ""
    assert change("Bees fly.", "opposite", pool=(), near="", chance=Random(0)) == ""
    assert change("No bees were hurt.", "negation", pool=(), near="", chance=Random(0))
    assert names_in("The bridge of Anna Weber in Bonn.") == ["Anna Weber", "Bonn"]


def test_a_restated_claim_keeps_its_numbers():
    for seed in range(30):
        new = restate("On 4 March 1890 it was not sold for 1,200 euros (a lot).", Random(seed))
        assert re.sub(r"\D", "", new.replace("March 4", "4 March")) == "418901200"
        assert "not sold" in new or "wasn't sold" in new


def test_half_of_the_claims_are_altered_and_split_by_document():
    from pathlib import Path

    tiny = Path(__file__).parents[3] / "assets" / "tiny"
    claims = build_claims(tiny, each=30)
    main = [one for one in claims if one.change != "absent"]
    assert len(main) >= 10
    assert sum(one.supported for one in main) * 2 == len(main)
    assert all(one.supported == (one.change is None) for one in claims)
    assert claims == build_claims(tiny, each=30)
    fits = {one.document for one in claims if one.fits}
    assert not fits & {one.document for one in claims if not one.fits}


@pytest.mark.parametrize("answer", ["4 March 1890", "Prince of Wales"])
def test_a_passage_is_added_that_says_something_else(answer):
    case = Case("1", "What?", ("Bees.", TEXT), (answer,), None, (TEXT,))
    for seed in range(10):
        made = mislead(case, answers=("Anna Weber of Bonn",), chance=Random(seed))
        [added] = [one for one in made.case.passages if one not in case.passages]
        assert (answer in added) is (made.kind == "negation")
        assert (made.right, made.case.answers) == (answer, case.answers)
        assert made.wrong in added
    assert (
        mislead(Case("1", "?", ("Bees.",), ("x",), None, None), answers=(), chance=Random(0))
        is None
    )
