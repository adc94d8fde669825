"""What a reader's training is told, and where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rare_app.library import embedder_folder
from rare_app.reader import Encoder, hash_weights, large_encoder
from rare_app.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderOptions:
    """Options of a training.

    Attributes
    ----------
    encoder : Encoder
        What learns to read.
    output : Path
        Gets the checkpoint and the weights.
    name : str
        The weights' file, without its suffix.
    rank : int
        0: all weights of the encoder but the embeddings learn; above it: low-rank changes of the
        matrices of its layers, the first `first_layer` left out (LoRA).
    hours : float
        Time to train for; the number of steps is fixed from the measured speed.
    steps : int or None
        Number of steps instead of `hours`.
    start : Path or None
        A reader to start from, in place of the embedder alone.
    rate : float
        Highest learning rate of the encoder; the heads learn five times as fast.
    shares : mapping of str to float
        How often an epoch takes each item of a set (:data:`SHARES` where it is not named).
    distractors : int
        Hard negatives beside a question's gold passages.
    near_misses : float
        Share of answerable questions that are changed so that their passages do not answer.
    batch : int
        Questions of a step.
    dropout : float
        Share of the encoder's states that are left out at random while it learns.
    device : str
        ``auto``, ``cpu`` or ``cuda``.
    workers : int
        Processes that draw the examples ahead; 0 draws them where the network learns.
    checkpoint_every : int
        Steps between checkpoints.
    """

    encoder: Encoder
    output: Path
    name: str = "reader"
    rank: int = 0
    first_layer: int = 0
    hours: float = 0.75
    steps: int | None = None
    start: Path | None = None
    rate: float = 1.5e-4
    shares: Mapping[str, float] = field(default_factory=dict)
    distractors: int = 2
    near_misses: float = 0.0
    batch: int = 16
    dropout: float = 0.0
    device: str = "auto"
    workers: int = 0
    checkpoint_every: int = 100
    seed: int = 0
    threads: int = 0

    @property
    def file(self) -> Path:
        """Where the weights are written."""
        return self.output / f"{self.name}.safetensors"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderProgress:
    """Where a training stands.

    Attributes
    ----------
    block, place : int
        Which drawn block comes next, and which batch of it.
    loss : float
        Mean sentence loss of the latest steps, in nats.
    """

    step: int = 0
    steps: int = 0
    block: int = 0
    place: int = 0
    questions: int = 0
    seconds: float = 0.0
    loss: float = 0.0


@dataclass(frozen=True, slots=True)
class _Usual:
    """How an encoder is trained where nothing else is said."""

    name: str
    rate: float
    rank: int
    first_layer: int


_USUAL = {
    "minilm": _Usual("reader-minilm-l6", rate=1.5e-4, rank=0, first_layer=0),
    "mpnet": _Usual("reader-mpnet-base", rate=4e-4, rank=48, first_layer=0),
}


def reader_options(
    encoder: str,
    *,
    settings: Settings,
    output: Path,
    hours: float = 0.75,
    steps: int | None = None,
    start: Path | None = None,
    rate: float | None = None,
    rank: int | None = None,
    shares: Mapping[str, float] | None = None,
    distractors: int = 2,
    near_misses: float = 0.0,
    batch: int = 16,
    dropout: float = 0.0,
    first_layer: int | None = None,
    device: str = "auto",
    workers: int = 0,
    threads: int = 0,
    seed: int = 0,
) -> ReaderOptions:
    """Fill in what suits an encoder.

    Parameters
    ----------
    encoder : {"minilm", "mpnet"}
        The app's embedder, or the larger encoder that comes with the app.

    Raises
    ------
    UserError
        The encoder is not here.
    """
    usual = _USUAL[encoder]
    if encoder == "mpnet":
        found = large_encoder(settings.encoder_paths)
    else:
        found = Encoder(embedder_folder(), hash_weights(embedder_folder()))
    return ReaderOptions(
        encoder=found,
        output=output,
        name=usual.name,
        rank=usual.rank if rank is None else rank,
        first_layer=usual.first_layer if first_layer is None else first_layer,
        hours=hours,
        steps=steps,
        start=start,
        rate=usual.rate if rate is None else rate,
        shares=shares or {},
        distractors=distractors,
        near_misses=near_misses,
        batch=batch,
        dropout=dropout,
        device=device,
        workers=workers,
        threads=threads,
        seed=seed,
    )
