"""Weigh a claim at the sentences that fit it best."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rare_app.proof.grounds import Grounds, Place
from rare_app.proof.signs import signs, stands
from rare_app.proof.statements import Statement
from rare_app.reader import Guidance
from rare_app.types import Citation

CANDIDATES = 5
"""Places at which a claim is weighed with care."""
_BEHIND = 0.25
"""How much less fitting than the best place a place may be and still be weighed."""
QUOTED = 0.03
"""What a place that the reasoning quoted is ahead of an equal one."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A claim at a place."""

    place: Place
    signs: dict[str, float]


def weigh(
    statement: Statement,
    grounds: Grounds,
    *,
    guidance: Guidance | None = None,
    quoted: Sequence[Citation] = (),
) -> list[Weighed]:
    """Weigh a claim at the places that fit it best.

    Parameters
    ----------
    guidance : Guidance, optional
        What a reader said of the question and these passages; used for short answers.
    quoted : sequence of Citation
        What the reasoning quoted, with offsets in the page; of equal places these come first.
    """
    places = grounds.places
    if not places or not statement.text:
        return []
    likeness = grounds.likeness(statement.whole)
    asked = np.zeros(len(places))
    if statement.short:
        asked = np.array([grounds.share(statement.asked, one.stems) for one in places])
    fit = _fit(statement, grounds, likeness, asked)
    fit += QUOTED * np.array([is_quoted(one, quoted) for one in places])
    order = [int(i) for i in np.argsort(-fit, kind="stable")[:CANDIDATES]]
    order = [i for i in order if fit[i] >= fit[order[0]] - _BEHIND]
    best = float(asked.max(initial=0.0))
    return [
        Weighed(
            places[i],
            signs(
                statement,
                places[i],
                grounds,
                likeness=float(likeness[i]),
                best_asked=best,
                reader=_reader_says(statement, places[i], guidance),
            ),
        )
        for i in order
    ]


def _fit(
    statement: Statement,
    grounds: Grounds,
    likeness: NDArray[np.float32],
    asked: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Say how well each sentence fits a claim, by words and meaning."""
    words = np.array([grounds.share(statement.stems, one.stems) for one in grounds.places])
    if not statement.short:
        return np.asarray(0.6 * words + 0.4 * likeness)
    whole = np.array(
        [float(stands(statement.text, one.text)) if share else 0.0
         for one, share in zip(grounds.places, words, strict=True)]
    )  # fmt: skip
    return np.asarray(0.5 * np.maximum(words, whole) + 0.3 * asked + 0.2 * likeness)


def _reader_says(statement: Statement, place: Place, guidance: Guidance | None) -> float:
    """How much less likely than its best span the reader finds this answer here, in nats."""
    if not statement.short or guidance is None or not guidance.words:
        return 0.0
    at = place.text.lower().find(statement.text.lower().strip(" .!?\"“”'"))
    if at < 0:
        return -12.0
    start = place.start + at
    end = start + len(statement.text.strip(" .!?\"“”'"))
    own = [one for one in guidance.words if one.passage == place.passage]
    opens = max((one.opens for one in own if one.start <= start < one.end), default=-20.0)
    closes = max((one.closes for one in own if one.start < end <= one.end), default=-20.0)
    best = max(one.opens for one in guidance.words) + max(one.closes for one in guidance.words)
    return min(0.0, opens + closes - best)


def is_quoted(place: Place, quoted: Sequence[Citation]) -> bool:
    """Tell whether a sentence was quoted, whole or in part."""
    return any(
        one.passage == place.passage and (one.quote in place.text or place.text in one.quote)
        for one in quoted
    )
