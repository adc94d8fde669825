"""How much of what the reader expects an answer holds."""

import math

import pytest

from rare_app.reader import Sentence, Word, expected_recall

TEXT = "The queen lays 2,000 eggs a day. The drones lay none."
SENTENCES = [Sentence(0, 0, 32), Sentence(0, 33, 53)]


def words(**shares):
    """Word pieces of the text; named ones open and close an answer with this probability."""
    found, at = [], 0
    for word in TEXT.replace(".", "").split():
        start = TEXT.index(word, at)
        at = start + len(word)
        share = math.log(shares.get(word.replace(",", "_"), 1e-9))
        found.append(Word(0, start, at, share, share))
    return found


def recall(answer, **shares):
    return expected_recall(answer, words=words(**shares), texts=[TEXT], sentences=SENTENCES)


def test_an_answer_is_worth_the_probability_of_its_words():
    said = {"eggs": 0.9, "drones": 0.1}
    assert recall("eggs", **said) == pytest.approx(0.81, abs=0.02)
    assert recall("The drones", **said) == pytest.approx(0.01, abs=0.02)
    assert recall("none", **said) < 1e-6
    # A sentence that holds the words is as good as the words alone.
    assert recall("The queen lays 2,000 eggs a day.", **said) == pytest.approx(0.81, abs=0.02)


def test_spans_of_several_words_count_by_share():
    probabilities = [Word(0, 15, 20, 0.0, -20.0), Word(0, 21, 25, -20.0, 0.0)]
    found = expected_recall("eggs", words=probabilities, texts=[TEXT], sentences=SENTENCES)
    assert found == pytest.approx(1 / 3, abs=1e-3)  # of “2”, “000”, “eggs”


@pytest.mark.parametrize("answer", ["", "?!", "the", "Yes.", "No", "maybe", "4,000", "4,000 a day"])
def test_what_the_reader_cannot_tell_is_none(answer):
    assert recall(answer, eggs=0.9) is None
    assert expected_recall("eggs", words=[], texts=[TEXT], sentences=SENTENCES) is None


def test_words_of_ones_own_are_not_what_was_expected():
    assert recall("a bridge of steel", eggs=0.9) == 0.0
