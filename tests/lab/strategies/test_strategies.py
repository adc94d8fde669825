import numpy as np
import pytest

from rare_app.lab.strategies import (
    STRATEGIES,
    QuestionIndex,
    expand_by_feedback,
    expand_by_graph,
    search_in_two_hops,
    think_first,
)
from rare_app.lab.strategies.graph import names_in
from rare_app.lab.strategies.question_index import template_questions

from ...conftest import passage

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


def test_names_are_runs_of_capitalised_words():
    assert names_in("The harbour of Bergen, where Ada van Berg was born") >= {
        "bergen",
        "ada van berg",
        "berg",
    }
    assert names_in("bread is baked at night") == set()


def test_the_graph_moves_up_what_shares_a_name_with_what_is_found():
    texts = [
        ("The film Northlight was directed by Ada Berg.", 0.9),
        ("Films are shown at night.", 0.5),
        ("Plays are shown by day.", 0.5),
        ("In Bergen Ada Berg was born.", 0.5),
        ("Nothing else is known.", 0.1),
    ]
    pool = [passage(text, number=n, score=score) for n, (text, score) in enumerate(texts)]
    found = expand_by_graph("Who directed Northlight?", 5, lambda _, k: pool[:k])
    assert [one.chunk_id for one in found][:2] == [0, 3]


def test_questions_are_made_of_what_a_text_says():
    assert template_questions("Ada Berg (1951) was a painter. She died in Bergen in 1999.") == [
        "What was Ada Berg?",
        "What was a painter?",
        "When She died in Bergen?",
    ]
    assert template_questions("The hive holds 3,000 bees.") == ["How many The hive holds bees?"]
    assert template_questions("") == []


def test_a_passage_gains_by_a_question_of_its_own_that_is_like_the_users():
    letters = "abcdefghijklmnopqrstuvwxyz"

    def embed(texts):
        counts = np.array([[text.lower().count(c) + 1e-6 for c in letters] for text in texts])
        return (counts / np.linalg.norm(counts, axis=1, keepdims=True)).astype(np.float32)

    index = QuestionIndex({1: "Ada Berg was a painter.", 2: "It rained."}, embed=embed)
    assert len(index) == 2
    pool = [passage("It rained.", number=2, score=0.5), passage("x", number=1, score=0.4)]
    found = index.search("What was Ada Berg?", 2, lambda *_: pool)
    assert [one.chunk_id for one in found] == [1, 2]


def test_a_thought_finds_what_the_question_does_not_name():
    asked = "Where was the director born, Ada Berg?"
    plain = [one.chunk_id for one in search(asked, 9)]
    thinking = think_first(lambda _: "The harbour is old.", weight=0.9)
    assert 3 in [one.chunk_id for one in thinking(asked, 9, search)]
    assert [one.chunk_id for one in thinking(asked, 9, search)] != plain
    silent = think_first(lambda _: " ")
    assert [one.chunk_id for one in silent(asked, 9, search)] == plain
    assert think_first(lambda _: "Bread.")("?", 3, lambda *_: []) == []
    assert len(thinking(asked, 2, search)) == 2
