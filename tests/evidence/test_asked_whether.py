"""Questions for yes or no, and the sentences that speak of them."""

import pytest

from rare_app.evidence import leads_of, sentences_of, whether_gains, whether_of
from rare_app.evidence.asked_whether import NO_STATEMENT_NATS, WHETHER_NATS

TEXT = """The Harbour Lease

The rent is paid in advance.

The Tenant shall not:
- keep animals
- paint the door"""


def gains(question, text=TEXT):
    sentences = sentences_of([text])
    found = whether_gains(question, [text], sentences, leads_of([text], sentences))
    return {
        text[one.start : one.end]: float(gain) for one, gain in zip(sentences, found, strict=True)
    }


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("May the tenant keep animals?", ("may", "the tenant keep animals")),
        ("If it rains, is the roof closed?", ("is", "the roof closed")),
        ("Isn't the roof closed?", ("is", "the roof closed")),
        ("need passwords be changed", ("need", "passwords be changed")),
    ],
)
def test_the_verb_that_opens_it_is_told_from_the_rest(question, expected):
    assert whether_of(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Who keeps animals?",
        "What is the rent?",
        "Is the rent paid in advance or in arrears?",
        "Can you tell me the rent?",
        "Could you list the tenant's duties?",
        "Does the lease say how long the term is?",
        "The council, are made up of what type of members?",
        "Notice period?",
    ],
)
def test_other_questions_ask_for_something_else(question):
    assert whether_of(question) is None
    assert set(gains(question).values()) == {0.0}


def test_what_holds_the_words_of_the_question_gains_with_what_introduces_it():
    found = gains("May the tenant keep animals?")
    assert found["- keep animals"] == pytest.approx(WHETHER_NATS)
    assert 0 < found["- paint the door"] < found["- keep animals"]
    assert found["The rent is paid in advance."] == 0


def test_titles_and_what_introduces_a_list_state_nothing():
    found = gains("Is the harbour lease long?")
    assert found["The Harbour Lease"] == -NO_STATEMENT_NATS
    assert found["The Tenant shall not:"] == -NO_STATEMENT_NATS
