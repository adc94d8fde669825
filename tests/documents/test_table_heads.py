"""How many rows of a table name its columns."""

import pytest

from rare_app.documents.table_heads import count_heads, make_table
from rare_app.documents.tables import Cell


def cells(*rows):
    return [
        Cell(r, c, text) for r, texts in enumerate(rows) for c, text in enumerate(texts.split("|"))
    ]


@pytest.mark.parametrize(
    ("rows", "heads"),
    [
        (["Item|Value", "Stock|4,268"], 1),
        (["Tenant|Miller", "Place|Hall 4"], 0),
        (["Tenant:|Miller", "Rent:|900"], 0),
        (["Rent|900", "Deposit|2,700"], 0),
        (["Name|City"] + ["Ann|Rome"] * 20, 1),
        (["|2025|2026", "North|12|14"], 1),
        (["12|14|15", "16|17|18"], 0),
        (["A|B|C"], 0),
    ],
)
def test_heads_of_plain_tables(rows, heads):
    assert count_heads(cells(*rows)) == heads


def test_what_the_file_says_comes_first():
    rows = cells("12|14|15", "16|17|18", "1|2|3")
    assert count_heads(rows, marked=2) == 2
    assert count_heads(cells("A|B|C", "x|y|z"), marked=-1) == 0
    assert count_heads(cells("Tenant|City", "Miller|Rome"), styled=True) == 1


def test_merged_heads_take_the_next_row_along():
    merged = [
        Cell(0, 0, "Year", 1, 1),
        Cell(0, 1, "Rent", 1, 2),
        *cells("", "|Hall|Yard", "2026|9|4")[1:],
    ]
    assert count_heads(merged) == 2


def test_a_first_row_over_all_columns_is_the_title():
    table = make_table(
        [Cell(0, 0, "Rents in euros", 1, 3), *cells("", "Year|Hall|Yard", "2026|9|4")[1:]]
    )
    assert table.title == "Rents in euros"
    assert table.heads == 1
    assert table.rows[0] == ("Year", "Hall", "Yard")
