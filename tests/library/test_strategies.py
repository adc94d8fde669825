import pytest

from rare_app.library.strategies import STRATEGIES, expand_by_feedback, search_in_two_hops

from ..conftest import passage

TEXTS = {
    1: "The film Northlight was directed by Ada Berg.",
    2: "Ada Berg was born in Bergen in 1951.",
    3: "The harbour of Bergen is old.",
    4: "Bread is baked at night.",
}


def search(question, k):
    """Share of a text's words that are asked for."""
    asked = set(question.lower().replace(".", " ").replace("?", " ").split())
    scored = [
        (len(asked & set(words)) / len(words), number)
        for number, text in TEXTS.items()
        for words in [text.lower().strip(".").split()]
    ]
    best = sorted((-score, number) for score, number in scored if score)[:k]
    return [passage(TEXTS[number], number=number, score=-score) for score, number in best]


def test_the_second_hop_starts_from_what_was_found():
    asked = "film Northlight director birthplace?"
    assert [one.chunk_id for one in search(asked, 9)] == [1]
    assert [one.chunk_id for one in search_in_two_hops(asked, 2, search)] == [1, 2]


def test_feedback_asks_for_the_first_passages_words():
    found = [one.chunk_id for one in expand_by_feedback("film Northlight?", 9, search)]
    assert found[0] == 1
    assert 2 in found


@pytest.mark.parametrize("name", STRATEGIES)
def test_strategies_bear_nothing_found_and_keep_to_their_number(name):
    strategy = STRATEGIES[name]
    assert list(strategy("?", 3, lambda *_: [])) == []
    assert len(strategy("was the film directed in Bergen at night", 2, search)) == 2
