"""Questions of which one word is another."""

import random

import numpy as np
import pytest

from rare_app.tuning.items import Evidence, Item, Passage
from rare_app.tuning.near_miss import NearMisses
from rare_app.tuning.word_swap import WordSwaps

FACT = "The plateau has groups of clay pits."
TEXT = f"{FACT} The terraces of the town are old, and the bricks of the works were burnt."
OTHER = "Groups stood by the plateau. The groups left the terraces, the bricks and the quarries."
VECTORS = {
    "pits": (1.0, 0.0),
    "terraces": (0.5, 0.866),
    "bricks": (0.1, 0.995),  # too far from the pits
    "quarries": (0.9, 0.436),  # too near
}


def embed(texts):
    return np.array([VECTORS.get(text, (0.0, -1.0)) for text in texts], np.float32)


def item(question, *, text=TEXT, answer="plateau", evidence=FACT):
    return Item(
        identifier=question,
        data_set="qed",
        split="train",
        kind="span",
        question=question,
        passages=(Passage(text=text, document="one"),),
        gold=(0,),
        answer=answer,
        answers=(answer,),
        evidence=(Evidence(passage=0, text=evidence),),
    )


ASKED = item("What has groups of clay pits?")
LOOSE = item("What are the pits near the quarries?", text=f"{OTHER} The pits, of the pits.")
ITEMS = [ASKED, LOOSE]


def changes(asked):
    swaps = WordSwaps(ITEMS, embed=embed)
    return {swaps.change(asked, chance=random.Random(seed)) for seed in range(60)}


def test_a_shared_word_gives_way_to_one_of_the_passage_that_is_neither_near_nor_far():
    assert changes(ASKED) == {"What has groups of clay terraces?", ""}


def test_capitals_are_kept():
    assert "What has groups of clay Terraces?" in changes(item("What has groups of clay Pits?"))


@pytest.mark.parametrize(
    "asked",
    [
        item("What has groups of clay pits?", answer="pits"),
        item("How long is the river?"),
        item("What has groups of clay pits?", evidence="The bricks were burnt."),
    ],
    ids=["it is the answer", "nothing shared", "not in the evidence"],
)
def test_what_cannot_be_exchanged_is_left(asked):
    assert changes(asked) == {""}


def test_without_items_nothing_is_exchanged():
    assert WordSwaps([], embed=embed).change(ASKED, chance=random.Random(0)) == ""


def test_near_misses_exchange_the_share_that_they_are_told():
    plain = NearMisses(ITEMS, embed=embed)
    assert {plain.change(ASKED, chance=random.Random(seed)) for seed in range(30)} == {""}
    words = NearMisses(ITEMS, embed=embed, words=1.0)
    made = {words.change(ASKED, chance=random.Random(seed)) for seed in range(30)}
    assert "What has groups of clay terraces?" in made
