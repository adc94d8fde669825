"""Questions for what follows from something, and where a text tells it."""

import pytest

from rare_app.evidence import (
    condition_of,
    consequences,
    find_lists,
    is_unheard_of,
    leads_of,
    opening_lines,
    sentences_of,
)

MANUAL = """# Pump manual

## Alarm E4: overload

The pump draws too much current.
Wait 20 minutes, then reset the breaker.

## Alarm E5: no flow

Possible causes:

- the inlet is blocked
- the belt is torn

Clean the inlet.

## Warranty

The warranty lapses if:

- the housing has been opened
- the pump is more than ten years old

If a seal leaks, it is replaced free of charge. The pump is painted blue."""


def told(question, *texts, called=(), ranked=()):
    texts = texts or (MANUAL,)
    sentences = sentences_of(texts)
    found = consequences(
        question,
        texts,
        sentences,
        leads_of(texts, sentences),
        called=called or [""] * len(texts),
        ranked=ranked or [1.0] * len(texts),
    )
    return [
        (
            one.lead,
            one.heading and texts[one.heading[0]][slice(*one.heading[1:])],
            [texts[at][start:end] for at, start, end in one.places],
            one.is_sure,
        )
        for one in found
    ]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What happens if the seal leaks?", {"seal", "leak"}),
        ("What will happen when I open the housing?", {"open", "hous"}),
        ("What happens to the pump after a flood?", {"pump", "flood"}),
        ("What should the operator do in case of alarm E4?", {"alarm", "e4"}),
        ("What do I do in a flood?", {"flood"}),
        ("What do I have to do after a loss?", {"loss"}),
        ("What does the nurse do when the belt is torn?", {"torn", "belt"}),
        ("What must be done in the event of a fire?", {"fir"}),
        ("What to do if alarm E4 appears?", {"alarm", "e4"}),
        ("How do I deal with a torn belt?", {"torn", "belt"}),
        ("If the belt is torn, what should I do?", {"torn", "belt"}),
        ("What are the consequences of late payment?", {"late", "payment"}),
        ("What should an employee do who falls ill?", {"fall", "ill"}),
    ],
)
def test_the_condition_is_taken_out_of_the_question(question, words):
    found = condition_of(question)
    assert found is not None
    stems = {one.rstrip("e") for one in found.words}
    assert stems == {one.rstrip("e") for one in words}


@pytest.mark.parametrize(
    "question",
    [
        "What is the warranty?",
        "When does the warranty lapse?",
        "What does the pump do?",
        "What do judges do in the supreme court?",
        "How do forces act in relation to velocity?",
        "How do I open the housing?",
        "Who resets the breaker if alarm E4 appears?",
        "How long do I wait if alarm E4 appears?",
        "What happens?",
        "What happens if it does?",
    ],
)
def test_other_questions_ask_for_something_else(question):
    assert condition_of(question) is None
    assert told(question) == []


def test_amounts_are_no_words_of_the_condition_for_they_have_to_be_compared():
    found = condition_of("What happens if the rent is not paid for 30 days?")
    assert (found.words, found.amounts, found.negated) == ({"rent", "paid"}, ("30 days",), True)


def test_an_item_is_told_with_what_stands_above_the_list():
    lead, heading, places, sure = told("What happens if I open the housing?")[0]
    assert (lead, heading) == ("The warranty lapses if:", None)
    assert places == ["- the housing has been opened"]
    assert sure


def test_another_amount_makes_it_doubtful():
    assert told("What happens if the pump is more than ten years old?")[0][3]
    assert not told("What happens if the pump is 12 years old?")[0][3]


def test_all_that_stands_below_a_heading_follows_from_it():
    lead, heading, places, sure = told("What do I do when alarm E4 appears?")[0]
    assert (lead, heading, sure) == ("", "## Alarm E4: overload", True)
    assert places == [
        "The pump draws too much current.",
        "Wait 20 minutes, then reset the breaker.",
    ]


