"""The command line: starts the browser app, and is the same product without a browser.

With ``--json`` a command writes one JSON document to stdout and nothing else there; progress and
log go to stderr. Exit status: 0 done, 1 the user can mend it (one sentence on stderr), 2 usage.
"""

import argparse
import contextlib
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, cast

from rare_app import __version__
from rare_app.commands import ask, chats, evaluate, fetch, library, memory, serve, upkeep
from rare_app.commands.types import Run
from rare_app.errors import UserError
from rare_app.log import quiet_environment, start_logging
from rare_app.plain import plain_text
from rare_app.servers import what_leaves
from rare_app.settings import load_settings

log = logging.getLogger(__name__)

_ASKING = ("add", "ask", "audit", "evaluate", "retrieve")
"""Commands that ask the servers which the settings may name."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        The exit status.
    """
    given = sys.argv[1:] if arguments is None else arguments
    parser = _parser(tunes="tune" in given)
    options = parser.parse_args(arguments)
    if options.command == "retrieve" and (options.question is None) == (options.file is None):
        parser.error("retrieve takes a QUESTION or --file")
    if options.command == "memory" and (options.document is None) == ("pin" in options.work):
        parser.error("memory pin and memory unpin take a DOCUMENT, the others none")
    if options.command == "chats" and (options.chat is None) == (options.work != "list"):
        parser.error("chats show and chats delete take an ID, chats list none")
    quiet_environment()
    try:
        told = {name: getattr(options, name, None) for name in ("quoting", "host", "port")}
        settings = load_settings(home=options.home, **told)
        start_logging(settings)
        if options.command in _ASKING:
            for sentence in what_leaves(settings):
                print(sentence, file=sys.stderr)
        with _output(options.json) as out:
            return int(options.run(options, settings, out) or 0)
    except UserError as error:
        print(plain_text(str(error)), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 1
    except Exception as error:
        from rare_app.model import Cancelled

        if isinstance(error, Cancelled):  # Ctrl-C while llama.cpp was reading
            print("Stopped.", file=sys.stderr)
            return 130
        log.exception("“%s” failed", options.command)
        where = load_settings(home=options.home).logs_path / "rare.log"
        print(f"Something went wrong that should not; {where} has the details.", file=sys.stderr)
        return 1


class _PlainOutput:
    """Standard output for people: what documents say cannot act on the terminal."""

    def write(self, text: str) -> int:
        """Write text without control characters."""
        return sys.stdout.write(plain_text(text))

    def flush(self) -> None:
        """Pass on what is held back."""
        sys.stdout.flush()


@contextlib.contextmanager
def _output(as_json: bool) -> Iterator[IO[str]]:
    """Give the real stdout to the command; in JSON mode nobody else can write to it."""
    if not as_json:
        yield cast(IO[str], _PlainOutput())
        return
    sys.stdout.flush()
    real = os.dup(1)
    os.dup2(2, 1)
    try:
        with os.fdopen(real, "w", encoding="utf-8", closefd=False) as out:
            yield out
    finally:
        sys.stdout.flush()
        os.dup2(real, 1)
        os.close(real)


def _parser(*, tunes: bool = False) -> argparse.ArgumentParser:
    """Declare the commands; those of the lab only where it is asked for."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="one JSON document on stdout")
    common.add_argument("--home", type=Path, help="the user's folder (default: RARE_HOME)")
    within = argparse.ArgumentParser(add_help=False)
    within.add_argument("--collection", metavar="C", help="a collection of the library")
    reading = argparse.ArgumentParser(add_help=False)
    reading.add_argument("--model", default="", help="name or path of a GGUF model")
    reading.add_argument("--adapter", default="", metavar="NAME|none", help="the model's adapter")
    reading.add_argument("--memory", choices=("on", "off"), default="on")
    reading.add_argument(
        "--quoting",
        choices=("guided", "constrained", "free"),
        help="how quotes are written (default: guided)",
    )

    parser = argparse.ArgumentParser(
        prog="rare" if Path(sys.argv[0]).stem == "rare" else "python -m rare_app",
        description="Question your own documents, offline.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(
        name: str, run: Run, text: str, *more: argparse.ArgumentParser
    ) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = commands.add_parser(
            name, help=text, description=text, parents=[common, *more]
        )
        made.set_defaults(run=run)
        return made

    serve.declare(command)
    library.declare(command, within=within)
    ask.declare(command, within=within, reading=reading)
    evaluate.declare(command, within=within, reading=reading)
    memory.declare(command, within=within)
    chats.declare(command)
    upkeep.declare(command)
    fetch.declare(command)
    tune = commands.add_parser("tune", help="Train, export and measure an adapter.")
    if tunes:
        from rare_app.lab.tuning.command import add_arguments

        add_arguments(tune, parents=[common])
    return parser
