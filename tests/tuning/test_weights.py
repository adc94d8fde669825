import re

from rare_app.reasoning.prompt import REFUSAL, completion
from rare_app.tuning.weights import Weights, weigh

WEIGHTS = Weights(decide_tokens=1, choose_tokens=2)


def weighed(text):
    offsets = [match.span() for match in re.finditer(r"</?\w+>|\w+|\S", text)]
    return {
        text[a:b]: w
        for (a, b), w in zip(offsets, weigh(text, offsets, weights=WEIGHTS), strict=True)
    }


def test_deciding_tokens_weigh_more_than_copied_ones():
    found = weighed(completion(reasoning="<quote>alpha beta gamma</quote> So.", answer="delta"))
    assert found["<quote>"] == WEIGHTS.decide
    assert found["alpha"] == found["beta"] == WEIGHTS.choose
    assert found["gamma"] == WEIGHTS.copied
    assert found["delta"] == WEIGHTS.answer
    assert found["So"] == found["</answer>"] == WEIGHTS.plain


def test_refusal_is_decided_by_its_first_token():
    found = weighed(completion(reasoning="None says so.", answer=REFUSAL))
    assert found["None"] == WEIGHTS.decide
    assert found["documents"] == WEIGHTS.plain
