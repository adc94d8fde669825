"""The numbers of a profile are what was fitted to the answers that are kept."""

import pytest

from benchmarks.confidence import KEPT, SIGNS, fit, held_out, read_answers, report
from rare_app.model import GENERIC, find_profile
from rare_app.packaged import STANDARD_MODEL
from rare_app.settings import CODE_FOLDER


def test_the_standard_models_confidence_is_fitted_to_the_answers_that_are_kept():
    weights, bias = fit(read_answers(KEPT))
    profile = find_profile([CODE_FOLDER / "models"], base_sha256=STANDARD_MODEL.sha256)
    numbers = profile.confidence
    assert profile.name == "qwen2.5-coder-1.5b-instruct"
    assert [getattr(numbers, name) for name in SIGNS] == pytest.approx(list(weights), abs=0.01)
    assert numbers.bias == pytest.approx(bias, abs=0.01)
    assert numbers == GENERIC.confidence  # what a model of the user's own has


def test_answers_that_it_was_not_fitted_on_are_told_apart():
    judged = read_answers(KEPT)
    likely = held_out(judged)
    doubted = likely < 0.5
    assert doubted[judged.right].mean() < 0.3
    assert doubted[~judged.right].mean() > 0.8
    assert f"{len(judged.right)} answers" in report(judged, SIGNS)
