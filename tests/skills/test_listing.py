"""A question for a list, from its first quote to an answer of all of it."""

from dataclasses import replace

import numpy as np
import pytest

from rare_app.answer import Assistant, Guide, Judgement, quoting
from rare_app.answer.quoting import Quoting
from rare_app.model import QuotedSpan
from rare_app.prompt import REFUSAL
from rare_app.reader import sentences_of
from rare_app.skills import Surroundings, find_lists
from rare_app.skills.listing import (
    complete_list,
    list_completion,
    list_in,
    prove_list,
    rest_of_list,
    share_of_list,
)
from rare_app.skills.sheets import bind_sheets
from rare_app.types import Answer, Citation, Claim

from ..conftest import passage, small_profile
from ..readers import FlatReader

LEASE = """## Termination

The Landlord may end the lease if:

1. the rent is late;
2. the house is empty; or
3. the Tenant sells drinks.

Notices are in writing."""
OLD = """The Landlord may end the lease if:
- the rent is late;
- the house is full."""
QUESTION = "When may the landlord end the lease?"
WHOLE = (
    "The Landlord may end the lease if:\n1. the rent is late;\n2. the house is empty; or\n"
    "3. the Tenant sells drinks."
)
LEAD = LEASE.index("The Landlord")


def guidance(*texts):
    sentences = tuple(sentences_of(texts))
    scores = np.zeros(len(sentences), dtype=np.float32)
    return Judgement(sentences, scores, lists=find_lists(QUESTION, list(texts)))


def flat_guide():
    return Guide(
        embed=lambda texts: np.ones((len(texts), 1), dtype=np.float32), reader=FlatReader()
    )


def test_what_is_not_quoted_yet_is_quoted_and_all_is_answered():
    (asked,) = find_lists(QUESTION, [LEASE])
    first = QuotedSpan(0, LEAD, LEASE.index("\n\n1."))
    rest = rest_of_list(asked, [first])
    assert [LEASE[one.start : one.end] for one in rest] == [
        "the rent is late;",
        "the house is empty; or",
        "the Tenant sells drinks.",
    ]
    written = list_completion(asked, rest, [passage(LEASE)])
    assert written.count("<quote>") == 3
    assert written.endswith(f"<answer>{WHOLE}</answer>")
    item = QuotedSpan(0, LEASE.index("2."), LEASE.index("\n3."))
    assert [LEASE[one.start] for one in rest_of_list(asked, [item])] == ["T", "t", "t"]
    quoted = [QuotedSpan(*place) for place in asked.places]
    assert list_completion(asked, rest_of_list(asked, quoted), [passage(LEASE)]).count("quote") == 0


@pytest.mark.parametrize(
    ("question", "quoted", "whole"),
    [
        (QUESTION, ["The Landlord may end the lease if:"], True),
        (QUESTION, ["2. the house is empty; or"], True),
        (QUESTION, ["Notices are in writing."], False),
        (QUESTION, ["Notices are in writing.", "2. the house is empty; or"], False),
        (QUESTION, [], False),
        ("How late may the rent be?", ["1. the rent is late;"], False),
        ("What does the tenant sell?", ["3. the Tenant sells drinks."], False),
        ("Why did she go to court?", ["The Landlord may end the lease if:"], True),
    ],
)
def test_the_first_quote_tells_whether_the_list_is_the_answer(settings, question, quoted, whole):
    spans = [QuotedSpan(0, LEASE.index(one), LEASE.index(one) + len(one)) for one in quoted]
    for mode in ("guided", "constrained"):
        quoting = Quoting(
            settings=replace(settings, quoting=mode),
            question=question,
            passages=[passage(LEASE)],
            guide=flat_guide(),
            profile=small_profile(),
        )
        assert bool(quoting.list_of(spans)) is (whole and mode == "guided")


def test_an_answer_is_known_for_a_list_and_how_likely_it_is():
    said = guidance(LEASE)
    answer = Answer(answered=True, answer=WHOLE, passages=(passage(LEASE),))
    asked = list_in(answer, said.lists)
    assert asked is said.lists[0]
    assert share_of_list(asked, said) == pytest.approx(4 / 6)
    assert list_in(replace(answer, answer="the rent is late;"), said.lists) is None
    assert list_in(replace(answer, answered=False), said.lists) is None


