"""Questions that passages nearly answer."""

import random

import numpy as np
import pytest

from rare_app.lab.tuning.items import Evidence, Item, Passage
from rare_app.lab.tuning.leaks import hold
from rare_app.lab.tuning.near_miss import NearMisses
from rare_app.lab.tuning.reader_examples import Sampler


def item(question, text, answer, *, name="one"):
    return Item(
        identifier=name,
        data_set="qed",
        split="train",
        kind="span",
        question=question,
        passages=(Passage(text=text, title="", document=name),),
        gold=(0,),
        answer=answer,
        answers=(answer,),
        evidence=(Evidence(passage=0, text=text.split(". ")[0]),),
    )


BRIDGE = item(
    "Who designed the Severn Bridge in 1966?",
    "William Brown designed the Severn Bridge in 1966. Gilbert Roberts led the firm.",
    "William Brown",
)
TOWER = item("Who paid for the Eiffel Tower?", "The Eiffel Tower was paid by lot.", "lot", name="b")
SMALL = item(
    "who was the first to cross the severn bridge",
    "A nurse was the first to cross the Severn Bridge. The toll was low.",
    "A nurse",
    name="c",
)
PLAIN = item("what is it made of", "it is made of steel. it is long.", "steel", name="d")


def embed(texts):
    vectors = np.random.default_rng(1).normal(size=(len(texts), 8)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def misses():
    return NearMisses([BRIDGE, TOWER, SMALL, PLAIN], embed=embed)


def changes(misses, asked):
    return {misses.change(asked, chance=random.Random(seed)) for seed in range(80)}


def test_a_name_or_a_number_of_the_question_is_changed(misses):
    made = changes(misses, BRIDGE)
    assert "Who designed the Eiffel Tower in 1966?" in made
    assert "Who designed the Gilbert Roberts in 1966?" in made  # a name of the gold passage
    assert any("Severn Bridge" in one and "1966" not in one for one in made)
    assert BRIDGE.question not in made
    assert not any("William Brown" in one for one in made)  # what the evidence tells of


def test_a_question_in_small_letters_is_changed_in_small_letters(misses):
    assert changes(misses, SMALL) == {
        "who was the last to cross the severn bridge",
        "who was the first to cross the eiffel tower",
    }


def test_a_question_with_nothing_to_change_is_left_out(misses):
    assert changes(misses, PLAIN) == {""}


def test_what_is_near_but_does_not_answer_is_learned_as_unanswerable():
    sampler = Sampler([BRIDGE, TOWER, SMALL], held=hold([]), embed=embed, near_misses=1.0)
    drawn = [sampler.draw(BRIDGE, random_source=random.Random(seed)) for seed in range(40)]
    asked_of_something_else = [one for one in drawn if one.question != BRIDGE.question]
    assert asked_of_something_else
    for one in asked_of_something_else:
        assert BRIDGE.passages[0].text in one.texts
        assert (one.needs, one.answers) == ((), ())


def test_without_near_misses_no_question_is_changed():
    sampler = Sampler([BRIDGE, TOWER], held=hold([]), embed=embed)
    drawn = [sampler.draw(BRIDGE, random_source=random.Random(seed)) for seed in range(40)]
    assert {one.question for one in drawn} == {BRIDGE.question}
