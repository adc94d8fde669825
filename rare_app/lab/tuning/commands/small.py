"""``tune small``: all of it once, in minutes."""

import argparse
from dataclasses import asdict
from pathlib import Path

from rare_app.lab.tuning.commands.types import Add, Data, positive, say
from rare_app.lab.tuning.require import require
from rare_app.settings import Settings


def add_small(add: Add) -> None:
    """Add ``tune small``."""
    parser = add("small", _small, "The whole way once, small: examples, training, export, check.")
    parser.add_argument("--data", type=Path, help="folder of data sets (default: a tiny one)")
    parser.add_argument("--output", type=Path, required=True, help="folder for what is made")
    parser.add_argument(
        "--questions", type=positive, default=200, help="about how many items (200)"
    )
    parser.add_argument(
        "--steps", type=positive, help="optimiser steps (default: some minutes' worth)"
    )


def _small(options: argparse.Namespace, _settings: Settings) -> Data:
    require("peft", "gguf", "matplotlib")
    from rare_app.lab.tuning.neighbours import cached_embed, minilm_embed
    from rare_app.lab.tuning.small import TINY_DATA, small

    report = small(
        data=options.data or TINY_DATA,
        output=options.output,
        embed=cached_embed(folder=options.output, embed=minilm_embed()),
        questions=options.questions,
        steps=options.steps,
        say=say,
    )
    return {"adapter": str(options.output / "adapter.gguf"), **asdict(report)}
