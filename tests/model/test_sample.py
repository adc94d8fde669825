import numpy as np
import pytest

from rare_app.model import Sampler
from rare_app.model.sample import is_looping


def logits(*values):
    return np.array(values, dtype=np.float32)


def test_temperature_nought_takes_the_likeliest():
    sampler = Sampler(temperature=0, seed=0)
    assert [sampler.choose(logits(1, 3, 2)) for _ in range(5)] == [1] * 5


def test_sampling_is_repeatable_by_its_seed():
    drawn = [
        [Sampler(temperature=1, seed=seed).choose(logits(*range(50))) for _ in range(3)]
        for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1]
    many = {Sampler(temperature=1, seed=seed).choose(logits(1, 1, 1)) for seed in range(30)}
    assert many == {0, 1, 2}


@pytest.mark.parametrize("temperature", [0, 0.5, 5])
def test_a_forbidden_token_is_never_chosen(temperature):
    sampler = Sampler(temperature=temperature, seed=0)
    values = logits(-np.inf, 0, -np.inf, 0.5, -np.inf)
    assert {sampler.choose(values) for _ in range(300)} <= {1, 3}


def test_the_unlikely_rest_is_cut_off():
    sampler = Sampler(temperature=1, seed=0, nucleus=0.9)
    values = np.log(logits(0.6, 0.35, 0.05))
    assert {sampler.choose(values) for _ in range(500)} == {0, 1}


def test_loops_are_told_from_tables():
    assert is_looping([9, 9] + [1, 2, 3] * 8)
    assert is_looping(list(range(30)) * 3)
    assert is_looping([5] * 24)
    assert not is_looping([5] * 23)
    assert not is_looping([1, 2, 3] * 7)
    assert not is_looping(list(range(200)))
    assert not is_looping(list(range(60)) * 3, longest=48)
    assert not is_looping([])
