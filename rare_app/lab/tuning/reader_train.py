"""``tune reader``: an encoder learns to read question and passage together."""

import itertools
import math
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import torch
from tokenizers import Tokenizer
from torch.utils.data import DataLoader, Dataset

from rare_app.errors import UserError
from rare_app.lab.tuning.device import find_device
from rare_app.lab.tuning.items import Item
from rare_app.lab.tuning.leaks import Held
from rare_app.lab.tuning.neighbours import Embed
from rare_app.lab.tuning.reader_examples import SHARES, Sampler
from rare_app.lab.tuning.reader_loss import Prepared, ReaderLoss, prepare, reader_loss
from rare_app.lab.tuning.reader_low_rank import add_low_rank, low_rank_changes
from rare_app.lab.tuning.reader_types import ReaderOptions, ReaderProgress
from rare_app.lab.tuning.schedule import Schedule, plan_steps
from rare_app.lab.tuning.stopping import until_stopped
from rare_app.reader import (
    EvidenceNetwork,
    Marks,
    apply_changes,
    load_network,
    read_changes,
    read_marks,
    save_reader,
)

Say = Callable[[str], None]
_HEADS = 5.0
"""How many times as fast as the encoder the heads learn."""

_BLOCK = 256
"""Questions that are drawn at once and sorted by length, so that little is padded."""
_WARM, _TIMED = 2, 8
"""First steps that are not timed, and the last one that is, to learn how many fit into the time."""
_SAID = 50
_SPAN_WEIGHT = 0.5
CHECKPOINT = "reader.pt"


