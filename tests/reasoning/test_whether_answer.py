"""Answers to questions for yes or no, of the documents' own words."""

from dataclasses import replace

import numpy as np
import pytest

from rare_app.evidence import Guidance, Guide, leads_of, sentences_of
from rare_app.reasoning import Answer, Assistant, Done, Writing
from rare_app.reasoning.align import cite
from rare_app.reasoning.kin import Kin
from rare_app.reasoning.whether_answer import answer_whether, statements, tells

from ..conftest import passage
from ..readers import FlatReader

LEASE = """The Tenant shall not:

(a) keep animals;
(b) paint the door; or
(c) sell drinks.

The Tenant may end the lease after a year. It may also be sold."""
OLD = "The Tenant may keep animals."


def guidance(*texts, best=""):
    sentences = tuple(sentences_of(texts))
    scores = [
        0.0 if best and best in texts[one.passage][one.start : one.end] else -10.0
        for one in sentences
    ]
    return Guidance(
        sentences,
        np.array(scores, dtype=np.float32),
        leads=tuple(leads_of(texts, sentences)),
    )


def answered(question, *texts, best, said="yes"):
    passages = tuple(passage(text, number=number + 1) for number, text in enumerate(texts))
    number = next(i for i, text in enumerate(texts) if best in text)
    at = texts[number].index(best)
    quote = cite(passages, passage=number, start=at, end=at + len(best))
    first = Answer(True, said, quotes=(quote,), passages=passages)
    return answer_whether(question, first, guidance(*texts, best=best))


def test_an_item_is_said_with_what_introduces_it_and_both_are_cited():
    found = answered("May the tenant keep animals?", LEASE, best="keep animals", said="yes")
    assert found.answer == "No: The Tenant shall not: keep animals"
    assert (found.choice, found.doubtful) == ("no", False)
    (claim,) = found.claims
    assert (claim.text, claim.status) == (found.answer, "supported")
    assert [one.quote for one in claim.citations] == ["(a) keep animals;", "The Tenant shall not:"]


def test_conditions_are_told():
    found = answered("Can the tenant end the lease?", LEASE, best="after a year")
    assert found.answer.startswith("Yes, with conditions: The Tenant may end the lease after")
    assert found.choice == "yes"


def test_who_says_we_is_called_by_name_in_the_question():
    text = "We do not distribute our results by telephone."
    question, passages = "Does Acme distribute results by telephone?", (passage(text),)
    answer, said = Answer(True, "yes", passages=passages), guidance(text)
    assert answer_whether(question, answer, said).answer == text
    found = answer_whether(question, answer, said, called=["Acme Corporation 10-Q"])
    assert found.answer == f"No: {text}"


def test_the_number_of_a_paragraph_is_left_out():
    text = "3.2 The Processor may charge for help."
    found = answered("May the processor charge for help?", text, best="charge")
    assert found.answer == "Yes: The Processor may charge for help."
    assert found.claims[0].citations[0].quote == text


def test_where_the_words_do_not_tell_the_sentence_is_the_answer_and_the_guess_is_not_shown():
    found = answered("Can the tenant end the lease early?", LEASE, best="after a year", said="No")
    assert found.answer == "The Tenant may end the lease after a year."
    assert (found.choice, found.doubtful) == ("no", False)


def test_a_sentence_that_holds_little_of_the_question_is_doubtful():
    found = answered("Does the tenant need a fire alarm here?", LEASE, best="after a year")
    assert found.answer == "The Tenant may end the lease after a year."
    assert found.doubtful


def test_a_sentence_that_refers_back_is_said_with_the_one_before():
    found = answered("May the lease be sold?", LEASE, best="It may also be sold")
    assert found.answer == "Yes: The Tenant may end the lease after a year. It may also be sold."
    assert len(found.claims[0].citations) == 2


def test_two_documents_that_disagree_are_both_shown():
    passages = (passage(LEASE), passage(OLD, number=2))
    said = guidance(LEASE, OLD)
    own = [i for i, lead in enumerate(said.leads) if lead][:1]
    scores = np.full(len(said.sentences), -10.0, dtype=np.float32)
    scores[own], scores[-1] = 0.0, -1.0
    found = answer_whether(
        "May the tenant keep animals?",
        Answer(True, "yes", passages=passages),
        replace(said, scores=scores),
    )
    assert found.answer == f"The Tenant shall not: keep animals\n{OLD}"
    assert [claim.status for claim in found.claims] == ["contradicted", "supported"]
    assert found.claims[0].contradicted_by[0].quote == OLD


def test_what_an_older_version_allowed_is_told_behind():
    passages = (passage(LEASE), passage(OLD, number=2))
    said = guidance(LEASE, OLD)
    scores = np.full(len(said.sentences), -10.0, dtype=np.float32)
    scores[[i for i, lead in enumerate(said.leads) if lead][:1]], scores[-1] = -1.0, 0.0
    found = answer_whether(
        "May the tenant keep animals?",
        Answer(True, "yes", passages=passages),
        replace(said, scores=scores),
        kin=Kin(older=frozenset({(1, 0)}), passed=((1, 0, len(OLD)),)),
    )
    assert found.answer == "No: The Tenant shall not: keep animals"
    assert [claim.status for claim in found.claims] == ["supported"]
    assert [one.quote for one in found.claims[0].contradicted_by] == [OLD]


def test_other_questions_and_refusals_are_left_alone():
    assert answered("Who keeps animals?", LEASE, best="keep animals") is None
    refused = Answer(False, "no", passages=(passage(LEASE),))
    assert answer_whether("May I keep animals?", refused, guidance(LEASE)) is None


def test_a_quote_that_tells_is_enough():
    question, said = "May the tenant keep animals?", guidance(LEASE, best="keep animals")
    passages = [passage(LEASE)]
    at = LEASE.index("keep animals")
    assert tells(question, passages, said, [(0, at, at + 5)])
    at = LEASE.index("paint")
    assert not tells(question, passages, said, [(0, at, at + 5)])
    assert statements("Who?", passages, said, quoted=[]) == []


@pytest.mark.model
@pytest.mark.parametrize("quoting", ["guided", "constrained"])
def test_the_bare_yes_or_no_is_never_shown(settings, library, adapted, quoting):
    assistant = Assistant(
        settings=replace(settings, gate_nats=500, guide_weight=100, quoting=quoting),
        library=library,
        engine=adapted,
        guide=Guide(
            embed=lambda texts: np.ones((len(texts), 1), dtype=np.float32), reader=FlatReader()
        ),
    )
    events = list(
        assistant.ask("May the tenant keep animals?", passages=[passage(LEASE)], adapter="none")
    )
    told = [one.answer for one in events if isinstance(one, Writing) and one.answer]
    done = next(one.answer for one in events if isinstance(one, Done))
    if quoting == "guided":
        assert not told
        assert done.answer == "No: The Tenant shall not: keep animals"
        assert done.choice == "no"
    else:
        assert not done.answer.startswith("No: ")
        assert done.choice == ""
