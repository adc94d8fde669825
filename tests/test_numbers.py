"""Figures in any locale."""

from decimal import Decimal

import pytest

from rare_app.numbers import figures_in, has_new_figure, readings


@pytest.mark.parametrize(
    ("figure", "values"),
    [
        ("42", ["42"]),
        ("65,775", ["65775", "65.775"]),
        ("65.775", ["65775", "65.775"]),
        ("1.680,40", ["1680.40"]),
        ("1,680.40", ["1680.40"]),
        ("1 680,40", ["1680.40"]),
        ("1\u202f680", ["1680"]),
        ("12'500", ["12500"]),
        ("1,234,567", ["1234567"]),
        ("0,5", ["0.5"]),
        ("3.5", ["3.5"]),
        ("2.3.4", []),
        ("1,23,4", []),
    ],
)
def test_a_figure_means_what_some_locale_means_by_it(figure: str, values: list[str]) -> None:
    assert readings(figure) == {Decimal(value) for value in values}


def test_the_figures_of_a_text_come_in_order_without_what_is_no_number() -> None:
    found = figures_in("Version 1.2.3 costs (310.40) in 2024, 2023 and 12,5 % less from 1.680,40.")
    expected = ["310.40", "2024", "2023", "12.5", "1680.40"]
    assert found == [frozenset({Decimal(value)}) for value in expected]


KNOWN = [
    "How much does the W18 hold?",
    "Antifreeze must not be added. The pump holds 3 litres of oil.",
    "The oil is changed every 4,000 hours.",
]


@pytest.mark.parametrize(
    ("said", "new"),
    [
        ("It holds 3 litres for 4,000 hours, like the W18.", False),
        ("It holds none.", False),
        ("Es sind 4.000 Stunden.", False),
        ("It takes 12 litres.", True),
        ("It takes 40 litres.", True),  # part of a figure is none of the passage
        ("It takes 4 litres.", False),  # one locale reads “4,000” as 4: the proof sees to that
    ],
)
def test_a_figure_of_the_models_own_is_one_that_it_has_worked_out(said, new):
    assert has_new_figure(said, KNOWN) is new
