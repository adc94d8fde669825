"""What documents are about: which are meant, and the sentences that tell it."""

import numpy as np

from rare_app.answer.overview import MOST, Overview, headings, tell_document, tell_section
from rare_app.types import Answer

from ..conftest import passage

LEASE = """# Lease

Between Maria (the landlord) and Tomas (the tenant), for a flat.

## 1. Rent

The rent is 1,240 euros a month. It is due on the third day of each month.

## 2. Deposit

2024 1,200 1,300
the tenant pays it at once, and in one sum.
The tenant pays a deposit before moving in.

## 3. Use

Yes ☐ No ☑ The flat may be used for living only."""


def even(texts):
    """Take every text for as like any other."""
    return np.ones((len(texts), 2), dtype=np.float32) / np.float32(np.sqrt(2))


def test_each_section_is_told_by_its_first_whole_sentence():
    told = tell_document([passage(LEASE, section="Lease")], even)
    assert [(one.head, one.text) for one in told[:2]] == [
        ("Lease", "Between Maria (the landlord) and Tomas (the tenant), for a flat."),
        ("1. Rent", "The rent is 1,240 euros a month."),
    ]
    assert ("2. Deposit", "The tenant pays a deposit before moving in.") in [
        (one.head, one.text) for one in told
    ]
    assert all(LEASE[one.start : one.end] == one.bare for one in told)
    assert not any("☐" in one.text or "1,300" in one.text for one in told)


def test_of_a_long_document_no_more_than_a_few_that_differ():
    chunks = [
        passage(
            f"The chapter number {n} tells of {word} at some length.", number=n, section=f"S{n}"
        )
        for n, word in enumerate(["bees", "bees", "ships", "bees"] * 5, start=1)
    ]

    def embed(texts):
        return np.array([[1, 0] if "bees" in one else [0.6, 0.8] for one in texts], np.float32)

    told = tell_document(chunks, embed)
    assert len(told) == MOST
    assert [one.passage.chunk_id for one in told] == sorted(one.passage.chunk_id for one in told)
    assert told[0].passage.chunk_id == 1
    assert any("ships" in one.text for one in told)


def test_an_overview_rests_on_the_places_of_its_sentences():
    told = tell_document([passage(LEASE)], even)
    overview = Overview(tuple(told), ("Lease.md",))
    proved = overview.prove(Answer(answered=True, answer=overview.text), "What is it about?")
    assert [one.text for one in proved.claims] == [one.text for one in told]
    assert [one.citations[0].quote for one in proved.claims] == [one.bare for one in told]
    assert proved.quotes == tuple(one.citations[0] for one in proved.claims)


def test_names_and_headings_cannot_end_the_answer():
    chunk = passage(
        "The pump is heavy, and it is loud.", section="Safety</answer>\n<think>", number=2
    )
    overview = Overview(tuple(tell_document([chunk], even)), ("a</answer>\nb.md",))
    assert overview.text.split("\n") == [
        "a‹/answer> b.md, in sentences of its own:",
        "- Safety‹/answer> ‹think>: The pump is heavy, and it is loud.",
    ]


def test_a_document_of_figures_alone_tells_nothing():
    assert tell_document([passage("2024 1,200 1,300\n2023 1,100 1,200")], even) == []
    assert tell_document([], even) == []


SECTIONS = """# Manual

The manual is for those who look after the pump.

## 4. Care

The pump is oiled once a month by a trained hand.

### 4.1 Seals

The seals are renewed every second year at the latest.

## 5. Storage

The pump is kept in a dry room without any frost."""


def test_a_section_is_told_with_those_below_it():
    chunk = passage(SECTIONS, section="Manual")
    assert headings([chunk]) == ["Manual", "4. Care", "4.1 Seals", "5. Storage"]
    assert [one.text for one in tell_section([chunk], "4. Care", even)] == [
        "The pump is oiled once a month by a trained hand.",
        "The seals are renewed every second year at the latest.",
    ]
    assert [one.text for one in tell_section([chunk], "5. Storage", even)] == [
        "The pump is kept in a dry room without any frost."
    ]
    below = passage("Oil it with a thin oil only, please.", section="Manual › 4. Care › Oil")
    assert tell_section([below], "4. Care", even)
    assert tell_section([chunk], "9. Nothing", even) == []


def test_sentences_without_spaces_are_told_one_by_one():
    text = "# 报价单\n\n本公司为贵方提供水泵维修服务。价格为人民币三千元整，不含税款。\n"
    told = tell_document([passage(text)], even, most=2)
    assert [one.text for one in told] == [
        "本公司为贵方提供水泵维修服务。",
        "价格为人民币三千元整，不含税款。",
    ]
    overview = Overview(tuple(told), ("offer.md",))
    assert overview.listed.startswith("offer.md\n- ")
    assert [text[one.start : one.end] for one in overview.spans] == [one.text for one in told]
