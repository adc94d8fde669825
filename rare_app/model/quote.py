"""Quotes that cannot be invented: only tokens that go on with a text are allowed inside them.

The filter follows the bytes of the completion. Outside a quote it lets everything pass. Once the
opening tag is complete it keeps the set of places in the texts that agree with what was written
since, and allows the tokens that go on at one of them, the closing tag where a word ends, and
tokens that hold both. It works on bytes, because a text is cut into other tokens after a tag than
after a blank. Which place a quote came from is therefore known and need not be searched.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rare_app.model.pieces import Pieces
from rare_app.model.source import Source

Scores = Callable[[], Sequence[float]]
Reaches = Callable[[], Sequence[int]]

_BLANK = 0x20
_FURTHEST = 160
"""Bytes up to which it is said what comes next."""
_MOST_COMPARED = 8
"""Places, none likelier than the others, of which it is said what they go on with in common."""


@dataclass(frozen=True, slots=True)
class QuoteStart:
    """A character of a text at which a quote may start, and where it ends at the latest."""

    text: int
    at: int
    end: int | None = None


@dataclass(frozen=True, slots=True)
class QuotedSpan:
    """What was quoted: ``texts[text][start:end]``, in characters."""

    text: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Place:
    """A place that agrees with the quote so far; offsets in bytes."""

    text: int
    start: int
    at: int
    end: int
    score: float
    reach: int = 0


class QuoteFilter:
    """Constrains the quotes of one completion to the texts, and guides them.

    Parameters
    ----------
    pieces : Pieces
        The model's vocabulary.
    texts : sequence of str
        What may be quoted, in the words that the model has read.
    starts : sequence of QuoteStart
        Where quotes may start.
    tags : (str, str)
        What opens and closes a quote; the texts do not hold them.
    scores : callable, optional
        Gives a score for each start; called when the first quote opens.
    reaches : callable, optional
        Gives for each start the character of its text before which a quote from there may not end,
        0 where it may; called with the scores. A model that breaks off at a comma else leaves out
        what was asked for.
    weight : float
        Nats that one unit of score is worth: to each token's logit is added the weight times how
        much the best score falls when only the places that go on with it are left. Over a whole
        quote this adds up to weight times (score of its start - best score).
    fewest_words : int
        Words that a quote holds at least, unless its sentence, its line or what may be quoted ends
        before: a model that was made to quote and would rather refuse breaks off at the first.

    Attributes
    ----------
    quotes : list of QuotedSpan
        The quotes that were closed, in order.
    """

    def __init__(
        self,
        *,
        pieces: Pieces,
        texts: Sequence[str],
        starts: Sequence[QuoteStart],
        tags: tuple[str, str],
        scores: Scores | None = None,
        reaches: Reaches | None = None,
        weight: float = 0.0,
        fewest_words: int = 1,
    ) -> None:
        self._pieces = pieces
        self._fewest_words = fewest_words
        self._sources = [Source(text) for text in texts]
        self._starts = [self._place(one) for one in starts]
        self._open, self._close = (tag.encode() for tag in tags)
        self._scores = scores if weight else None
        self._reaches = reaches
        self._weight = weight
        self._used: list[tuple[int, int, int]] = []
        self._demanded = False
        self._opened = 0  # bytes of the opening tag that the completion ends with
        self._inside = False
        self._places: list[_Place] = []
        self._led = False  # whether a blank was written before the quote's first word
        self._closing: list[_Place] = []
        self._closed = 0  # bytes of the closing tag that the quote ends with
        self.quotes: list[QuotedSpan] = []

    def _place(self, start: QuoteStart) -> _Place:
        source = self._sources[start.text]
        at = source.byte_of(start.at)
        end = len(source.data) if start.end is None else source.byte_of(start.end)
        return _Place(start.text, at, at, source.trimmed(at, end), 0.0)

    @property
    def is_open(self) -> bool:
        """Whether the completion stands inside a quote."""
        return self._inside

    @property
    def rest_of_close(self) -> str:
        """What is still to be written to close the quote that is open; empty when none is."""
        if not self._inside:
            return ""
        return self._close[self._closed if self._closing else 0 :].decode()

    def expected(self) -> str:
        """Give the words that come next, up to where the quote may well close; empty if unknown."""
        if self._closing:
            return self.rest_of_close
        if not self._inside and not self._demanded:
            return ""
        places = self._places if self._inside else self._free_starts()
        best = max((one.score for one in places), default=0.0)
        likeliest = [one for one in places if one.score == best][: _MOST_COMPARED + 1]
        lead = b"" if self._inside else self._open[self._opened :]
        if len(likeliest) <= _MOST_COMPARED:
            lead += _common([self._way(one) for one in likeliest])
        return lead.decode("utf-8", "ignore")

    def _way(self, place: _Place) -> bytes:
        """Give what a quote goes on with from here to the end of its sentence and the tag."""
        source = self._sources[place.text]
        data, far = source.data, min(place.end, place.at + _FURTHEST)
        for at in range(place.at, far + 1):
            ends = at == place.end or data[at : at + 1].isspace()
            if ends and source.ends_sentence(at) and self._may_close(place, at):
                return data[place.at : at] + self._close
        return data[place.at : far] + (self._close if far == place.end else b"")

    def go_on_from(self, earlier: "QuoteFilter") -> None:
        """Take over the quotes of a filter over the first of the same texts."""
        self.quotes, self._used = [*earlier.quotes], [*earlier._used]

    def demand(self) -> None:
        """Let the completion go on with a quote and nothing else."""
        self._demanded = bool(self._starts)

    def adjust(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take away what is not allowed (``-inf``) and add the guide's part to what is."""
        if not self._inside:
            return self._adjust_outside(logits)
        allowed = self._allowed_inside()
        if not allowed:  # the vocabulary cannot spell the text: nothing to hold on to
            self._leave()
            return logits
        return self._only(logits, allowed)

    def accept(self, piece: bytes) -> None:
        """Follow what the completion goes on with."""
        for byte in piece:
            if self._inside:
                self._step_inside(byte)
            else:
                self._step_outside(byte)

    def close(self) -> None:
        """End an open quote where it stands."""
        if self._inside:
            self._finish([one for one in self._places or self._closing if one.at > one.start])

    # --- outside a quote ---

    def _adjust_outside(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        if self._demanded:
            rest = self._open[self._opened :]
            allowed = dict.fromkeys(self._pieces.spelling(rest, 0, len(rest)), self._best())
            allowed |= {token: score for token, score in self._openings() if score is not None}
            return self._only(logits, allowed)
        openings = list(self._openings())
        if not openings:
            return logits
        adjusted = logits.copy()
        best = self._best()
        for token, score in openings:
            adjusted[token] += -np.inf if score is None else self._weight * (score - best)
        return adjusted

    def _openings(self) -> Iterator[tuple[int, float | None]]:
        """Tokens that complete the opening tag, with the best score that is left after them.

        ``None`` where a token goes on with what no quote may start with.
        """
        found = [
            pair
            for opened in {0, self._opened}
            for pair in self._pieces.starting_with(self._open[opened:])
        ]
        starts = self._free_starts() if found else []
        for token, rest in found:
            left = [one.score for one in starts if self._begins(one, rest)]
            yield token, max(left) if left else None

    def _begins(self, place: _Place, rest: bytes) -> bool:
        data = self._sources[place.text].data[place.at : place.end]
        return data.startswith((rest, rest.removeprefix(b" ")))

    def _step_outside(self, byte: int) -> None:
        if byte == self._open[self._opened]:
            self._opened += 1
        else:
            self._opened = int(byte == self._open[0])
        if self._opened == len(self._open):
            self._opened, self._inside, self._demanded = 0, True, False
            self._places, self._led = self._free_starts(), False

    def _free_starts(self) -> list[_Place]:
        """Where a quote may start: not in what was quoted, unless nothing else is left."""
        self._score_starts()
        free = [
            one
            for one in self._starts
            if not any(t == one.text and start <= one.at < end for t, start, end in self._used)
        ]
        if not free and self._used:
            self._used = []
            return self._starts
        return [replace(one, end=self._end_of(one)) for one in free] if self._used else free

    def _end_of(self, place: _Place) -> int:
        """Where a quote must end: before what was quoted already."""
        later = [s for text, s, _ in self._used if text == place.text and s > place.start]
        source = self._sources[place.text]
        return source.trimmed(place.start, min([place.end, *later]))

    def _score_starts(self) -> None:
        scores, self._scores = self._scores, None
        if scores is not None:
            reaches = self._reaches() if self._reaches else [0] * len(self._starts)
            self._starts = [
                replace(one, score=float(score), reach=self._sources[one.text].byte_of(reach))
                for one, score, reach in zip(self._starts, scores(), reaches, strict=True)
            ]

    # --- inside a quote ---

    def _allowed_inside(self) -> dict[int, float]:
        """Tokens that are allowed, each with the best score of the places it leaves."""
        allowed: dict[int, float] = {}

        def allow(tokens: Sequence[int] | Iterator[int], score: float) -> None:
            for token in tokens:
                allowed[token] = max(score, allowed.get(token, -np.inf))

        ends = [*self._pieces.spelling(self._close, 0, len(self._close))]
        ends += [token for token, _ in self._pieces.starting_with(self._close)]
        crossing = self._pieces.crossing(self._close)
        for place in self._places:
            source = self._sources[place.text]
            data = source.data
            allow(self._pieces.spelling(data, place.at, place.end), place.score)
            if place.at == place.start and not self._led:
                led = b" " + data[place.at : place.end]
                allow(self._pieces.spelling(led, 0, len(led)), place.score)
            elif self._may_close(place, place.at):
                allow(ends, place.score)
            for head, tokens in crossing.items():
                end = place.at + len(head)
                if data.startswith(head, place.at) and self._may_close(place, end):
                    allow(tokens, place.score)
        if self._closing:
            rest = self._close[self._closed :]
            score = max(one.score for one in self._closing)
            allow(self._pieces.spelling(rest, 0, len(rest)), score)
            allow([token for token, _ in self._pieces.starting_with(rest)], score)
        return allowed

    def _may_close(self, place: _Place, at: int) -> bool:
        """Whether the quote may end at this byte: it holds what it is for, and only whole words."""
        if at >= place.end:
            return at == place.end
        source = self._sources[place.text]
        if at < place.reach or not source.may_end(at):
            return False
        fewest = 1 if source.ends_sentence(at) else self._fewest_words
        return source.holds_words(place.start, at, fewest)

    def _step_inside(self, byte: int) -> None:
        fresh = bool(self._places) and all(one.at == one.start for one in self._places)
        if byte == _BLANK and fresh and not self._led:
            self._led = True
            return
        if self._closing and byte == self._close[self._closed]:
            self._closed += 1
        elif byte == self._close[0]:
            self._closing = [p for p in self._places if self._may_close(p, p.at)]
            self._closed = 1
        else:
            self._closing = []
        self._places = [
            replace(one, at=one.at + 1)
            for one in self._places
            if one.at < one.end and self._sources[one.text].data[one.at] == byte
        ]
        if self._closing and self._closed == len(self._close):
            self._finish(self._closing)
        elif not self._places and not self._closing:  # it was written against the constraint
            self._leave()

    def _finish(self, places: Sequence[_Place]) -> None:
        """Keep the quote; the same words may stand in several places, the best one counts."""
        if places:
            best = max(places, key=lambda one: (one.score, -one.text, -one.start))
            source = self._sources[best.text]
            end = source.trimmed(best.start, best.at)
            first, last = source.character_of(best.start), source.character_of(end)
            self.quotes.append(QuotedSpan(text=best.text, start=first, end=last))
            self._used += [(one.text, one.start, one.at) for one in places]
        self._leave()

    def _leave(self) -> None:
        self._inside, self._opened, self._closed = False, 0, 0
        self._places, self._closing = [], []

    # --- scores ---

    def _best(self) -> float:
        return max((one.score for one in self._free_starts()), default=0.0)

    def _only(self, logits: NDArray[np.float32], allowed: dict[int, float]) -> NDArray[np.float32]:
        adjusted = np.full_like(logits, -np.inf)
        tokens = np.fromiter(allowed, dtype=np.int64, count=len(allowed))
        scores = np.fromiter(allowed.values(), dtype=np.float32, count=len(allowed))
        adjusted[tokens] = logits[tokens] + self._weight * (scores - scores.max())
        return adjusted


def _common(texts: Sequence[bytes]) -> bytes:
    """Give the beginning that all texts have."""
    first, last = min(texts, default=b""), max(texts, default=b"")
    pairs = enumerate(zip(first, last, strict=False))
    return first[: next((at for at, (one, other) in pairs if one != other), len(first))]
