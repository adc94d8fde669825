"""Who writes a standalone question: the rules, or a model whose words are checked."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from rare_app.model import Engine, ServerPiece
from rare_app.reasoning import REFUSAL, Assistant, Retrieved, Turn, Understood
from rare_app.reasoning.rewrite import Rewriter, usable
from rare_app.servers import find_server

from ..conftest import BRIDGES, passage
from .chat_endpoint import completion, serving

OIL = "How often must the oil in the pump be changed?"
HISTORY = [Turn("Who?", "Me."), Turn(OIL, "Every 500 hours.")]
RULED = "How often must the filter in the pump be changed?"


class Small(Engine):
    """Has a model that is too small to be asked."""

    used = 0

    @contextmanager
    def use(self, **_):
        self.used += 1
        yield SimpleNamespace(adapter=None, file=SimpleNamespace(bytes=90_000_000), model=None)


class Server:
    """Writes what it is told to."""

    def __init__(self, *said):
        self.said = list(said)
        self.asked = []

    def stream(self, messages, **_):
        self.asked.append(messages)
        said = self.said.pop(0)
        if isinstance(said, Exception):
            raise said
        yield ServerPiece(text=said, thought="", read=0, written=0)


@pytest.fixture
def engine_that_is_small(settings):
    return Small(settings=settings)


def test_rules_write_where_the_model_is_too_small(engine_that_is_small):
    rewriter = Rewriter(engine=engine_that_is_small)
    assert rewriter.standalone("What about the filter?", HISTORY) == RULED
    assert engine_that_is_small.used == 1
    whole = "Who has to repair the roof of the house?"
    assert rewriter.standalone(whole, HISTORY) == whole
    assert rewriter.standalone("What about the filter?", []) == "What about the filter?"
    assert engine_that_is_small.used == 1  # what is whole costs nothing


def test_a_refusal_is_no_answer_to_go_on_from(engine_that_is_small):
    rewriter = Rewriter(engine=engine_that_is_small)
    history = [Turn("Who repairs the roof?", REFUSAL)]
    assert rewriter.standalone("Why?", history) == "Why is the roof repaired?"


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("How often must the pump's filter be changed?", True),
        ("<think>It is the filter.</think>\nHow often must the filter be changed?", True),
        ("Standalone question: “How often must the filter be changed?”", True),
        ("Every 500 hours.", False),
        ("The filter must be changed every year, as the vendor of the car says.", False),
        ("How often must the car's brakes be replaced in Norway by a driver?", False),
        ("How often must the oil be changed?", False),
        ("How often?\nThe filter.", False),
        (REFUSAL, False),
        ("", False),
        ("What about <answer>the filter</answer>?", False),
        ("What about the filter? " * 20, False),
    ],
)
def test_a_models_words_are_taken_where_they_keep_to_the_chat(engine_that_is_small, written, taken):
    server = Server(written)
    rewriter = Rewriter(engine=engine_that_is_small, server=server)
    got = rewriter.standalone("What about the filter?", HISTORY)
    assert (got != RULED) == taken
    if taken:
        assert "filter" in got
        assert "“" not in got
    [[system, asked]] = server.asked
    assert "Do not answer it" in system["content"]
    assert asked["content"].endswith("Last question: What about the filter?")
    assert "Answer: Every 500 hours." in asked["content"]


def test_numbers_that_nobody_said_are_not_taken():
    history = [Turn("What was the revenue of Bosch in 2022?", "88 billion euros.")]
    wrong = "What was the profit of Siemens in the fiscal year 2021?"
    assert usable(wrong, question="And in 2023?", history=history) == ""
    right = "What was the revenue of Bosch in 2023?"
    assert usable(right, question="And in 2023?", history=history) == right


def test_a_server_writes_the_question_and_then_the_answer(settings, library, write):
    from dataclasses import replace

    library.add([write("bridge.md", BRIDGES)])
    answer = "<think></think><answer>4 March 1890.</answer>"
    history = [Turn("How long is the Forth Bridge?", "2,467 metres.")]
    asked_for = "When was the Forth Bridge opened?"
    with serving(completion(asked_for), completion(answer)) as server:
        chosen = replace(settings, llm_url=server.url)
        assistant = Assistant(
            settings=chosen,
            library=library,
            engine=Small(settings=settings),
            server=find_server(chosen),
        )
        events = list(assistant.ask("When was it opened?", history=history))
        assert events[0] == Understood(asked_for)
        assert isinstance(events[1], Retrieved)
        assert events[-1].answer.question == asked_for
        said = server.asked[1]["messages"][1]["content"]
        assert f"Question: {asked_for}" in said
        # A server that fails to rewrite is no end of the question.
        server.scripts[:] = [(500, "busy"), completion(answer)]
        events = list(assistant.ask("When was it opened?", history=history))
    assert events[0] == Understood(asked_for)
    assert events[-1].answer.answer == "4 March 1890."


@pytest.mark.model
def test_the_bundled_model_is_asked_the_standalone_question(settings, library, engine, write):
    library.add([write("bridge.md", BRIDGES)])
    assistant = Assistant(settings=settings, library=library, engine=engine)
    history = [Turn("How long is the Forth Bridge?", "2,467 metres.")]
    asked = "When was the Forth Bridge opened?"
    events = list(assistant.ask("When was it opened?", history=history, k=1))
    assert events[0] == Understood(asked)
    answer = events[-1].answer
    whole = assistant.answer(asked, k=1)
    assert answer.question == asked
    # The context held a part of the second prompt: a word may round to another one.
    assert "4 March 1890" in answer.answer
    assert "4 March 1890" in whole.answer
    # A question that is said to be whole is asked as it is.
    given = {"passages": [passage("It was opened in 1890.")], "history": history}
    events = list(assistant.ask("When was it opened?", standalone=True, **given))
    assert isinstance(events[0], Retrieved)
    assert events[-1].answer.question == "When was it opened?"
