"""What the quotes of an answer are for."""

import math

import numpy as np
import pytest

from rare_app.answer import Judgement
from rare_app.answer.wanted import LEAD_NATS, Wanted, runs_on
from rare_app.model import QuotedSpan
from rare_app.reader import Word, sentences_of

TEXTS = [
    "The house was built by Hunt. It opened in March 1930.",
    "A hotel stands nearby. Visitors came from March 1930 on.",
    "It was sold in May 1969.",
]
SCORES = np.array([0.0, 1.0, 0.0, 1.5, 2.0], dtype=np.float32)


def guidance(shares):
    """Say how likely each of some words is the answer, by passage."""
    words = []
    for passage, text in enumerate(TEXTS):
        at = 0
        for word in text.rstrip(".").replace(".", "").split():
            at = text.index(word, at)
            share = math.log(shares.get((passage, word), 1e-4))
            words.append(Word(passage, at, at + len(word), share, share))
            at += len(word)
    return Judgement(tuple(sentences_of(TEXTS)), SCORES, words=tuple(words))


TWICE = {(0, "1930"): 0.5, (1, "1930"): 0.45, (2, "1969"): 0.6}


def make(shares=None, nats=(0.0, 0.0, 0.0)):
    return Wanted(guidance(shares or TWICE), TEXTS, nats=nats)


def said(answer):
    passage, start, end, _ = answer
    return TEXTS[passage][start:end]


def test_what_two_passages_say_is_likelier_than_what_one_does():
    """Alone “1969” would be the likeliest, and its sentence has the best score."""
    wanted = make()
    assert said(wanted.answers[0]) == "1930"
    assert wanted.expected == pytest.approx(0.5**2 + 0.45**2, rel=0.1)
    assert wanted.scores.argmax() == 1
    assert wanted.scores[1] == pytest.approx(SCORES.max() + LEAD_NATS)
    assert wanted.scores[[0, 2, 3, 4]] == pytest.approx(SCORES[[0, 2, 3, 4]])


def test_a_passage_that_the_retrieval_thinks_little_of_counts_less():
    assert said(make(nats=(-4.0, -4.0, 0.0)).answers[0]) == "1969"


def test_the_place_of_the_answer_in_each_sentence():
    wanted = make()
    start, end = wanted.place(1)
    assert TEXTS[0][start:end] == "1930"
    start, end = wanted.place(3)
    assert TEXTS[1][start:end] == "1930"
    assert wanted.place(2) is None


def test_only_answers_in_the_quotes_are_left_and_share_all():
    wanted = make()
    opened = QuotedSpan(text=0, start=TEXTS[0].index("It"), end=len(TEXTS[0]))
    held = wanted.held([opened])
    assert all(said(one) in "It opened in March 1930." for one in held)
    assert said(held[0]) == "1930"
    assert sum(share for *_, share in held) == pytest.approx(1.0)


def test_the_same_words_in_another_passage_count_as_quoted():
    visitors = QuotedSpan(text=1, start=TEXTS[1].index("Visitors"), end=len(TEXTS[1]))
    assert said(make().held([visitors])[0]) == "1930"


def test_quotes_of_something_else_have_their_own_likeliest_words():
    held = make().held([QuotedSpan(text=1, start=0, end=21)])
    assert held
    assert all(said(one) in "A hotel stands nearby." for one in held)
    assert sum(share for *_, share in held) == pytest.approx(1.0)


def test_without_words_the_scores_stay_as_they_are():
    silent = Judgement(tuple(sentences_of(TEXTS)), SCORES)
    wanted = Wanted(silent, TEXTS, nats=[0.0] * 3)
    assert wanted.answers == []
    assert wanted.scores is SCORES
    assert wanted.held([QuotedSpan(text=0, start=0, end=10)]) == []
    assert wanted.place(0) is None


@pytest.mark.parametrize(
    ("said", "likeliest", "on"),
    [
        ("All actions by EU institutions can be subject to judicial review", "All actions", True),
        ("It was known that all actions by EU institutions", "all actions", True),
        ("All actions by EU institutions", "All actions", False),  # three words more are few
        ("one two three four five six seven eight nine ten", "two three four five six seven", True),
        (
            "one two three four five six seven eight nine ten",
            "one two three four five six seven",
            False,
        ),
        ("Every action of the institutions can be reviewed", "All actions", False),
        ("All actions by EU institutions can be subject to judicial review", "", False),
    ],
)
def test_an_answer_runs_on_that_is_much_longer_than_the_likeliest(said, likeliest, on):
    assert runs_on(said, likeliest) is on
