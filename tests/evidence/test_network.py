"""What the windows of a question say together."""

import pytest
import torch

from rare_app.evidence.network import VERDICTS, mix_verdicts


def test_the_window_with_the_evidence_gives_the_verdict():
    verdicts = torch.tensor([[9.0, 0.0, 0.0, 0.0], [0.0, 9.0, 0.0, 0.0]])
    for best in (0, 1):
        scores = [torch.tensor([-5.0, -6.0]), torch.tensor([-5.0])]
        scores[best] = scores[best] + 20
        said = mix_verdicts(verdicts, scores)
        assert int(said.argmax()) == best
        assert float(said.exp().sum()) == pytest.approx(1.0, abs=1e-5)


def test_windows_alike_have_a_say_alike():
    verdicts = torch.tensor([[5.0, -5.0, -5.0, -5.0], [-5.0, 5.0, -5.0, -5.0]])
    said = mix_verdicts(verdicts, [torch.zeros(1), torch.zeros(1)]).exp().tolist()
    assert said[0] == pytest.approx(said[1], rel=1e-4)
    assert len(said) == len(VERDICTS) + 1


def test_the_verdict_does_not_change_where_the_evidence_is_seen():
    """Its loss would else push up the sentences of the window that guesses right."""
    scores = [torch.zeros(2, requires_grad=True), torch.zeros(1, requires_grad=True)]
    verdicts = torch.zeros((2, len(VERDICTS) + 1), requires_grad=True)
    mix_verdicts(verdicts, scores)[0].backward()
    assert verdicts.grad is not None
    assert [one.grad for one in scores] == [None, None]
