"""Expressions are worked out exactly, over known numbers only."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rare_app.calc import CalcError, Known, calculate
from rare_app.calc.known import Number

QUOTES = Known(
    [
        "| Revenue | $41.2 | $38.9 |",
        "Der Zins stieg von 3,5 % auf 4,25 %, bei 1.680,40 € im Jahr.",
        "Signed on 3 March 2024; ends on 2 June 2025.",
        "(310.40) and 12 500 units, 30 employees",
    ]
)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("41.2 - 38.9", "$2.3"),
        ("(41.2 - 38.9) / 38.9 * 100", "5.9126"),
        ("38.9 / 41.2", "0.9442"),
        ("1680.40 * 12", "€20164.8"),
        ("1,680.40 / 4", "€420.1"),
        ("4.25 - 3.5", "0.75 percentage points"),
        ("max(41.2, 38.9)", "$41.2"),
        ("mean(41.2, 38.9)", "$40.05"),
        ("sum(41.2, 38.9, 2)", "$82.1"),
        ("abs(38.9 - 41.2)", "$2.3"),
        ("-310.40 × 2", "-620.8"),
        ("12500 ÷ 30", "416.6667"),
        ("41.2 > 38.9", "true"),
        ("41.2 = 38.9", "false"),
        ("2025-06-02 - 2024-03-03", "456 days"),
        ("2024-03-03 + 30", "2024-04-02"),
        ("12% * 12500", "1500"),
        ("2 + 3 * 4", "14"),
        ("2 - 3 - 4", "-5"),
        ("12 / 3 / 2", "2"),
        ("10 - -2", "12"),
        ("1 - 1", "0"),
        ("1 / 1000", "0.001"),
    ],
)
def test_an_expression_comes_to_its_value(expression: str, text: str) -> None:
    assert calculate(expression, QUOTES).text == text


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("41.2 / 0", "divided by zero"),
        ("41.2 / (3 - 3)", "divided by zero"),
        ("(41.2 - 38.9", "bracket is not closed"),
        ("41.2 -", "ends too early"),
        ("", "ends too early"),
        ("41.3 - 38.9", "41.3 stands nowhere"),
        ("41.2 + 3.5", "cannot be added"),
        ("2024-03-04 - 2024-03-03", "2024-03-04 stands nowhere"),
        ("2024-13-03 - 2024-03-03", "is no date"),
        ("(2025-06-02 - 2024-03-03) + 41.2", "days and \\$ cannot be added"),
        ("2024-03-03 * 2", "cannot be multiplied"),
        ("41.2 38.9", "no place"),
        ("__import__('os')", "no place"),
        ("pow(2, 3)", "not known"),
        ("max 2", "needs brackets"),
        ("2 ** 3", "no place"),
        ("(" * 100 + "2" + ")" * 100, "too many brackets"),
        ("-" * 100 + "2", "too many brackets"),
        ("1+" * 5000 + "1", "too long"),
        ("9" * 250, "too many digits"),
        ("2024-03-03 + 1000000000", "out of range"),
    ],
)
def test_what_cannot_be_worked_out_says_why(expression: str, reason: str) -> None:
    with pytest.raises(CalcError, match=reason):
        calculate(expression, QUOTES)


def test_a_result_knows_the_quotes_of_its_numbers_and_may_be_used_again() -> None:
    first = calculate("1680.40 * 12", QUOTES)
    assert first.sources == (1,)
    assert isinstance(first.value, Number)
    again = calculate("20164.8 / 2", Known(QUOTES.texts, [first.value]))
    assert again.text == "€10082.4"


whole = st.integers(min_value=0, max_value=12)


@settings(deadline=None)  # the machine may be busy
@given(st.recursive(
    whole.map(str),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda it: f"({' '.join(it)})"),
        inner.map(lambda it: f"-{it}"),
    ),
    max_leaves=8,
))  # fmt: skip
def test_sums_agree_with_exact_fractions(expression: str) -> None:
    from fractions import Fraction

    exact: Fraction | None
    try:
        exact = eval(
            "".join(f"Fraction({c})" if c.isdigit() else c for c in _grouped(expression)),
            {"Fraction": Fraction},
        )
    except ZeroDivisionError:
        exact = None
    if exact is None:
        with pytest.raises(CalcError, match="zero"):
            calculate(expression, Known())
        return
    found = calculate(expression, Known()).value
    assert isinstance(found, Number)
    assert abs(Fraction(found.value) - exact) <= abs(exact) * Fraction(1, 10**20)


def _grouped(expression: str) -> list[str]:
    import re

    return re.findall(r"\d+|\D", expression)


@settings(deadline=None)
@given(st.text(alphabet="0123456789.,+-*/()%<>= maxsumine-", max_size=60))
def test_nothing_that_is_written_breaks_it(expression: str) -> None:
    try:
        found = calculate(expression, QUOTES)
    except CalcError:
        return
    assert found.text


def test_numbers_of_a_text_are_known_in_every_locale() -> None:
    known = Known(["1.680,40 € and 65.775"])
    values = {one.value for one in known.numbers}
    assert values == {Decimal("1680.40"), Decimal(65775), Decimal("65.775")}
    found = known.find(Decimal("1680.40"))
    assert found is not None
    assert found.unit == "€"


def test_a_result_of_many_digits_is_told_by_its_power_of_ten() -> None:
    known = Known(["12345678901234567890.5"])
    assert calculate("12345678901234567890.5 * 1000000 / 7", known).text == "1.763668E+24"
