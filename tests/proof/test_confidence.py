"""How likely an answer is right: what it goes by, and what it is used for."""

from dataclasses import replace

import pytest

from rare_app.answer import Assistant
from rare_app.model import ConfidenceNumbers
from rare_app.present import answer_data, answer_from_data
from rare_app.proof import signs_of
from rare_app.proof.confidence import confidence as confidence_of
from rare_app.types import Answer, Decision

from ..conftest import BEES, passage

SURE = Decision(quotes=True, log_odds=4.0, reader_log_odds=6.0)
NUMBERS = ConfidenceNumbers(model=0.3, carried=0.0)
HARDLY = Decision(quotes=True, log_odds=-1.0, reader_log_odds=1.5)


def confidence(expected, decision, numbers):
    return confidence_of(signs_of(expected, decision), numbers)


def test_more_of_what_is_expected_is_more_likely_right():
    values = [confidence(expected, SURE, NUMBERS) for expected in (0.0, 0.05, 0.3, 0.9, 1.0)]
    assert values == sorted(values)
    assert 0 < values[0] < 0.5 < values[-1] < 1


@pytest.mark.parametrize(
    "better", [replace(HARDLY, log_odds=2.0), replace(HARDLY, reader_log_odds=5.0), SURE]
)
def test_the_same_words_count_for_less_where_the_passages_hardly_answer(better):
    assert confidence(0.5, HARDLY, NUMBERS) < confidence(0.5, better, NUMBERS)


def test_without_a_decision_the_words_alone_tell():
    alone = confidence(0.5, None, NUMBERS)
    assert alone == confidence(0.5, Decision(True, 1.0, None), NUMBERS)
    assert alone == confidence(0.5, Decision(True, float("inf"), 3.0), NUMBERS)
    assert confidence(0.02, None, NUMBERS) < alone < confidence(0.95, None, NUMBERS)


def test_where_nobody_knows_what_to_expect_nothing_is_said():
    assert confidence(None, SURE, NUMBERS) is None


def test_how_far_the_passages_carry_it_counts_where_it_is_fitted():
    numbers = replace(NUMBERS, carried=0.5)
    assert confidence(0.5, SURE, numbers) is None  # nobody has looked
    values = [confidence_of(signs_of(0.5, SURE, carried=one), numbers) for one in (0, 0.4, 0.9)]
    assert values == sorted(values)
    assert values[0] < values[1] < values[2]


def test_it_is_kept_with_the_answer():
    kept = Answer(answered=True, answer="35", confidence=0.25, signs={"reader": 2.0}, doubtful=True)
    again = answer_from_data(answer_data(kept))
    assert (again.confidence, again.signs, again.doubtful) == (0.25, {"reader": 2.0}, True)
    older = {key: value for key, value in answer_data(kept).items() if key != "confidence"}
    assert answer_from_data(older).confidence is None


@pytest.mark.model
def test_an_answer_below_the_bound_is_doubtful(settings, library, engine):
    settings = replace(settings, refuse_below=0.0, unsupported="mark")
    asked = Assistant(settings=settings, library=library, engine=engine)
    found = asked.answer("How many eggs does the queen lay a day?", passages=[passage(BEES)])
    numbers = engine.profile().confidence
    assert found.adapter
    assert found.confidence == confidence_of(found.signs, numbers)
    assert numbers.doubt_below < found.confidence < 1
    assert not found.doubtful
