"""What the commands under ``tune`` share."""

import argparse
import sys
from collections.abc import Callable
from typing import Any

from rare_app.settings import Settings

Data = dict[str, Any]
Work = Callable[[argparse.Namespace, Settings], Data]
Add = Callable[..., argparse.ArgumentParser]


def positive(text: str) -> int:
    """Read a whole number of 1 or more, as an argument."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def say(line: str) -> None:
    """Write a line to stderr at once."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
