"""``tune small``: the whole way once, small enough for a laptop."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rare_app.errors import UserError
from rare_app.lab.tuning.adapter import AdapterOptions
from rare_app.lab.tuning.agreement import Agreement
from rare_app.lab.tuning.base import find_base
from rare_app.lab.tuning.check import check_adapter
from rare_app.lab.tuning.checkpoint import ADAPTER_FILE
from rare_app.lab.tuning.example_file import read_groups
from rare_app.lab.tuning.examples import Recipe, make_examples
from rare_app.lab.tuning.export import export_adapter
from rare_app.lab.tuning.neighbours import Embed
from rare_app.lab.tuning.progress import LOG_FILE
from rare_app.lab.tuning.readers import READERS
from rare_app.lab.tuning.records import read_lines
from rare_app.lab.tuning.train import train
from rare_app.lab.tuning.train_options import TrainOptions
from rare_app.model import LanguageModel, Sampler, Usage, generate
from rare_app.model.engine import default_threads
from rare_app.prompt import ANSWER_CLOSE
from rare_app.settings import PROJECT_FOLDER

TINY_DATA = PROJECT_FOLDER / "assets" / "tiny"
"""Thirty made-up paragraphs that come with the project."""

HOURS = 0.1
"""Time to train for; with the steps round it the whole stays under 15 minutes on two cores."""
FEW, FEW_STEPS = 40, 12
"""So few questions are learned in so many steps instead."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallReport:
    """What came of it.

    Attributes
    ----------
    questions, steps : int
        Questions of the examples, and optimiser steps.
    loss_first, loss_last : float
        Mean plain cross-entropy of the first and last quarter of the steps, in nats a token.
    agreement : dict of str to Agreement
        Of llama.cpp with PyTorch.
    without, with_adapter : str
        What the model writes to one of the examples' questions.
    seconds : dict of str to float
        Time of each part.
    """

    questions: int
    steps: int
    loss_first: float
    loss_last: float
    agreement: dict[str, Agreement]
    without: str
    with_adapter: str
    seconds: dict[str, float]


def small(
    *,
    data: Path,
    output: Path,
    embed: Embed,
    questions: int = 200,
    steps: int | None = None,
    say: Say,
) -> SmallReport:
    """Make examples, train on them, export the adapter and check it.

    Run again with the same folder, a training that was interrupted goes on.

    Parameters
    ----------
    data : Path
        Folder of data sets, as for ``tune examples``.
    output : Path
        Gets ``examples.jsonl``, ``train/`` and ``adapter.gguf``.
    questions : int
        About how many items are taken, the same number of each set.
    steps : int, optional
        Optimiser steps; default as many as fit into some minutes.

    Raises
    ------
    UserError
        The data are missing or wrong; the loss did not fall; the export is not what was trained.
    """
    clock = _Clock()
    sets = [name for name, (_, folder) in READERS.items() if (data / folder).is_dir()]
    each = -(-questions // max(1, len(sets)))
    recipe = Recipe(limits=dict.fromkeys(sets, each), repeats={}, validation=20)
    groups = make_examples(data=data, output=output, recipe=recipe, embed=embed, say=say)
    asked = sum(len(group.questions) for group in groups)
    clock.lap("examples")
    run = output / "train"
    progress = train(
        TrainOptions(
            examples=output / "examples.jsonl",
            output=run,
            adapter=AdapterOptions(rank=8, alpha=16.0),
            hours=HOURS,
            steps=steps or (FEW_STEPS if asked <= FEW else None),
            rate=2e-3,
            most_tokens=1800,
            checkpoint_every=10,
            device="cpu",
        ),
        say=say,
    )
    first, last = _losses(run)
    if not last < first:
        raise UserError(
            f"The loss did not fall (from {first:.3f} to {last:.3f} nats a token): give more "
            "--steps, and look at train/loss.png."
        )
    clock.lap("train")
    written = output / "adapter.gguf"
    export_adapter(run / ADAPTER_FILE, output=written)
    agreement = check_adapter(
        run / ADAPTER_FILE,
        written=written,
        base=None,
        examples=output / "examples.jsonl",
        prompts=4,
        positions=80,
        say=say,
    )
    clock.lap("export and check")
    without, adapted = _write(output / "examples.jsonl", written)
    clock.lap("answers")
    return SmallReport(
        questions=asked,
        steps=progress.step,
        loss_first=round(first, 4),
        loss_last=round(last, 4),
        agreement=agreement,
        without=without,
        with_adapter=adapted,
        seconds=clock.laps,
    )


def _losses(folder: Path) -> tuple[float, float]:
    losses = [record.need("plain", float) for record in read_lines(folder / LOG_FILE)]
    part = max(1, len(losses) // 4)
    return float(np.mean(losses[:part])), float(np.mean(losses[-part:]))


def _write(examples: Path, adapter: Path, *, longest: int = 80) -> tuple[str, str]:
    """Let the model answer the first question of the examples without and with the adapter."""
    from rare_app.answer import assemble
    from rare_app.lab.evaluation import given_passages

    group = read_groups(examples)[0]
    passages = given_passages([passage.text for passage in group.passages])
    model = LanguageModel(
        path=find_base(None), context_tokens=2048, batch_tokens=512, threads=default_threads()
    )
    texts = []
    try:
        for chosen in (None, adapter):
            model.use_adapter(chosen)
            prompt, _ = assemble(
                group.questions[0].question, passages, model=model, reserve=longest
            )
            model.read(prompt.tokens)
            pieces = generate(
                model,
                sampler=Sampler(temperature=0.0, seed=0),
                longest=longest,
                stop=(ANSWER_CLOSE,),
                usage=Usage(),
            )
            texts.append("".join(pieces))
    finally:
        model.close()
    return texts[0], texts[1]


class _Clock:
    def __init__(self) -> None:
        self._begun = time.perf_counter()
        self.laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = round(now - self._begun, 1)
        self._begun = now
