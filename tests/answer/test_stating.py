"""An answer in one sentence first, and the words that it rests on."""

from types import SimpleNamespace

import numpy as np
import pytest

from rare_app.answer.context import blocks_that_stay
from rare_app.answer.stating import as_quotes, find_places, state
from rare_app.model import QuotedSpan
from rare_app.reader import sentences_of

TEXTS = [
    "Antifreeze must not be added. The pump holds 3 litres of oil.",
    "The oil is changed every 4,000 hours.",
]


def places(said, question, scores, likeness):
    sentences = sentences_of(TEXTS)
    quoting = SimpleNamespace(
        sentences=sentences, texts=TEXTS, scores=np.array(scores, dtype=np.float32)
    )
    guide = SimpleNamespace(likeness=lambda *_: np.array(likeness, dtype=np.float32))
    found = find_places(said, question, quoting, guide)
    return [TEXTS[one.text][one.start : one.end] for one in found]


def test_the_place_is_the_one_that_question_and_answer_speak_for():
    found = places("It holds 3 litres.", "How much oil does it hold?", [0, 1, 2], [0, 0.9, 0.1])
    assert found == ["The pump holds 3 litres of oil."]


def test_a_further_place_holds_words_that_none_before_it_has():
    said = "The pump holds 3 litres of oil, changed every 4,000 hours."
    found = places(said, "How much oil does it hold, and until when?", [0, 3, 1], [0, 0.9, 0.5])
    assert found == ["The pump holds 3 litres of oil.", "The oil is changed every 4,000 hours."]


def test_a_verdict_has_no_say_in_where_its_place_is():
    """A small model says yes: words like its own would carry it."""
    found = places("Yes, oil is added.", "May antifreeze be added?", [2, 0, 0], [0, 1, 1])
    assert found == ["Antifreeze must not be added."]


def test_without_a_sentence_there_is_no_place():
    quoting = SimpleNamespace(sentences=[], texts=[], scores=np.zeros(0))
    assert find_places("It flies.", "Does it fly?", quoting, SimpleNamespace()) == []


def test_places_are_written_as_quotes():
    spans = [QuotedSpan(1, 0, 7), QuotedSpan(0, 0, 10)]
    assert as_quotes(spans, TEXTS) == "<quote>The oil</quote>\n<quote>Antifreeze</quote>\n"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("the pump holds 3 litres.\nthe pump holds 3 litres.", "The pump holds 3 litres."),
        ("How much? It holds 3 litres.", "It holds 3 litres."),
        ("It is <quote>3 litres</quote>.", "It is ‹quote>3 litres‹/quote>."),
    ],
)
def test_what_nobody_would_say_is_left_out(written, said):
    class Writer:
        text = ""

        def write(self, longest, **_):
            self.text = written
            yield longest

    writer = Writer()
    assert list(state(writer, "How much?", 40, None)) == [40]
    assert writer.text == said


def test_blocks_of_quoted_passages_stay_where_no_room_is_left():
    assert blocks_that_stay([2, 0, 2], kept=0, anew=None) == [0, 2]
    assert blocks_that_stay([2, 0], kept=1, anew=None) == [0, 1, 3]
    # Passage 1 stands with the question: the blocks are those of passages 0, 2 and 3.
    assert blocks_that_stay([3, 1, 0], kept=1, anew=1) == [0, 1, 3]
