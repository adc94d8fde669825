"""``tune verdict``: train what tells yes from no."""

import argparse
from dataclasses import asdict
from pathlib import Path

from rare_app.settings import Settings
from rare_app.tuning.commands.types import Add, Data, say


def add_verdict(add: Add) -> None:
    """Add ``tune verdict``."""
    parser = add("verdict", _verdict, "Train what tells yes from no by a finding's words.")
    parser.add_argument("data", type=Path, help="folder with a folder for each data set")
    parser.add_argument("--output", type=Path, required=True, help="file for the weights, .json")


def _verdict(options: argparse.Namespace, _settings: Settings) -> Data:
    from rare_app.tuning.leaks import drop_leaks, hold
    from rare_app.tuning.readers import read_sets
    from rare_app.tuning.verdicts import SETS, train_verdicts

    items = [item for own in read_sets(options.data, tuple(SETS)).values() for item in own]
    held = hold(item for item in items if item.split == "validation")
    training, report = drop_leaks((item for item in items if item.split == "train"), held)
    for line in report.lines():
        say(line)
    return asdict(train_verdicts(training, output=options.output))
