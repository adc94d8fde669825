"""A question can be restricted to chosen documents."""

import pytest

from rare_app.library import UnknownDocumentError

from ..conftest import BEES, BRIDGES

WASPS = "Wasps have a queen, too. A wasp queen lays eggs all summer long and sleeps in winter.\n"


@pytest.fixture
def shelf(library, write):
    library.add([write("bees.md"), write("bridge.md", BRIDGES), write("wasps.md", WASPS)])
    return library


def documents_of(passages):
    return {one.document for one in passages}


def test_only_passages_of_the_chosen_documents_are_found(shelf):
    question = "How many eggs does the queen lay?"
    for chosen in (["wasps.md"], ["bees.md", "bridge.md"], ["wasps.md", "wasps.md"]):
        found = shelf.retrieve(question, k=9, documents=chosen)
        assert documents_of(found) == {*chosen}
        assert found[0].document == chosen[0]
    digest = next(one.content_hash for one in shelf.documents() if one.name == "bridge.md")
    assert documents_of(shelf.retrieve(question, documents=[digest[:8]])) == {"bridge.md"}
    assert documents_of(shelf.retrieve(question, k=9, documents=[])) > {"bees.md", "wasps.md"}


def test_all_of_a_chosen_document_is_reached(library, write):
    """However many chunks of others are nearer."""
    many = "\n\n".join(f"## Queen {n}\n\n{BEES}" for n in range(60))
    library.add([write("many.md", many), write("wasps.md", WASPS)])
    found = library.retrieve("How many eggs does the queen lay?", k=3, documents=["wasps.md"])
    assert [one.document for one in found] == ["wasps.md"]
    assert found[0].score > 0.4
    assert library.retrieve("“sleeps in winter”", k=3, documents=["many.md"])


def test_scores_are_those_of_an_unrestricted_search(shelf):
    question = "When was the Forth Bridge opened?"
    free = {one.chunk_id: one.score for one in shelf.retrieve(question, k=9)}
    for one in shelf.retrieve(question, k=9, documents=["bridge.md"]):
        assert one.score == pytest.approx(free[one.chunk_id], abs=1e-5)


def test_a_name_that_is_not_there_is_said_in_one_sentence(shelf, library, write):
    with pytest.raises(UnknownDocumentError, match=r"no document “none\.md” in the collection"):
        shelf.retrieve("queen", documents=["bees.md", "none.md"])
    library.add([write("other.md", "Other words.")], collection="other")
    with pytest.raises(UnknownDocumentError, match=r"“other\.md”"):
        shelf.retrieve("queen", documents=["other.md"])
    assert documents_of(shelf.retrieve("words", documents=["other.md"], collection="other")) == {
        "other.md"
    }


def test_an_empty_library_knows_no_document(library):
    with pytest.raises(UnknownDocumentError):
        library.retrieve("queen", documents=["bees.md"])
