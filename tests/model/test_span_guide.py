"""The answer's guide, on a vocabulary small enough to see through."""

import numpy as np
import pytest

from rare_app.model import Pieces, Span, SpanGuide

WORDS = [b"2", b",000", b"2,", b"000", b" eggs", b"many", b"</", b"answer>", b"s</", b" egg"]
WORDS += [b"yes", b"<answer>"]


def guide(*spans, other=0.1, weight=1.0, before=b"\n<answer>", tokenise=lambda text: ()):
    made = SpanGuide(
        pieces=Pieces(WORDS),
        spans=[Span(text, share) for text, share in spans],
        tokenise=tokenise,
        tags=("<answer>", "</answer>"),
        other=other,
        weight=weight,
    )
    made.accept(before)
    return made


def gains(made):
    """What each token gets."""
    got = made.adjust(np.zeros(len(WORDS), dtype=np.float32))
    return dict(zip(WORDS, got.tolist(), strict=True))


def test_tokens_get_the_shares_of_the_spans_they_go_on_to():
    got = gains(guide(("2,000", 0.6), ("many", 0.3)))
    assert got[b"2"] == got[b"2,"] == pytest.approx(np.log(0.7 / 1.0))
    assert got[b"many"] == pytest.approx(np.log(0.4 / 1.0))
    assert got[b"yes"] == got[b"</"] == pytest.approx(np.log(0.1 / 1.0))


def test_the_answer_ends_where_a_span_ends_or_goes_on_to_a_longer_one():
    made = guide(("2,000", 0.5), ("2,000 eggs", 0.4))
    made.accept(b"2")
    made.accept(b",000")
    got = gains(made)
    assert got[b"</"] == pytest.approx(np.log(0.6 / 1.0))
    assert got[b" eggs"] == got[b" egg"] == pytest.approx(np.log(0.5 / 1.0))
    made.accept(b" egg")
    got = gains(made)
    assert got[b"s</"] == pytest.approx(np.log(0.5 / 0.5))
    made.accept(b"s</")
    assert gains(made)[b"answer>"] > gains(made)[b"many"]


def test_a_span_is_spelled_as_the_model_writes_it():
    """Written otherwise it goes on as it can."""

    def tokenise(text):
        assert text == "2,000</answer>"
        return [WORDS.index(piece) for piece in (b"2,", b"000", b"</", b"answer>")]

    made = guide(("2,000", 0.8), tokenise=tokenise)
    got = gains(made)
    assert got[b"2,"] > got[b"2"] == got[b"yes"]
    made.accept(b"2,")
    assert gains(made)[b"000"] > gains(made)[b"yes"]
    made = guide(("2,000", 0.8), tokenise=tokenise)
    made.accept(b"2")
    assert gains(made)[b",000"] > gains(made)[b"yes"]


def test_tokens_that_spell_another_text_are_not_gone_by():
    """A vocabulary may put a blank before the first word."""
    blank = guide(("many", 0.8), tokenise=lambda text: [WORDS.index(b" eggs")])
    assert gains(blank) == gains(guide(("many", 0.8)))


def test_an_answer_of_its_own_is_left_alone():
    made = guide(("2,000", 0.9))
    made.accept(b"yes")
    assert set(gains(made).values()) == {0.0}


@pytest.mark.parametrize("made", [guide(), guide(("2", 0.9), weight=0.0), guide(("", 0.9))])
def test_without_spans_or_weight_nothing_changes(made):
    assert set(gains(made).values()) == {0.0}


def test_the_same_words_at_two_places_count_together():
    assert gains(guide(("many", 0.2), ("many", 0.3))) == gains(guide(("many", 0.5)))


def test_nothing_is_guided_before_the_answer_begins():
    made = guide(("many", 0.9), before=b"so many")
    assert set(gains(made).values()) == {0.0}
    made.accept(b"</think>\n<answer>")
    assert gains(made)[b"many"] > gains(made)[b"yes"]
    made = guide(("many eggs", 0.9), before=b"<answer>many")
    assert gains(made)[b" eggs"] > gains(made)[b"yes"]
