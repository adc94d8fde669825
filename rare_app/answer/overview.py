"""Overviews: what a document is about, told by sentences of its own, section by section."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rare_app.library import Passage
from rare_app.model import QuotedSpan
from rare_app.prompt import QUOTE_CLOSE, QUOTE_OPEN, as_read, neutralise
from rare_app.proof import cite
from rare_app.reader import is_heading, sentence_spans
from rare_app.types import Answer, Claim
from rare_app.words import UNSPACED

MOST, MOST_DOCUMENTS = 8, 12
"""Sentences of an overview of one document, and documents of one of several."""
LOOKED_AT = 60
"""Chunks that are looked at; of a longer document they are taken evenly."""
_REPEATS = 0.7
"""What likeness to a sentence that is taken already counts against being central (the 1 − λ of
maximal marginal relevance, Carbonell and Goldstein 1998)."""
_OPENS = 0.3
"""What a document's first sentence has more: it mostly says what the document is."""
_FEW = 4
"""Sections below which more than their first sentences are looked at."""
_BOXES = frozenset("☐☑☒")
_FULL_STOP = re.compile(r"[。！？]+[”’」』）]*")
_NUMBER = re.compile(r"\d+(?:\.\d+)*(?=[\s.)]|$)\.?")
_PATH = " › "
"""Between the headings of a passage's section."""
_UNSPACED = re.compile(UNSPACED)
_FEWEST, _LONGEST, _FROM_EACH = 6, 45, 3
"""Words of a sentence, and how many of a chunk are looked at."""

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Telling:
    """A sentence that tells what a document is about.

    Attributes
    ----------
    passage : Passage
        The chunk that it stands in.
    start, end : int
        Where, in characters of the chunk.
    head : str
        The section that it stands in, or the document where there are several.
    """

    passage: Passage
    start: int
    end: int
    head: str

    @property
    def bare(self) -> str:
        """The sentence as it stands there."""
        return as_read(self.passage.text)[self.start : self.end]

    @property
    def text(self) -> str:
        """The sentence, on one line."""
        return " ".join(self.bare.split())


@dataclass(frozen=True, slots=True)
class Overview:
    """What some documents are about.

    Attributes
    ----------
    told : tuple of Telling
        At least one.
    names : tuple of str
        All documents that were asked for, those that are left out behind.
    """

    told: tuple[Telling, ...]
    names: tuple[str, ...]

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The chunks that the sentences stand in, each once."""
        return tuple({one.passage.chunk_id: one.passage for one in self.told}.values())

    @property
    def reasoning(self) -> str:
        """The sentences as quotes, a line each."""
        return "\n".join(f"{QUOTE_OPEN}{one.bare}{QUOTE_CLOSE}" for one in self.told)

    @property
    def spans(self) -> tuple[QuotedSpan, ...]:
        """Where the sentences stand, in characters of :attr:`passages`."""
        numbers = {one.chunk_id: number for number, one in enumerate(self.passages)}
        return tuple(
            QuotedSpan(text=numbers[one.passage.chunk_id], start=one.start, end=one.end)
            for one in self.told
        )

    @property
    def listed(self) -> str:
        """The documents' names, and below them the sentences with their headings."""
        names = ", ".join(map(_plain, self.names))
        return "\n".join([names, *self._items()])

    def _items(self) -> Iterator[str]:
        for one in self.told:
            head = _plain(one.head)
            yield f"- {head}: {one.text}" if head else f"- {one.text}"

    @property
    def text(self) -> str:
        """The overview as an answer, an item a sentence."""
        opening = f"{', '.join(map(_plain, self.names))}, in sentences of its own:"
        return "\n".join((opening, *self._items()))

    def prove(self, answer: Answer, question: str) -> Answer:
        """Let each sentence rest on its place."""
        passages = self.passages
        quotes = [
            cite(passages, passage=one.text, start=one.start, end=one.end) for one in self.spans
        ]
        claims = [
            Claim(one.text, True, 1.0, (place,), "supported")
            for one, place in zip(self.told, quotes, strict=True)
        ]
        return replace(
            answer,
            question=question,
            passages=passages,
            quotes=tuple(quotes),
            claims=tuple(claims),
        )


def headings(chunks: Sequence[Passage]) -> list[str]:
    """List the headings of a document's sections that tell something, in order, each once."""
    return list(dict.fromkeys(head for chunk in chunks for head in _heads(chunk) if head))


