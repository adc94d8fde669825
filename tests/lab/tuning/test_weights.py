import re

from rare_app.lab.tuning.weights import Weights, weigh
from rare_app.prompt.layout import REFUSAL, REFUSAL_THOUGHTS, completion

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
    found = weighed(completion(reasoning=REFUSAL_THOUGHTS[0], answer=REFUSAL))
    assert found["None"] == WEIGHTS.decide
    assert found["documents"] == WEIGHTS.plain


def weight_of(text, words, weights):
    """Weigh a text whose tokens are its words; give the weights of some of them."""
    offsets = [match.span() for match in re.finditer(r"</?\w+>|[^\s<]+", text)]
    found = weigh(text, offsets, weights=weights)
    return [w for (low, high), w in zip(offsets, found, strict=True) if text[low:high] in words]


def test_behind_a_thought_the_quote_or_the_refusal_decides():
    weights = Weights(decide=9.0, decide_tokens=1)
    quoted = "A year is sought.\n<quote>In 1901.</quote> So.\n</think>\n<answer>1901</answer>"
    assert weight_of(quoted, {"A", "<quote>"}, weights) == [weights.plain, 9.0]
    refused = f"A year is sought.\n</think>\n<answer>{REFUSAL}</answer>"
    assert weight_of(refused, {"A", "The", "documents"}, weights) == [
        weights.plain,
        9.0,
        weights.plain,
    ]
    assert weight_of(f"None of the passages says this. {refused}", {"None"}, weights) == [9.0]


def test_what_code_puts_in_is_not_learned():
    text = (
        "Costs are sought.\n<quote>| Costs | 3 |</quote> (Costs; 2021: 3) → 2021: 3\n"
        "<calc>3 * 2</calc> = 6\nTwice is 6.\n</think>\n<answer>6</answer>"
    )
    found = weight_of(text, {"(Costs;", "→", "=", "Twice"}, Weights(given=0.0, plain=0.5))
    assert found == [0.0, 0.0, 0.0, 0.5]
