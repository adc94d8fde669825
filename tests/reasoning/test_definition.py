"""Answers to questions for what a term means."""

from dataclasses import replace

import pytest

from rare_app.evidence import term_of
from rare_app.reasoning import Answer, Assistant
from rare_app.reasoning.definition import find_definition

from ..conftest import passage
from ..readers import ask, flat_guide

ONE = '"Fees" means the sums in Schedule 2. The Fees are due in May.'
TWO = "“Fees” means all that a member pays:\n\n- the entry; and\n- the yearly sum."
USED = "The Fees are due. Nobody waives the Fees."


def told(question, *texts, others=(), documents=()):
    made = [
        replace(
            passage(text, number=number + 1),
            document_id=number,
            chunk_id=number,
            document=documents[number] if documents else f"{number}.md",
        )
        for number, text in enumerate([*texts, *others])
    ]
    at = len(texts)
    return find_definition(question, term_of(question), made[:at], made[at:])


def test_the_sentence_is_the_answer_and_rests_on_its_place():
    found = told("What does Fees mean?", ONE)
    assert found.text == '"Fees" means the sums in Schedule 2.'
    answer = found.prove(Answer(True, found.text), "q")
    (claim,) = answer.claims
    assert [one.quote for one in claim.citations] == [found.text]
    assert not answer.doubtful


def test_what_was_not_retrieved_is_put_first_and_cited():
    found = told("What does Fees mean?", USED, others=[ONE])
    assert [one.text for one in found.passages] == [ONE, USED]
    ((_, (place,)),) = found.lines
    assert (place.passage, place.quote) == (0, '"Fees" means the sums in Schedule 2.')


def test_documents_that_explain_it_in_their_own_ways_are_both_told():
    found = told("What does Fees mean?", ONE, TWO)
    assert found.text.splitlines() == [
        '"Fees" means the sums in Schedule 2.',
        "“Fees” means all that a member pays:",
        "- the entry; and",
        "- the yearly sum.",
    ]
    documents = [places[0].document for _, places in found.lines]
    assert documents == ["0.md", "1.md", "1.md", "1.md"]


def test_the_document_that_the_question_names_is_told_alone():
    found = told(
        "What does Fees mean in the club rules?", ONE, TWO, documents=("lease.md", "club_rules.md")
    )
    assert found.text.startswith("“Fees” means all")


def test_the_list_of_a_definition_goes_on_in_the_next_chunk():
    text = '"Loss" means any of the following:\n\n(a) damage; or'
    behind = replace(passage("(b) theft.\n\nLoss is reported.", number=9), chunk_id=99)
    made = [replace(passage(text, number=1), chunk_id=1)]
    found = find_definition("q", term_of("What does loss mean?"), made, next_chunk=lambda _: behind)
    assert found.text.splitlines()[1:] == ["(a) damage; or", "(b) theft."]
    assert [places[0].passage for _, places in found.lines] == [0, 0, 1]
    assert found.passages[-1] == behind


def test_what_another_document_than_the_named_one_says_is_doubtful():
    found = told("What does Fees mean in the club rules?", ONE, USED, documents=("a.md", "club.md"))
    assert (found.text, found.is_sure) == ('"Fees" means the sums in Schedule 2.', False)


def test_a_row_is_written_with_a_colon():
    found = told("What does E4 mean?", "| code | meaning |\n| E4 | overload |")
    assert found.text == "E4: overload"


def test_what_is_explained_nowhere_is_left_to_the_reader():
    assert told("What does Fees mean?", USED) is None


def test_two_terms_are_each_explained_and_a_missing_one_is_a_doubt():
    text = 'Harbour Ltd (the "Landlord") and Dental LLP (the "Tenant").'
    found = told("What do Landlord and Tenant mean?", text)
    assert found.text.splitlines() == ['Harbour Ltd (the "Landlord")', 'Dental LLP (the "Tenant")']
    assert found.is_sure
    assert not told("What do Landlord and Guarantor mean?", text).is_sure


@pytest.mark.model
def test_the_whole_library_is_looked_through(settings, library, adapted, write):
    used = "\n\n".join(f"## Part {n}\n\nThe Fees of part {n} are due." for n in range(60))
    library.add([write("a.md", used), write("b.md", f"# Words\n\n{ONE}\n\nOther things follow.")])
    assistant = Assistant(settings=settings, library=library, engine=adapted, guide=flat_guide())
    answer = ask(assistant, "What does Fees mean?")
    assert answer.answer == '"Fees" means the sums in Schedule 2.'
    assert [(one.document, one.quote) for one in answer.quotes] == [("b.md", answer.answer)]
    assert not answer.doubtful


@pytest.mark.model
def test_an_answer_that_only_uses_the_word_is_doubtful(settings, library, adapted, write):
    library.add([write("a.md", "The Fees are due in May.")])
    assistant = Assistant(settings=settings, library=library, engine=adapted, guide=flat_guide())
    answer = ask(assistant, "What does Fees mean?", passages=[passage(USED)])
    assert answer.doubtful or not answer.answered
