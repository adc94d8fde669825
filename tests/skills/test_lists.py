import time

import pytest

from rare_app.skills.lists import read_lists

LEASE = """## 3. Service charge

The Tenant pays 22% of the costs. The service charge includes:

- cleaning of the common parts
- insurance of the building

It does not include repairs.

## 4. Tenant's obligations

The Tenant shall:

(a) keep the interior in repair;
(b) not alter the walls; and
(c) pay the rent.

Notices are in writing."""


def read(text):
    return [
        (
            one.heading,
            text[slice(*one.lead)],
            [
                f"{mark} {text[slice(*item)]}"
                for mark, item in zip(one.marks, one.items, strict=True)
            ],
        )
        for one in read_lists(text)
    ]


def test_a_list_has_its_heading_its_lead_and_its_items():
    assert read(LEASE) == [
        (
            "3. Service charge",
            "The service charge includes:",
            ["- cleaning of the common parts", "- insurance of the building"],
        ),
        (
            "4. Tenant's obligations",
            "The Tenant shall:",
            [
                "(a) keep the interior in repair;",
                "(b) not alter the walls; and",
                "(c) pay the rent.",
            ],
        ),
    ]


def test_lines_in_small_letters_behind_a_colon_are_items():
    text = "3 Contents\nThe box holds:\ntwo filters\na hose of 2 m\nHoses for air are not included."
    assert read(text) == [("3 Contents", "The box holds:", ["- two filters", "- a hose of 2 m"])]
    assert read("The box holds:\ntwo filters\nNothing else.") == []


def test_a_heading_may_introduce_a_list():
    text = "## Delete a backup\n\n1. Open Settings.\n2. Click the bin.\n"
    assert read(text) == [("", "Delete a backup", ["1. Open Settings.", "2. Click the bin."])]


@pytest.mark.parametrize(
    "text",
    [
        "It rained all day.\n- one\n- two",
        "- one\n- two",
        "Contract\n1. House\nThe Landlord lets it.\n2. Rent\nIt is £900.\n3. Term\nTen years.",
        "The list:\n- one",
        "",
    ],
)
def test_without_a_lead_or_with_one_item_alone_there_is_none(text):
    assert read(text) == []


def test_a_sentence_that_points_on_introduces_a_list():
    text = "The fees are as follows.\n- ten euros\n- two euros"
    assert [one[1] for one in read(text)] == ["The fees are as follows."]


def test_items_keep_the_lists_within_them():
    text = "It shall:\n(a) take measures, such as\n(i) encryption;\n(ii) backups;\n(b) help."
    ((_, _, items),) = read(text)
    assert items == ["(a) take measures, such as\n(i) encryption;\n(ii) backups;", "(b) help."]


def test_an_outer_number_ends_a_list():
    text = (
        "1. Roof\nIt leaks.\n2. Actions\nAgreed were:\n- she calls\n- he signs\n\n3. Risks\nRain."
    )
    assert read(text) == [("2. Actions", "Agreed were:", ["- she calls", "- he signs"])]


def test_an_unmarked_line_between_numbers_belongs_to_the_item():
    text = "To open it:\n1. Press the cap.\nMind your hand.\n2. Turn it.\n3. Lift it.\nKeep it dry."
    ((_, _, items),) = read(text)
    assert items == ["1. Press the cap.\nMind your hand.", "2. Turn it.", "3. Lift it."]


def test_the_last_item_has_no_more_sentences_than_the_others():
    text = "It comprises:\n• Windows.\n• Search, and news. Revenue is shared. Costs are not."
    ((_, _, items),) = read(text)
    assert items == ["- Windows.", "- Search, and news."]
    for kept in (f"{text}\n\nMore.", text.replace(":", ":\n", 1)):
        ((_, _, items),) = read(kept)
        assert items[-1] == "- Search, and news. Revenue is shared. Costs are not."


@pytest.mark.parametrize(
    "text",
    [
        " " * 20_000,
        "\n" * 20_000,
        "- x\n" * 5_000,
        "1. x\n" * 4_000,
        "x:\ny\n" * 4_000,
        "x:\n- a\n- b\n" * 1_500,
        "(a) " * 5_000,
    ],
)
def test_odd_pages_take_no_time(text):
    begun = time.process_time()
    read_lists(text)
    assert time.process_time() - begun < 2
