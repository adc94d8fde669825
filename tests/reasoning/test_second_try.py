"""An answer that no passage carries is tried once more, then withheld; the model is a stand-in."""

from contextlib import contextmanager
from dataclasses import replace

import pytest

from rare_app.model import Engine, QuotedSpan
from rare_app.reasoning import REFUSAL, Answer, Assistant, Done, Retrying, Writing

from ..conftest import BEES, BRIDGES, passage

PASSAGES = [passage(BEES, number=1), passage(BRIDGES, number=2)]
QUESTION = "How long is the Forth Bridge?"


class ScriptedRun:
    """Answers as it is told, one answer after the other."""

    quoted = ()

    def __init__(self, answers):
        self.answers = list(answers)
        self.notes = None

    def events(self, *, memory):
        yield Writing(reasoning="", answer=self.answers[0])

    def retry(self, notes, *, memory):
        self.notes = notes
        self.answers.pop(0)
        yield Writing(reasoning="", answer=self.answers[0])

    def answer(self):
        said = self.answers[0]
        return Answer(answered=said != REFUSAL, answer=said, passages=tuple(PASSAGES), model="m")


@pytest.fixture
def ask(settings, library, monkeypatch):
    def ask_scripted(*answers, of=ScriptedRun, question=QUESTION, passages=PASSAGES, **options):
        assistant = Assistant(
            settings=replace(settings, reader="none", **options),
            library=library,
            engine=Engine(settings=settings),
        )
        run = of(answers)

        @contextmanager
        def scripted(*_):
            yield run

        monkeypatch.setattr(assistant, "_run", scripted)
        events = list(assistant.ask(question, passages=passages))
        assert isinstance(events[-1], Done)
        return events, events[-1].answer, run

    return ask_scripted


def retried(events):
    return any(isinstance(event, Retrying) for event in events)


def test_a_carried_answer_stands(ask):
    events, answer, run = ask("The Forth Bridge is 2,467 metres long.")
    assert not retried(events)
    assert run.notes is None
    assert (answer.retried, answer.withheld) == (False, "")
    assert answer.claims[0].status == "supported"


def test_a_second_try_with_notes_takes_the_place_of_what_nothing_carries(ask):
    events, answer, run = ask("Nine hundred bananas.", "2,467 metres")
    assert retried(events)
    assert any(one.text == 1 for one in run.notes)
    assert (answer.answer, answer.retried, answer.withheld) == ("2,467 metres", True, "")
    assert answer.claims[0].supported
    assert answer.claims[0].citations[0].document == "2.md"


@pytest.mark.parametrize("second", ["Seven hundred apples.", REFUSAL])
def test_what_is_not_carried_twice_is_withheld(ask, second):
    events, answer, _ = ask("Nine hundred bananas.", second)
    assert retried(events)
    assert (answer.answered, answer.answer, answer.claims) == (False, REFUSAL, ())
    assert answer.withheld == "Nine hundred bananas."
    assert answer.passages == tuple(PASSAGES)


def test_marking_alone_shows_the_answer(ask):
    events, answer, _ = ask("Nine hundred bananas.", unsupported="mark")
    assert not retried(events)
    assert answer.answer == "Nine hundred bananas."
    assert answer.claims[0].status == "unsupported"


def test_a_refusal_is_not_tried_again(ask):
    events, answer, _ = ask(REFUSAL)
    assert not retried(events)
    assert not answer.answered
    assert not answer.retried


CHART = """$ 520 Q1 2023 CCG Operating Income
(11) Other costs"""


class ChartRun(ScriptedRun):
    """Quotes a line of a chart, with our own adapter."""

    quoted = (QuotedSpan(0, 0, CHART.index("\n")),)

    def answer(self):
        reasoning = f"<quote>{CHART.splitlines()[0]}</quote>"
        own = {"adapter": "own", "reasoning": reasoning, "passages": (passage(CHART),)}
        return replace(super().answer(), **own)


@pytest.mark.parametrize(
    ("question", "answered"),
    [("How much water did Intel use?", False), ("What was the CCG operating income?", True)],
)
def test_a_figure_of_a_line_that_is_about_something_else_is_withheld(ask, question, answered):
    _, answer, _ = ask("$ 520", "$ 520", of=ChartRun, question=question, passages=[passage(CHART)])
    assert answer.answered is answered
    assert answer.withheld == ("" if answered else "$ 520")
