"""``tune train``: the adapter learns to reason over passages that it is shown."""

import random
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from rare_app.errors import UserError
from rare_app.lab.tuning import checkpoint
from rare_app.lab.tuning.adapter import AdapterOptions, add_adapter
from rare_app.lab.tuning.attention import States
from rare_app.lab.tuning.base import Base, load_base
from rare_app.lab.tuning.checkpoint import Progress
from rare_app.lab.tuning.device import find_device
from rare_app.lab.tuning.example_file import read_groups
from rare_app.lab.tuning.kept_states import KeptStates
from rare_app.lab.tuning.loss import pack_loss, read_prefix
from rare_app.lab.tuning.order import arrange
from rare_app.lab.tuning.pack import Pack, draw_block_attention, fill, make_pack
from rare_app.lab.tuning.progress import Say, cut_log, live_line, plot_loss, write_log
from rare_app.lab.tuning.schedule import Schedule, plan_steps
from rare_app.lab.tuning.start import read_start
from rare_app.lab.tuning.stopping import until_stopped
from rare_app.lab.tuning.tokens import GroupTokens, PromptTokens
from rare_app.lab.tuning.train_options import TrainOptions, check_base, check_same, facts_of
from rare_app.model import ANY_ADAPTER, find_profile

FINISH_FILE = "finish"
"""A file of this name in the output folder ends the training early, the rate falling to zero."""


def train(options: TrainOptions, *, say: Say) -> Progress:
    """Train, or go on with the training that `options.output` holds.

    Returns
    -------
    Progress
        What was done in all; the last checkpoint holds the adapter.

    Raises
    ------
    UserError
        The examples or the base are missing or of the wrong shape; a checkpoint belongs to other
        options; the memory does not suffice.
    """
    if options.keep_states and (options.causal_share or not options.activated):
        raise UserError("--keep-states needs --activated and --causal-share 0.")
    torch.manual_seed(options.seed)
    if options.threads:
        torch.set_num_threads(options.threads)
    options.output.mkdir(parents=True, exist_ok=True)
    stored = checkpoint.load(options.output)
    check_same(options, stored)
    if stored is not None:
        check_base(options, stored)
    base = load_base(options.base)
    # An adapter that acts on all has a prefix of its own, an activated one has the base's.
    profile = find_profile(
        options.profiles,
        base_sha256=base.sha256,
        adapter="" if options.activated else ANY_ADAPTER,
    )
    coder = PromptTokens(
        base.tokenizer, weights=options.weights, profile=profile, form=options.form
    )
    read = read_groups(options.examples)
    if options.form == "steps" and not all(q.reasoning for one in read for q in one.questions):
        raise UserError(f"{options.examples} holds answers without reasoning: add --form sentence.")
    groups = coder.groups(read)
    say(f"{len(groups)} groups, {sum(len(g.asked) for g in groups)} questions read")
    model = add_adapter(base.model, options.adapter).to(find_device(options.device))
    if options.start is not None and stored is None:
        _start(model, options.start, base=base, adapter=options.adapter)
        say(f"starting from {options.start}")
    model.train()
    if options.checkpointing:
        model.gradient_checkpointing_enable()
        model.enable_input_require_grads()
    led = options.form == "sentence" and any(q.likely for one in read for q in one.questions)
    run = _Run(
        options=options, base=base, model=model, coder=coder, groups=groups, led=led, say=say
    )
    try:
        return run.go(stored)
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise UserError(
            f"The memory does not suffice: lower --tokens (now {options.most_tokens}) or --rank "
            f"(now {options.adapter.rank}), or add --checkpointing."
        ) from error


