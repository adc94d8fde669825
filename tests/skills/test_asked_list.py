import pytest

from rare_app.reader import sentences_of
from rare_app.skills import Sheet, Surroundings, find_lists
from rare_app.skills.asked_list import LIST_NATS, asks_for_several, gains_of

LEAFLET = """Calmavir
Side effects
Common side effects are:
- headache
- nausea
Rare side effects are:
- jaundice
- confusion
Opening the bottle
To open the bottle:
1. Press the cap down.
2. Turn it to the left.
Not covered
The following are excluded:
- broken bottles
- lost tablets
Do not take it with probenecid."""


def found(question, text=LEAFLET, **around):
    lists = find_lists(question, [text], Surroundings(**around))
    return [one.written([text]).split("\n")[0] for one in lists if one.asked]


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("What are the common side effects?", "Common side effects are:"),
        ("Which rare side effects are known?", "Rare side effects are:"),
        ("How do I open the bottle?", "To open the bottle:"),
        ("What is the procedure for opening the bottle?", "To open the bottle:"),
        ("What is not covered?", "The following are excluded:"),
        ("Under what conditions is the bottle opened?", "To open the bottle:"),
    ],
)
def test_the_list_is_found_by_its_lead_and_its_heading(question, lead):
    assert found(question)[0] == lead


@pytest.mark.parametrize(
    "question",
    [
        "What is covered?",
        "How many side effects are there?",
        "Is headache a common side effect?",
        "Which way do I turn the cap to open the bottle?",
        "What is the common side effect?",
        "When was the bottle opened?",
        "",
    ],
)
def test_one_thing_something_else_or_the_opposite_is_no_list(question):
    assert found(question) == []


def test_words_of_a_single_item_ask_for_that_one():
    text = "The landlord may end the lease if:\n- the rent is late\n- the house is empty"
    assert found("When may the landlord end the lease?", text) == [text.split("\n", maxsplit=1)[0]]
    assert found("What may the landlord do when the house is empty?", text) == []


def test_another_subject_makes_it_unsure_and_gains_nothing():
    (one, *_) = find_lists("What are the common side effects of probenecid?", [LEAFLET])
    assert not one.is_sure
    assert not gains_of([one], sentences_of([LEAFLET])).any()
    (one, *_) = find_lists("What are the common side effects?", [LEAFLET])
    assert one.is_sure
    sentences = sentences_of([LEAFLET])
    gains = {
        LEAFLET[line.start : line.end]: float(gain)
        for line, gain in zip(sentences, gains_of([one], sentences), strict=True)
    }
    assert gains["Common side effects are:"] == LIST_NATS
    assert gains["- headache"] == LIST_NATS / 2
    assert gains["- jaundice"] == 0


@pytest.mark.parametrize(
    ("question", "foreign"),
    [
        ("What are the common side effects of insulin?", True),
        ("Which rare side effects are known for morphine?", True),
        ("What are the common side effects of probenecid?", False),
        ("What are the common side effects of tablets?", False),
        ("Which side effects are common?", False),
    ],
)
def test_what_is_asked_of_something_that_stands_nowhere_is_foreign(question, foreign):
    (one, *_) = find_lists(question, [LEAFLET])
    assert one.is_foreign is foreign


def test_the_name_of_the_document_is_not_missed():
    question = "What are the common side effects of Florimex?"
    (one, *_) = find_lists(question, [LEAFLET])
    assert not one.is_sure
    (one, *_) = find_lists(question, [LEAFLET], Surroundings(names="Florimex leaflet"))
    assert one.is_sure


def test_it_is_written_with_its_numbers():
    (one, *_) = find_lists("How do I open the bottle?", [LEAFLET])
    assert one.written([LEAFLET]) == (
        "To open the bottle:\n1. Press the cap down.\n2. Turn it to the left."
    )


def test_a_list_may_be_cut_between_passages():
    cut = LEAFLET.index("2. Turn")
    parts = [LEAFLET[: cut - 1], LEAFLET[cut:]]
    both = Sheet(LEAFLET, ((0, 0), (1, cut)))
    (one, *_) = find_lists("How do I open the bottle?", parts, Surroundings(sheets=(both,)))
    assert not one.missing
    assert one.written(parts).endswith("2. Turn it to the left.")
    alone = Sheet(LEAFLET, ((0, 0),))
    (one, *_) = find_lists("How do I open the bottle?", parts[:1], Surroundings(sheets=(alone,)))
    assert [LEAFLET[slice(*span)] for span in one.missing] == ["Turn it to the left."]
    middle = LEAFLET.index("it to the left")
    parts = [LEAFLET[: middle - 1], LEAFLET[middle:]]
    both = Sheet(LEAFLET, ((0, 0), (1, middle)))
    (one, *_) = find_lists("How do I open the bottle?", parts, Surroundings(sheets=(both,)))
    assert one.items[1] == ((0, middle - 5, middle - 1), (1, 0, 15))
    assert one.written(parts).endswith("2. Turn it to the left.")


@pytest.mark.parametrize(("last", "cut"), [("SET;", True), ("SET,", True), ("SET.", False)])
def test_a_list_whose_last_item_ends_as_the_others_goes_on(last, cut):
    text = f"The parser manages these types:\n- NULL;\n- ANY;\n- {last}"
    ((one,),) = [find_lists("Which types does the parser manage?", [text])]
    assert one.is_cut is cut
    assert not one.missing


def test_the_lead_of_any_list_is_no_answer_by_itself():
    text = "It took the offer of Dachwerk. Reasons for the decision:\n- price\n- guarantee"
    (one,) = find_lists("Why did the committee choose Dachwerk?", [text])
    assert not one.asked
    assert one.lead


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("What must the tenant do?", True),
        ("On what does success depend?", True),
        ("How is a grievance handled?", True),
        ("What is included in the charge?", True),
        ("What is the rent?", False),
        ("How long is the term?", False),
        ("Within how many days is it held?", False),
        ("May the tenant keep a dog?", False),
        ("What was the last step?", False),
        ("Who is the landlord?", False),
        ("Who must sign?", True),
    ],
)
def test_forms_that_ask_for_several_things(question, several):
    assert asks_for_several(question) is several
