"""Sentences of a passage, windows of a document, and the words to quote, all by offsets."""

import re
from collections.abc import Sequence

from rare_app.reader import QUOTE_WORDS, Span, sentence_spans, trim

__all__ = [
    "QUOTE_WORDS",
    "WINDOW_CHARACTERS",
    "Span",
    "covering_span",
    "quote_span",
    "sentence_spans",
    "trim",
    "window_round",
    "windows",
]

_WORD = re.compile(r"\S+")
_CLAUSE = re.compile(r"[,;:]\s|\s[–—-]+\s")

WINDOW_CHARACTERS = 850
"""Longest window: about 200 tokens of English, as the app's chunks are."""


def covering_span(spans: Sequence[Span], start: int, end: int) -> Span | None:
    """Give the stretch from the sentence that holds `start` to the one that holds `end`."""
    touched = [span for span in spans if span[0] < end and span[1] > start]
    return (touched[0][0], touched[-1][1]) if touched else None


def windows(text: str, *, characters: int = WINDOW_CHARACTERS) -> list[Span]:
    """Cut a text at sentence ends into windows of at most `characters` (longer sentences cut)."""
    found: list[Span] = []
    for start, end in sentence_spans(text):
        while end - start > characters:
            cut = text.rfind(" ", start + 1, start + characters)
            cut = cut if cut > start else start + characters
            found.append((start, cut))
            start = cut + text[cut].isspace()  # noqa: PLW2901 - the rest of a long sentence
        if found and end - found[-1][0] <= characters:
            found[-1] = (found[-1][0], end)
        elif start < end:
            found.append((start, end))
    return found


def window_round(
    text: str, start: int, end: int, *, lead: float, characters: int = WINDOW_CHARACTERS
) -> Span:
    """Cut the window of whole sentences round ``text[start:end]``.

    Parameters
    ----------
    lead : float
        Share (0–1) of the free room that is given to what stands before.
    """
    whole = (0, len(text))
    if len(text) <= characters:
        return whole
    spans = sentence_spans(text)
    first, last = covering_span(spans, start, end) or (start, end)
    room = max(0, characters - (last - first))
    low, high = first - int(room * lead), last + int(room * (1 - lead))
    before = [span[0] for span in spans if low <= span[0] <= first]
    after = [span[1] for span in spans if last <= span[1] <= high]
    return (min(before, default=first), max(after, default=last))


def quote_span(text: str, sentence: Span, start: int, end: int) -> Span:
    """Choose what to quote of a sentence: all of it, or the clauses round ``text[start:end]``.

    The quote starts where the sentence starts whenever that leaves it short enough, since a
    retriever that guides the quote works by sentences.
    """
    first, last = sentence
    if len(_WORD.findall(text[first:last])) <= QUOTE_WORDS:
        return sentence
    stops = [m.start() for m in _CLAUSE.finditer(text, first, last)] + [last]
    starts = [first] + [m.end() for m in _CLAUSE.finditer(text, first, last)]
    ends = [stop for stop in stops if stop >= end] or [last]
    for begin in [value for value in starts if value <= start]:
        if len(_WORD.findall(text[begin : ends[0]])) <= QUOTE_WORDS:
            return (begin, ends[0])
    words = [(m.start(), m.end()) for m in _WORD.finditer(text, first, last)]
    inside = [index for index, word in enumerate(words) if word[0] < end and word[1] > start]
    low = max(0, (inside[0] if inside else 0) - 12)
    high = min(len(words) - 1, max(inside[-1] if inside else 0, low) + 8)
    return (words[low][0], words[high][1])