def tell_document(chunks: Sequence[Passage], embed: Embed, *, most: int = MOST) -> list[Telling]:
    """Choose the sentences that tell most of one document, evenly over its sections, in order.

    Parameters
    ----------
    chunks : sequence of Passage
        All of the document's.
    embed : callable
        Texts to unit-length vectors, shape (texts, dimension).
    """
    candidates = _once(_candidates(chunks, enough=most))
    heads = len({one.head for one in candidates})
    return _choose(candidates, embed, most=most, of_each=-(-most // max(1, heads)))


def tell_section(chunks: Sequence[Passage], heading: str, embed: Embed) -> list[Telling]:
    """Choose the sentences that tell most of one section, and of those below it, in their order.

    Below it are those whose headings stand under its own, or go on from its number: 4.1 from 4.
    """
    own = [
        replace(one, head="")
        for chunk in chunks
        for section in _sections(chunk, most=_LONGEST)
        for one in section
        if _is_within(one.head, chunk, heading)
    ]
    return _choose(_once(own), embed, most=MOST)


def _is_within(head: str, chunk: Passage, heading: str) -> bool:
    number = _NUMBER.match(heading)
    below = number is not None and head.startswith(f"{number[0].rstrip('.')}.")
    return head == heading or below or heading in chunk.section.split(_PATH)[:-1]


def _heads(chunk: Passage) -> list[str]:
    """Give the headings that a chunk stands under or holds."""
    within = [own[0].head for own in _sections(chunk)]
    return [*chunk.section.split(_PATH)[:-1], *within] if within else []


def _once(tellings: Sequence[Telling]) -> list[Telling]:
    """Leave out what neighbouring chunks share."""
    found: dict[str, Telling] = {}
    for one in tellings:
        found.setdefault(one.text, one)
    return list(found.values())


def _plain(text: str) -> str:
    """Write a name or heading on one line, without tags of ours."""
    return " ".join(neutralise(text).split())


def _candidates(chunks: Sequence[Passage], *, enough: int = _FEW) -> list[Telling]:
    """Give the sentences that open the sections of a document; of one with few, more of each."""
    step = max(1, -(-len(chunks) // LOOKED_AT))
    sections = [one for chunk in chunks[::step] for one in _sections(chunk)]
    opening = [own[0] for own in sections]
    return opening if len(opening) >= enough else [one for own in sections for one in own]


def _sections(chunk: Passage, *, most: int = _FROM_EACH) -> list[list[Telling]]:
    """Give the whole sentences of a chunk, section by section: no headings, rows or halves."""
    text = as_read(chunk.text)
    spans = [part for span in sentence_spans(text) for part in _parts(text, *span)]
    found: list[list[Telling]] = [[]]
    head = chunk.section.rsplit(_PATH, 1)[-1]
    for number, (start, end) in enumerate(spans):
        said = text[start:end]
        line = line_at(text, start)
        if line.startswith("#") or is_heading(text, spans, number):
            if head != (head := line.strip("#: ")):
                found.append([])
        elif _is_whole(said):
            found[-1].append(Telling(chunk, start, end, head))
    return [own[:most] for own in found if own]


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Take apart sentences between which there is no space."""
    for match in _FULL_STOP.finditer(text, start, end):
        yield start, match.end()
        start = match.end()
    if start < end:
        yield start, end


def _is_whole(said: str) -> bool:
    """Whether words are a whole sentence that tells something: no row, half sentence or box."""
    words = len(said.split()) + len(_UNSPACED.findall(said)) // 2
    return (
        said[-1] in ".!?。！？"
        and not said[0].islower()
        and (said[0].isalpha() or said[0] in '“"„(')
        and not _BOXES & set(said)
        and _FEWEST <= words <= _LONGEST
        and sum(sign.isdigit() for sign in said) < len(said) / 6
    )


def line_at(text: str, at: int) -> str:
    """Give the line that a place stands in."""
    end = text.find("\n", at)
    return text[text.rfind("\n", 0, at) + 1 : end if end >= 0 else len(text)]


def _choose(
    candidates: Sequence[Telling], embed: Embed, *, most: int, of_each: int = 1
) -> list[Telling]:
    """Choose by maximal marginal relevance, of each section so many at most."""
    if not candidates:
        return []
    vectors = embed([one.text for one in candidates])
    middle = vectors.mean(axis=0)
    central = vectors @ (middle / (float(np.linalg.norm(middle)) or 1.0))
    central[0] += _OPENS
    chosen: list[int] = []
    while len(chosen) < most:
        heads = Counter(candidates[i].head for i in chosen if candidates[i].head)
        left = [
            i for i, one in enumerate(candidates) if i not in chosen and heads[one.head] < of_each
        ]
        if not left:
            break
        repeats = (vectors @ vectors[chosen].T).max(axis=1) if chosen else np.zeros(len(vectors))
        scores = central - _REPEATS * repeats
        chosen.append(max(left, key=lambda i: float(scores[i])))
    return [candidates[i] for i in sorted(chosen)]
