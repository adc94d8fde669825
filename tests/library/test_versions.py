"""Versions of one document by names, titles, dates and numbers."""

import pytest

from rare_app.library import are_apart, edition_of, is_older, is_same_work


def edition(name: str, title: str = "", first: str = "", owners: str = ""):
    return edition_of(name, title, first, frozenset(owners.split()))


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (("leave-policy-2022.md", "Leave policy"), ("leave-policy-2026.md", "Leave policy")),
        (
            ("travel.md", "Travel policy", "Version of 1 March 2023"),
            ("v2/travel.md", "Travel policy", "Version of 1 January 2026"),
        ),
        (("manual_v1.9.pdf", "manual_v1.9"), ("manual_v1.10.pdf", "manual_v1.10")),
        (("Satzung Rev 2.docx", "Satzung"), ("Satzung Rev 11.docx", "Satzung")),
        (("tarif 01.04.2025.pdf", "Tarif"), ("tarif 01.03.2026.pdf", "Tarif")),
        (
            ("rules.md", "Rules", "Version of 1 June 2022"),
            ("rules (copy).md", "Rules", "It replaces that of 1 June 2022. From 2 May 2024."),
        ),
        (
            ("Belts.eml", "Belts", "Mail from Ulf, 10 March 2026"),
            ("Re Belts.eml", "Re: Belts", "Mail from Gesa, 17 March 2026"),
        ),
    ],
)
def test_older_and_newer_versions(older, newer):
    one, other = edition(*older), edition(*newer)
    assert is_same_work(one, other)
    assert is_older(one, other)
    assert not is_older(other, one)
    assert not are_apart(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("offer-alpha.md", "Offer of Alpha"), ("offer-beta.md", "Offer of Beta")),
        (("offer 1.md", "Offer"), ("offer 2.md", "Offer")),
        (("offer 2025.pdf", "Offer", "", "alpha"), ("offer 2026.pdf", "Offer", "", "beta")),
        (("a/lease.pdf", "Lease Berlin"), ("b/lease.pdf", "Lease Munich")),
        (("ACME_2023Q3.pdf", "Report"), ("ACME_2023Q4.pdf", "Report")),
    ],
)
def test_what_is_about_different_things(one, other):
    first, second = edition(*one), edition(*other)
    assert are_apart(first, second)
    assert not is_older(first, second)
    assert not is_older(second, first)


def test_what_has_nothing_in_common_may_contradict():
    one, other = edition("minutes.pdf", "Board meeting"), edition("memo.txt", "News")
    assert not are_apart(one, other)
    assert not is_same_work(one, other)


def test_a_year_alone_is_not_older_than_a_day_of_it():
    one = edition("plan.md", "Plan", "Version of 2026")
    other = edition("b/plan.md", "Plan", "Version of 3 May 2026")
    assert not is_older(one, other)
    assert not is_older(other, one)
