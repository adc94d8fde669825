import random
from collections import Counter

import pytest

from rare_app.lab.tuning.order import BLOOM_LEVELS, arrange, bloom_level, interleave
from rare_app.lab.tuning.readers import READERS
from rare_app.lab.tuning.schedule import Schedule, plan_steps
from rare_app.lab.tuning.tokens import AskedTokens, GroupTokens


def test_rate_warms_up_and_falls_to_zero():
    schedule = Schedule(steps=100, peak=1.0, warm_up=10)
    rates = [schedule.rate(step) for step in range(101)]
    assert rates[9] == pytest.approx(1.0)
    assert rates[:10] == sorted(rates[:10])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[100] == pytest.approx(0.0)


def test_finishing_early_falls_to_zero_within_a_tenth():
    schedule = Schedule(steps=1000, peak=1.0, warm_up=10).finish(400)
    assert schedule.steps == 440
    assert schedule.rate(400) == pytest.approx(Schedule(steps=1000, peak=1.0, warm_up=10).rate(400))
    assert 0 < schedule.rate(439) < 0.05
    assert schedule.finish(420) == schedule


def test_steps_from_time():
    assert plan_steps(hours=0.5, seconds_a_step=6.0) == 300
    assert plan_steps(hours=0.0, seconds_a_step=6.0) == 1


def group(name, blocks):
    return GroupTokens(name, ((1,) * 10,) * blocks, (AskedTokens((1,), (2,), (1.0,), True),))


def test_every_part_of_the_order_has_every_set():
    groups = [group("big", 1) for _ in range(90)] + [group("small", 1) for _ in range(10)]
    order = interleave(groups, random_source=random.Random(0))
    for start in range(0, 100, 20):
        counts = Counter(one.data_set for one in order[start : start + 20])
        assert 1 <= counts["small"] <= 3


def test_easy_first_puts_few_passages_earlier_but_keeps_them_to_the_end():
    groups = [group("x", n % 6 + 1) for n in range(600)]
    total = sum(one.size for one in groups)
    order = arrange(groups, tokens=total, curriculum="easy-first", random_source=random.Random(0))
    sizes = [len(one.blocks) for one in order]
    assert len(order) == 600
    assert sum(sizes[:150]) < 3 * 150
    assert sum(sizes[-150:]) > 4 * 150
    assert min(sizes[-250:]) <= 2


def test_bloom_learns_level_after_level_and_each_in_a_shuffled_order():
    sets = ["pubmedqa", "qed", "tatqa", "musique", "covid_qa"]
    groups = [group(sets[n % 5], n % 6 + 1) for n in range(600)]
    total = sum(one.size for one in groups)
    order = arrange(groups, tokens=total, curriculum="bloom", random_source=random.Random(0))
    assert list(dict.fromkeys(one.data_set for one in order)) == [
        "qed",
        "covid_qa",
        "tatqa",
        "musique",
        "pubmedqa",
    ]
    plain = arrange(groups, tokens=total, curriculum="shuffled", random_source=random.Random(0))
    assert Counter(one.data_set for one in order) == Counter(one.data_set for one in plain)
    assert [one for one in order if one.data_set == "qed"] == [
        one for one in plain if one.data_set == "qed"
    ]


def test_every_data_set_that_is_read_has_a_level():
    levels = {level: set() for level in BLOOM_LEVELS}
    for name in READERS:
        levels[BLOOM_LEVELS[bloom_level(name)]].add(name)
    assert levels["remember"] == {"qed", "nq_open_oracle", "squad2_half_dev", "squad1_train"}
    assert levels["understand"] == {"covid_qa", "qasper", "boolq_dev", "clapnq", "quac"}
    assert levels["apply"] == {"tatqa", "finqa"}
    assert levels["analyse"] == {"multihop", "musique", "strategyqa", "entailment_bank"}
    assert levels["evaluate"] == {"pubmedqa"}
    assert BLOOM_LEVELS[bloom_level("a set of one's own")] == "understand"


def test_small_data_are_repeated():
    groups = [group("x", 1) for _ in range(5)]
    order = arrange(groups, tokens=600, curriculum="shuffled", random_source=random.Random(0))
    assert len(order) == 50
