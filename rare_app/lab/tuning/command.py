"""``python -m rare_app tune …``: its commands, and how a result is written.

Nothing heavy is imported here before a command runs, so that the help stays quick and works where
the packages of tuning are not installed.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from typing import IO

from rare_app.lab.tuning.commands.distill import add_distill
from rare_app.lab.tuning.commands.evaluate import add_evaluate
from rare_app.lab.tuning.commands.examples import add_examples
from rare_app.lab.tuning.commands.export import add_export
from rare_app.lab.tuning.commands.lead import add_lead
from rare_app.lab.tuning.commands.reader import add_reader
from rare_app.lab.tuning.commands.small import add_small
from rare_app.lab.tuning.commands.train import add_train
from rare_app.lab.tuning.commands.types import Work
from rare_app.settings import Settings


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

    add_examples(add)
    add_reader(add)
    add_train(add)
    add_export(add)
    add_distill(add)
    add_lead(add)
    add_evaluate(add)
    add_small(add)


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
