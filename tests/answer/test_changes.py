"""What differs between two versions of a document, sentence by sentence."""

from rare_app.answer.changes import as_answer, changes_between, sentences_of

from ..conftest import passage

OLD = """# Policy

Valid from 2023.

## 3. Hotels and beds

Hotels are paid up to 120 euros a night. Breakfast is included in this amount.

## Meals

Employees receive 28 euros for each full day of travel. Drinks are paid by everyone themselves.

| Zone | Rate |
| --- | --- |
| A | 20 |"""
NEW = OLD.replace("120 euros", "140 euros").replace(" Drinks are paid by everyone themselves.", "")
NEW = NEW.replace("| A | 20 |", "| A | 25 |") + "\n\n## Abroad\n\nWork abroad is allowed in Europe."


def differing(old, new):
    found = changes_between(sentences_of([passage(old)]), sentences_of([passage(new, number=2)]))
    return found and [
        (one.head, one.before and one.before.bare, one.after and one.after.bare) for one in found
    ]


def test_what_was_changed_stands_beside_what_it_was():
    assert differing(OLD, NEW) == [
        (
            "3. Hotels and beds",
            "Hotels are paid up to 120 euros a night.",
            "Hotels are paid up to 140 euros a night.",
        ),
        ("Meals", "Drinks are paid by everyone themselves.", None),
        ("Meals", "| A | 20 |", "| A | 25 |"),
        ("Abroad", None, "Work abroad is allowed in Europe."),
    ]


def test_what_was_only_moved_is_no_change():
    moved = "## Meals\n\nFood is paid by the firm.\n\n## Hotels\n\nBeds are paid by the firm."
    back = "## Hotels\n\nBeds are paid by the firm.\n\n## Meals\n\nFood is paid by the firm."
    assert differing(moved, back) == []


def test_documents_that_share_little_are_not_compared_by_sentence():
    assert differing(OLD, "The pump is heavy. It needs two people to lift it.") is None
    assert differing("", OLD) is None


def test_a_sentence_that_two_chunks_share_counts_once():
    first = passage("Beds are paid. Food is paid.", number=1)
    again = passage("Food is paid. Trains are paid.", start=15, number=2, page=1)
    assert [one.bare for one in sentences_of([first, again])] == [
        "Beds are paid.",
        "Food is paid.",
        "Trains are paid.",
    ]


def test_a_sentence_as_an_answer_rests_on_its_own_place():
    (first, *_) = sentences_of([passage("Beds are\npaid by us. Food is not.")])
    answer = as_answer(first)
    (claim,) = answer.claims
    assert answer.answer == claim.text == "Beds are paid by us."
    assert claim.citations[0].quote == "Beds are\npaid by us."
    assert not as_answer(None).answered
