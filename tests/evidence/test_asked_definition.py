"""Questions for what a term means, and others that hold the same words."""

import pytest

from rare_app.evidence import is_unexplained, term_of


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("What does “Legal Entity” mean?", "Legal Entity"),
        ("What does the term cold chain mean?", "cold chain"),
        ("what is meant by a serious adverse event?", "serious adverse event"),
        ("What do they mean by lone working?", "lone working"),
        ("What does the fund mean by the Benchmark?", "Benchmark"),
        ("Define Secondary License.", "Secondary License"),
        ("Please define 'run-in period'", "run-in period"),
        ("What does RTO stand for?", "RTO"),
        ("What is RTO short for?", "RTO"),
        ("What's the definition of Confidential Information?", "Confidential Information"),
        ("How is severe hypotension defined?", "severe hypotension"),
        ("How does the policy define lone working?", "lone working"),
        ("What counts as a near miss?", "near miss"),
        ("Who is considered a Contributor?", "Contributor"),
        ("Can you explain what net asset value means?", "net asset value"),
        ("Explain the term duty holder.", "duty holder"),
        ("Meaning of cavitation?", "cavitation"),
    ],
)
def test_a_term_is_taken_out_of_the_question(question, term):
    asked = term_of(question)
    assert asked is not None
    assert asked.names[0].lower() == term.lower()
    assert asked.is_asked


@pytest.mark.parametrize(
    ("question", "names"),
    [
        (
            "What does Contributor mean in the Apache license?",
            ("Contributor",),
        ),
        (
            "What is the definition of transfer of undertakings in the contract?",
            ("transfer of undertakings in the contract", "transfer of undertakings", "transfer"),
        ),
    ],
)
def test_what_follows_a_preposition_may_be_of_the_term_or_not(question, names):
    assert term_of(question).names == names


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("What is a User Product?", "User Product"),
        ("What are Derivative Works?", "Derivative Works"),
        ("What is a User Product under the GPL?", "User Product"),
        ("What is EBITDA for 2023?", "EBITDA for 2023"),
        ("What is the “Term”?", "Term"),
        ("what is the Platform in the agreement?", "Platform"),
    ],
)
def test_what_is_a_thing_may_ask_for_its_meaning(question, term):
    asked = term_of(question)
    assert asked.names == (term,)
    assert not asked.is_asked


@pytest.mark.parametrize(
    "question",
    [
        "What does it mean?",
        "What is the rent?",
        "What is the RPO?",
        "What means of transport are allowed?",
        "What does the tenant have to pay?",
        "What is the definition of done used for?",
        "What was the second meaning of a Chinese word for “barracks”?",
        "Who is the Landlord?",
        "How long is the notice period?",
        "Which documents must be kept?",
    ],
)
def test_other_questions_have_no_term(question):
    assert term_of(question) is None


def test_two_terms_may_be_one():
    asked = term_of("What do Landlord and the Tenant mean?")
    assert asked.names == ("Landlord and the Tenant",)
    assert asked.parts == ("Landlord", "Tenant")
    assert [one.names for one in asked.apart()] == [("Landlord",), ("Tenant",)]


def test_parties_are_terms_with_a_capital():
    assert term_of("What does You mean?").names == ("You",)
    assert term_of("What do you mean?") is None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What does Fees mean?", True),
        ("What does alarm E2 mean?", False),
        ("What are Fees?", False),
        ("When are the Fees due?", False),
    ],
)
def test_a_use_of_a_word_does_not_explain_it(question, expected):
    assert is_unexplained(question) is expected
