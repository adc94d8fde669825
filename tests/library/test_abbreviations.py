"""What a document explains in brackets or in a list of terms is known, and nothing else."""

import pytest

from rare_app.library.abbreviations import Abbreviations, find_abbreviations


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("costs of research and development (R&D) rose", {("R&D", "research and development")}),
        ("Diluted earnings per share (“EPS”) fell", {("EPS", "earnings per share")}),
        ("low mean corpuscular volumes (MCVs)", {("MCVs", "mean corpuscular volumes")}),
        (
            "MG&A  Marketing, general, and administrative\nIPO Initial public offering\n",
            {
                ("MG&A", "marketing, general, and administrative"),
                ("IPO", "initial public offering"),
            },
        ),
        (
            "by the Office of Foreign Assets Control (OFAC)",
            {("OFAC", "office of foreign assets control")},
        ),
        ("income statements (In millions) (Unaudited)", set()),
        ("We left. Nothing here explains it (XYZ).", set()),
        ("US GAAP applies to all of us", set()),
    ],
)
def test_explained_abbreviations_are_found(text, pairs):
    assert find_abbreviations(text) == pairs


def test_each_form_leads_to_the_other():
    known = Abbreviations.of([("R&D", "research and development"), ("EPS", "earnings per share")])
    assert known.other_forms("What was R&D?") == (("R&D", ("research and development",)),)
    assert known.other_forms("How much research and development?") == (
        ("research and development", ("R&D",)),
    )
    assert known.other_forms("Who wrote it?") == ()
    assert Abbreviations().other_forms("What was R&D?") == ()


def test_a_long_text_without_blanks_is_no_burden():
    assert find_abbreviations("(" * 20_000 + "A" * 20_000 + ")" * 20_000) == set()
