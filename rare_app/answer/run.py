"""What the assistant needs of whoever writes an answer: the model of this machine, or a server."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rare_app.model import QuotedSpan
from rare_app.types import Answer, Event, Timings

Stop = Callable[[], bool]


@dataclass(slots=True)
class Clock:
    """Times of one question, in seconds since it was asked."""

    begun: float
    retrieved: float = 0.0
    first_token: float | None = None

    def timings(self) -> Timings:
        """Give the times so far."""
        return Timings(
            retrieve_s=round(self.retrieved, 4),
            first_token_s=None if self.first_token is None else round(self.first_token, 4),
            total_s=round(self.elapsed, 4),
        )

    def note_token(self) -> None:
        """Take note that a token has come."""
        if self.first_token is None:
            self.first_token = self.elapsed

    @property
    def elapsed(self) -> float:
        """Seconds since the question was asked."""
        return time.perf_counter() - self.begun


class Run(Protocol):
    """One question that is being answered over its passages."""

    @property
    def quoted(self) -> Sequence[QuotedSpan]:
        """Quotes whose place is known, in order."""

    def events(self, *, memory: bool) -> Iterator[Event]:
        """Tell how the prompt is read and the completion written.

        Parameters
        ----------
        memory : bool
            Whether stored states may be used, where there are some.
        """

    def answer(self) -> Answer:
        """Sum up once the events are told; claims and quotes are still to be found."""
