import numpy as np
import pytest

from rare_app.answer.gate import (
    USUAL_EXPECTED,
    Gate,
    answer_log_odds,
    no_end,
    no_refusal,
    no_row,
    quote_log_odds,
)
from rare_app.model import GateNumbers, Pieces
from rare_app.types import Decision


class TwoWords:
    """Knows what a quote and what a refusal begin with."""

    def __init__(self, quote=0):
        self.quote = quote

    def tokenise(self, text):
        return [self.quote if text.startswith("<") else 1 + text.startswith("None"), 9]


def test_the_odds_compare_a_quote_with_all_refusals():
    logits = np.log(np.array([0.5, 0.125, 0.125, 0.25], dtype=np.float32))
    assert quote_log_odds(TwoWords(), logits) == pytest.approx(np.log(2))
    assert quote_log_odds(TwoWords(quote=1), logits) == pytest.approx(0)


def signs(log_odds, reader, expected=None):
    return Decision(False, log_odds, reader, expected)


def test_the_gate_adds_what_the_reader_says():
    gate = Gate(GateNumbers(reader=2.0, offset=-1.0))
    assert gate.quotes(signs(0, 0.6, 0.0))
    assert not gate.quotes(signs(0, 0.4, 1.0))
    assert gate.quotes(signs(0.5, 0.4))


def test_a_reader_that_does_not_know_where_the_answer_stands_speaks_against_it():
    gate = Gate(GateNumbers(reader=1.0, expected=3.0))
    said = [gate.total(signs(0.0, 1.0, one)) for one in (0.0, 0.1, USUAL_EXPECTED, 1.0)]
    assert said == sorted(said)
    assert said[2] == pytest.approx(1.0) == gate.total(signs(0.0, 1.0))
    assert not gate.quotes(signs(0.0, 1.0, 0.1))


def test_without_a_reader_the_model_decides():
    gate = Gate(GateNumbers(reader=2.0, expected=3.0, offset=-100.0))
    assert gate.quotes(signs(0.1, None))
    assert not gate.quotes(signs(-0.1, None, 0.9))


def test_a_model_that_opens_freely_answers_with_anything_but_a_refusal():
    logits = np.log(np.array([0.5, 0.125, 0.125, 0.25], dtype=np.float32))
    assert answer_log_odds(TwoWords(), logits) == pytest.approx(np.log(0.875 / 0.125))


def test_where_it_was_decided_to_answer_no_refusal_opens():
    logits = np.zeros(4, dtype=np.float32)
    filtered = no_refusal(TwoWords())
    assert [bool(one) for one in np.isinf(filtered.adjust(logits))] == [False, False, True, False]
    filtered.accept(b"The")
    assert np.isfinite(filtered.adjust(logits)).all()


class FourTokens:
    """Knows a word, a quote's tag, what closes a tag, and the end of a turn."""

    pieces = Pieces([b"The", b"<quote>", b"</", b""])

    def is_end(self, token):
        return token == 3


def test_behind_a_row_something_is_said_before_the_end():
    logits = np.array([0.0, 0.0, 1.0, 2.0], dtype=np.float32)
    filtered = no_end(FourTokens())
    assert [bool(one) for one in np.isinf(filtered.adjust(logits))] == [False, False, True, True]
    filtered.accept(b"The")
    assert np.isfinite(filtered.adjust(logits)).all()


def test_behind_a_quote_without_a_row_none_is_made_up():
    model = FourTokens()
    model.pieces = Pieces([b"The", b" (Item", b"</", b""])
    filtered = no_row(model)
    assert [bool(one) for one in np.isinf(filtered.adjust(np.zeros(4, dtype=np.float32)))] == [
        False, True, False, False
    ]  # fmt: skip


def test_nats_of_the_user_are_added():
    numbers = GateNumbers(reader=1.0, alone=1.0)
    assert Gate(numbers, nats=2.0).quotes(signs(0.0, -1.0))
    assert not Gate(numbers).quotes(signs(0.0, -1.0))
    assert Gate(numbers, nats=2.0).quotes(signs(0.0, None))
    assert not Gate(numbers).quotes(signs(0.0, None))
