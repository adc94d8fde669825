"""Passages with sentences left out: the same question, seen over another text each time."""

import re
from collections.abc import Collection
from dataclasses import replace
from random import Random

from rare_app.evidence import sentence_spans
from rare_app.tuning.items import Item

_WORD = re.compile(r"\w+")
_NAMED_IN, _SHORT = 5, 4
"""Answers of at most so many words name something; shorter words than that tell nothing."""


def thin_text(text: str, *, share: float, chance: Random, kept: Collection[int] = ()) -> str:
    """Leave sentences of a text out at random; the first stays, for it says what is spoken of.

    Parameters
    ----------
    share : float
        How likely each sentence is left out.
    kept : collection of int
        Numbers of sentences that stay.
    """
    numbers = range(len(sentence_spans(text)))
    left_out = {i for i in numbers if i and i not in kept and chance.random() < share}
    return _without(text, left_out)


def thin_item(item: Item, *, share: float, chance: Random) -> Item:
    """Thin an item's gold passages; what holds evidence stays, and the sentence before it."""
    passages = list(item.passages)
    for index in item.gold:
        told = _touched(item, index)
        if told is not None:
            kept = told | {number - 1 for number in told}
            text = thin_text(passages[index].text, share=share, chance=chance, kept=kept)
            passages[index] = replace(passages[index], text=text)
    return replace(item, passages=tuple(passages))


def cut_evidence(item: Item) -> Item | None:
    """Take the sentences that answer out of an item's passages, so that the rest does not answer.

    Returns
    -------
    Item or None
        Without answer or evidence, its passages still its own; ``None`` where the rest would be
        empty or may answer all the same.
    """
    passages = list(item.passages)
    for index in item.gold:
        told = _touched(item, index)
        if not told:
            return None
        rest = _without(passages[index].text, told)
        if not rest or _names(rest, item.answer):
            return None
        passages[index] = replace(passages[index], text=rest)
    return replace(item, passages=tuple(passages), answer="", answers=(), evidence=())


def _touched(item: Item, index: int) -> set[int] | None:
    """Find the numbers of a passage's evidence sentences; ``None`` if some is not in it."""
    text = item.passages[index].text
    spans = sentence_spans(text)
    found: set[int] = set()
    for part in item.evidence:
        if part.passage == index:
            start = text.find(part.text)
            if start < 0:
                return None
            end = start + len(part.text)
            found |= {i for i, span in enumerate(spans) if span[0] < end and span[1] > start}
    return found


def _without(text: str, left_out: Collection[int]) -> str:
    spans = sentence_spans(text)
    ends = [*(start for start, _ in spans[1:]), len(text)]
    pieces = zip(spans, ends, strict=True) if spans else ()
    return "".join(
        text[start:end] for i, ((start, _), end) in enumerate(pieces) if i not in left_out
    ).rstrip()


def _names(text: str, answer: str) -> bool:
    """Tell whether a text names what a short answer names, or holds a long one."""
    words = _WORD.findall(answer.lower())
    if len(words) > _NAMED_IN:
        return answer.lower() in text.lower()
    told = set(_WORD.findall(text.lower()))
    telling = [word for word in words if len(word) >= _SHORT or any(map(str.isdigit, word))]
    return any(word in told for word in telling or words)
