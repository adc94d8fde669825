"""Sentences of a passage by offsets: where quotes start, in training and in the app alike."""

import re
from itertools import pairwise

_END = re.compile(r"(?<=[.!?])[\"”’)\]]*\s+(?=[A-Z0-9“\"‘'(\[])|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b[A-Z]|\b(?:Dr|Mr|Mrs|Ms|St|No|Fig|vs|Jr|Sr|Inc|Ltd|Co|al|e\.g|i\.e|cf|etc|approx|U\.S))\s?\.$"
)
_WORD = re.compile(r"\S+")
_CLAUSE = re.compile(r"[,;:]\s|\s[–—-]+\s")

Span = tuple[int, int]

QUOTE_WORDS = 40
"""Longest quote in words; a longer sentence is quoted by its clauses."""


def sentence_spans(text: str) -> list[Span]:
    """Find the sentences of a text.

    Returns
    -------
    list of (int, int)
        Start and end (exclusive) of each, white space at both ends left out.
    """
    cuts = [0]
    for match in _END.finditer(text):
        if "\n" in match.group() or not _ABBREVIATION.search(text[cuts[-1] : match.start()]):
            cuts.append(match.end())
    cuts.append(len(text))
    return [span for start, end in pairwise(cuts) if (span := trim(text, start, end))]


def trim(text: str, start: int, end: int) -> Span | None:
    """Leave white space at both ends out of a span; ``None`` when nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if end > start else None


def clause_starts(text: str, sentence: Span) -> list[int]:
    """List where a quote from a sentence may start: its beginning, and its clauses if it is long.

    Returns
    -------
    list of int
        Offsets in the text; the first is the sentence's own.
    """
    start, end = sentence
    starts = [start]
    if len(_WORD.findall(text[start:end])) > QUOTE_WORDS:
        starts += [m.end() for m in _CLAUSE.finditer(text, start, end) if m.end() < end]
    return starts


def paragraph_end(text: str, start: int) -> int:
    """Find where the line that holds an offset ends: a paragraph, table row or item.

    Lines that were broken for their length alone must be put together before (see
    :func:`rare_app.prompt.lines.unwrap`).
    """
    end = text.find("\n", start)
    return len(text) if end < 0 else end
