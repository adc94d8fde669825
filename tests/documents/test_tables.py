"""Tables as grids, and pages written from blocks."""

import pytest

from rare_app.documents.tables import Cell, Table, cells_of, is_group, make_grid, write_table
from rare_app.documents.types import Place
from rare_app.documents.write_page import PageWriter

BRANCHES = Table(
    rows=(
        ("Branch", "Q1", "Q1", "Q2", "Q2"),
        ("", "plan", "actual", "plan", "actual"),
        ("Porto", "290", "305", "300", "281"),
        ("Faro", "95", "88", "", "97"),
    ),
    heads=2,
    title="Results by branch",
    unit="in thousands of euros",
)


def test_heads_of_several_rows_are_joined_and_blank_cells_stay_blank():
    text, head = write_table(BRANCHES)
    assert text.split("\n") == [
        "Results by branch",
        "in thousands of euros",
        "| Branch | Q1 · plan | Q1 · actual | Q2 · plan | Q2 · actual |",
        "| --- | --- | --- | --- | --- |",
        "| Porto | 290 | 305 | 300 | 281 |",
        "| Faro | 95 | 88 |  | 97 |",
    ]
    assert text.startswith(head + "\n| Porto")
    assert cells_of(text.split("\n")[-1]) == ("Faro", "95", "88", "", "97")


def test_merged_cells_are_filled_in_heads_and_down_but_not_across_a_row():
    rows = make_grid(
        [
            Cell(0, 0, "Branch", rows=2),
            Cell(0, 1, "Q1", columns=2),
            Cell(1, 1, "plan"),
            Cell(1, 2, "actual"),
            Cell(2, 0, "North", columns=3),
            Cell(3, 0, "Porto", rows=2),
            Cell(3, 1, "290"),
            Cell(4, 1, "300"),
        ],
        heads=2,
    )
    assert rows == (
        ("Branch", "Q1", "Q1"),
        ("Branch", "plan", "actual"),
        ("North", "", ""),
        ("Porto", "290", ""),
        ("Porto", "300", ""),
    )
    assert Table(rows, heads=2).columns == ("Branch", "Q1 · plan", "Q1 · actual")
    assert is_group(rows[2])
    assert not is_group(rows[3])


def test_a_cell_that_claims_to_span_a_billion_others_spans_none():
    cells = [Cell(0, 0, "x", rows=2_000_000_000, columns=2_000_000_000), Cell(1, 1, "y")]
    assert make_grid(cells, heads=1) == (("x", ""), ("", "y"))
    with pytest.raises(ValueError, match="too large"):
        make_grid([Cell(5_000, 5_000, "x")], heads=1)


def test_empty_rows_and_columns_go_but_a_column_that_has_a_head_stays():
    text, _ = write_table(
        Table((("Name", "", "Phone"), ("", "", ""), ("Ada", "", ""), ("Bo", "", "")))
    )
    assert text.split("\n") == ["| Name | Phone |", "| --- | --- |", "| Ada |  |", "| Bo |  |"]


def test_where_the_heads_are_too_long_to_repeat_each_row_says_its_columns():
    names = [f"What is measured in column number {number}" for number in range(20)]
    text, head = write_table(Table((tuple(names), tuple(str(n) for n in range(20))), title="Wide"))
    first, row = text.split("\n")
    assert first == head == "Wide"
    assert row.startswith("What is measured in column number 0: 0; ")
    assert row.endswith("What is measured in column number 19: 19")


def test_bars_within_cells_do_not_part_them():
    text, _ = write_table(Table((("a", "b"), ("x | y", "z")), heads=0))
    assert text.split("\n")[1] == "| x \\| y | z |"
    assert len(cells_of(text.split("\n")[1])) == 2


def test_a_page_is_written_from_its_blocks():
    page = PageWriter()
    page.add("heading", "Results", level=2, places=[Place(0, 7, 0.1, 0.1, 0.3, 0.02)])
    page.add("paragraph", "   ")
    page.add("item", "- one")
    page.add("item", "- two")
    page.add_table(BRANCHES)
    page.add("note", "[Comment] Porto's crane stood still.")
    made = page.page(3, label="iii")
    assert made.text.startswith("## Results\n\n- one\n- two\n\nResults by branch\n")
    assert [one.kind for one in made.blocks] == ["heading", "item", "item", "table", "note"]
    for one in made.blocks:
        assert made.text[one.start : one.end].strip()
    table = made.blocks[3]
    assert made.text[table.start :].startswith(table.head)
    assert made.text[made.places[0].start : made.places[0].end] == "Results"
    assert (made.number, made.label) == (3, "iii")
