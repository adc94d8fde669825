import numpy as np
import pytest

from rare_app.checks.intervals import interval, macro_f1, ratio


def test_interval_of_a_share_is_as_wide_as_theory_says():
    values = np.array([1.0] * 60 + [0.0] * 140)
    low, high = interval(values)
    spread = 1.96 * np.sqrt(0.3 * 0.7 / 200)
    assert low == pytest.approx(0.3 - spread, abs=0.015)
    assert high == pytest.approx(0.3 + spread, abs=0.015)
    assert interval(values) == (low, high)  # seeded
    assert interval(values, seed=1) != (low, high)


def test_interval_at_its_edges():
    assert interval([]) is None
    assert interval([1.0]) == (1.0, 1.0)
    assert interval([[0, 0], [1, 2]], ratio) == (0.5, 0.5)


def test_macro_f1_is_worked_out_by_hand():
    # Class 0: 2 expected, 1 hit, 1 given; class 1: 1 expected, 1 hit, 2 given.
    rows = np.array([[0, 0], [0, 1], [1, 1], [2, -1]])
    assert macro_f1(rows) == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)