def test_each_item_rests_on_its_own_place():
    said = guidance(LEASE)
    answer = Answer(answered=True, answer=WHOLE, passages=(passage(LEASE, start=40),))
    against = Citation(0, "1.md", 1, 40, 50, LEASE[:10])

    def prove(text):
        return Claim(text, False, 0.1, (), "contradicted", (against,))

    claims = prove_list(said.lists[0], answer, said.lists, prove)
    assert [(one.text, one.status, one.supported) for one in claims] == [
        (line.split(". ", 1)[-1] if line[0].isdigit() else line, "supported", True)
        for line in WHOLE.split("\n")
    ]
    assert [one.citations[0].quote for one in claims] == [one.text for one in claims]
    assert claims[0].citations[0].start == 40 + LEAD


def test_another_list_that_is_asked_for_may_say_otherwise():
    said = guidance(LEASE, OLD)
    answer = Answer(answered=True, answer=WHOLE, passages=(passage(LEASE), passage(OLD, number=2)))
    full = OLD.index("the house is full.")
    against = Citation(1, "2.md", 2, full, len(OLD), OLD[full:])

    def prove(text):
        if "empty" not in text:
            return Claim(text, True, 1.0, ())
        return Claim(text, True, 0.9, (), "contradicted", (against,))

    claims = prove_list(list_in(answer, said.lists), answer, said.lists, prove)
    assert [one.status for one in claims] == ["supported", "supported", "contradicted", "supported"]
    assert claims[2].contradicted_by == (against,)


def test_the_rest_of_a_list_that_was_cut_is_fetched(library, tmp_path):
    file = tmp_path / "rules.md"
    items = "\n".join(
        f"- rule {number} about the {word} of the house and all that is in it"
        for number, word in enumerate(["roof", "door", "lamp", "stairs", "well", "wall"] * 8)
    )
    file.write_text(f"# House\n\nThese rules apply to guests:\n\n{items}\n", encoding="utf-8")
    library.add([file])
    (document,) = library.documents()
    chunks = library.chunks_of(document)
    assert len(chunks) > 2
    question = "Which rules apply to guests?"

    def lists(passages):
        sheets = bind_sheets(passages, library.page_text)
        texts = [one.text for one in passages]
        around = Surroundings(sheets=tuple(one.sheet for one in sheets))
        return find_lists(question, texts, around), sheets

    found, sheets = lists(chunks[:1])
    assert found[0].missing
    more = complete_list(found, chunks[:1], library, sheets)
    assert [one.chunk_id for one in more] == [one.chunk_id for one in chunks[: len(more)]]
    found, sheets = lists(more)
    assert len(more) == 4
    assert len(found[0].items) > 24
    assert complete_list((), chunks[:1], library, sheets) == tuple(chunks[:1])


@pytest.mark.model
def test_a_list_of_something_else_is_no_answer(settings, library, adapted, monkeypatch):
    monkeypatch.setattr(quoting, "GUIDE_WEIGHT", 100)
    assistant = Assistant(
        settings=replace(settings, gate_nats=500),
        library=library,
        engine=adapted,
        guide=flat_guide(),
    )
    question = "What may the landlord do to end the lease for a castle?"
    found = assistant.answer(question, passages=[passage(LEASE)], adapter="none")
    assert (found.answered, found.answer) == (False, REFUSAL)


@pytest.mark.model
def test_a_list_that_holds_all_that_is_asked_for_passes_the_least_score(
    settings, library, engine, tmp_path
):
    file = tmp_path / "lease.md"
    file.write_text(LEASE, encoding="utf-8")
    library.add([file])
    assistant = Assistant(
        settings=replace(settings, refuse_below=9.0), library=library, engine=engine
    )

    def begins(question):
        events = assistant.ask(question)
        return [type(next(events)).__name__ for _ in range(2)]

    assert begins(QUESTION) == ["Retrieved", "Judged"]
    assert begins("When may the landlord sell the house?") == ["Retrieved", "Done"]
    assert begins("Who wrote Hamlet?") == ["Retrieved", "Done"]


@pytest.mark.model
def test_the_answer_is_all_of_the_list(settings, library, adapted, monkeypatch):
    monkeypatch.setattr(quoting, "GUIDE_WEIGHT", 100)
    assistant = Assistant(
        settings=replace(settings, gate_nats=500),
        library=library,
        engine=adapted,
        guide=flat_guide(),
    )
    passages = [passage(LEASE), passage("The tide of the firth rises twice a day.", number=2)]
    found = assistant.answer(QUESTION, passages=passages, adapter="none")
    assert found.answer == WHOLE
    assert [claim.status for claim in found.claims] == ["supported"] * 4
    assert [one.quote for one in found.quotes] == [claim.text for claim in found.claims]
    assert not found.doubtful
