"""What the commands share: how they are declared, and how they write JSON."""

import argparse
import json
import re
from collections.abc import Callable
from typing import IO, Any, Protocol

from rare_app.settings import Settings

Run = Callable[[argparse.Namespace, Settings, IO[str]], int]
"""A command: options, settings and its output → exit status."""

_ACTING = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that JSON allows as they are and that a terminal would act on."""


class Declare(Protocol):
    """Declares a command; options of ``more`` are taken over."""

    def __call__(
        self, name: str, run: Run, text: str, *more: argparse.ArgumentParser
    ) -> argparse.ArgumentParser:
        """Give the command's parser, for its own options."""


def write_json(out: IO[str], data: Any) -> None:
    """Write one JSON document and a line break."""
    text = json.dumps(data, ensure_ascii=False)
    out.write(_ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")
    out.flush()


def positive(text: str) -> int:
    """Read a whole number from 1 on."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value
