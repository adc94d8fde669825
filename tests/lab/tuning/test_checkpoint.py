import pytest
import torch

from rare_app.errors import UserError
from rare_app.lab.tuning import checkpoint
from rare_app.lab.tuning.checkpoint import Progress
from rare_app.lab.tuning.schedule import Schedule


def trained(value):
    model = torch.nn.Linear(3, 2)
    torch.nn.init.constant_(model.weight, value)
    return model


def test_round_trip(tmp_path):
    model = trained(0.5)
    optimiser = torch.optim.AdamW(model.parameters())
    schedule = Schedule(steps=10, peak=1.0, warm_up=1)
    progress = Progress(step=4, questions=40)
    checkpoint.save(
        tmp_path,
        model=model,
        optimiser=optimiser,
        schedule=schedule,
        progress=progress,
        options={"seed": 1},
    )
    stored = checkpoint.load(tmp_path)
    assert Schedule(**stored["schedule"]) == schedule
    assert Progress(**stored["progress"]) == progress
    other = trained(0.0)
    checkpoint.restore(other, stored["adapter"])
    assert torch.equal(other.weight, model.weight)
    _, facts = checkpoint.load_adapter(tmp_path / checkpoint.ADAPTER_FILE)
    assert facts["options"] == {"seed": 1}


def test_no_checkpoint_and_damaged_checkpoint(tmp_path):
    assert checkpoint.load(tmp_path) is None
    (tmp_path / checkpoint.FILE).write_bytes(b"half a file")
    with pytest.raises(UserError, match="remove it to start anew"):
        checkpoint.load(tmp_path)


def test_another_rank_is_refused():
    with pytest.raises(UserError, match="another rank"):
        checkpoint.restore(trained(0.0), {"weight": torch.ones(3, 3), "bias": torch.ones(2)})
