"""The command that starts the browser app."""

import argparse
import contextlib
from dataclasses import replace
from typing import IO

from rare_app.commands.types import Declare
from rare_app.settings import Settings


def declare(command: Declare) -> None:
    """Declare the command."""
    one = command("serve", _serve, "Start the browser app.")
    one.add_argument("--host", help="address to listen on (default 127.0.0.1: this machine)")
    one.add_argument("--port", type=int, help="port to listen on (default 7860)")
    one.add_argument("--model", help="name or path of a GGUF model")
    one.add_argument("--open", action="store_true", help="open the browser")


def _serve(options: argparse.Namespace, settings: Settings, _: IO[str]) -> int:
    from rare_app.ui.serve import serve

    settings = replace(settings, model=options.model or settings.model)
    with contextlib.suppress(KeyboardInterrupt):  # how it is ended
        serve(settings, open_browser=options.open)
    return 0
