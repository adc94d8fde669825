"""Options of a training, and what a checkpoint holds its own against."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rare_app.errors import UserError
from rare_app.lab.tuning.adapter import AdapterOptions
from rare_app.lab.tuning.base import Base, find_base
from rare_app.lab.tuning.items import Form
from rare_app.lab.tuning.order import Curriculum
from rare_app.lab.tuning.weights import Weights
from rare_app.model import hash_model
from rare_app.settings import PROJECT_FOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainOptions:
    """Options of a training.

    Attributes
    ----------
    examples : Path
        What ``tune examples`` wrote.
    output : Path
        Gets checkpoints, log and plot.
    base : Path or None
        GGUF of the base; ``None`` for the bundled one.
    start : Path or None
        An ``adapter.pt`` of the same base and rank to start from, in place of an empty adapter.
    hours : float
        Time to train for; the number of steps is fixed from the measured speed.
    steps : int or None
        Number of steps instead of `hours`; on going on, the new end (the examples' order stays).
    rate : float
        Highest learning rate.
    most_tokens : int
        Tokens of a pack, prefix included.
    accumulate : int
        Packs a step.
    causal_share : float
        Share of the groups that are read with ordinary causal attention.
    curriculum : {"shuffled", "easy-first", "bloom"}
        Order of the examples.
    checkpoint_every : int
        Steps between checkpoints.
    keep_every : int
        Steps between adapters that are kept for the learning curve; 0 keeps none.
    activated : bool
        Whether the adapter acts from the question on: prefix and passages are read by the base
        alone, without a gradient, as they are stored for use.
    form : {"steps", "sentence"}
        What is learned.
    keep_states : bool
        Hold what the base has read of passages in memory for the next epochs; only for an
        activated adapter whose passages are all read block by block.
    profiles : tuple of Path
        Folders with the profiles of models, which say what the prefix holds.
    checkpointing : bool
        Recompute activations in the backward pass (less memory, a third more time).
    device : str
        ``auto``, ``cpu`` or ``cuda``.
    """

    examples: Path
    output: Path
    base: Path | None = None
    start: Path | None = None
    adapter: AdapterOptions = AdapterOptions()  # noqa: RUF009 - frozen
    hours: float = 1.0
    steps: int | None = None
    rate: float = 8e-4
    warm_up_share: float = 0.03
    most_tokens: int = 1800
    accumulate: int = 1
    causal_share: float = 0.15
    curriculum: Curriculum = "easy-first"
    weights: Weights = Weights()  # noqa: RUF009 - frozen
    checkpoint_every: int = 50
    keep_every: int = 0
    checkpointing: bool = False
    threads: int = 0
    seed: int = 0
    device: str = "auto"
    activated: bool = False
    form: Form = "steps"
    keep_states: bool = False
    profiles: tuple[Path, ...] = (PROJECT_FOLDER / "models",)


def facts_of(options: TrainOptions, base: Base) -> dict[str, Any]:
    """Write the options down as plain values, with the base's name and hash."""
    facts = asdict(options)
    for name in ("examples", "output", "base", "start"):
        facts[name] = Path(facts[name]).name if facts[name] else None
    del facts["profiles"]
    return {**facts, "base_name": base.path.name, "base_sha256": base.sha256}


def check_same(options: TrainOptions, stored: dict[str, Any] | None) -> None:
    """Refuse to go on from a checkpoint whose examples would come in another order.

    Raises
    ------
    UserError
        The sentence says what differs.
    """
    if stored is None:
        return
    then = stored["options"]
    unsaid = {"activated": False, "form": "steps"}
    for name in ("seed", "most_tokens", "accumulate", "curriculum", "activated", "form"):
        if (was := then.get(name, unsaid.get(name))) != getattr(options, name):
            raise UserError(
                f"{options.output} holds a training with {name} = {was}: give the same "
                "value to go on, or another output folder to start anew."
            )


def check_base(options: TrainOptions, stored: dict[str, Any]) -> None:
    """Refuse to go on from a checkpoint of another base.

    Raises
    ------
    UserError
        The sentence names both.
    """
    path, then = find_base(options.base), stored["options"]
    if then.get("base_sha256") != hash_model(path):
        raise UserError(
            f"{options.output} holds a training on “{then.get('base_name')}”, not on "
            f"“{path.name}”: give its own base with --base, or another output folder."
        )
