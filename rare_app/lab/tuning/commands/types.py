"""What the commands under ``tune`` share."""

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from typing import Any

from rare_app.errors import UserError
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


def share(text: str) -> float:
    """Read a number from 0 to 1, as an argument."""
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError("must be from 0 to 1")
    return value


def by_set(texts: Sequence[str], *, option: str, whole: bool = False) -> dict[str, float]:
    """Read what an option says of data sets, each as ``SET=N``.

    Raises
    ------
    UserError
        A text has another form, or its number is below 0 or not finite, or not whole where that
        is wanted.
    """
    found = {}
    for text in texts:
        name, _, number = text.partition("=")
        try:
            value = float(int(number) if whole else float(number))
        except ValueError:
            value = -1.0
        if not name or not 0 <= value < math.inf:
            raise UserError(f"{option} should read SET=N, not “{text}”.")
        found[name] = value
    return found


def say(line: str) -> None:
    """Write a line to stderr at once."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
