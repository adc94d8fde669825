"""``python -m rare_app tune …``: the arguments of each command and what it calls.

Nothing heavy is imported here before a command runs, so that the help stays quick and works where
the packages of tuning are not installed.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
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
    _add_reader(add)
    _add_train(add)
    _add_export(add)
    _add_distill(add)
    _add_evaluate(add)
    _add_small(add)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


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


# --- reader ---


def _add_reader(add: Add) -> None:
    parser = add("reader", _reader, "Train the reader that finds the evidence.")
    parser.add_argument("data", type=Path, help="folder with a folder for each data set")
    parser.add_argument("--output", type=Path, required=True, help="folder; goes on if begun")
    parser.add_argument("--set", action="append", default=[], dest="names", help="only this set")
    parser.add_argument("--hours", type=float, default=0.75, help="time to train for")
    parser.add_argument("--steps", type=_positive, help="steps, in place of --hours")
    parser.add_argument("--from", type=Path, dest="start", help="a reader to start from")
    parser.add_argument("--rate", type=float, default=1.5e-4, help="highest learning rate")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)


def _reader(options: argparse.Namespace, _settings: Settings) -> Data:
    from rare_app.tuning.leaks import drop_leaks, hold
    from rare_app.tuning.neighbours import cached_embed, minilm_embed
    from rare_app.tuning.reader_train import READER_FILE, ReaderOptions, train_reader
    from rare_app.tuning.readers import read_sets

    items = [item for own in read_sets(options.data, options.names).values() for item in own]
    held = hold(item for item in items if item.split == "validation")
    training, report = drop_leaks((item for item in items if item.split == "train"), held)
    for line in report.lines():
        say(line)
    progress = train_reader(
        training,
        options=ReaderOptions(
            output=options.output,
            hours=options.hours,
            steps=options.steps,
            start=options.start,
            rate=options.rate,
            threads=options.threads,
            seed=options.seed,
        ),
        held=held,
        embed=cached_embed(folder=options.output, embed=minilm_embed()),
        say=say,
    )
    return {**asdict(progress), "reader": str(options.output / READER_FILE)}


# --- train ---


def _add_train(add: Add) -> None:
    parser = add("train", _train, "Train an adapter, or go on with a training.")
    parser.add_argument("examples", type=Path, help="examples.jsonl of “tune examples”")
    parser.add_argument("--output", type=Path, required=True, help="folder for checkpoints")
    parser.add_argument("--base", type=Path, help="GGUF of the base (default: the bundled model)")
    parser.add_argument("--from", type=Path, dest="start", help="an adapter.pt to start from")
    parser.add_argument("--adapter", default="lora", help="kind of adapter (default: lora)")
    parser.add_argument("--rank", type=int, default=32)
    parser.add_argument("--alpha", type=float, default=64.0)
    parser.add_argument("--hours", type=float, default=1.0, help="time to train for")
    parser.add_argument("--steps", type=_positive, help="number of steps, instead of --hours")
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
            start=options.start,
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
    parser.add_argument(
        "--merge", action="store_true", help="write base and adapter as one quantised model"
    )
    parser.add_argument("--type", default="q8_0", help="weights of the merged model (q8_0)")
    parser.add_argument(
        "--examples",
        type=Path,
        help="examples to compare on (default: examples.jsonl in the folder above the adapter's)",
    )
    parser.add_argument("--prompts", type=_positive, default=20, help="prompts to compare on")
    parser.add_argument("--positions", type=_positive, default=500, help="tokens to compare in all")
    parser.add_argument(
        "--no-check", action="store_true", help="do not compare llama.cpp with PyTorch"
    )


def _export(options: argparse.Namespace, _settings: Settings) -> Data:
    require("gguf", *(() if options.no_check else ("peft",)))
    from rare_app.tuning.base import find_base
    from rare_app.tuning.check import check_adapter
    from rare_app.tuning.export import export_adapter
    from rare_app.tuning.merge import merge_adapter

    examples = options.examples or options.adapter.resolve().parent.parent / "examples.jsonl"
    if not options.no_check and not examples.is_file():
        raise UserError(
            f"“{examples}” is not there, so the export cannot be checked: name the examples of the "
            "training with --examples, or say --no-check."
        )
    # The file comes to its place only when it has been found to be what was trained.
    unchecked = options.output.with_name(f"{options.output.stem}.unchecked.gguf")
    agreement = {}
    try:
        size = export_adapter(options.adapter, output=unchecked, base=options.base)
        if not options.no_check:
            agreement = check_adapter(
                options.adapter,
                written=unchecked,
                base=options.base,
                examples=examples,
                prompts=options.prompts,
                positions=options.positions,
                say=say,
            )
        if options.merge:
            base = find_base(options.base)
            size = merge_adapter(base, adapter=unchecked, output=options.output, kind=options.type)
        else:
            unchecked.replace(options.output)
    finally:
        unchecked.unlink(missing_ok=True)
    return {
        "output": str(options.output),
        "bytes": size,
        "agreement": {name: asdict(one) for name, one in agreement.items()},
    }


# --- distill ---


def _add_distill(add: Add) -> None:
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
    parser.add_argument("--limit", type=_positive, help="take the first questions only")
    parser.add_argument("--tries", type=_positive, default=8, help="most tries a question (8)")
    parser.add_argument("--temperature", type=float, default=0.7)
    parser.add_argument("--right-from", type=float, default=0.6, help="least token-F1 (0.6)")
    parser.add_argument("--parallel", type=_positive, default=1, help="questions asked at once (1)")
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


# --- evaluate ---


def _add_evaluate(add: Add) -> None:
    parser = add("evaluate", _evaluate, "Compare adapter and base over sets of cases.")
    parser.add_argument("cases", nargs="+", type=Path, help="files of cases, or folders of them")
    parser.add_argument("--output", type=Path, required=True, help="folder for figures and answers")
    parser.add_argument("--model", default="", help="name or path of a GGUF model")
    parser.add_argument("--adapter", default="", metavar="NAME|none", help="the model's adapter")
    parser.add_argument(
        "--variants", default="", metavar="A,B", help="only these (default: all that apply)"
    )
    parser.add_argument("--limit", type=_positive, help="take each set's first cases only")


def _evaluate(options: argparse.Namespace, settings: Settings) -> Data:
    require("matplotlib")
    from rare_app.evaluation.answerer import ModelAnswerer
    from rare_app.evaluation.compare import compare, find_sets
    from rare_app.evaluation.report import sum_up, table, write_report
    from rare_app.evaluation.variants import choose_variants
    from rare_app.model import choose_adapter, choose_model, hash_model
    from rare_app.services import services

    sets = find_sets(options.cases, limit=options.limit)
    model = choose_model(settings, options.model)
    adapter = choose_adapter(settings, model, options.adapter)
    names = tuple(name.strip() for name in options.variants.split(",") if name.strip())
    variants = choose_variants(names, adapter=adapter is not None)
    facts = {
        "model": model.name,
        "model_sha256": hash_model(model.path),
        "adapter": adapter.name if adapter else None,
        "adapter_sha256": hash_model(adapter.path) if adapter else None,
    }
    with services(settings) as opened:
        records = compare(
            sets,
            variants,
            answer=ModelAnswerer(
                settings=settings,
                assistant=opened.assistant,
                engine=opened.engine,
                model=options.model,
                adapter=options.adapter,
            ),
            embed=opened.library.embedder.embed,
            output=options.output,
            facts=facts,
            say=say,
        )
    results = sum_up(records)
    files = write_report(results, output=options.output, facts=facts)
    say(table(results))
    return {"files": [str(path) for path in files], "facts": facts, "results": results}


# --- small ---


def _add_small(add: Add) -> None:
    parser = add("small", _small, "The whole way once, small: examples, training, export, check.")
    parser.add_argument("--data", type=Path, help="folder of data sets (default: a tiny one)")
    parser.add_argument("--output", type=Path, required=True, help="folder for what is made")
    parser.add_argument(
        "--questions", type=_positive, default=200, help="about how many items (200)"
    )
    parser.add_argument(
        "--steps", type=_positive, help="optimiser steps (default: some minutes' worth)"
    )


def _small(options: argparse.Namespace, _settings: Settings) -> Data:
    require("peft", "gguf", "matplotlib")
    from rare_app.tuning.neighbours import cached_embed, minilm_embed
    from rare_app.tuning.small import TINY_DATA, small

    report = small(
        data=options.data or TINY_DATA,
        output=options.output,
        embed=cached_embed(folder=options.output, embed=minilm_embed()),
        questions=options.questions,
        steps=options.steps,
        say=say,
    )
    return {"adapter": str(options.output / "adapter.gguf"), **asdict(report)}
