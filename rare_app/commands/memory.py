"""The command for what the model has read of the documents."""

import argparse
import sys
from dataclasses import asdict
from typing import IO, Any

from rare_app.commands.types import Declare, write_json
from rare_app.errors import UserError
from rare_app.settings import Settings


def declare(command: Declare, *, within: argparse.ArgumentParser) -> None:
    """Declare the command."""
    one = command("memory", _memory, "What the model has read of the documents.", within)
    one.add_argument(
        "work",
        choices=("build", "status", "clear", "pin", "unpin"),
        help="read what is not read yet; say what is stored; remove it; keep a document in it when "
        "it is full, or no longer",
    )
    one.add_argument(
        "document", nargs="?", metavar="DOCUMENT", help="for pin and unpin, as for remove"
    )


def _memory(options: argparse.Namespace, settings: Settings, out: IO[str]) -> int:
    from rare_app.answer import ReadingProgress
    from rare_app.services import services

    def tell(progress: ReadingProgress) -> None:
        if sys.stderr.isatty() or progress.done % 50 == 0:
            end = "" if sys.stderr.isatty() else "\n"
            left = round((progress.seconds_left or 0) / 60)
            line = f"read {progress.done} of {progress.total} chunks, {progress.bytes / 1e9:.1f} GB"
            print(f"\r\x1b[K{line}, {left} min left", end=end, file=sys.stderr, flush=True)

    if options.work == "build" and settings.llm_url:
        raise UserError(
            "Answers are written by the server of RARE_LLM_URL, which reads passages by itself: "
            "there is nothing to build."
        )
    with services(settings) as opened:
        store = opened.engine.store
        if store is None:
            raise UserError("The memory is off: set RARE_MEMORY=on.")
        data: dict[str, Any] = {}
        if options.work == "build":
            reached = opened.read_ahead.run(tell=tell)
            data = {"state": reached.state, "read": reached.done, "chunks": reached.total}
            if reached.state == "off":
                raise UserError("This model cannot use stored memory: choose another one.")
            if reached.state == "full" and not reached.crowded:
                print("The memory is full: set RARE_MEMORY_GB higher.", file=sys.stderr)
        elif options.work == "clear":
            data = {"removed": store.clear()}
        elif options.document is not None:
            changed = opened.library.pin(
                options.document, collection=options.collection, pinned=options.work == "pin"
            )
            data = {"document": changed.name, "collection": changed.collection}
            opened.read_ahead.keep_pins()
        status = store.status()
        data |= asdict(status)
        data["pinned_documents"] = [one.name for one in opened.library.documents() if one.pinned]
    if status.crowded:
        print(
            f"The pinned documents need {status.pinned_need / 1e9:.3g} GB and the memory has "
            f"{status.budget / 1e9:.3g} GB: unpin some, or set RARE_MEMORY_GB higher.",
            file=sys.stderr,
        )
    if options.json:
        write_json(out, data)
    else:
        data["pinned_documents"] = ", ".join(data["pinned_documents"]) or "none"
        out.write("".join(f"{name}: {value}\n" for name, value in data.items()))
    return 0
