"""Answers to several things that a question asks for, joined to one."""

from dataclasses import replace

import pytest

from rare_app.answer import Assistant
from rare_app.answer.sub_answers import SubAnswers
from rare_app.present import answer_data, answer_from_data
from rare_app.prompt import REFUSAL
from rare_app.proof.align import cite
from rare_app.types import (
    Answer,
    Citation,
    Claim,
    Done,
    Judged,
    Retrieved,
    Step,
    Timings,
    TokenCounts,
    Writing,
)

from ..conftest import BEES, BRIDGES, passage

DRYER = passage("Weight 74 kg.", number=1)
LEASE = passage("The rent is due in May.", number=2)


def answered(text, question, passages, *, at, quote, **changed):
    cited = passages[at]
    citation = Citation(at, cited.document, cited.page, 0, len(quote), quote)
    values = {
        "answered": True,
        "answer": text,
        "question": question,
        "reasoning": f"<quote>{quote}</quote>",
        "claims": (Claim(text, True, 0.9, (citation,)),),
        "quotes": (citation,),
        "passages": tuple(passages),
        "model": "m",
        "adapter": "a",
        "timings": Timings(0.1, 0.5, 2.0),
        "tokens": TokenCounts(10, 4, 3),
        "confidence": 0.8,
        **changed,
    }
    return Answer(**values)


def test_each_answer_stands_below_what_it_answers_and_keeps_its_places():
    told = SubAnswers("both?")
    told.add("Weight?", answered("74 kg", "w", [DRYER, LEASE], at=0, quote="Weight 74 kg."))
    second = answered("May", "r", [LEASE, DRYER], at=0, quote="due in May", doubtful=True)
    told.add("And the rent?", second)
    answer = told.answer()
    assert answer.answer == "Weight?\n74 kg\nAnd the rent?\nMay"
    assert answer.question == "both?"
    assert answer.passages == (DRYER, LEASE)
    assert [one.citations[0].passage for one in answer.claims] == [0, 1]
    assert [one.passage for one in answer.quotes] == [0, 1]
    assert all(answer.passages[one.passage].document == one.document for one in answer.quotes)
    assert answer.doubtful
    assert [(one.asked, one.doubtful, one.claims) for one in answer.parts] == [
        ("Weight?", False, 1),
        ("And the rent?", True, 1),
    ]
    assert answer.timings == Timings(0.2, 0.5, 4.0)
    assert answer.tokens == TokenCounts(20, 8, 6)
    assert answer.confidence == 0.8
    assert answer_from_data(answer_data(answer)) == answer


def test_the_steps_of_all_answers_point_at_their_own_quotes_and_passages():
    told = SubAnswers("both?")
    first = answered("74 kg", "w", [DRYER], at=0, quote="Weight 74 kg.")
    told.add("Weight?", replace(first, steps=(Step("calculation", "74 + 0", "74", quotes=(0,)),)))
    second = answered("900 euros", "r", [DRYER, LEASE], at=1, quote=LEASE.text)
    steps = (
        Step("search", "rent", passages=(1,)),
        Step("calculation", "900 + 0", "900", quotes=(0,)),
    )
    told.add("Rent?", replace(second, passages=(LEASE, DRYER), quotes=(), steps=steps[:1]))
    told.add("Rent?", replace(second, steps=steps))
    answer = told.answer()
    assert [(one.quotes, one.passages) for one in answer.steps] == [
        ((0,), ()),
        ((), (0,)),
        ((), (1,)),
        ((1,), ()),
    ]


def test_what_is_not_told_is_said_of_its_part_alone():
    told = SubAnswers("both?")
    told.add("Noise?", Answer(False, REFUSAL, question="n", passages=(LEASE,)))
    told.add("Weight?", answered("74 kg", "w", [DRYER], at=0, quote="Weight 74 kg."))
    answer = told.answer()
    assert answer.answered
    assert answer.answer == f"Noise?\n{REFUSAL}\nWeight?\n74 kg"
    assert answer.said == "74 kg"
    assert [one.answered for one in answer.parts] == [False, True]
    assert answer.claims[0].citations[0].passage == 1
    assert answer.timings.first_token_s == pytest.approx(0.5)


def test_nothing_told_is_one_refusal():
    told = SubAnswers("both?")
    told.add("Noise?", Answer(False, REFUSAL, passages=(LEASE,), withheld="loud"))
    told.add("Price?", Answer(False, REFUSAL, passages=(DRYER,)))
    answer = told.answer()
    assert (answer.answered, answer.answer, answer.parts) == (False, REFUSAL, ())
    assert answer.said == ""
    assert answer.passages == (LEASE, DRYER)
    assert answer.withheld == "loud"


