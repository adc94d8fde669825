"""The guide between yes, no and maybe, on a vocabulary small enough to see through."""

import numpy as np
import pytest

from rare_app.model import ChoiceGuide, Pieces, together

WORDS = [b" yes", b"yes", b"Yes", b" no", b"No", b" maybe", b" not", b" nothing", b" the", b"ye"]
SHARES = {"yes": 0.2, "no": 0.7, "maybe": 0.1}


def shares(logits):
    """By word, how likely each is."""
    likely = np.exp(logits - np.logaddexp.reduce(logits))
    return dict(zip(WORDS, likely.tolist(), strict=True))


def logits(**likely):
    """Logits of words (``_`` for the blank before them), all others next to impossible."""
    known = {name.replace("_", " ").encode(): share for name, share in likely.items()}
    return np.log([known.get(word, 1e-9) for word in WORDS]).astype(np.float32)


def guided(given, weight=1.0, **options):
    made = ChoiceGuide(pieces=Pieces(WORDS), shares=SHARES, weight=weight, **options)
    return made.adjust(given)


@pytest.mark.parametrize("weight", [0.3, 1.0])
def test_the_odds_between_the_words_are_mixed(weight):
    got = shares(guided(logits(_yes=0.5, Yes=0.1, _no=0.2, _maybe=0.1, _the=0.1), weight))
    yes, no, maybe = got[b" yes"] + got[b"Yes"], got[b" no"], got[b" maybe"]
    own = 1 - weight
    assert no / yes == pytest.approx((0.2 / 0.6) ** own * (0.7 / 0.2) ** weight, rel=1e-3)
    assert maybe / yes == pytest.approx((0.1 / 0.6) ** own * (0.1 / 0.2) ** weight, rel=1e-3)
    assert got[b" yes"] / got[b"Yes"] == pytest.approx(5, rel=1e-3)


def test_how_likely_they_are_together_stays():
    got = shares(guided(logits(_yes=0.5, _no=0.2, _the=0.2, _not=0.1), weight=0.7))
    assert got[b" the"] == pytest.approx(0.2, rel=1e-3)
    assert got[b" not"] == pytest.approx(0.1, rel=1e-3)


@pytest.mark.parametrize(
    "given",
    [
        logits(_yes=0.2, _no=0.2, _the=0.6),  # something else is being written
        logits(_no=0.999, _yes=0.001),  # it is sure, as after the same word before
        logits(_not=0.5, _nothing=0.4, ye=0.1),  # words that only begin alike
    ],
)
def test_elsewhere_nothing_is_touched(given):
    assert np.array_equal(guided(given), given)


def test_inside_a_quote_nothing_is_touched():
    given = logits(_yes=0.6, _no=0.4)
    assert np.array_equal(guided(given, silent=lambda: True), given)
    assert np.array_equal(guided(given, weight=0.0).argsort(), given.argsort())


def test_a_share_of_nothing_leaves_a_word_possible():
    made = ChoiceGuide(pieces=Pieces(WORDS), shares={"yes": 1.0, "no": 0.0}, weight=1.0)
    assert np.isfinite(made.adjust(logits(_yes=0.5, _no=0.5))).all()


@pytest.mark.parametrize("weight", [0.5, 1.0])
def test_a_word_that_is_no_token_is_left_to_the_model(weight):
    """Another model's vocabulary may cut “maybe” in two."""
    words = [b" yes", b" no", b" may", b"be"]
    made = ChoiceGuide(pieces=Pieces(words), shares=SHARES, weight=weight)
    got = made.adjust(np.log(np.array([0.5, 0.3, 0.1, 0.1], dtype=np.float32)))
    assert np.isfinite(got).all()
    assert got.argmax() == 1
    alone = ChoiceGuide(pieces=Pieces(words[2:]), shares=SHARES, weight=weight)
    given = np.zeros(2, dtype=np.float32)
    assert alone.adjust(given) is given


def test_filters_have_their_say_one_after_the_other():
    class Add:
        def __init__(self, number):
            self.number = number
            self.heard = b""

        def adjust(self, logits):
            return logits * 2 + self.number

        def accept(self, piece):
            self.heard += piece

    first, second = Add(1), Add(10)
    both = together(first, None, second)
    assert both.adjust(np.zeros(1, dtype=np.float32)).tolist() == [12.0]
    both.accept(b"a")
    both.accept(b"b")
    assert first.heard == second.heard == b"ab"
    assert together(None, first) is first
    assert together(None) is None
