"""What introduces the items of a list."""

from rare_app.evidence import Sheet, Surroundings, leads_of, sentences_of

PAGE = """The Tenant shall:

(a) keep the house in repair;
(b) take these measures:
  (i) a lock
  (ii) a bell

Notices are in writing."""


def test_an_item_has_the_leads_of_all_lists_that_it_is_in():
    sentences = sentences_of([PAGE])
    said = [PAGE[one.start : one.end] for one in sentences]
    leads = dict(zip(said, leads_of([PAGE], sentences), strict=True))
    assert leads["(a) keep the house in repair;"] == "The Tenant shall:"
    assert leads["(i) a lock"].startswith("The Tenant shall:")
    assert leads["The Tenant shall:"] == leads["Notices are in writing."] == ""


def test_the_lead_may_stand_in_another_chunk_of_the_page():
    at = PAGE.index("(b)")
    text = PAGE[at:]
    around = Surroundings(sheets=(Sheet(PAGE, ((0, at),)),))
    sentences = sentences_of([text])
    assert leads_of([text], sentences, around)[0] == "The Tenant shall:"
    assert leads_of([text], sentences)[0] == ""
