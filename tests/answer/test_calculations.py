"""Calculations are carried out where they stand, and claims rest on what they came to."""

import pytest

from rare_app.answer.calculations import MOST, Calculations, rest_on_results
from rare_app.types import Answer, Citation, Claim

QUOTES = ["| Revenue | $41.2 | $38.9 |", "The year has two halves."]
CITED = tuple(Citation(0, "report.pdf", 1, at, at + 9, text) for at, text in enumerate(QUOTES))
QUESTION = "By how many percent did revenue grow over 38.9?"


def worked(*expressions: str) -> tuple[Calculations, list[str]]:
    calculations, text, put_in = Calculations(QUESTION), "", []
    for expression in expressions:
        text += f" <calc>{expression}</calc>"
        put_in.append(calculations.carry_out(text, QUOTES))
        text += put_in[-1]
    return calculations, put_in


def claim(text: str) -> Claim:
    return Claim(text=text, supported=False, score=0.1, status="unsupported")


def proved(text: str, *expressions: str) -> Claim:
    steps = tuple(worked(*expressions)[0].steps)
    answer = Answer(answered=True, answer=text, quotes=CITED, steps=steps)
    return rest_on_results(claim(text), answer, QUESTION)


def test_the_result_stands_behind_the_calculation() -> None:
    calculations, put_in = worked("41.2 - 38.9", "2.3 / 38.9 * 100")
    assert put_in == [" = $2.3", " = 5.9126"]
    assert [one.quotes for one in calculations.steps] == [(0,), (0,)]


def test_what_cannot_be_worked_out_says_why_and_goes_on() -> None:
    calculations, put_in = worked("41.2 / 0", "41.2 - 38.9")
    assert put_in[0] == " (not worked out: nothing can be divided by zero)"
    assert put_in[1] == " = $2.3"
    assert calculations.steps[0].trouble


def test_the_same_again_and_a_loop_bring_nothing() -> None:
    calculations, put_in = worked("41.2 - 38.9", "41.2 - 38.9")
    assert put_in[1] == " "
    assert len(calculations.steps) == 1
    many, _ = worked(*(f"41.2 - 38.9 + {number}" for number in range(MOST + 3)))
    assert len(many.steps) == MOST


def test_a_number_of_the_models_own_proves_nothing_on_its_way_back() -> None:
    calculations, put_in = worked("41.2 * 24", "988.8 / 41.2")
    assert put_in == [" = $988.8", " = 24"]
    assert [one.quotes for one in calculations.steps] == [(), ()]


def test_text_without_a_calculation_at_its_end_brings_nothing() -> None:
    calculations = Calculations(QUESTION)
    assert calculations.carry_out("<calc>41.2</calc> and then", QUOTES) == ""
    assert calculations.carry_out("</calc>", QUOTES) == ""


@pytest.mark.parametrize(
    "text", ["Revenue grew by 5.9%.", "Der Umsatz stieg um 5,91 %.", "It grew by 5.9126 percent."]
)
def test_a_claim_with_a_rounded_result_rests_on_the_quotes_of_its_numbers(text: str) -> None:
    found = proved(text, "(41.2 - 38.9) / 38.9 * 100")
    assert (found.status, found.citations) == ("supported", (CITED[0],))


@pytest.mark.parametrize("text", ["Revenue grew by 6.1%.", "It grew by 5.9% to 50.", "It grew."])
def test_other_figures_stay_unproved(text: str) -> None:
    found = proved(text, "(41.2 - 38.9) / 38.9 * 100")
    assert found.status == "unsupported"


@pytest.mark.parametrize(
    ("text", "put_in"),
    [
        ("The increase is 41.2 - 38.9 =", " $2.3"),
        ("So $41.2 - $38.9 =", " $2.3"),
        ("(41.2 - 38.9) / 38.9 * 100 =", " 5.9126"),
        ("So it is 41.2 kg - 38.9 kg =", " $2.3"),
        ("It is $41.2 million − $38.9 million =", " $2.3"),
        ("where x =", ""),
        ("in 2021 of 41.2 =", ""),
        ("Revenue 41.2 =", ""),
        ("41.2 - 12345 =", ""),
    ],
)
def test_a_sum_without_tags_is_worked_out_behind_its_equals_sign(text: str, put_in: str) -> None:
    assert Calculations(QUESTION).carry_out(text, QUOTES) == put_in


def test_a_number_that_was_read_and_not_quoted_is_used_and_proves_nothing() -> None:
    calculations = Calculations(QUESTION, ["| Fuel | 7,205 |", *QUOTES])
    put_in = calculations.carry_out("<calc>41.2 + 7205</calc>", QUOTES)
    assert put_in == " = $7246.2"
    assert calculations.steps[0].quotes == ()
    assert calculations.carry_out("<calc>41.2 - 38.9</calc>", QUOTES) == " = $2.3"
    assert calculations.steps[1].quotes == (0,)


@pytest.mark.parametrize("expression", ["41.2 - 1", "41.2 * 12", "12 - 1"])
def test_one_number_that_was_read_and_one_of_the_models_own_prove_nothing(expression: str) -> None:
    calculations, _ = worked(expression)
    result = calculations.steps[0].result
    assert calculations.steps[0].quotes == ()
    assert proved(f"It was {result}.", expression).status == "unsupported"
