"""Questions whose answer is one of some options, through the assistant."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from rare_app.answer import Assistant, Guide, choice_of
from rare_app.answer.closed_quoting import ClosedQuoting
from rare_app.answer.draft import LocalRun
from rare_app.answer.prove import AnswerProver
from rare_app.errors import UserError
from rare_app.model import GENERIC
from rare_app.proof.kin import NO_KIN
from rare_app.proof.proof import Prover
from rare_app.types import Answer

from ..conftest import passage

TREND = ("increased", "decreased", "no difference")
PASSAGES = [
    passage("Pain scores fell from 6.1 to 3.2 in the treated group (p < 0.01).", number=1),
    passage("The trial was run in Oslo in 2019 with 240 patients.", number=2),
]
QUESTION = "Did the pain scores of the treated group change?"


@pytest.fixture
def asked(monkeypatch):
    """Notes what each run is made of."""
    runs = []
    make = LocalRun.__init__

    def noted(self, *arguments, **options):
        make(self, *arguments, **options)
        runs.append(self)

    monkeypatch.setattr(LocalRun, "__init__", noted)
    return runs


@pytest.mark.model
class TestWithTheBundledModel:
    def ask(self, settings, library, engine, choices, *, adapter="none", **options):
        kept = replace(settings, unsupported="mark", **options)
        assistant = Assistant(settings=kept, library=library, engine=engine)
        return assistant.answer(QUESTION, passages=PASSAGES, adapter=adapter, choices=choices)

    @pytest.mark.parametrize("temperature", [0.0, 1.5])
    def test_the_answer_begins_with_an_option_that_the_model_was_told(
        self, settings, library, engine, asked, temperature
    ):
        answer = self.ask(settings, library, engine, TREND, temperature=temperature)
        [run] = asked
        told = run._loaded.model
        prompt = b"".join(told.piece(token) for token in run._context.prompt.question).decode()
        assert "“increased”, “decreased”, “no difference”" in prompt
        assert isinstance(run._reasoning.quoting, ClosedQuoting)
        if answer.answered:
            assert answer.choice in TREND
            assert answer.answer.lower().startswith(answer.choice)
        else:
            assert (answer.choice, answer.quotes) == ("", ())
        assert answer.question == QUESTION
        assert answer.expected is answer.confidence is None

    def test_with_a_quote_one_of_them_is_chosen(self, settings, library, engine):
        answer = self.ask(settings, library, engine, TREND, adapter="", gate_nats=500)
        assert answer.quotes
        assert answer.answered
        assert answer.choice in TREND
        assert answer.answer.lower().startswith(answer.choice)

    def test_options_are_held_to_in_any_words(self, settings, library, engine, asked):
        self.ask(settings, library, engine, ("yes", "no", "maybe"), adapter="", gate_nats=500)
        self.ask(settings, library, engine, TREND, adapter="", gate_nats=500)
        self.ask(settings, library, engine, (), adapter="", gate_nats=500)
        assert [isinstance(run._reasoning.quoting, ClosedQuoting) for run in asked] == [
            True,
            True,
            False,
        ]

    def test_one_option_is_no_choice(self, settings, library, engine):
        with pytest.raises(UserError, match="is the only choice"):
            self.ask(settings, library, engine, ("increased",))


def test_an_option_that_the_passages_do_not_say_is_no_more_than_weak():
    prover = Prover(PASSAGES, question="Did the pain scores of the treated group rise?")
    claim = prover.prove_option("decreased")
    assert claim.status == "weak"
    assert "Pain scores fell" in claim.citations[0].quote
    foreign = Prover(PASSAGES, question="Which metal is the roof made of?")
    assert foreign.prove_option("copper").status == "unsupported"


def test_words_of_the_passages_are_not_expected_of_an_option(settings):
    """A reader that knows no option would have it withheld."""
    guide = Guide(embed=lambda texts: np.ones((len(texts), 1), dtype=np.float32))
    said = guide.judge(QUESTION, [one.text for one in PASSAGES])
    gatherer = SimpleNamespace(
        judge=lambda question, passages: said, kin=lambda question, passages: NO_KIN
    )
    prover = AnswerProver(guide=guide, gatherer=gatherer)
    answer = Answer(
        answered=True, answer="decreased", passages=tuple(PASSAGES), adapter="a", reasoning=""
    )
    proved = prover.prove(answer, QUESTION, (), profile=GENERIC, closed=True)
    assert proved.expected is proved.confidence is None
    assert [claim.text for claim in proved.claims] == ["decreased"]
    assert choice_of(proved.said, TREND) == "decreased"
