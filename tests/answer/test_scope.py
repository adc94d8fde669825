"""Which documents a question names, and whether passages speak of what it asks."""

import pytest

from rare_app.answer.scope import documents_named, says_all
from rare_app.library import StoredDocument

TITLES = {
    "dpa.pdf": "Data Processing Agreement",
    "policy.md": "Information Security Policy",
    "expenses.md": "Travel and Expenses Policy",
    "lease-a.pdf": "Commercial Lease Agreement",
    "lease-b.pdf": "Commercial Lease Agreement",
    "af.pdf": "Atrial Fibrillation",
    "notes": "Notes",
}


def stored(name, title):
    fields = {"media_type": "", "page_kind": "page", "pages": 1, "chunks": 1, "bytes": 1}
    return StoredDocument(
        document_id=1,
        collection="c",
        name=name,
        title=title,
        content_hash=name,
        added_at="",
        notes=(),
        **fields,
    )


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("How soon is a breach notified under the data processing agreement?", ["dpa.pdf"]),
        ("According to the security policy, who grants exceptions?", ["policy.md"]),
        ("What does the expenses policy say about flights?", ["expenses.md"]),
        ("What is the term in the lease agreement?", ["lease-a.pdf", "lease-b.pdf"]),
        ("What is the term in lease-a.pdf?", ["lease-a.pdf"]),
        ("Who signs the data processing agreement?", []),
        ("What is allowed under the policy?", []),
        ("What is the dose in the atrial fibrillation?", []),
        ("What do the notes say?", []),
        ("How long is the term?", []),
    ],
)
def test_a_document_is_named_by_its_title_or_file(question, named):
    documents = [stored(name, title) for name, title in TITLES.items()]
    assert [one.name for one in documents_named(question, documents)] == named


def test_one_sentence_must_hold_all_that_is_asked_for():
    text = "The committee compared three offers. T. Banerjee checks the insurance policy."
    assert says_all("Which offers were compared?", [text])
    assert says_all("Who checks the insurance policy?", ["Else.", text])
    assert not says_all("Who compared the insurance?", [text])
    assert not says_all("Who checks?", [text])
    assert not says_all("Who checks the roof?", [])


@pytest.mark.model
def test_a_named_document_is_searched_alone(settings, library, engine, write):
    from rare_app.answer import Assistant

    library.add(
        [
            write("a.md", "# Water Supply Agreement\n\nA leak is reported within two hours."),
            write("b.md", "# Office Safety Policy\n\nA leak is reported within nine hours."),
        ]
    )
    assistant = Assistant(settings=settings, library=library, engine=engine)
    question = "How soon is a leak reported under the {}?"
    for title, name in (("water supply agreement", "a.md"), ("safety policy", "b.md")):
        answer = assistant.answer(question.format(title))
        assert {one.document for one in answer.passages} == {name}
    both = assistant.answer("How soon is a leak reported?")
    assert {one.document for one in both.passages} == {"a.md", "b.md"}
