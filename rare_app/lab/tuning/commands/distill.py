"""``tune distill``: a teacher writes the reasoning."""

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rare_app.errors import UserError
from rare_app.lab.tuning.commands.types import Add, Data, positive, say
from rare_app.settings import Settings

if TYPE_CHECKING:
    from rare_app.lab.tuning.distill import Judge
    from rare_app.lab.tuning.teacher import Teacher

MOST_ITEMS = 300
"""Items of a set that questions are made of, unless the source is a file of them."""


def add_distill(add: Add) -> None:
    """Add ``tune distill``."""
    parser = add("distill", _distill, "Let a model write the reasoning; keep what is right.")
    parser.add_argument(
        "source", type=Path, help="folder of data sets, a file of cases, or a file of examples"
    )
    parser.add_argument("--output", type=Path, required=True, help="folder for what is made")
    teacher = parser.add_mutually_exclusive_group(required=True)
    teacher.add_argument("--url", help="OpenAI-compatible endpoint, up to and with /v1")
    teacher.add_argument("--model", help="name or path of a GGUF model on this machine")
    parser.add_argument("--model-name", default="", help="the model's name at the endpoint")
    parser.add_argument("--set", action="append", default=[], dest="names", help="only this set")
    parser.add_argument(
        "--form",
        choices=("steps", "sentence"),
        default="steps",
        help="reasoning with quotes (steps), or an answer in one sentence",
    )
    parser.add_argument("--limit", type=positive, help="ask so many questions in all")
    parser.add_argument("--hours", type=float, help="begin no more questions after this time")
    parser.add_argument("--tries", type=positive, default=4, help="most tries a question (4)")
    parser.add_argument(
        "--enough", type=positive, default=2, help="right tries, of which the shortest is kept (2)"
    )
    parser.add_argument(
        "--told", type=int, default=2, help="tries with answer and evidence told, if none is right"
    )
    parser.add_argument("--temperature", type=float, default=0.8)
    parser.add_argument("--right-from", type=float, default=0.6, help="least token-F1 (0.6)")
    parser.add_argument("--parallel", type=positive, default=1, help="questions asked at once (1)")
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds for one answer (120)")
    parser.add_argument("--price-in", type=float, default=0.0, help="of a million tokens read")
    parser.add_argument("--price-out", type=float, default=0.0, help="of a million tokens written")
    parser.add_argument("--seed", type=int, default=0)


def _distill(options: argparse.Namespace, settings: Settings) -> Data:
    from rare_app.lab.tuning.asked import read_asked
    from rare_app.lab.tuning.distill import EXAMPLES_FILE, DistillOptions, distill, in_turns
    from rare_app.lab.tuning.stopping import until_stopped

    if options.url and not options.model_name:
        raise UserError("--url needs --model-name: the model's name at the endpoint.")
    if options.url and options.form == "sentence":
        raise UserError("Sentences are written by a model on this machine: name one with --model.")
    asked = read_asked(_questions(options))
    if options.names:
        asked = [one for one in asked if one.data_set in options.names]
    if options.form == "sentence":  # where choices are told, the app reasons in steps
        asked = [one for one in asked if not one.told]
    chosen = list(in_turns(asked, done=()))[: options.limit]
    with until_stopped() as stopping, _teach(options, settings, lambda: stopping.asked) as given:
        teacher, examiner = given
        report = distill(
            chosen,
            teacher=teacher,
            judge=examiner,
            output=options.output,
            options=DistillOptions(
                tries=options.tries,
                enough=options.enough,
                told=options.told,
                hours=options.hours,
                parallel=options.parallel if options.url else 1,
                price_in=options.price_in,
                price_out=options.price_out,
                seed=options.seed,
            ),
            say=say,
            stopping=stopping,
        )
    return {"output": str(options.output / EXAMPLES_FILE), **asdict(report)}


def _questions(options: argparse.Namespace) -> Path:
    """Give the file of questions; of data sets it is made first, once."""
    if not options.source.is_dir():
        return Path(options.source)
    from rare_app.lab.tuning.examples import Recipe, make_examples
    from rare_app.lab.tuning.neighbours import cached_embed, minilm_embed
    from rare_app.lab.tuning.readers import READERS

    folder = options.output / "questions"
    if not (folder / "cases").is_dir():  # written last
        names = tuple(options.names)
        limits = dict.fromkeys(names or READERS, MOST_ITEMS)
        make_examples(
            data=options.source,
            output=folder,
            recipe=Recipe(names=names, limits=limits, repeats={}, seed=options.seed),
            embed=cached_embed(folder=folder, embed=minilm_embed()),
            say=say,
        )
    return Path(folder / "examples.jsonl")


@contextmanager
def _teach(
    options: argparse.Namespace, settings: Settings, cancelled: Callable[[], bool]
) -> Iterator[tuple["Teacher", "Judge"]]:
    """Open the teacher and who judges what it writes."""
    from rare_app.lab.tuning.examiner import open_examiner
    from rare_app.lab.tuning.local_teacher import LocalTeacher
    from rare_app.lab.tuning.sentence_teacher import SentenceTeacher
    from rare_app.lab.tuning.teacher import KEY_VARIABLE, HttpTeacher
    from rare_app.model import GENERIC, Engine

    folder = options.output / "work"
    profile = GENERIC if options.url else Engine(settings=settings).profile(options.model, "none")
    with open_examiner(
        settings,
        folder=folder,
        profile=profile,
        right_from=options.right_from,
        form=options.form,
    ) as examiner:
        teacher: HttpTeacher | LocalTeacher | SentenceTeacher
        if options.url:
            teacher = HttpTeacher(
                url=options.url,
                model=options.model_name,
                key=os.environ.get(KEY_VARIABLE, ""),
                temperature=options.temperature,
                timeout=options.timeout,
            )
        elif options.form == "sentence":
            teacher = SentenceTeacher(
                settings=settings,
                model=options.model,
                temperature=options.temperature,
                cancelled=cancelled,
            )
        else:
            teacher = LocalTeacher(
                settings=settings,
                model=options.model,
                folder=folder,
                examiner=examiner,
                temperature=options.temperature,
                cancelled=cancelled,
            )
        try:
            yield teacher, examiner
        finally:
            teacher.close()
