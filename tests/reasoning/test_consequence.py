"""Answers to questions for what follows from something."""

from dataclasses import replace

import numpy as np
import pytest

from rare_app.evidence import Guidance, leads_of, sentences_of
from rare_app.reasoning import REFUSAL, Answer, Assistant
from rare_app.reasoning.consequence import find_following

from ..conftest import passage
from ..readers import ask, flat_guide

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


@pytest.mark.model
@pytest.mark.parametrize("quoting", ["guided", "constrained"])
def test_the_rules_answer_in_the_model_s_place(settings, library, adapted, quoting):
    assistant = Assistant(
        settings=replace(settings, quoting=quoting),
        library=library,
        engine=adapted,
        guide=flat_guide(),
    )
    answer = ask(assistant, "What happens if the rent is late?", passages=[passage(LEASE)])
    told = "The Landlord may end the lease if: the rent is 21 days late"
    assert (answer.answer == told) == (quoting == "guided")
    if quoting == "guided":
        assert answer.tokens.generated == 0
        assert [one.page for one in answer.quotes] == [1, 1]


@pytest.mark.model
def test_a_code_that_stands_nowhere_is_refused(settings, library, adapted):
    assistant = Assistant(settings=settings, library=library, engine=adapted, guide=flat_guide())
    answer = ask(assistant, "What do I do if alarm E7 appears?", passages=[passage(MANUAL)])
    assert (answer.answered, answer.answer) == (False, REFUSAL)


@pytest.mark.model
def test_a_section_of_the_library_goes_on_in_its_next_chunk(settings, library, adapted, tmp_path):
    steps = " ".join(f"Step {number} is to turn valve {number}." for number in range(400))
    file = tmp_path / "pump.md"
    file.write_text(f"# Pump\n\n## Alarm E1: flow\n\n{steps}\n\n## Other\n\nNothing.", "utf-8")
    library.add([file])
    assistant = Assistant(settings=settings, library=library, engine=adapted, guide=flat_guide())
    answer = ask(assistant, "What do I do if alarm E1 appears?")
    assert answer.answer.startswith("Alarm E1: flow:\nStep 0 is")
    assert "Nothing." not in answer.answer
    assert len({one.start for one in answer.quotes}) >= 2
    for claim in answer.claims[1:]:
        words = " ".join(" ".join(one.quote for one in claim.citations).split())
        assert claim.text == words
