"""``tune examples``: data sets to examples and validation cases."""

import argparse
from pathlib import Path

from rare_app.lab.tuning.commands.types import Add, Data, by_set, say
from rare_app.settings import Settings


def add_examples(add: Add) -> None:
    """Add ``tune examples``."""
    parser = add("examples", _examples, "Question-answering data to RARE examples.")
    parser.add_argument("data", type=Path, help="folder with a folder for each data set")
    parser.add_argument("--output", type=Path, required=True, help="folder for what is made")
    parser.add_argument("--set", action="append", default=[], dest="names", help="only this set")
    parser.add_argument(
        "--limit", action="append", default=[], metavar="SET=N", help="most items of a set"
    )
    parser.add_argument("--seed", type=int, default=0)


def _examples(options: argparse.Namespace, _settings: Settings) -> Data:
    from rare_app.lab.tuning.examples import DEFAULT_LIMITS, DEFAULT_REPEATS, Recipe, make_examples
    from rare_app.lab.tuning.neighbours import cached_embed, minilm_embed

    given = by_set(options.limit, option="--limit", whole=True)
    limits = DEFAULT_LIMITS | {name: int(number) for name, number in given.items()}
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
