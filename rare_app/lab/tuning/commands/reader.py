"""``tune reader``: train the reader that finds the evidence."""

import argparse
from dataclasses import asdict
from pathlib import Path

from rare_app.lab.tuning.commands.types import Add, Data, by_set, positive, say, share
from rare_app.lab.tuning.require import require
from rare_app.settings import Settings


def add_reader(add: Add) -> None:
    """Add ``tune reader``."""
    parser = add("reader", _reader, "Train the reader that finds the evidence.")
    parser.add_argument("data", type=Path, help="folder with a folder for each data set")
    parser.add_argument("--output", type=Path, required=True, help="folder; goes on if begun")
    parser.add_argument("--set", action="append", default=[], dest="names", help="only this set")
    parser.add_argument("--hours", type=float, default=0.75, help="time to train for")
    parser.add_argument("--steps", type=positive, help="steps, in place of --hours")
    parser.add_argument("--from", type=Path, dest="start", help="a reader to start from")
    parser.add_argument("--rate", type=float, help="highest learning rate")
    parser.add_argument("--encoder", choices=["minilm", "mpnet"], default="mpnet")
    parser.add_argument("--rank", type=int, help="0: all weights learn; minilm 0, mpnet 48")
    parser.add_argument(
        "--share",
        action="append",
        default=[],
        metavar="SET=N",
        help="how often an epoch takes each item of a set, as in squad2_half_dev=0.5",
    )
    parser.add_argument("--distractors", type=positive, default=2, help="hard negatives a question")
    parser.add_argument(
        "--near-misses",
        type=share,
        default=0.0,
        metavar="SHARE",
        help="answerable questions to change so that their passages do not answer, as in 0.25",
    )
    parser.add_argument("--batch", type=positive, default=16, help="questions a step")
    parser.add_argument("--dropout", type=share, default=0.0, help="share of states left out")
    parser.add_argument("--first-layer", type=int, help="layers before it stay as they are")
    parser.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    parser.add_argument(
        "--workers", type=int, default=0, help="processes that draw examples ahead, for a GPU"
    )
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)


def _reader(options: argparse.Namespace, settings: Settings) -> Data:
    from rare_app.lab.tuning.leaks import drop_leaks, hold
    from rare_app.lab.tuning.neighbours import cached_embed, minilm_embed
    from rare_app.lab.tuning.reader_train import train_reader
    from rare_app.lab.tuning.reader_types import reader_options
    from rare_app.lab.tuning.readers import read_sets

    chosen = reader_options(
        options.encoder,
        settings=settings,
        output=options.output,
        hours=options.hours,
        steps=options.steps,
        start=options.start,
        rate=options.rate,
        rank=options.rank,
        shares=by_set(options.share, option="--share"),
        distractors=options.distractors,
        near_misses=options.near_misses,
        batch=options.batch,
        dropout=options.dropout,
        first_layer=options.first_layer,
        device=options.device,
        workers=options.workers,
        threads=options.threads,
        seed=options.seed,
    )
    if chosen.rank:
        require("peft")
    items = [item for own in read_sets(options.data, options.names).values() for item in own]
    held = hold(item for item in items if item.split == "validation")
    training, report = drop_leaks((item for item in items if item.split == "train"), held)
    for line in report.lines():
        say(line)
    progress = train_reader(
        training,
        options=chosen,
        held=held,
        embed=cached_embed(folder=options.output, embed=minilm_embed()),
        say=say,
    )
    return {**asdict(progress), "reader": str(chosen.file)}
