"""The contract of a skill: what code does because a model should not be trusted with it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rare_app.library import Passage
from rare_app.reader import Sentence
from rare_app.skills.surroundings import Surroundings
from rare_app.types import Citation


@dataclass(frozen=True, slots=True)
class Seen:
    """A question, and the passages that are read for it.

    Attributes
    ----------
    question : str
    texts : tuple of str
        The passages, as the model reads them.
    sentences : sequence of Sentence
        All of theirs.
    around : Surroundings
        What else is known of them.
    """

    question: str
    texts: tuple[str, ...]
    sentences: Sequence[Sentence]
    around: Surroundings


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, whoever wrote it.

    Attributes
    ----------
    question, answer : str
    cited : sequence of Citation
        The words that it rests on.
    passages : sequence of Passage
        What was read for it.
    """

    question: str
    answer: str
    cited: Sequence[Citation]
    passages: Sequence[Passage]


class Skill:
    """Knows something of questions or answers of one kind; by itself, nothing.

    A skill is a file of this package with a class that overrides what it has a say in, and a line
    in ``SKILLS``.
    """

    def gains(self, seen: Seen) -> NDArray[np.float32]:
        """Say how much likelier each sentence is evidence than the reader thinks.

        Returns
        -------
        array of float32, shape (sentences,)
            Nats.
        """
        return np.zeros(len(seen.sentences), dtype=np.float32)

    def remarks(self, said: Said) -> list[str]:  # noqa: ARG002 - nothing is known of it
        """Say what is doubtful about an answer, a sentence each, for the user."""
        return []
