"""``tune lead``: the reader's likely words above the questions of examples."""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from rare_app.lab.tuning.commands.types import Add, Data
from rare_app.settings import Settings


def add_lead(add: Add) -> None:
    """Add ``tune lead``."""
    parser = add("lead", _lead, "Put the reader's likely words above questions, some wrong ones.")
    parser.add_argument("examples", type=Path, help="examples.jsonl")
    parser.add_argument("--output", type=Path, required=True, help="file of examples to write")
    parser.add_argument("--seed", type=int, default=0)


def _lead(options: argparse.Namespace, settings: Settings) -> Data:
    from rare_app.lab.tuning.examiner import open_examiner
    from rare_app.lab.tuning.example_file import read_groups, write_groups
    from rare_app.lab.tuning.lead import lead
    from rare_app.model import GENERIC

    with (
        TemporaryDirectory() as folder,
        open_examiner(settings, folder=Path(folder), profile=GENERIC) as examiner,
    ):
        groups, count = lead(
            read_groups(options.examples),
            guide=examiner.guide,
            settings=settings,
            seed=options.seed,
        )
    write_groups(options.output, groups)
    return {"output": str(options.output), **count}
