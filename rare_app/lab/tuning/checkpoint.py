"""Checkpoints that a training goes on from, written so that a kill leaves the last one whole."""

import contextlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from rare_app.errors import UserError
from rare_app.lab.tuning.schedule import Schedule

FILE = "checkpoint.pt"
ADAPTER_FILE = "adapter.pt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a training stands.

    Attributes
    ----------
    step : int
        Optimiser steps done.
    questions, tokens, learned_tokens : int
        Questions seen, tokens read, and completion tokens learned from so far.
    seconds : float
        Time spent in steps so far, in seconds.
    budget_tokens : int
        Tokens that the order of the examples was planned for.
    """

    step: int = 0
    questions: int = 0
    tokens: int = 0
    learned_tokens: int = 0
    seconds: float = 0.0
    budget_tokens: int = 0


def trained_state(model: Any) -> dict[str, torch.Tensor]:
    """Collect the adapter's weights by name."""
    return {name: p.detach().cpu() for name, p in model.named_parameters() if p.requires_grad}


def save(
    folder: Path,
    *,
    model: Any,
    optimiser: torch.optim.Optimizer,
    schedule: Schedule,
    progress: Progress,
    options: dict[str, Any],
) -> None:
    """Write checkpoint and adapter; the former ones stay until the new ones are whole."""
    state = trained_state(model)
    whole = {
        "adapter": state,
        "optimiser": optimiser.state_dict(),
        "schedule": asdict(schedule),
        "progress": asdict(progress),
        "options": options,
    }
    _write(folder / FILE, whole)
    save_adapter(folder / ADAPTER_FILE, state=state, progress=progress, options=options)


def save_adapter(
    path: Path, *, state: dict[str, torch.Tensor], progress: Progress, options: dict[str, Any]
) -> None:
    """Write the adapter alone, with the facts of its training, for the export."""
    facts = json.dumps({"progress": asdict(progress), "options": options}, ensure_ascii=False)
    _write(path, {"adapter": state, "facts": facts})


def load(folder: Path) -> dict[str, Any] | None:
    """Read the checkpoint of a folder; ``None`` when there is none.

    Raises
    ------
    UserError
        The file is damaged.
    """
    path = folder / FILE
    return _read(path) if path.is_file() else None


def load_adapter(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Read an adapter and the facts of its training.

    Raises
    ------
    UserError
        There is no such file, or it is damaged.
    """
    found = _read(path)
    if not {"adapter", "facts"} <= found.keys():
        raise UserError(f"{path} is no adapter of “tune train”.")
    return found["adapter"], json.loads(found["facts"])


def restore(model: Any, state: dict[str, torch.Tensor]) -> None:
    """Put adapter weights into a model.

    Raises
    ------
    UserError
        They belong to another adapter (rank or base differ).
    """
    own = {name: p for name, p in model.named_parameters() if p.requires_grad}
    shapes = {name: p.shape for name, p in own.items()}
    if shapes != {name: value.shape for name, value in state.items()}:
        raise UserError("The checkpoint belongs to an adapter of another rank or base.")
    with torch.no_grad():
        for name, parameter in own.items():
            parameter.copy_(state[name])


def _write(path: Path, value: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with contextlib.suppress(FileNotFoundError):
        part.unlink()
    torch.save(value, part)
    part.replace(path)


def _read(path: Path) -> dict[str, Any]:
    try:
        value = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch.load raises many kinds
        raise UserError(f"{path} cannot be read ({error}): remove it to start anew.") from error
    if not isinstance(value, dict):
        raise UserError(f"{path} is no checkpoint.")
    return value
