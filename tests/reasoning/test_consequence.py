"""Answers to questions for what follows from something."""

import numpy as np

from rare_app.evidence import Guidance, leads_of, sentences_of
from rare_app.reasoning import Answer
from rare_app.reasoning.consequence import find_following

from ..conftest import passage

LEASE = """The Landlord may end the lease if:

1. the rent is 21 days late; or
2. the premises stand empty.

In a flood proceed as follows:

1. Switch off the power.
2. Call the caretaker."""
MANUAL = "Alarm E1: dew point\nPossible causes:\n- the condenser is dirty\n- the room is too warm"
REST = "Clean the condenser first.\nAlarm E2: drain\nPress the button."


def following(question, *texts, next_chunk=lambda _: None):
    passages = [passage(text, number=number + 1) for number, text in enumerate(texts)]
    sentences = tuple(sentences_of(texts))
    guidance = Guidance(sentences, np.zeros(len(sentences), dtype=np.float32))
    leads = leads_of(texts, sentences)
    return find_following(question, passages, guidance, leads, next_chunk=next_chunk)


def test_an_item_is_said_with_its_lead_and_both_are_cited():
    found = following("What happens if the rent is late?", LEASE)
    assert found.text == "The Landlord may end the lease if: the rent is 21 days late"
    answer = found.prove(Answer(True, found.text), "q")
    (claim,) = answer.claims
    assert (claim.text, claim.status) == (found.text, "supported")
    assert [one.quote for one in claim.citations] == [
        "The Landlord may end the lease if:",
        "1. the rent is 21 days late; or",
    ]
    assert not answer.doubtful
    assert found.reasoning.count("<quote>") == 2


def test_steps_keep_their_numbers_and_each_has_its_place():
    found = following("What must be done in a flood?", LEASE)
    assert found.text.splitlines() == [
        "In a flood proceed as follows:",
        "1. Switch off the power.",
        "2. Call the caretaker.",
    ]
    answer = found.prove(Answer(True, found.text), "q")
    assert [one.citations[0].quote for one in answer.claims][1:] == [
        "Switch off the power.",
        "Call the caretaker.",
    ]


def test_a_section_goes_on_in_the_next_chunk():
    behind = passage(REST, number=7)
    found = following("What do I do if alarm E1 appears?", MANUAL, next_chunk=lambda _: behind)
    assert found.text.splitlines() == [
        "Alarm E1: dew point:",
        "Possible causes:",
        "- the condenser is dirty",
        "- the room is too warm",
        "Clean the condenser first.",
    ]
    assert found.passages[-1] == behind
    answer = found.prove(Answer(True, found.text), "q")
    assert answer.passages == found.passages
    assert answer.claims[-1].citations[0].passage == 1
    assert answer.claims[-1].citations[0].quote == "Clean the condenser first."


def test_what_holds_only_part_of_the_condition_is_doubtful():
    found = following("What happens if the tenant pays the rent late?", LEASE)
    assert found is None or not found.is_sure


def test_something_else_is_left_to_the_model():
    assert following("What is the rent?", LEASE) is None
    assert following("What happens if the roof leaks?", LEASE) is None