class _Run:
    """One training from its first step, or from a checkpoint, to its end."""

    def __init__(
        self,
        *,
        options: TrainOptions,
        base: Base,
        model: Any,
        coder: PromptTokens,
        groups: list[GroupTokens],
        led: bool,
        say: Say,
    ) -> None:
        self._options = options
        self._base = base
        self._model = model
        self._prefix = coder.prefix
        self._invocation = coder.invocation if options.activated else ()
        self._states: States | None = None  # the prefix's, of a base whose adapter is activated
        self._kept = KeptStates() if options.keep_states else None
        self._groups, self._led = groups, led
        self._say = say
        self._parameters = [p for p in model.parameters() if p.requires_grad]
        self._device = self._parameters[0].device
        self._optimiser = torch.optim.AdamW(
            self._parameters, lr=options.rate, betas=(0.9, 0.98), weight_decay=0.0
        )

    def go(self, stored: dict[str, Any] | None) -> Progress:
        """Train to the end, or until a signal stops it after a step."""
        schedule, progress = self._resume(stored) if stored else self._plan()
        packs = self._packs(progress.budget_tokens)
        with until_stopped() as stopping:
            while progress.step < schedule.steps and not stopping.asked:
                if (self._options.output / FINISH_FILE).exists() and schedule.finish_from is None:
                    schedule = schedule.finish(progress.step)
                    self._say(f"“{FINISH_FILE}” found: ending at step {schedule.steps}")
                progress = self._step(packs, schedule, progress)
                if progress.step % self._options.checkpoint_every == 0:
                    self._save(schedule, progress)
        self._save(schedule, progress)
        self._say(
            f"stopped at step {progress.step}: run the same command to go on"
            if progress.step < schedule.steps
            else f"done: {progress.questions} questions, {progress.tokens} tokens"
        )
        return progress

    def _resume(self, stored: dict[str, Any]) -> tuple[Schedule, Progress]:
        checkpoint.restore(self._model, stored["adapter"])
        self._optimiser.load_state_dict(stored["optimiser"])
        schedule, progress = Schedule(**stored["schedule"]), Progress(**stored["progress"])
        wanted = self._options.steps
        if wanted is not None and wanted != schedule.steps and schedule.finish_from is None:
            schedule = replace(schedule, steps=max(wanted, progress.step))
            self._say(f"the number of steps is now {schedule.steps}")
        cut_log(self._options.output, step=progress.step)
        self._say(f"going on from step {progress.step} of {schedule.steps}")
        return schedule, progress

    def _plan(self) -> tuple[Schedule, Progress]:
        """Fix the number of steps: as told, or as many as fit into the time at measured speed."""
        tokens_a_step = self._options.most_tokens * self._options.accumulate
        if self._options.steps is not None:
            steps = self._options.steps
        else:
            speed = self._measure()
            steps = plan_steps(hours=self._options.hours, seconds_a_step=tokens_a_step / speed)
            self._say(f"{speed:.0f} tokens/s measured: {steps} steps in {self._options.hours} h")
        schedule = Schedule(
            steps=steps,
            peak=self._options.rate,
            warm_up=max(1, round(steps * self._options.warm_up_share)),
        )
        return schedule, Progress(budget_tokens=steps * tokens_a_step)

    def _measure(self, *, packs: int = 4) -> float:
        """Measure tokens a second over a few packs, without learning from them; the best counts."""
        random_source = random.Random(self._options.seed + 1)
        some = [random_source.choice(self._groups) for _ in range(40)]
        filled = self._fill(some)[:packs]
        best = 0.0
        for groups in filled:
            pack = make_pack(self._prefix, groups, block_attention=[True] * len(groups))
            start = time.perf_counter()
            self._backward(pack, groups)
            best = max(best, self._size(pack) / (time.perf_counter() - start))
        self._optimiser.zero_grad(set_to_none=True)
        return best

    def _packs(self, budget: int) -> list[list[GroupTokens]]:
        """Order and pack the examples; the same for the same options, so that a run can go on."""
        ordered = arrange(
            self._groups,
            tokens=budget,
            curriculum=self._options.curriculum,
            random_source=random.Random(self._options.seed),
        )
        packs = self._fill(ordered)
        if not packs:
            raise UserError(
                f"No example fits into --tokens {self._options.most_tokens}: set it higher."
            )
        return packs

    def _fill(self, groups: Sequence[GroupTokens]) -> list[list[GroupTokens]]:
        prefix = 0 if self._options.activated else len(self._prefix)
        return fill(groups, prefix=prefix, most_tokens=self._options.most_tokens)

    def _size(self, pack: Pack) -> int:
        """Count a pack's tokens; a prefix that is read once for all packs does not count."""
        return len(pack.tokens) - (pack.prefix if self._options.activated else 0)

    def _step(
        self, packs: Sequence[list[GroupTokens]], schedule: Schedule, progress: Progress
    ) -> Progress:
        start = time.perf_counter()
        rate = schedule.rate(progress.step)
        losses, plains, tokens, questions, learned = 0.0, 0.0, 0, 0, 0
        for number in range(self._options.accumulate):
            place = progress.step * self._options.accumulate + number
            groups = packs[place % len(packs)]
            drawn = draw_block_attention(
                len(groups),
                causal_share=self._options.causal_share,
                random_source=random.Random(self._options.seed * 1_000_003 + place),
            )
            pack = make_pack(self._prefix, groups, block_attention=drawn)
            loss, plain = self._backward(pack, groups)
            losses, plains = losses + loss, plains + plain
            tokens, questions = tokens + self._size(pack), questions + pack.questions
            learned += len(pack.labels)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        norm = float(torch.nn.utils.clip_grad_norm_(self._parameters, 1.0))
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        seconds = time.perf_counter() - start
        progress = replace(
            progress,
            step=progress.step + 1,
            questions=progress.questions + questions,
            tokens=progress.tokens + tokens,
            learned_tokens=progress.learned_tokens + learned,
            seconds=progress.seconds + seconds,
        )
        entry = {
            "step": progress.step,
            "loss": losses / self._options.accumulate,
            "plain": plains / self._options.accumulate,
            "rate": rate,
            "norm": norm,
            "tokens_a_second": tokens / seconds,
            "questions": progress.questions,
            "tokens": progress.tokens,
            "seconds": progress.seconds,
        }
        write_log(self._options.output, entry)
        left = (schedule.steps - progress.step) * progress.seconds / progress.step
        self._say(live_line(entry, steps=schedule.steps, seconds_left=left))
        return progress

    def _backward(self, pack: Pack, groups: Sequence[GroupTokens]) -> tuple[float, float]:
        from peft.helpers import disable_input_dtype_casting

        # Without peft's cast of each input to the adapter's float32 a step takes 8% less time.
        with (
            torch.autocast(self._device.type, torch.bfloat16),
            disable_input_dtype_casting(self._model),
        ):
            if self._options.activated and self._states is None:
                self._states = read_prefix(self._model, pack)
            known = None
            if self._kept and self._states:
                known = self._kept.of(self._model, pack, groups, prefix=self._states)
            loss, plain = pack_loss(self._model, pack, prefix=self._states, passages=known)
        (loss / self._options.accumulate).backward()  # type: ignore[no-untyped-call]
        return float(loss.detach()), plain

    def _save(self, schedule: Schedule, progress: Progress) -> None:
        found = {"invocation": list(self._invocation), "led": self._led}
        facts = facts_of(self._options, self._base) | found
        checkpoint.save(
            self._options.output,
            model=self._model,
            optimiser=self._optimiser,
            schedule=schedule,
            progress=progress,
            options=facts,
        )
        keep = self._options.keep_every
        if keep and progress.step % keep == 0:
            checkpoint.save_adapter(
                self._options.output / f"adapter-{progress.step}.pt",
                state=checkpoint.trained_state(self._model),
                progress=progress,
                options=facts,
            )
        plot_loss(self._options.output)


def _start(model: Any, path: Path, *, base: Base, adapter: AdapterOptions) -> None:
    """Put an earlier adapter into a model; its effect is kept, whatever its alpha was."""
    found = read_start(path, base=base.path)
    if found.base_sha256 != base.sha256:
        raise UserError(f"{path} was trained on another base: name its own with --base.")
    if found.rank != adapter.rank:
        raise UserError(f"{path} has the rank {found.rank}: add --rank {found.rank}.")
    scale = found.alpha / adapter.alpha
    weights = {
        name: value * scale if ".lora_B." in name else value for name, value in found.state.items()
    }
    checkpoint.restore(model, weights)
