"""``python -m rare_app tune …``: the arguments of each command and what it calls.

Nothing heavy is imported here before a command runs, so that the help stays quick and works where
the packages of tuning are not installed.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from rare_app.errors import UserError
from rare_app.settings import Settings
from rare_app.tuning.require import require

Data = dict[str, Any]
Work = Callable[[argparse.Namespace, Settings], Data]
Add = Callable[..., argparse.ArgumentParser]


def add_arguments(
    parser: argparse.ArgumentParser, *, parents: Sequence[argparse.ArgumentParser]
) -> None:
    """Add the commands under ``tune``; each sets ``run`` as the other commands do.

    Parameters
    ----------
    parents : sequence of ArgumentParser
        Hold the options that every command has.
    """
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, work: Work, text: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = commands.add_parser(
            name, help=text, description=text, parents=list(parents)
        )
        made.set_defaults(run=_told(work))
        return made

    _add_examples(add)
    _add_train(add)
    _add_export(add)


def say(line: str) -> None:
    """Write a line to stderr at once."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _told(work: Work) -> Callable[[argparse.Namespace, Settings, IO[str]], int]:
    """Let a command's result be written as the command line does: JSON, or a line for each fact."""

    def run(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
        data = work(options, settings)
        if options.json:
            out.write(json.dumps(data, ensure_ascii=False) + "\n")
        else:
            out.write("".join(f"{name}: {value}\n" for name, value in data.items()))
        out.flush()
        return 0

    return run


# --- examples ---


def _add_examples(add: Add) -> None:
    parser = add("examples", _examples, "Question-answering data to RARE examples.")
    parser.add_argument("data", type=Path, help="folder with a folder for each data set")
    parser.add_argument("--output", type=Path, required=True, help="folder for what is made")
    parser.add_argument("--set", action="append", default=[], dest="names", help="only this set")
    parser.add_argument(
        "--limit", action="append", default=[], metavar="SET=N", help="most items of a set"
    )
    parser.add_argument("--seed", type=int, default=0)


def _examples(options: argparse.Namespace, _settings: Settings) -> Data:
    from rare_app.tuning.examples import DEFAULT_LIMITS, DEFAULT_REPEATS, Recipe, make_examples
    from rare_app.tuning.neighbours import cached_embed, minilm_embed

    limits = dict(DEFAULT_LIMITS)
    for text in options.limit:
        name, mark, number = text.partition("=")
        if not mark or not number.isdigit():
            raise UserError(f"--limit should read SET=N, not “{text}”.")
        limits[name] = int(number)
    groups = make_examples(
        data=options.data,
        output=options.output,
        recipe=Recipe(
            names=tuple(options.names),
            limits=limits,
            repeats=DEFAULT_REPEATS,
            seed=options.seed,
        ),
        embed=cached_embed(folder=options.output, embed=minilm_embed()),
        say=say,
    )
    return {
        "output": str(options.output / "examples.jsonl"),
        "groups": len(groups),
        "questions": sum(len(group.questions) for group in groups),
    }


# --- train ---


def _add_train(add: Add) -> None:
    parser = add("train", _train, "Train an adapter, or go on with a training.")
    parser.add_argument("examples", type=Path, help="examples.jsonl of “tune examples”")
    parser.add_argument("--output", type=Path, required=True, help="folder for checkpoints")
    parser.add_argument("--base", type=Path, help="GGUF of the base (default: the bundled model)")
    parser.add_argument("--adapter", default="lora", help="kind of adapter (default: lora)")
    parser.add_argument("--rank", type=int, default=32)
    parser.add_argument("--alpha", type=float, default=64.0)
    parser.add_argument("--hours", type=float, default=1.0, help="time to train for")
    parser.add_argument("--steps", type=int, help="number of steps, instead of --hours")
    parser.add_argument("--rate", type=float, default=8e-4, help="highest learning rate")
    parser.add_argument("--tokens", type=int, default=1800, help="tokens of a pack")
    parser.add_argument("--accumulate", type=int, default=1, help="packs a step")
    parser.add_argument("--causal-share", type=float, default=0.15, help="ordinary attention")
    parser.add_argument("--curriculum", choices=("easy-first", "shuffled"), default="easy-first")
    parser.add_argument("--checkpoint-every", type=int, default=50, metavar="STEPS")
    parser.add_argument("--keep-every", type=int, default=0, metavar="STEPS")
    parser.add_argument("--checkpointing", action="store_true", help="less memory, more time")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")


def _train(options: argparse.Namespace, _settings: Settings) -> Data:
    require("peft", "gguf", "matplotlib")
    from rare_app.tuning.adapter import AdapterOptions
    from rare_app.tuning.checkpoint import ADAPTER_FILE
    from rare_app.tuning.train import TrainOptions, train

    progress = train(
        TrainOptions(
            examples=options.examples,
            output=options.output,
            base=options.base,
            adapter=AdapterOptions(kind=options.adapter, rank=options.rank, alpha=options.alpha),
            hours=options.hours,
            steps=options.steps,
            rate=options.rate,
            most_tokens=options.tokens,
            accumulate=options.accumulate,
            causal_share=options.causal_share,
            curriculum=options.curriculum,
            checkpoint_every=options.checkpoint_every,
            keep_every=options.keep_every,
            checkpointing=options.checkpointing,
            threads=options.threads,
            seed=options.seed,
            device=options.device,
        ),
        say=say,
    )
    return {
        "adapter": str(options.output / ADAPTER_FILE),
        "steps": progress.step,
        "questions": progress.questions,
        "tokens": progress.tokens,
        "seconds": round(progress.seconds, 1),
    }


# --- export ---


def _add_export(add: Add) -> None:
    parser = add("export", _export, "Write a trained adapter as a GGUF file for llama.cpp.")
    parser.add_argument("adapter", type=Path, help="adapter.pt of “tune train”")
    parser.add_argument("--output", type=Path, required=True, help="GGUF file to write")
    parser.add_argument("--base", type=Path, help="GGUF of the base (default: the bundled model)")


def _export(options: argparse.Namespace, _settings: Settings) -> Data:
    require("gguf")
    from rare_app.tuning.export import export_adapter

    size = export_adapter(options.adapter, output=options.output, base=options.base)
    return {"output": str(options.output), "bytes": size}
