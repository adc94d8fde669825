"""``tune examples | train | export`` on the command line."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rare_app.errors import UserError


def add_arguments(subparsers: Any) -> None:
    """Add the commands under ``tune`` to argparse's subparsers; each sets ``run``."""
    _add_examples(subparsers)
    _add_train(subparsers)
    _add_export(subparsers)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``python -m rare_app.tuning …``; give the exit status."""
    parser = argparse.ArgumentParser(prog="python -m rare_app.tuning", description=__doc__)
    add_arguments(parser.add_subparsers(required=True, metavar="COMMAND"))
    options = parser.parse_args(arguments)
    try:
        options.run(options)
    except UserError as error:
        say(str(error))
        return 1
    return 0


def say(line: str) -> None:
    """Write a line to stderr at once."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _add_examples(subparsers: Any) -> None:
    parser = subparsers.add_parser("examples", help="question-answering data → RARE examples")
    parser.add_argument("data", type=Path, help="folder with a folder for each data set")
    parser.add_argument("--output", type=Path, required=True, help="folder for what is made")
    parser.add_argument("--set", action="append", default=[], dest="names", help="only this set")
    parser.add_argument(
        "--limit", action="append", default=[], metavar="SET=N", help="most items of a set"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.set_defaults(run=_run_examples)


def _run_examples(options: argparse.Namespace) -> None:
    from rare_app.tuning.examples import DEFAULT_LIMITS, DEFAULT_REPEATS, Recipe, make_examples
    from rare_app.tuning.neighbours import cached_embed, minilm_embed

    limits = dict(DEFAULT_LIMITS)
    for text in options.limit:
        name, mark, number = text.partition("=")
        if not mark or not number.isdigit():
            raise UserError(f"--limit should read SET=N, not “{text}”.")
        limits[name] = int(number)
    make_examples(
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


def _add_train(subparsers: Any) -> None:
    parser = subparsers.add_parser("train", help="train an adapter, or go on with a training")
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
    parser.set_defaults(run=_run_train)


def _run_train(options: argparse.Namespace) -> None:
    from rare_app.tuning.adapter import AdapterOptions
    from rare_app.tuning.train import TrainOptions, train

    train(
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


def _add_export(subparsers: Any) -> None:
    parser = subparsers.add_parser("export", help="adapter → GGUF adapter for llama.cpp")
    parser.add_argument("adapter", type=Path, help="adapter.pt of “tune train”")
    parser.add_argument("--output", type=Path, required=True, help="GGUF file to write")
    parser.add_argument("--base", type=Path, help="GGUF of the base (default: the bundled model)")
    parser.set_defaults(run=_run_export)


def _run_export(options: argparse.Namespace) -> None:
    from rare_app.tuning.export import export_adapter

    size = export_adapter(options.adapter, output=options.output, base=options.base)
    say(f"{options.output}: {size / 1e6:.1f} MB")
