"""How many steps, and the learning rate of each."""

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Warm-up, then a cosine that ends at zero.

    Attributes
    ----------
    steps : int
        Optimiser steps in all.
    peak : float
        Highest learning rate.
    warm_up : int
        Steps of linear warm-up.
    finish_from : int or None
        Step at which an early end was asked for; from there the rate falls linearly to zero at
        ``steps``.
    finish_rate : float
        The learning rate at ``finish_from``.
    """

    steps: int
    peak: float
    warm_up: int
    finish_from: int | None = None
    finish_rate: float = 0.0

    def rate(self, step: int) -> float:
        """Learning rate of the step (counted from 0)."""
        if self.finish_from is not None:
            left = (self.steps - step) / max(1, self.steps - self.finish_from)
            return self.finish_rate * max(0.0, min(1.0, left))
        if step < self.warm_up:
            return self.peak * (step + 1) / self.warm_up
        share = (step - self.warm_up) / max(1, self.steps - self.warm_up)
        return self.peak * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))

    def finish(self, step: int, *, share: float = 0.1) -> "Schedule":
        """End early: let the rate fall to zero over the next `share` of the steps done so far."""
        if self.finish_from is not None:
            return self
        end = min(self.steps, step + max(1, round(share * max(step, 1))))
        return replace(self, steps=end, finish_from=step, finish_rate=self.rate(step))


def plan_steps(*, hours: float, seconds_a_step: float) -> int:
    """Give how many steps fit into the time."""
    return max(1, int(hours * 3600 / seconds_a_step))
