import pytest

from rare_app.library import chunk_rows, lexical
from rare_app.library.lexical import word_shares
from rare_app.library.query import parse_query


@pytest.fixture
def shares(library, write):
    texts = {
        "a.md": "The pump has a steel impeller and a rubber seal.",
        "b.md": "The seal of the pump is changed every year.",
        "c.md": "The garden is watered in the evening.",
    }
    library.add([write(name, text) for name, text in texts.items()])
    [collection_id] = library._catalogue.collection_ids()
    ids = {one.document: chunk.chunk_id for one in library.chunks() for chunk in [one]}

    def score(question):
        words, pairs = word_shares(
            parse_query(question), catalogue=library._catalogue, collection_id=collection_id, k=9
        )
        return tuple(
            {name: found[i] for name, i in ids.items() if i in found} for found in (words, pairs)
        )

    return score


def test_in_a_small_library_a_chunk_with_all_words_has_them_whole(shares):
    words, pairs = shares("Which steel impeller?")
    assert words == {"a.md": pytest.approx(1.0)}
    assert set(pairs) == {"a.md"}


def test_words_that_stand_nowhere_count_against_all(shares):
    words, _ = shares("Which steel impeller comes from Norway?")
    assert 0 < words["a.md"] < 0.7


def test_rarer_words_count_for_more(shares):
    words, _ = shares("pump garden")
    assert words["c.md"] > words["a.md"] == pytest.approx(words["b.md"])
    assert shares("the of and") == ({}, {})


def test_a_large_library_is_scored_by_bm25_in_the_same_unit(shares, monkeypatch):
    monkeypatch.setattr(lexical, "SMALL", 0)
    words, _ = shares("steel impeller")
    assert 0.5 < words["a.md"] < 1.5
    assert set(words) == {"a.md"}


def test_another_collection_changes_nothing_of_what_is_found(library, write):
    """One collection is searched without a look at each chunk's collection, several with one."""
    texts = {f"{i}.md": f"The pump has {i} seals. " + "Seal. " * (i % 4) for i in range(12)}
    library.add([write(name, text) for name, text in texts.items()])
    catalogue = library._catalogue
    [only] = catalogue.collection_ids()
    alone = catalogue.search_words(["seals", "pump has"], collection_id=only, k=5)
    assert len(alone) == 5
    assert [score for _, score in alone] == sorted((s for _, s in alone), reverse=True)
    library.add([write("other.md", "A garden is watered.")], collection="other")
    among = catalogue.search_words(["seals", "pump has"], collection_id=only, k=5)
    assert [i for i, _ in among] == [i for i, _ in alone]
    library.add([write("seals.md", "Seals and a pump has seals.")], collection="other")
    among = catalogue.search_words(["seals", "pump has"], collection_id=only, k=50)
    assert {i for i, _ in among} <= {chunk.chunk_id for chunk in library.chunks()}
    assert not any(
        chunk.document == "seals.md" for chunk in library.chunks() if chunk.chunk_id in dict(among)
    )


def test_common_words_add_to_chunks_that_hold_a_rarer_one(library, write, monkeypatch):
    texts = {f"{i}.md": f"The pump has {i} seals. " + "Seal. " * (i % 4) for i in range(12)}
    texts["0.md"] += " An impeller turns."
    texts["impeller.md"] = "The impeller is made of steel."
    library.add([write(name, text) for name, text in texts.items()])
    catalogue = library._catalogue
    [only] = catalogue.collection_ids()

    def found(*terms, k=50):
        return catalogue.search_words(terms, collection_id=only, k=k)

    terms = ("seals", "impeller", "zebra", "pump")
    whole = dict(found(*terms))
    monkeypatch.setattr(chunk_rows, "COMMON_FROM", 3)
    monkeypatch.setattr(chunk_rows, "SCORED_AT_LEAST", 1)
    told = dict(found(*terms))
    held = {one.chunk_id for one in library.chunks() if "impeller" in one.text}
    assert set(told) == held < set(whole)
    assert told == pytest.approx({one: whole[one] for one in held})
    assert found(*terms, k=1) == found(*terms)[:1]
    assert [i for i, _ in found("seals", "pump", "zebra")] != []
    assert found("zebra") == found("", "…") == []
    monkeypatch.setattr(chunk_rows, "SCORED_AT_LEAST", 3)
    assert dict(found(*terms)) == whole  # two chunks alone are too few

    # In chosen documents, and beside other collections, a common word may be all there is.
    monkeypatch.setattr(chunk_rows, "SCORED_AT_LEAST", 1)
    documents = [one.document_id for one in library.documents()]
    chosen = catalogue.search_words(terms, collection_id=only, k=50, document_ids=documents)
    assert dict(chosen) == pytest.approx(whole)
    library.add([write("other.md", "An impeller in a pump.")], collection="other")
    assert set(dict(found(*terms))) == set(whole)
