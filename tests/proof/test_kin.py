"""What a newer version says goes before an older one; quoted mail is older than the mail."""

from dataclasses import replace

import numpy as np
import pytest

from rare_app.answer import Guide
from rare_app.answer.gather import Gatherer
from rare_app.library import Library, Passage, edition_of
from rare_app.proof.kin import NO_KIN, find_kin, newest_first, quoted_spans
from rare_app.proof.proof import Prover
from rare_app.skills import Surroundings

OLD = "Leave policy. Version of 1 June 2022.\n\nEmployees have 26 days of paid leave a year."
NEW = "Leave policy. Version of 1 May 2026.\n\nEmployees have 30 days of paid leave a year."


def passage(number: int, document: str, text: str, score: float = 1.0) -> Passage:
    return Passage(number, number, document, "", "", 1, "part", 0, len(text), text, score)


def kin_of(passages, **options):
    editions = {one.document_id: edition_of(one.document, "", one.text) for one in passages}
    return find_kin(passages, editions, **options)


@pytest.fixture
def leave():
    return [passage(1, "leave 2022.md", OLD, 1.2), passage(2, "leave 2026.md", NEW, 1.1)]


def test_the_newer_passage_comes_first_and_keeps_the_better_score(leave):
    found = newest_first(leave, kin_of(leave))
    assert [(one.document, one.score) for one in found] == [
        ("leave 2026.md", 1.2),
        ("leave 2022.md", 1.2),
    ]


def test_the_order_stays_where_the_question_names_a_time_or_they_speak_of_other_things(leave):
    dated = kin_of(leave, year=2024)
    assert newest_first(leave, dated) == leave
    assert dated.apart == {(0, 1), (1, 0)}
    assert newest_first(leave, kin_of(leave, year=2026))[0].document == "leave 2026.md"
    other = replace(leave[1], text="Trains are booked in second class by the travel office.")
    assert newest_first([leave[0], other], kin_of([leave[0], other])) == [leave[0], other]


def test_what_an_older_version_said_is_told_behind_and_is_no_contradiction(leave):
    passages = newest_first(leave, kin_of(leave))
    prover = Prover(passages, kin=kin_of(passages))
    claim = prover.prove("Employees have 30 days of paid leave a year.")
    assert claim.status == "supported"
    assert claim.citations[0].document == "leave 2026.md"
    assert [one.quote for one in claim.contradicted_by] == [
        "Employees have 26 days of paid leave a year."
    ]
    claim = prover.prove("Employees have 26 days of paid leave a year.")
    assert claim.status == "contradicted"
    assert claim.contradicted_by[0].document == "leave 2026.md"


def test_three_offers_do_not_contradict_each_other():
    prices = {"alpha": "1,180", "beta": "1,240", "gamma": "1,095"}
    passages = [
        passage(number, f"offer-{name}.md", f"The price of one pump is {price} euros.")
        for number, (name, price) in enumerate(prices.items())
    ]
    text = "The price of one pump is 1,240 euros."
    assert Prover(passages, kin=kin_of(passages)).prove(text).contradicted_by == ()
    assert len(Prover(passages, kin=NO_KIN).prove(text).contradicted_by) == 2


def test_quoted_mail_counts_as_older():
    text = (
        "The belts arrive on 9 April at gate 5.\n\n"
        "[Quoted from an earlier mail: Ulf, 10 March] The belts arrive on 24 March at gate 5.\n"
        "Is that so?\n\nSigned by hand."
    )
    ((start, end),) = quoted_spans(text)
    assert text[start:end].endswith("Is that so?")
    mail, note = passage(1, "re.eml", text), passage(2, "memo.txt", text[:38])
    kin = kin_of([mail])
    assert kin.is_passed(0, text.index("24 March"))
    assert not kin.is_passed(0, text.index("9 April"))
    assert not kin.is_passed(0, text.index("Signed"))
    at = text.index("Is that so?")
    rest = replace(mail, start=at, end=len(text), text=text[at:])  # its mark is in another chunk
    assert find_kin([rest], {}, page_of=lambda _: text).passed == ((0, 0, len("Is that so?")),)
    passages = [note, mail]
    claim = Prover(passages, kin=kin_of(passages)).prove("The belts arrive on 9 April at gate 5.")
    assert claim.status == "supported"
    claim = Prover([mail], kin=kin).prove("The belts arrive at gate 5.")
    assert [one.quote for one in claim.citations] == ["The belts arrive on 9 April at gate 5."]
    guide = Guide(embed=lambda texts: np.ones((len(texts), 4), dtype=np.float32) / 2)
    question = "When do the belts arrive?"
    plain = guide.judge(question, [text])
    lowered = guide.judge(question, [text], Surroundings(passed=kin.passed))
    by = {
        text[one.start : one.end][:9]: float(before - after)
        for one, before, after in zip(
            plain.sentences, plain.scores, lowered.scores, strict=True
        )
    }  # fmt: skip
    assert by["The belts"] == 0
    assert by["[Quoted f"] > 0
    assert by["Signed by"] == 0


def test_the_newest_version_is_found_where_only_an_older_one_was(settings, embedder, tmp_path):
    for year, days in (("2019", 24), ("2022", 26), ("2026", 30)):
        text = f"# Leave policy\n\nVersion of 1 May {year}\n\n" + (
            f"Employees have {days} days of paid leave a year.\n"
        )
        (tmp_path / f"leave-{year}.md").write_text(text)
    library = Library(settings=settings, embedder=embedder)
    try:
        library.add(sorted(tmp_path.glob("leave-*.md")))
        gatherer = Gatherer(settings, library, Guide(embed=embedder.embed))
        question = "How many days of paid leave do employees have?"
        for k in (1, 2, 3):
            found = gatherer.retrieve(question, k=k, collection=None, documents=())
            assert found[0].document == "leave-2026.md"
        said = gatherer.judge(question, found)
        best = said.sentences[int(said.scores.argmax())]
        assert found[best.passage].document == "leave-2026.md"
        then = gatherer.retrieve(f"{question[:-1]} in 2022?", k=1, collection=None, documents=())
        assert [one.document for one in then] == ["leave-2022.md"]
    finally:
        library.close()
