import pytest

from rare_app.answer import is_refusal
from rare_app.prompt import REFUSAL, parse_completion, quotes_of, without_tags
from rare_app.prompt.layout import REFUSAL_THOUGHTS
from rare_app.prompt.parse import conclusion_of, opens_with_refusal

COMPLETIONS = {
    "as trained": ("Step one.\n</think>\n<answer>Paris.</answer>", "Step one.", "Paris."),
    "opened twice": ("<think>\nStep.</think><answer>Paris.</answer>", "Step.", "Paris."),
    "upper case, spaced": ("Step.< / THINK >\n<Answer >Paris.</ANSWER>", "Step.", "Paris."),
    "no end of the thought": ("Step.\n<answer>Paris.</answer>", "Step.", "Paris."),
    "no answer tags": ("Step.</think>\nParis.", "Step.", "Paris."),
    "answer left open": ("Step.</think><answer>Paris.", "Step.", "Paris."),
    "only a thought": ("Step one. Step two.", "Step one. Step two.", ""),
    "text after the answer": ("S.</think><answer>Paris.</answer> Or Rome?", "S.", "Paris."),
    "a second answer": ("S.</think><answer>A.</answer><answer>B.</answer>", "S.", "A."),
    "an empty answer first": ("S.</think><answer> </answer><answer>B.</answer>", "S.", "B."),
    "doubled tags": ("S.</think></think><answer><answer>A.</answer></answer>", "S.", "A."),
    "a stray end": ("S</answer>till.</think>A.", "Still.", "A."),
    "quotes": (
        "<quote>q</quote> S.</think><answer><quote>A</quote>.</answer>",
        "<quote>q</quote> S.",
        "A.",
    ),
    "a cut tag at the end": ("S.</think><answer>Under 5 <", "S.", "Under 5 <"),
    "comparisons": (
        "S. a < b</think><answer>x < y and y<z > 1</answer>",
        "S. a < b",
        "x < y and y<z > 1",
    ),
    "nothing": ("", "", ""),
}


@pytest.mark.parametrize(("text", "reasoning", "answer"), COMPLETIONS.values(), ids=COMPLETIONS)
def test_a_finished_completion_is_taken_apart(text, reasoning, answer):
    parsed = parse_completion(text, finished=True)
    assert (parsed.reasoning, parsed.answer) == (reasoning, answer)


@pytest.mark.parametrize("text", [one[0] for one in COMPLETIONS.values()], ids=COMPLETIONS)
def test_a_growing_completion_only_grows_and_shows_no_tag(text):
    before = parse_completion("", finished=False)
    for end in range(len(text) + 1):
        now = parse_completion(text[:end], finished=False)
        assert now.answer.startswith(before.answer)
        assert now.reasoning.startswith(before.reasoning)
        assert now.answer_begun >= before.answer_begun
        for shown in (now.answer, now.reasoning.replace("<quote>", "").replace("</quote>", "")):
            for tag in ("<t", "</t", "<a", "</a", "<q", "</q", "/ T", "< /", "think", "answer>"):
                assert tag not in shown
        before = now
    assert parse_completion(text, finished=True).answer.startswith(before.answer)


@pytest.mark.parametrize(
    ("answer", "refuses"),
    [
        (REFUSAL, True),
        ("the documents do NOT answer this", True),
        (f"“{REFUSAL}” They speak of bees.", True),
        ("The documents do not answer this question.", True),
        ("The documents do answer this: 5.", False),
        ("He said: the documents do not answer this.", False),
        ("", False),
    ],
)
def test_refusals_are_recognised(answer, refuses):
    assert is_refusal(answer) is refuses


def test_quotes_of_a_reasoning():
    reasoning = "<quote>one</quote> so <QUOTE> two\nlines </QUOTE><quote></quote><quote>open"
    assert quotes_of(reasoning) == ["one", "two\nlines", "open"]
    assert quotes_of("none") == []
    assert without_tags("<quote>a</QUOTE> b") == "“a” b"


@pytest.mark.parametrize(
    ("reasoning", "refuses"),
    [
        ("None of the passages says this. They tell the price of 2021.", True),
        ("None of the passages says this. <quote>It costs 40 euros.</quote>", False),
        ("<quote>None of the passages says this.</quote> So nothing does.", False),
        ("The passages say nothing of it.", False),
        ("", False),
    ],
)
def test_a_reasoning_that_opens_with_the_refusal_is_one(reasoning, refuses):
    assert opens_with_refusal(reasoning) is refuses


@pytest.mark.parametrize(
    ("reasoning", "conclusion"),
    [
        ("<quote>It costs 5 €.</quote> The ticket costs 5 €.", "The ticket costs 5 €."),
        ("<quote>| A | 5 |</quote> (A; price: 5)\nA costs 5 €.", "A costs 5 €."),
        ("<quote>| A | 5 |</quote> (A; price: 5) → in euros: 5\nA costs 5 €.", "A costs 5 €."),
        ("<calc>5 - 2</calc> = 3\nThe rest is 3 €.", "The rest is 3 €."),
        ("<quote>a b c</quote> One.\nTwo is what follows.", "Two is what follows."),
        ("<quote>租金为五元。</quote> 租金是五元。", "租金是五元。"),
        ("<quote>| A | 5 |</quote> (A; price: 5)", ""),
        ("<quote>| A | 5 |</quote> (A; price: 5.)", ""),
        ("<quote>It costs</quote>", ""),
        ("<quote>It costs 5 €.</quote> The ticket costs", ""),
        ("<quote>It costs 5 €. The ticket costs 5 €.", ""),
        ("<search>price</search> (nothing more was found)\n", ""),
        (f"<quote>x y z</quote> {REFUSAL_THOUGHTS[0]}", ""),
        ("The ticket costs 5 €.", "The ticket costs 5 €."),
        ("", ""),
    ],
)
def test_a_conclusion_stands_behind_the_last_quote_or_step(reasoning, conclusion):
    assert conclusion_of(reasoning) == conclusion
