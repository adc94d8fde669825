"""An answer that has to begin with one of some texts, on a vocabulary small enough to see."""

import numpy as np
import pytest

from rare_app.model import OpeningFilter, Pieces

WORDS = [
    *(b"in", b"creased", b"de", b"no", b"No", b" difference", b" dif", b"ference", b"thing"),
    *(b".", b" because", b"</answer>", b"", b"the", "上".encode(), "升".encode(), "了".encode()),
    *("é".encode()[1:], " é".encode()),
]
OPTIONS = ["increased", "decreased", "no", "no difference", "上升"]


def allowed(*written, openings=OPTIONS):
    """Which pieces may follow."""
    made = OpeningFilter(pieces=Pieces(WORDS), openings=openings, tag="<answer>")
    for piece in ("thought <ans", "wer>", *written):
        made.accept(piece.encode())
    got = made.adjust(np.zeros(len(WORDS), dtype=np.float32))
    return {piece for piece, logit in zip(WORDS, got, strict=True) if np.isfinite(logit)}


def test_an_option_is_begun_and_nothing_else():
    assert allowed() == {b"in", b"de", b"no", b"No", "上".encode()}
    assert allowed("\n") == allowed()
    assert allowed("in") == allowed("de") == {b"creased"}
    assert allowed("no dif") == {b"ference"}


def test_a_whole_option_ends_as_a_word():
    free = {b".", b" because", b"</answer>", b"", " é".encode(), "上".encode(), "升".encode()}
    free |= {"了".encode(), b" difference", b" dif"}
    assert allowed("increased") == free
    assert allowed("no") == free
    assert b"thing" not in allowed("no")
    assert allowed("上升") == set(WORDS)


@pytest.mark.parametrize("written", [["no", "."], ["increased", " because"], ["The"]])
def test_behind_it_the_model_is_free(written):
    assert allowed(*written) == set(WORDS)


def test_nothing_is_held_before_the_answer_or_without_a_spelling():
    made = OpeningFilter(pieces=Pieces(WORDS), openings=OPTIONS, tag="<answer>")
    given = np.zeros(len(WORDS), dtype=np.float32)
    made.accept(b"thoughts on <an")
    assert made.adjust(given) is given
    assert allowed(openings=["xyz"]) == set(WORDS)
    assert allowed(openings=[""]) == set(WORDS)
