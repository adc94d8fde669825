"""One of some texts is written, however it is spelled, and it is known how sure that was."""

import numpy as np
import pytest

from rare_app.model import ChoiceFilter, Pieces

PIECES = [b" 2024", b" 20", b"24", b"25", b":", b" no", b" 2025:"]
TEXTS = [" 2024:", " 2025:"]


def logits(**odds):
    values = np.log(np.array([odds.get(f"t{at}", 1e-9) for at in range(len(PIECES))]))
    return values.astype(np.float32)


def test_only_the_texts_can_be_written():
    held = ChoiceFilter(pieces=Pieces(PIECES), texts=TEXTS)
    allowed = np.isfinite(held.adjust(logits(t5=1.0)))
    assert [PIECES[at] for at in np.flatnonzero(allowed)] == [b" 2024", b" 20", b" 2025:"]
    held.accept(b" 20")
    assert [PIECES[at] for at in np.flatnonzero(np.isfinite(held.adjust(logits())))] == [
        b"24",
        b"25",
    ]
    assert not held.is_done
    held.accept(b"24")
    assert held.expected() == ":"
    held.adjust(logits())
    held.accept(b":")
    assert held.is_done


def test_the_probability_counts_every_spelling_of_what_is_left():
    held = ChoiceFilter(pieces=Pieces(PIECES), texts=TEXTS)
    # “ 20” leads to both; “ 2024” leads to one, and so does what is spelled through “ 20”.
    held.adjust(logits(t0=0.6, t1=0.2, t6=0.2))
    held.accept(b" 2024")
    assert held.probability == pytest.approx(0.8)
    held.adjust(logits(t4=1.0))
    held.accept(b":")
    assert held.probability == pytest.approx(0.8)


def test_a_vocabulary_that_cannot_spell_it_is_left_alone():
    held = ChoiceFilter(pieces=Pieces([b"a"]), texts=["b"])
    assert np.isfinite(held.adjust(np.zeros(1, dtype=np.float32))).all()
    held.accept(b"a")
    assert held.probability == 1.0
