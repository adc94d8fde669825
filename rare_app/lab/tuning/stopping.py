"""A training that is told to stop ends after the step that runs, with its state saved."""

import contextlib
import signal
from collections.abc import Iterator


class Stopping:
    """Whether a training was told to stop.

    Attributes
    ----------
    asked : bool
        A signal has come.
    """

    def __init__(self) -> None:
        self.asked = False


@contextlib.contextmanager
def until_stopped() -> Iterator[Stopping]:
    """Take SIGTERM and Ctrl-C as a wish to stop, not as an end; as before on leaving.

    Outside the main thread, where Python lets nobody catch signals, nothing is changed.
    """
    stopping = Stopping()

    def ask(*_: object) -> None:
        stopping.asked = True

    before = {}
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(ValueError):  # not in the main thread
            before[number] = signal.signal(number, ask)
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
