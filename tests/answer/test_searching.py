"""Searches in the middle of a reasoning: what they bring, and where it stands."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from rare_app.answer import writer
from rare_app.answer.draft import LocalRun
from rare_app.answer.question import Question, Read
from rare_app.answer.run import Clock
from rare_app.answer.searching import (
    LONGEST,
    MOST,
    MOST_PASSAGES,
    Finder,
    Searches,
    SearchFilter,
    words_of,
)
from rare_app.model import Profile
from rare_app.prompt.layout import REFUSAL
from rare_app.types import Retrieved, Searching

from ..conftest import BEES, BRIDGES, passage
from ..readers import flat_guide

QUESTION = "How long is the bridge over the firth?"
FIRST, SECOND = passage(BEES, number=1), passage(BRIDGES, number=2)

ABOUT = "Which is the longest bridge over the river 0 1 2 3 4 5?"


def searches(*passages):
    asked = []

    def retrieve(words):
        asked.append(words)
        return passages

    return Searches(Finder(retrieve), []), asked


def test_a_search_brings_what_is_not_known_yet():
    found, asked = searches(FIRST, SECOND)
    assert found.find("the longest bridge", [FIRST], about=ABOUT) == [SECOND]
    (step,) = found._steps
    assert (step.kind, step.text, step.passages) == ("search", "the longest bridge", (1,))
    assert not step.trouble
    assert asked == ["the longest bridge"]


def test_one_search_brings_a_few():
    many = [passage(f"Part {n} of the river.", number=n) for n in range(9)]
    found, _ = searches(*many)
    assert found.find("river", [], about=ABOUT) == many[:MOST_PASSAGES]


def test_a_search_for_nothing_the_same_again_and_a_loop_bring_nothing():
    found, asked = searches(*(passage(f"Part {n}.", number=n) for n in range(9)))
    assert found.find("", [], about=ABOUT) == []
    assert found.find("Bridge", [], about=ABOUT)
    assert found.find("bridge", [], about=ABOUT) == []
    for number in range(MOST + 2):
        found.find(f"river {number}", [], about=ABOUT)
    assert len(asked) < MOST
    troubles = [one.trouble for one in found._steps]
    assert troubles[0] == "nothing to search for"
    assert troubles[2] == "searched for before"
    assert troubles[-1] == f"no more than {MOST} searches"


def test_without_a_finder_nothing_is_found():
    found = Searches(None, [])
    assert not found.are_possible
    assert found.find("bridge", [], about=ABOUT) == []
    assert found._steps[0].trouble == "nothing more was found"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("So. <search> the  toll\nin May </search>", "the toll in May"),
        ("<search>a</search> b", None),
        ("</search>", ""),
        (f"<search>{'a' * 1000}</search>", "a" * LONGEST),
        ("<search>one</search> <search>two</search>", "two"),
    ],
)
def test_the_words_are_those_of_the_last_search(text, words):
    assert words_of(text) == words


@pytest.mark.model
def test_the_words_are_held_to_one_line(model):
    by = SearchFilter(model.pieces)

    def allowed(token, *, also=" deep"):
        logits = np.full(len(model.logits()), -50.0, dtype=np.float32)
        logits[token], logits[model.tokenise(also)[0]] = 9.0, 8.0
        return np.isfinite(by.adjust(logits)[token])

    model.extend(model.tokenise("a"))
    newline, bracket = model.tokenise("\n")[0], model.tokenise("<")[0]
    assert allowed(newline)
    by.accept(b"so <search>")
    assert not allowed(newline)
    assert not allowed(bracket)  # nothing to search for
    by.accept(b"how long")
    assert not allowed(newline)
    assert allowed(bracket)
    by.accept(b" is it" * LONGEST)
    closing = by.adjust(np.zeros(len(model.logits()), dtype=np.float32))
    pieces = [model.pieces.of(int(token)) for token in np.flatnonzero(np.isfinite(closing))]
    assert pieces
    assert all(b"</search>".startswith(one) for one in pieces)
    by.accept(b"</search>")
    assert allowed(newline)


@pytest.mark.model
def test_no_search_is_opened_after_one_that_brought_nothing(model):
    model.extend(model.tokenise("a"))
    search = model.tokenise("search")[0]
    for over in (False, True):
        by = SearchFilter(model.pieces, lambda over=over: over)
        by.accept(b"So <")
        logits = np.zeros(len(model.logits()), dtype=np.float32)
        assert np.isfinite(by.adjust(logits)[search]) is np.bool_(not over)
        by.accept(b"b> ")
        assert np.isfinite(by.adjust(logits)).all()


@pytest.fixture
def run(engine, settings, monkeypatch):
    """Answer over the first passage with a model that writes what it is told."""

    def start(*said, found=(SECOND,), passages=(FIRST,), memory=True, **options):
        script = list(said)

        def generate(model, *, usage, token_filter=None, enough, **_):
            text = script.pop(0) if script else ""
            for token in model.tokenise(text):
                model.extend([token])
                usage.generated += 1
                if token_filter:
                    token_filter.accept(model.piece(token))
            yield text
            enough()

        monkeypatch.setattr(writer, "generate", generate)
        profile = Profile(searches=True, calculates=True, gate=options.pop("gate", None))
        with engine.use() as loaded:
            loaded.model.forget()
            made = LocalRun(
                Question(
                    text=QUESTION, settings=replace(settings, **{"reasoning_tokens": 80, **options})
                ),
                Read(passages),
                loaded=replace(loaded, profile=profile),
                guide=flat_guide(),
                clock=Clock(begun=0.0),
                finder=Finder(lambda _: found),
            )
            events = list(made.events(memory=memory))
            held = b"".join(loaded.model.piece(token) for token in loaded.model.held).decode()
        return SimpleNamespace(events=events, answer=made.answer(), run=made, held=held)

    return start


LENGTH = BRIDGES[BRIDGES.index("It is") :].strip()
WROTE = (
    "The passage speaks of bees. <search>bridge over the firth</search>",
    f"<quote>{LENGTH}</quote> So it is.</think>\n<answer>",
    "It is 2,467 metres long.</answer>",
)


@pytest.mark.model
@pytest.mark.parametrize("memory", [True, False])
def test_what_is_found_can_be_quoted(run, memory):
    done = run(*WROTE, memory=memory)
    assert [one.words for one in done.events if isinstance(one, Searching)] == [
        "bridge over the firth"
    ]
    assert [one.passages for one in done.events if isinstance(one, Retrieved)] == [(FIRST, SECOND)]
    assert done.answer.answer == "It is 2,467 metres long."
    assert done.answer.passages == (FIRST, SECOND)
    (quote,) = done.run.quoted
    assert BRIDGES[quote.start : quote.end] == LENGTH
    assert quote.text == 1
    (step,) = done.answer.steps
    assert (step.text, step.passages) == ("bridge over the firth", (1,))
    assert (
        done.held.index("</search>")
        < done.held.index("The Forth Bridge")
        < done.held.index("So it is")
    )
    assert "Passage" not in done.answer.reasoning


@pytest.mark.model
def test_what_is_found_is_recalled_and_not_computed(run):
    late = passage("The toll of the new crossing is four pounds a car.", number=5)
    first, again = run(*WROTE, found=(late,)), run(*WROTE, found=(late,))
    assert first.answer.tokens.prompt == again.answer.tokens.prompt
    computed = again.answer.tokens.prompt - again.answer.tokens.prompt_from_memory
    assert computed < first.answer.tokens.prompt - first.answer.tokens.prompt_from_memory


@pytest.mark.model
def test_nothing_found_is_said_and_the_answer_goes_on(run):
    done = run(WROTE[0], "No passage says it.</think>\n<answer>", f"{REFUSAL}</answer>", found=())
    assert not done.answer.answered
    assert "(nothing more was found)" in done.answer.reasoning
    assert done.answer.passages == (FIRST,)
    assert done.answer.steps[0].trouble == "nothing more was found"


@pytest.mark.model
def test_a_loop_of_searches_ends(run):
    loop = [f"<search>bridge {number}</search>" for number in range(20)]
    done = run(*loop, found=(SECOND,), reasoning_tokens=60)
    assert len([one for one in done.answer.steps if not one.trouble]) == 1
    assert done.run.written_tokens < 200


@pytest.mark.model
def test_where_there_is_no_room_what_was_not_quoted_gives_way(run, engine):
    with engine.use() as loaded:
        tokens = loaded.model.context_tokens
        filler = "The tide of the firth rises twice a day and falls as often. "
        size = len(loaded.model.tokenise(filler))
    long = passage(filler * (tokens * 11 // 20 // size), number=3)
    other = passage("A second tale. " + filler * (tokens * 11 // 20 // size), number=4)
    done = run(
        f"<quote>{LENGTH}</quote> <search>tide of the firth</search>",
        "It rises.</think>\n<answer>",
        "Twice a day.</answer>",
        passages=(SECOND, other),
        found=(long,),
    )
    assert done.answer.steps[0].passages == (2,)
    assert LENGTH in done.held
    assert "A second tale" not in done.held
    assert done.held.index("</search>") < done.held.index("The tide of the firth")
    assert done.answer.answer == "Twice a day."


@pytest.mark.model
def test_what_has_no_room_at_all_is_told(run, engine):
    with engine.use() as loaded:
        tokens = loaded.model.context_tokens
    huge = passage("The tide of the firth rises twice a day. " * (tokens // 9), number=3)
    done = run(
        "<search>tide of the firth</search>",
        "No.</think>\n<answer>",
        f"{REFUSAL}</answer>",
        found=(huge,),
    )
    (step,) = done.answer.steps
    assert (step.trouble, step.passages) == ("no room for more", ())
    assert done.answer.passages == (FIRST,)
    assert "(no room for more)" in done.answer.reasoning


def test_a_search_takes_its_words_from_the_question_or_the_quotes():
    found = Searches(Finder(lambda _: [FIRST]), [])
    assert found.find("Salbutamol", [], about=ABOUT) == []
    assert found.asked == ["Salbutamol"]
    found = Searches(Finder(lambda _: [FIRST]), [])
    assert found.find("bridge architect", [], about=ABOUT) == [FIRST]
    assert Searches(Finder(lambda _: [FIRST]), []).find("租金押金", [], about="租金和押金") == [
        FIRST
    ]
