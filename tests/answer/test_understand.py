"""A question as the model understands it: held to a form, and to what was asked and said."""

from dataclasses import replace

import pytest

from rare_app.answer import Assistant
from rare_app.answer import understand as module
from rare_app.answer.understand import guarded, may_be_several, understand, understand_by_server
from rare_app.model import (
    GrammarFilter,
    ModelError,
    Prompt,
    Sampler,
    ServerPiece,
    Usage,
    generate,
)
from rare_app.prompt import REFUSAL, Turn
from rare_app.servers import find_server
from rare_app.types import Retrieved, Understood

from ..conftest import BRIDGES
from .chat_endpoint import completion, serving

LEASE = [Turn("What is the rent of the flat in Mill Road?", "The rent is 1,190 euros a month.")]
MIETE = [Turn("Wie hoch ist die Miete der Wohnung in der Mühlstraße?", "Sie beträgt 1.190 Euro.")]


@pytest.mark.parametrize(
    ("written", "question", "history", "kept"),
    [
        ("- When is the rent of the flat due?", "When is it due?", LEASE, True),
        ("- Why is the rent 1,190 euros a month?", "Why?", LEASE, True),
        ("- What is the deposit for the flat?", "And the deposit?", LEASE, True),
        ("- Who wrote Hamlet in London?", "When is it due?", LEASE, False),
        ("- The rent is due on the third working day.", "When is it due?", LEASE, False),
        ("- Wann ist die Miete der Wohnung fällig?", "Und wann ist sie fällig?", MIETE, True),
        ("- When is the rent due?", "Und wann ist sie fällig?", MIETE, False),
        ("- ", "When is it due?", LEASE, False),
    ],
)
def test_what_is_written_keeps_to_what_was_asked_and_said(written, question, history, kept):
    assert bool(guarded(written, question, history)) is kept


def test_several_questions_are_taken_where_they_keep_all_that_was_asked(monkeypatch):
    question = "What is the rent of the flat in Mill Road, and when is it due?"
    lines = ["- What is the rent of the flat in Mill Road?", "- When is the rent due?"]
    odds = {"one": 1.0, "several": 2.0}
    monkeypatch.setattr(module, "put", lambda *_, **__: True)
    monkeypatch.setattr(module, "weigh", lambda *_, **__: odds)
    monkeypatch.setattr(module, "write", lambda *_, **__: lines)
    parts = understand(question, (), loaded=None)
    assert parts == (lines[0].removeprefix("- "), "When is the rent due?")
    odds["several"] = -1.0
    assert understand(question, (), loaded=None) == (question,)
    odds["several"] = 2.0
    lines[1] = "- What is the capital of France?"
    assert understand(question, (), loaded=None) == (question,)
    lines[1] = lines[0]
    assert understand(question, (), loaded=None) == (question,)
    lines[1] = f"- {question}"
    assert understand(question, (), loaded=None) == (question,)
    del lines[1]
    assert understand(question, (), loaded=None) == (question,)


def test_a_follow_up_is_taken_where_it_keeps_to_the_chat(monkeypatch):
    written = ["When is the rent of the flat due?"]
    monkeypatch.setattr(module, "put", lambda *_, **__: True)
    monkeypatch.setattr(module, "write", lambda *_, **__: written)
    assert understand("When is it due?", LEASE, loaded=None) == (written[0],)
    written[:] = []
    assert understand("When is it due?", LEASE, loaded=None) == ("When is it due?",)


def test_the_model_is_asked_only_where_it_may_matter():
    assert may_be_several("What is the rent? When is it due?")
    assert may_be_several("What is the rent of the flat in Mill Road, and when is it due?")
    assert not may_be_several("When is the rent due?")
    assert not may_be_several("Wann ist die Miete fällig?")


@pytest.mark.model
def test_a_grammar_holds_what_is_written_to_its_form(model):
    held = GrammarFilter(model, 'root ::= "- " [a-z ]+ "?\\n"')
    prompt = Prompt((), (), tuple(model.tokenise("List three questions about bees:\n")))
    model.read(prompt.tokens)
    written = "".join(
        generate(
            model,
            sampler=Sampler(temperature=0.0, seed=0),
            longest=60,
            stop=("\n",),
            usage=Usage(),
            token_filter=held,
        )
    )
    held.close()
    assert written.startswith("- ")
    assert set(written[2:]) <= set("abcdefghijklmnopqrstuvwxyz ?\n")


@pytest.mark.model
def test_a_grammar_that_is_none_is_refused(model):
    with pytest.raises(ModelError, match="grammar"):
        GrammarFilter(model, "root ::= (")


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


OIL = [Turn("How often must the oil in the pump be changed?", "Every 500 hours.")]


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("- How often must the pump's filter be changed?", True),
        ("<think>It is the filter.</think>\n- How often must the filter be changed?", True),
        ("- How often must the car's brakes be replaced in Norway by a driver?", False),
        ("- How often must the oil be changed?", False),
        (f"- {REFUSAL}", False),
        ("", False),
        ("- What about <answer>the filter</answer>?", False),
        ("- What about the filter? " * 20, False),
        (ModelError("busy"), False),
    ],
)
def test_a_servers_words_are_taken_where_they_keep_to_the_chat(written, taken):
    server = Server(written)
    [got] = understand_by_server("What about the filter?", OIL, server=server)
    assert (got != "What about the filter?") == taken
    [[system, asked]] = server.asked
    assert "Do not answer it" in system["content"]
    assert asked["content"].endswith("Last question: What about the filter?")
    assert "Answer: Every 500 hours." in asked["content"]


def test_numbers_that_nobody_said_are_not_taken():
    history = [Turn("What was the revenue of Bosch in 2022?", "88 billion euros.")]
    wrong = "What was the profit of Siemens in the fiscal year 2021?"
    assert guarded(wrong, "And in 2023?", history) == ""
    right = "What was the revenue of Bosch in 2023?"
    assert guarded(right, "And in 2023?", history) == right


@pytest.mark.model
def test_a_server_writes_the_question_and_then_the_answer(settings, library, write, engine):
    library.add([write("bridge.md", BRIDGES)])
    answer = "<think></think><answer>4 March 1890.</answer>"
    history = [Turn("How long is the Forth Bridge?", "2,467 metres.")]
    asked_for = "When was the Forth Bridge opened?"
    with serving(completion(asked_for), completion(answer)) as server:
        chosen = replace(settings, llm_url=server.url)
        assistant = Assistant(
            settings=chosen, library=library, engine=engine, server=find_server(chosen)
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
    assert isinstance(events[0], Retrieved)
    assert events[-1].answer.answer == "4 March 1890."


@pytest.mark.model
def test_what_says_little_is_searched_with_the_question_before(settings, library, write, engine):
    library.add([write("bridge.md", BRIDGES), write("oil.md", "Oil is changed every 500 hours.")])
    assistant = Assistant(settings=settings, library=library, engine=engine)
    history = [Turn("How long is the Forth Bridge?", "2,467 metres.")]
    events = assistant.ask("And when was it opened?", history=history, k=1)
    found = next(one for one in events if isinstance(one, Retrieved))
    assert "Forth" in found.passages[0].text
    events.close()
