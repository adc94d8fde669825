import pytest

from rare_app.prompt.lines import unwrap

LONG = "This line of a paragraph was broken because it had grown too long"
WIDE = f"{LONG} as the page is.\n\n"
ROW = "Productivity and Business Processes, three months and six months 18,592 16,465"


@pytest.mark.parametrize(
    "text",
    [
        "Europe 2,459 1,280\nAsia 3,049 4,905",
        f"{ROW}\nIntelligent Cloud 24,259 20,325",
        f"{LONG}\n\nNext.",
        f"{LONG}\n• an item",
        "A heading\nThe text under it.",
        f"{LONG}\n(b) an item\n(c) another",
        f"It holds:\na. one of {LONG}\nb. two",
        f"{WIDE}{LONG}.\nThe box holds:\ntwo filters\na hose of two metres\na certificate",
        f"{WIDE}{LONG}.\nAnother paragraph, which is short.",
        f"{LONG}.\nAlarm E2: drain fault\nPossible causes:",
        f"{WIDE}Costs:\n   rent\n   wages",
        f"   {LONG}     12\n   of which paid     11",
        f"   {LONG}\n   (b) an item\n   (c) another",
        f"We consider {LONG}:\n(In Millions) Apr 1, 2023 Dec 31, 2022\nCash  8,232  11,144",
        f"Adjustments of {LONG}:\nDepreciation  1,901  2,847\nAmortization  455  500",
        f"Adjustments of {LONG}:\nDepreciation $ (1,901) $ 2,847",
        f"asn1_octet_der {'. ' * 40}16\nasn1_parser {'. ' * 40}8",
        f"Index of the library\nasn1_octet_der {'. ' * 40}\n16\nasn1_parser {'.' * 40} 8",
        "One line.",
        "\n",
        "",
    ],
)
def test_rows_items_and_headings_stay_lines_of_their_own(text):
    assert unwrap(text) == text


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("The bees\nfly home.\nNext.", "The bees fly home.\nNext."),
        (f"{LONG}\nFor the page.\nNext.", f"{LONG} For the page.\nNext."),
        (f"It is:\na {LONG}\nand more.", f"It is: a {LONG} and more."),
        (f"{WIDE}It is:\none\n\nThe bees\nfly.", f"{WIDE}It is:\none\n\nThe bees fly."),
        (f"   {LONG}\n      and is\n      indented.", f"   {LONG}       and is       indented."),
        (f"{LONG}\n“quoted” it was", f"{LONG} “quoted” it was"),
    ],
)
def test_lines_broken_for_their_length_are_joined_and_keep_their_offsets(text, joined):
    assert unwrap(text) == joined
    assert len(unwrap(text)) == len(text)
