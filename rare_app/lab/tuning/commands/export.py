"""``tune export``: an adapter to a GGUF file."""

import argparse
from dataclasses import asdict
from pathlib import Path

from rare_app.errors import UserError
from rare_app.lab.tuning.commands.types import Add, Data, positive, say
from rare_app.lab.tuning.require import require
from rare_app.settings import Settings


def add_export(add: Add) -> None:
    """Add ``tune export``."""
    parser = add("export", _export, "Write a trained adapter as a GGUF file for llama.cpp.")
    parser.add_argument("adapter", type=Path, help="adapter.pt of “tune train”, or a .gguf")
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
    parser.add_argument("--prompts", type=positive, default=20, help="prompts to compare on")
    parser.add_argument("--positions", type=positive, default=500, help="tokens to compare in all")
    parser.add_argument(
        "--no-check", action="store_true", help="do not compare llama.cpp with PyTorch"
    )


def _export(options: argparse.Namespace, settings: Settings) -> Data:
    require("gguf", *(() if options.no_check else ("peft",)))
    from rare_app.lab.tuning.base import find_base
    from rare_app.lab.tuning.check import check_adapter
    from rare_app.lab.tuning.export import export_adapter
    from rare_app.lab.tuning.merge import merge_adapter

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
                profiles=settings.model_paths,
                say=say,
            )
        if options.merge:
            base = find_base(options.base)
            size = merge_adapter(base, adapter=unchecked, output=options.output, kind=options.type)
        else:
            unchecked.replace(options.output)
            _write_profile(options.output, settings)
    finally:
        unchecked.unlink(missing_ok=True)
    return {
        "output": str(options.output),
        "bytes": size,
        "agreement": {name: asdict(one) for name, one in agreement.items()},
    }


def _write_profile(adapter: Path, settings: Settings) -> None:
    """Put an activated adapter's profile beside it, where its base has one."""
    from rare_app.lab.tuning.agreement import is_activated
    from rare_app.lab.tuning.export import BASE_HASH, form_of, is_led, write_profile
    from rare_app.model import find_profile
    from rare_app.model.gguf_header import read_header

    sha256 = str(read_header(adapter).get(BASE_HASH))
    name = f"{find_profile(settings.model_paths, base_sha256=sha256).name}.toml"
    found = [folder / name for folder in settings.model_paths if (folder / name).is_file()]
    if found and is_activated(adapter):
        form, led = form_of(adapter), is_led(adapter)
        say(f"profile: {write_profile(adapter, profile=found[0], form=form, led=led)}")