def train_reader(
    items: Sequence[Item], *, options: ReaderOptions, held: Held, embed: Embed, say: Say
) -> ReaderProgress:
    """Train the reader on training items, or go on with what `options.output` holds.

    SIGTERM or Ctrl-C ends it after the step that runs; the same call goes on from there.

    Raises
    ------
    UserError
        There is nothing to learn from, or the checkpoint is damaged.
    """
    if not items:
        raise UserError("There are no training items: name a folder with data sets.")
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    network, base = _network(options)
    network.to(find_device(options.device))
    tokenizer = Tokenizer.from_file(str(options.encoder.folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    run = _Run(network, options=options, marks=read_marks(tokenizer), say=say)
    sampler = Sampler(
        items,
        held=held,
        embed=embed,
        distractors=options.distractors,
        near_misses=options.near_misses,
    )
    progress = run.go(_batches(items, sampler, tokenizer, options, run.progress))
    tuned, low_rank = network.cpu().state_dict(), None  # the base, too, is kept there
    if options.rank:
        tuned, low_rank = low_rank_changes(network)
    save_reader(
        options.file,
        tuned=tuned,
        base=base,
        low_rank=low_rank,
        base_sha256=options.encoder.sha256,
        described={"steps": str(progress.step), "questions": str(progress.questions)},
    )
    return progress


def _network(options: ReaderOptions) -> tuple[EvidenceNetwork, dict[str, torch.Tensor]]:
    """Load what is trained, and the encoder's own weights where all of them learn."""
    network = load_network(options.encoder.folder, dropout=options.dropout).train()
    sha256, base = options.encoder.sha256, {}
    if options.rank:
        add_low_rank(
            network,
            rank=options.rank,
            first_layer=options.first_layer,
            start=options.start,
            sha256=sha256,
        )
    else:
        base = {
            name: value.clone()
            for name, value in network.state_dict().items()
            if name.startswith("encoder.")
        }
        if options.start is not None:
            apply_changes(network, read_changes(options.start, base_sha256=sha256))
        network.encoder.embeddings.requires_grad_(requires_grad=False)
    return network, base


class _Run:
    """One training: the network, its optimiser, and how far it is."""

    def __init__(
        self, network: EvidenceNetwork, *, options: ReaderOptions, marks: Marks, say: Say
    ) -> None:
        self._network = network
        self._options = options
        self._marks = marks
        self._say = say
        self._optimiser = _optimiser(network, options)
        self.progress = _resume(network, self._optimiser, options, say)
        self._schedule = _schedule(self.progress.steps or options.steps, options)
        self._first, self._before = self.progress.step, self.progress.seconds
        self._begun = self._warm = self._said = 0.0

    def go(self, batches: Iterator[tuple[int, int, list[Prepared]]]) -> ReaderProgress:
        """Train to the end, or until a signal stops it after a step; the state is saved."""
        losses: list[ReaderLoss] = []
        self._begun = time.perf_counter()
        with until_stopped() as stopping:
            for block, place, batch in batches:
                if stopping.asked or self._is_done():
                    break
                rate = self._rate()
                losses.append(_step(self._network, self._optimiser, batch, rate, self._marks))
                self.progress = replace(
                    self.progress,
                    step=self.progress.step + 1,
                    steps=self._schedule.steps if self._schedule else 0,
                    block=block,
                    place=place + 1,
                    questions=self.progress.questions + len(batch),
                    seconds=self._before + time.perf_counter() - self._begun,
                )
                if self.progress.step % _SAID == 0:
                    self.progress = replace(self.progress, loss=_mean(losses))
                    self._say(_line(self.progress, losses))
                    losses = []
                    self._plan_again()
                if self.progress.step % self._options.checkpoint_every == 0:
                    self._save()
        if losses:
            self.progress = replace(self.progress, loss=_mean(losses))
        self._save()
        if not self._is_done():
            self._say(f"stopped at step {self.progress.step}: run the same command to go on")
        return self.progress

    def _plan_again(self) -> None:
        """Fit the steps that are left into the time that is left, where hours are to be filled."""
        if self._options.steps or self._schedule is None or self._before:
            return
        now = time.perf_counter()
        each = (now - self._said) / _SAID if self._said else 0.0
        self._said = now
        left = self._options.hours * 3600 - (now - self._begun)
        if each:
            steps = self.progress.step + max(0, round(left / each))
            self._schedule = replace(self._schedule, steps=steps)

    def _is_done(self) -> bool:
        return self._schedule is not None and self.progress.step >= self._schedule.steps

    def _rate(self) -> float:
        """Give the step's rate; the first steps are timed where hours are to be filled."""
        taken = self.progress.step - self._first
        if self._schedule is None and taken == _WARM:
            self._warm = time.perf_counter()
        if self._schedule is None and taken == _TIMED:
            now = time.perf_counter()
            each = (now - self._warm) / (_TIMED - _WARM)
            left = self._options.hours * 3600 - (now - self._begun)
            steps = taken + plan_steps(hours=left / 3600, seconds_a_step=each)
            self._schedule = _schedule(steps, self._options)
            self._say(f"{each:.1f} s a step: {steps} steps")
        if self._schedule is None:
            return self._options.rate * (taken + 1) / 100
        return self._schedule.rate(self.progress.step)

    def _save(self) -> None:
        folder = self._options.output
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{CHECKPOINT}.part"
        whole = {
            "network": _learned(self._network),
            "optimiser": self._optimiser.state_dict(),
            "progress": asdict(self.progress),
            "seed": self._options.seed,
        }
        torch.save(whole, part)
        part.replace(folder / CHECKPOINT)


def _batches(
    items: Sequence[Item],
    sampler: Sampler,
    tokenizer: Any,
    options: ReaderOptions,
    progress: ReaderProgress,
) -> Iterator[tuple[int, int, list[Prepared]]]:
    """Draw batches without end; which block and place they are of makes going on possible.

    Raises
    ------
    UserError
        A whole epoch held nothing to learn from.
    """
    blocks = DataLoader(
        _Blocks(items, sampler, tokenizer, options),
        sampler=itertools.count(progress.block),
        batch_size=None,
        num_workers=options.workers,
    )
    skip, since = progress.place, 0
    for block, drawn in enumerate(blocks, start=progress.block):
        since = 0 if drawn else since + 1
        if since > len(items) // _BLOCK + 1:
            raise UserError("None of the training items holds evidence that can be found.")
        for place in range(skip, len(drawn)):
            yield block, place, drawn[place]
        skip = 0


class _Blocks(Dataset[list[list[Prepared]]]):
    """Blocks of batches by their number: the same ones, whichever process draws them."""

    def __init__(
        self, items: Sequence[Item], sampler: Sampler, tokenizer: Any, options: ReaderOptions
    ) -> None:
        self._items = items
        self._sampler = sampler
        self._tokenizer = tokenizer
        self._options = options

    def __getitem__(self, block: int) -> list[list[Prepared]]:
        shares, seed = {**SHARES, **self._options.shares}, self._options.seed
        expected = sum(shares.get(one.data_set, 1.0) for one in self._items)
        blocks = max(1, math.ceil(expected / _BLOCK))
        epoch, number = divmod(block, blocks)
        order = random.Random(f"{seed} {epoch}")
        chosen = [one for one in self._items for _ in range(_times(one, shares, order))]
        chosen = chosen or [*self._items]
        order.shuffle(chosen)
        source = random.Random(f"{seed} {block}")
        shown = [
            made
            for item in chosen[number * _BLOCK : (number + 1) * _BLOCK]
            if (example := self._sampler.draw(item, random_source=source)) is not None
            and (made := prepare(example, self._tokenizer)) is not None
        ]
        shown.sort(key=lambda one: one.longest)
        size = self._options.batch
        batches = [shown[i : i + size] for i in range(0, len(shown), size)]
        source.shuffle(batches)
        return batches


def _times(item: Item, shares: Mapping[str, float], order: random.Random) -> int:
    whole, share = divmod(shares.get(item.data_set, 1.0), 1.0)
    return int(whole) + (order.random() < share)


def _optimiser(network: EvidenceNetwork, options: ReaderOptions) -> torch.optim.Optimizer:
    parameters = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    return torch.optim.AdamW(
        [
            {"params": [p for n, p in parameters if n.startswith("encoder.")], "factor": 1.0},
            {
                "params": [p for n, p in parameters if not n.startswith("encoder.")],
                "factor": _HEADS,
            },
        ],
        lr=options.rate,
        weight_decay=0.01,
        betas=(0.9, 0.98),
    )


def _schedule(steps: int | None, options: ReaderOptions) -> Schedule | None:
    if not steps:
        return None
    return Schedule(steps=steps, peak=options.rate, warm_up=min(100, max(1, steps // 10)))


def _step(
    network: EvidenceNetwork,
    optimiser: torch.optim.Optimizer,
    batch: list[Prepared],
    rate: float,
    marks: Marks,
) -> ReaderLoss:
    for group in optimiser.param_groups:
        group["lr"] = rate * group["factor"]
    with torch.autocast(next(network.parameters()).device.type, dtype=torch.bfloat16):
        loss = reader_loss(network, batch, marks)
    optimiser.zero_grad(set_to_none=True)
    whole = loss.sentence + _SPAN_WEIGHT * loss.span
    whole.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()
    return replace(
        loss,
        sentence=loss.sentence.detach(),
        span=loss.span.detach(),
    )


def _mean(losses: Sequence[ReaderLoss]) -> float:
    return float(torch.stack([one.sentence for one in losses]).mean())


def _line(progress: ReaderProgress, losses: Sequence[ReaderLoss]) -> str:
    counts = [one.counts() for one in losses]
    found, asked, refused, lacking = (sum(own) for own in zip(*counts, strict=True))
    left = (progress.steps - progress.step) * progress.seconds / max(1, progress.step)
    return (
        f"step {progress.step}/{progress.steps or '?'}  loss {progress.loss:.3f}  "
        f"evidence {found / max(1, asked):.0%}  refused {refused / max(1, lacking):.0%}  "
        f"{progress.questions} questions  {max(0, int(left)) // 60} min left"
    )


def _learned(network: EvidenceNetwork) -> dict[str, torch.Tensor]:
    """Give what training changes; the rest is the encoder's own."""
    return {n: p.detach() for n, p in network.named_parameters() if p.requires_grad}


def _resume(
    network: EvidenceNetwork, optimiser: torch.optim.Optimizer, options: ReaderOptions, say: Say
) -> ReaderProgress:
    path = options.output / CHECKPOINT
    if not path.is_file():
        return ReaderProgress()
    try:
        stored = torch.load(path, map_location="cpu", weights_only=True)
        keys = network.load_state_dict(stored["network"], strict=False)
        other = {*keys.unexpected_keys, *(_learned(network).keys() - stored["network"].keys())}
        if other:
            raise ValueError(f"it is of another encoder or rank, see {min(other)}")
        optimiser.load_state_dict(stored["optimiser"])
        progress = ReaderProgress(**stored["progress"])
    except Exception as error:  # torch.load raises many kinds
        raise UserError(f"{path} cannot be read ({error}): remove it to start anew.") from error
    if stored["seed"] != options.seed:
        raise UserError(f"{path} was begun with the seed {stored['seed']}: name it again.")
    say(f"going on from step {progress.step} of {progress.steps}")
    return progress