def test_of_a_list_of_causes_the_section_is_told():
    _, heading, places, _ = told("What should I do if the inlet is blocked?")[0]
    assert heading == "## Alarm E5: no flow"
    assert places[-1] == "Clean the inlet."


def test_a_list_whose_lead_is_the_condition_is_told_as_a_whole():
    text = "In case of fire:\n\n1. Leave the room.\n2. Close the door.\n3. Call 112."
    lead, _, places, sure = told("What should I do in case of fire?", text)[0]
    assert lead == "In case of fire:"
    assert [one for one in places if any(map(str.isalpha, one))][-1].endswith("Call 112.")
    assert sure


def test_a_sentence_is_sure_where_it_tells_a_condition():
    assert told("What happens if a seal leaks?")[0][2:] == (
        ["If a seal leaks, it is replaced free of charge."],
        True,
    )
    assert told("What happens if the pump is painted?")[0][2:] == (
        ["The pump is painted blue."],
        False,
    )


@pytest.mark.parametrize(
    "text",
    [
        "We may cancel the policy if cover is suspended.",
        "The policy is cancelled when the premium is not paid.",
        "Late payment leads to a cancelled policy.",
        "Whoever moves may cancel the policy.",
    ],
)
def test_what_the_question_s_words_follow_from_does_not_follow_from_them(text):
    assert not any(sure for *_, sure in told("What happens if the policy is cancelled?", text))


def test_a_list_of_conditions_does_not_follow_from_its_lead():
    assert told("What happens if the warranty lapses?") == []
    sentences = [MANUAL]
    assert find_lists("What happens if the warranty lapses?", sentences) == ()
    assert find_lists("When does the warranty lapse?", sentences)[0].is_sure


def test_a_name_alone_is_not_the_condition():
    text = "When a flight is cancelled, the next one is booked."
    question = "What happens if the policy is cancelled?"
    assert not told(question, text, called=["Travel policy"])[0][3]


@pytest.mark.parametrize(
    "text",
    [
        "If the policy is cancelled, the rest is paid back.",
        "The rest is paid back if the policy is cancelled.",
        "A cancelled policy leads to a refund.",
        "A policy that is cancelled is paid back within two weeks.",
    ],
)
def test_what_a_sentence_tells_of_the_condition_is_sure(text):
    assert told("What happens if the policy is cancelled?", text)[0][2:] == ([text], True)


def test_the_opposite_is_doubtful():
    found = told("What happens if a seal does not leak?")
    assert found
    assert not found[0][3]


def test_of_equal_ones_the_better_passage_counts():
    other = "If a seal leaks, call the plumber."
    question = "What happens if a seal leaks?"
    assert told(question, MANUAL, other, ranked=[0.2, 0.9])[0][2] == [other]
    assert told(question, MANUAL, other, ranked=[0.9, 0.2])[0][2] != [other]


def test_a_document_s_name_may_hold_words_of_the_condition():
    text = "A late claim is paid only with approval."
    question = "What happens to a late expenses claim?"
    assert told(question, text) == []
    assert told(question, text, called=["Expenses policy"])[0][2] == [text]


def test_what_is_not_there_is_not_told():
    assert told("What happens if the pump freezes?") == []


def test_a_code_that_stands_nowhere_is_unheard_of():
    assert is_unheard_of("What do I do when alarm E7 appears?", [MANUAL])
    assert not is_unheard_of("What do I do when alarm E4 appears?", [MANUAL])
    assert not is_unheard_of("What is alarm E7?", [MANUAL])


def test_a_section_goes_on_until_the_next_heading():
    text = "Call service.\nThen wait.\n\n## Warranty\n\nTwo years."
    assert [text[slice(*one)] for one in opening_lines(text, 5)] == ["Call service.", "Then wait."]
    assert len(opening_lines(text, 1)) == 1
    assert opening_lines(text, 0) == []
