"""``tune distill``: a teacher writes the reasoning."""

import argparse
import os
from dataclasses import asdict
from pathlib import Path

from rare_app.errors import UserError
from rare_app.settings import Settings
from rare_app.tuning.commands.types import Add, Data, positive, say


def add_distill(add: Add) -> None:
    """Add ``tune distill``."""
    parser = add("distill", _distill, "Let a larger model write the reasoning; keep what is right.")
    parser.add_argument(
        "source", type=Path, help="folder of data sets, a file of cases, or a file of examples"
    )
    parser.add_argument("--output", type=Path, required=True, help="folder for what is made")
    teacher = parser.add_mutually_exclusive_group(required=True)
    teacher.add_argument("--url", help="OpenAI-compatible endpoint, up to and with /v1")
    teacher.add_argument("--model", help="name or path of a GGUF model on this machine")
    parser.add_argument("--model-name", default="", help="the model's name at the endpoint")
    parser.add_argument("--set", action="append", default=[], dest="names", help="only this set")
    parser.add_argument("--limit", type=positive, help="take the first questions only")
    parser.add_argument("--tries", type=positive, default=8, help="most tries a question (8)")
    parser.add_argument("--temperature", type=float, default=0.7)
    parser.add_argument("--right-from", type=float, default=0.6, help="least token-F1 (0.6)")
    parser.add_argument("--parallel", type=positive, default=1, help="questions asked at once (1)")
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds for one answer (120)")
    parser.add_argument("--price-in", type=float, default=0.0, help="of a million tokens read")
    parser.add_argument("--price-out", type=float, default=0.0, help="of a million tokens written")
    parser.add_argument("--seed", type=int, default=0)


def _distill(options: argparse.Namespace, settings: Settings) -> Data:
    from rare_app.tuning.asked import read_asked
    from rare_app.tuning.distill import EXAMPLES_FILE, DistillOptions, distill
    from rare_app.tuning.local_teacher import LocalTeacher
    from rare_app.tuning.teacher import KEY_VARIABLE, HttpTeacher

    if options.url and not options.model_name:
        raise UserError("--url needs --model-name: the model's name at the endpoint.")
    asked = read_asked(options.source, names=tuple(options.names), seed=options.seed)
    teacher: HttpTeacher | LocalTeacher
    if options.url:
        teacher = HttpTeacher(
            url=options.url,
            model=options.model_name,
            key=os.environ.get(KEY_VARIABLE, ""),
            temperature=options.temperature,
            timeout=options.timeout,
        )
    else:
        teacher = LocalTeacher(
            settings=settings, model=options.model, temperature=options.temperature
        )
    try:
        report = distill(
            asked[: options.limit],
            teacher=teacher,
            output=options.output,
            options=DistillOptions(
                tries=options.tries,
                right_from=options.right_from,
                parallel=options.parallel if options.url else 1,
                price_in=options.price_in,
                price_out=options.price_out,
                seed=options.seed,
            ),
            say=say,
        )
    finally:
        teacher.close()
    return {"output": str(options.output / EXAMPLES_FILE), **asdict(report)}