def test_an_answer_that_is_given_again_is_doubtful_unless_its_quote_says_what_is_new():
    quote = "The dose for shingles is one a day."
    source = passage(quote)
    for question, doubtful in (("dose herpes", True), ("dose shingles day", False)):
        told = SubAnswers("both?")
        told.add("A?", answered("one", "dose shingles", [source], at=0, quote=quote))
        told.add("B?", answered("one", question, [source], at=0, quote=quote))
        assert told.answer().parts[1].doubtful is doubtful
        assert not told.answer().parts[0].doubtful


def test_one_long_answer_that_says_all_is_told_once():
    quote = "Fjord hosts the data in Oslo since May."
    told = SubAnswers("both?")
    for asked in ("Who hosts it?", "Where?"):
        told.add(asked, answered(quote, "fjord oslo", [passage(quote)], at=0, quote=quote))
    answer = told.answer()
    assert (answer.answer, answer.parts, len(answer.claims)) == (quote, (), 1)


def test_events_tell_all_so_far():
    told = SubAnswers("both?")
    told.add("Weight?", answered("74 kg", "w", [DRYER], at=0, quote="Weight 74 kg."))
    found = told.follow("Rent?", Retrieved((DRYER, LEASE)))
    assert found == Retrieved((DRYER, LEASE))
    best = [cite((DRYER, LEASE), passage=at, start=0, end=5) for at in (1, 0)]
    assert told.follow("Rent?", Judged(tuple(best))) == Judged(tuple(best))
    # Found in another order, the sentences are placed among all passages.
    told.follow("Rent?", Retrieved((LEASE, DRYER)))
    again = told.follow("Rent?", Judged((cite((LEASE,), passage=0, start=6, end=9),)))
    assert [(one.passage, one.start) for one in again.best] == [(1, 0), (0, 0), (1, 6)]
    shown = told.follow("Rent?", Writing(reasoning="so", answer="M"))
    assert shown == Writing(
        reasoning="<quote>Weight 74 kg.</quote>\nso", answer="Weight?\n74 kg\nRent?\nM"
    )
    assert told.follow("Rent?", Writing(reasoning="", answer="")).answer == "Weight?\n74 kg"


@pytest.mark.model
def test_two_things_are_answered_from_two_documents(settings, library, engine, write, monkeypatch):
    parts = ("How long is the Forth Bridge?", "How many eggs does a queen bee lay?")
    monkeypatch.setattr(Assistant, "_parts", lambda *_: parts)
    library.add([write("bees.md", BEES), write("bridge.md", BRIDGES)])
    assistant = Assistant(settings=settings, library=library, engine=engine)
    question = "How long is the Forth Bridge, and how many eggs does a queen bee lay?"
    events = list(assistant.ask(question, k=1))
    assert isinstance(events[-1], Done)
    answer = events[-1].answer
    assert answer.question == question
    assert {one.document for one in answer.passages} == {"bees.md", "bridge.md"}
    found = [one for one in events if isinstance(one, Retrieved)]
    assert [len(one.passages) for one in found] == [1, 2]
    if answer.parts:
        assert [one.asked for one in answer.parts] == [
            "How long is the Forth Bridge?",
            "How many eggs does a queen bee lay?",
        ]
        assert sum(one.claims for one in answer.parts) == len(answer.claims)
    for claim in answer.claims:
        for one in claim.citations:
            source = answer.passages[one.passage]
            assert source.document == one.document
            at = one.start - source.start
            assert source.text[at : at + len(one.quote)] == one.quote


@pytest.mark.model
def test_stopped_after_the_first_thing_it_ends_there(settings, library, engine, write, monkeypatch):
    parts = ("How long is the Forth Bridge?", "How many eggs does a queen bee lay?")
    monkeypatch.setattr(Assistant, "_parts", lambda *_: parts)
    library.add([write("bees.md", BEES), write("bridge.md", BRIDGES)])
    assistant = Assistant(settings=settings, library=library, engine=engine)
    question = "How long is the Forth Bridge, and how many eggs does a queen bee lay?"
    written: list[Writing] = []
    answer = None
    for event in assistant.ask(question, k=1, cancelled=lambda: bool(written)):
        if isinstance(event, Writing):
            written.append(event)
        answer = event.answer if isinstance(event, Done) else answer
    assert answer is not None
    assert answer.stopped
    assert {one.document for one in answer.passages} == {"bridge.md"}


@pytest.mark.model
def test_a_model_without_our_adapter_is_asked_the_whole_question(settings, library, engine, write):
    library.add([write("bridge.md", BRIDGES)])
    assistant = Assistant(settings=settings, library=library, engine=engine)
    events = list(assistant.ask("How long is the bridge and who built it?", adapter="none"))
    assert sum(isinstance(one, Retrieved) for one in events) == 1
    assert events[-1].answer.parts == ()
