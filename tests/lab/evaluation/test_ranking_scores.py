import math

import pytest

from rare_app.lab.evaluation.ranking_scores import (
    COLUMNS,
    discounted_gain,
    found_at,
    recall_at,
    reciprocal_rank,
    score_ranking,
)


def test_discounted_gain_is_worked_out_by_hand():
    # Relevant at ranks 2 and 4 of three that are relevant.
    gain = 1 / math.log2(3) + 1 / math.log2(5)
    most = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert discounted_gain([9, 1, 8, 2], {1, 2, 3}, k=10) == pytest.approx(gain / most)
    assert discounted_gain([1, 2, 3], {1, 2, 3}, k=2) == 1.0
    assert discounted_gain([9, 9, 1], {1}, k=2) == 0.0


def test_recall_and_rank():
    ranked = [5, 3, 1, 4]
    assert recall_at(ranked, {3, 4}, k=2) == 0.5
    assert recall_at(ranked, {3, 4}, k=4) == 1.0
    assert found_at(ranked, {3, 9}, k=2) == 1.0
    assert found_at(ranked, {3, 9}, k=1) == 0.0
    assert reciprocal_rank(ranked, {1, 4}) == pytest.approx(1 / 3)


def test_nothing_relevant_and_nothing_ranked_score_zero():
    assert set(score_ranking([1, 2], set())) == {0.0}
    assert set(score_ranking([], {1})) == {0.0}
    assert len(score_ranking([1], {1})) == len(COLUMNS)
