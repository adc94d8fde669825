"""Questions for several things are taken apart, those for one are left whole."""

import pytest

from rare_app.followups import last_of, says_little, stand_alone, sub_questions

SEVERAL = {
    "What is the weight of the dryer and how much refrigerant does it hold?": (
        "What is the weight of the dryer?",
        "How much refrigerant does the dryer hold?",
    ),
    "When was the guideline approved and by whom?": (
        "When was the guideline approved?",
        "By whom was the guideline approved?",
    ),
    "Who grants exceptions and for how long?": (
        "Who grants exceptions?",
        "For how long are exceptions granted?",
    ),
    "Who may use the lift and when?": ("Who may use the lift?", "When may somebody use the lift?"),
    "When and where is the next meeting?": (
        "When is the next meeting?",
        "Where is the next meeting?",
    ),
    "What is the annual rent? How often is it reviewed?": (
        "What is the annual rent?",
        "How often is the annual rent reviewed?",
    ),
    "How many offers were compared and which one was accepted?": (
        "How many offers were compared?",
        "Which offer was accepted?",
    ),
    "Which drugs inhibit CYP3A4 and which induce it?": (
        "Which drugs inhibit CYP3A4?",
        "Which drugs induce CYP3A4?",
    ),
    "How long are backups kept and which software makes them?": (
        "How long are backups kept?",
        "Which software makes backups?",
    ),
    "What are the annual rent and the term of the lease?": (
        "What is the annual rent of the lease?",
        "What is the term of the lease?",
    ),
    "What are the terms of the lease and the rent?": (
        "What are the terms of the lease?",
        "What is the rent?",
    ),
    "What are the dose and the side effects of apixaban?": (
        "What is the dose of apixaban?",
        "What are the side effects of apixaban?",
    ),
    "Who are the landlord and the tenants?": ("Who is the landlord?", "Who are the tenants?"),
    "What is the dose in atrial fibrillation and in venous thromboembolism?": (
        "What is the dose in atrial fibrillation?",
        "What is the dose in venous thromboembolism?",
    ),
    "How much is the fee, when is it due and who pays it?": (
        "How much is the fee?",
        "When is the fee due?",
        "Who pays the fee?",
    ),
    "When was the guideline approved, by whom and who chairs the committee?": (
        "When was the guideline approved?",
        "By whom was the guideline approved?",
        "Who chairs the committee?",
    ),
    "If the rent is late, what may the landlord do and how much interest is due?": (
        "If the rent is late, what may the landlord do?",
        "If the rent is late, how much interest is due?",
    ),
    "How long may cash be held and must it be counted?": (
        "How long may cash be held?",
        "Must cash be counted?",
    ),
    "Is smoking allowed and are the lifts open?": ("Is smoking allowed?", "Are the lifts open?"),
}

ONE = (
    "How are notices served and received?",
    "What is the difference between a low-risk and a high-risk procedure?",
    "How long is it between the first dose and between the second dose?",
    "What are the inclusion and exclusion criteria?",
    "What are the terms and conditions?",
    "What was revenue in 2022 and in 2023?",
    "What is known about when and how it spreads?",
    "What object is made of hot gas and is the most massive object in our solar system?",
    "Which band released a song and had a drummer who was inducted?",
    "Which countries and which cities are named?",
    "What does the tenant, who pays the rent, repair?",
    "Who and when?",
    "List the drugs and say which dose is given.",
    "The tenant is late. What can the landlord do?",
    "Wie hoch ist die Miete und wann ist sie fällig?",
    "How high is the rent\nand when is it due?",
    "",
)


@pytest.mark.parametrize("question", SEVERAL)
def test_each_of_several_things_is_asked_for_by_itself(question: str):
    parts = sub_questions(question)
    asked = []
    for part in parts:
        asked.append(stand_alone(part, last=asked[-1]) if asked else part)
    assert tuple(asked) == SEVERAL[question]
    assert last_of(question) == SEVERAL[question][-1]


@pytest.mark.parametrize("question", ONE)
def test_a_question_for_one_thing_stays_whole(question: str):
    assert sub_questions(question) == ()
    assert last_of(question) == question


def test_parts_keep_the_users_own_words():
    question = "What is the weight of the dryer, and how much refrigerant does it hold?"
    assert sub_questions(question)[1] == "How much refrigerant does it hold?"


def test_who_was_answered_is_asked_about():
    last = "Which company hosts the data?"
    asked = stand_alone("Where is it based?", last=last, answer="Fjord Hosting AS")
    assert asked == "Where is Fjord Hosting AS based?"


def test_more_things_than_are_answered_one_by_one_are_left():
    question = (
        "Who pays the fee and who checks it and who signs it and who keeps it and who sends it?"
    )
    assert sub_questions(question) == ()


def test_what_says_nothing_by_itself():
    assert says_little("How long do I have to wait?")
    assert not says_little("How long is the warranty of the dryer?")
