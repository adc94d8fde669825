"""Recall, precision, Precision-Omega and IoU of chunks, by tokens."""

import numpy as np
import pytest

from rare_app.lab.evaluation.chunk_scores import TokenGrid, score_chunks

# Ten tokens of two characters each, a blank between: token n stands at [3n, 3n + 2).
OFFSETS = np.array([[3 * n, 3 * n + 2] for n in range(10)])
GRID = TokenGrid([OFFSETS, OFFSETS])


def words(first, last, text=0):
    """The span of tokens first to last, the last not included."""
    return text, 3 * first, 3 * last - 1


CHUNKS = [words(0, 4), words(4, 8), words(8, 10), words(0, 10, text=1)]


def test_tokens_are_found_by_characters():
    assert GRID.tokens_of(words(2, 5)) == (2, 5)
    assert GRID.tokens_of((0, 4, 7)) == (1, 3)  # half a token counts
    assert GRID.tokens_of((0, 2, 3)) == (1, 1)  # a blank holds none
    assert GRID.count((0, 90, 99)) == 0


def test_scores_are_those_of_the_definition():
    evidence = [words(3, 6)]
    found = score_chunks([CHUNKS[0]], evidence, chunks=CHUNKS, grid=GRID)
    assert found == pytest.approx((1 / 3, 1 / 4, 3 / 8, 1 / 6))
    found = score_chunks(CHUNKS[:2], evidence, chunks=CHUNKS, grid=GRID)
    assert found == pytest.approx((1, 3 / 8, 3 / 8, 3 / 8))


def test_the_same_words_elsewhere_are_no_evidence():
    recall, precision, omega, iou = score_chunks(
        [CHUNKS[3]], [words(3, 6)], chunks=CHUNKS, grid=GRID
    )
    assert (recall, precision, iou) == (0, 0, 0)
    assert omega == pytest.approx(3 / 8)


def test_overlapping_chunks_are_read_twice_and_count_once():
    evidence = [words(0, 2), words(1, 3)]
    doubled = [words(0, 3), words(0, 3)]
    assert score_chunks(doubled, evidence, chunks=doubled, grid=GRID) == pytest.approx(
        (1, 1 / 2, 1 / 2, 1 / 2)
    )


def test_nothing_found_scores_nothing():
    assert score_chunks([], [words(0, 2)], chunks=[], grid=GRID) == (0, 0, 0, 0)
