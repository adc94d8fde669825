"""What the quotes of an answer are for: the likeliest answers, of all passages and a sentence's."""

import functools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rare_app.model import QuotedSpan
from rare_app.reader import (
    Guidance,
    LikelyAnswer,
    expected_recall,
    likely_answers,
    share_by_agreement,
)

LEAD_NATS = 1.0
"""Nats that the sentence of the likeliest answer is put ahead of every other."""
REACH_FROM = 0.01
"""Share from which a span is looked for in the quotes of its sentence."""
HELD_FROM = 0.01
"""Share that the quotes must hold of all likely answers, so that these count in them."""
RUNS_ON_SHARE, RUNS_ON_WORDS = 1.5, 4
"""An answer runs on that is so many times as long as the likeliest, and so many words longer."""


def runs_on(said: str, likeliest: str) -> bool:
    """Tell whether an answer holds the likeliest one and goes on for long before or behind it.

    A small model does not know where to stop: asked which actions can be reviewed, it answers “All
    actions by EU institutions can be subject to judicial review, and …” (docs/quoting.md).
    """
    words, fewest = len(said.split()), len(likeliest.split())
    long = words >= max(RUNS_ON_SHARE * fewest, fewest + RUNS_ON_WORDS)
    return bool(likeliest) and long and likeliest in said


class Wanted:
    """The reader's likeliest answers in some passages.

    The reader says apart which sentence answers and where an answer's words are. The second sees
    that two passages say the same: on data the sentence of the span that agrees best with all
    others holds the evidence as often as the best one, and its span is right more often
    (docs/quoting.md).

    Parameters
    ----------
    guidance : Guidance
        What is said of the passages.
    texts : sequence of str
        The passages.
    nats : sequence of float
        What is known for or against each passage apart from its words.
    """

    def __init__(self, guidance: Guidance, texts: Sequence[str], *, nats: Sequence[float]) -> None:
        self._guidance = guidance
        self._texts = texts
        self._nats = nats
        self._places: dict[int, tuple[int, int] | None] = {}

    @functools.cached_property
    def expected(self) -> float | None:
        """Recall that the reader expects of the likeliest answer, in [0, 1], if it can tell."""
        if not self.answers:
            return 0.0
        passage, start, end, _ = self.answers[0]
        return expected_recall(
            self._texts[passage][start:end],
            words=self._guidance.words,
            texts=self._texts,
            sentences=self._guidance.sentences,
        )

    @functools.cached_property
    def answers(self) -> list[LikelyAnswer]:
        """The likeliest answers of all passages, by how well they agree, best first."""
        sentences = [(one.passage, one.start, one.end) for one in self._guidance.sentences]
        likely = likely_answers(self._guidance.words, texts=self._texts, within=sentences)
        said = [(p, a, z, share * math.exp(self._nats[p])) for p, a, z, share in likely]
        return share_by_agreement(said, texts=self._texts)

    @functools.cached_property
    def scores(self) -> NDArray[np.float32]:
        """Give each sentence's score in nats, the one of the likeliest answer first."""
        scores = self._guidance.scores
        if not self.answers or not len(scores):
            return scores
        passage, start, end, _ = self.answers[0]
        led = scores.copy()
        for number, one in enumerate(self._guidance.sentences):
            if one.passage == passage and one.start <= start and end <= one.end:
                led[number] = scores.max() + LEAD_NATS
        return led

    def place(self, sentence: int) -> tuple[int, int] | None:
        """Say where in a sentence its likeliest answer stands, if it may hold one.

        Returns
        -------
        (int, int) or None
            Start and end, in characters of its passage.
        """
        if sentence not in self._places:
            self._places[sentence] = self._place(sentence)
        return self._places[sentence]

    def _place(self, sentence: int) -> tuple[int, int] | None:
        one = self._guidance.sentences[sentence]
        for passage, start, end, _ in self.answers[:1]:
            if passage == one.passage and one.start <= start and end <= one.end:
                return start, end
        within = [(one.passage, one.start, one.end)]
        likely = likely_answers(
            self._guidance.words, texts=self._texts, within=within, least=REACH_FROM
        )
        if not likely:
            return None
        _, start, end, _ = share_by_agreement(likely, texts=self._texts)[0]
        return start, end

    def held(self, quoted: Sequence[QuotedSpan]) -> list[LikelyAnswer]:
        """List the answers that the quotes hold, with shares that add up to 1; best first.

        They are those of :attr:`answers`; where the quotes hold next to nothing of these, their own
        likeliest.
        """
        quotes = [self._texts[one.text][one.start : one.end] for one in quoted]
        own = [
            (passage, start, end, share)
            for passage, start, end, share in self.answers
            if any(self._texts[passage][start:end] in quote for quote in quotes)
        ]
        if _sum(own) < HELD_FROM * _sum(self.answers):
            within = [(one.text, one.start, one.end) for one in quoted]
            likely = likely_answers(self._guidance.words, texts=self._texts, within=within)
            own = share_by_agreement(likely, texts=self._texts)
        whole = _sum(own) or 1.0
        return [(passage, start, end, share / whole) for passage, start, end, share in own]


def _sum(answers: Sequence[LikelyAnswer]) -> float:
    return sum(share for *_, share in answers)
