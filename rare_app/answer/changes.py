"""What differs between two versions of a document, sentence by sentence, found by code alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rare_app.answer.overview import Telling, line_at
from rare_app.library import Passage
from rare_app.prompt import as_read
from rare_app.proof import cite
from rare_app.reader import is_heading, sentence_spans
from rare_app.types import Answer, Claim

MOST = 24
"""Changes that are shown."""
_MOST_SENTENCES = 5000
"""Of a document that are compared."""
_ALIKE = 0.5
"""Likeness from which a sentence is taken for another one's new wording."""
_SAME_TEXT = 0.3
"""Share of equal sentences from which two documents are compared sentence by sentence."""


class Sentence(Telling):
    """A sentence or line of a document that is compared with another version's."""

    __slots__ = ()

    @property
    def key(self) -> str:
        """What of it is compared."""
        return " ".join(self.bare.casefold().split())


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence of the older version, and what stands in its place in the newer one."""

    before: Sentence | None
    after: Sentence | None

    @property
    def head(self) -> str:
        """The heading that it stands under."""
        own = self.after or self.before
        return own.head if own else ""


def sentences_of(chunks: Sequence[Passage]) -> list[Sentence]:
    """List the sentences and lines of a document, headings left out, each once."""
    found: dict[tuple[int, int], Sentence] = {}
    for chunk in chunks:
        text = as_read(chunk.text)
        spans = sentence_spans(text)
        head = chunk.section.rsplit(" › ", 1)[-1]
        for number, (start, end) in enumerate(spans):
            line = line_at(text, start)
            if line.startswith("#") or is_heading(text, spans, number):
                head = line.strip("#: ")
            elif any(sign.isalnum() for sign in text[start:end]):
                # Neighbouring chunks share sentences: the place on the page tells.
                place = (chunk.page, chunk.start + start)
                found.setdefault(place, Sentence(chunk, start, end, head))
    return list(found.values())[:_MOST_SENTENCES]


def changes_between(older: Sequence[Sentence], newer: Sequence[Sentence]) -> list[Change] | None:
    """List what differs, in the order of the newer version; ``None`` where little is the same."""
    before, after = [one.key for one in older], [one.key for one in newer]
    kept = set(before) & set(after)
    same = sum(key in kept for key in after)
    if not before or not after or same < _SAME_TEXT * len(after):
        return None
    found: list[Change] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag != "equal":
            # What was only moved is no change.
            gone = [one for one in older[i:j] if one.key not in kept]
            new = [one for one in newer[k:m] if one.key not in kept]
            found += _paired(gone, new)
    return found


def _paired(gone: Sequence[Sentence], new: Sequence[Sentence]) -> list[Change]:
    """Set each new sentence beside the old one that it is likest to."""
    left = list(gone)
    found = []
    for one in new:
        likest = max(left, key=lambda old: _likeness(old, one), default=None)
        if likest is not None and _likeness(likest, one) >= _ALIKE:
            left.remove(likest)
            found.append(Change(likest, one))
        else:
            found.append(Change(None, one))
    return [*found, *(Change(one, None) for one in left)]


def _likeness(one: Sentence, other: Sentence) -> float:
    return SequenceMatcher(None, one.key.split(), other.key.split(), autojunk=False).ratio()


def as_answer(sentence: Sentence | None) -> Answer:
    """Give a sentence as an answer that rests on it; a refusal where there is none."""
    if sentence is None:
        return Answer(answered=False, answer="")
    text = " ".join(sentence.bare.split())
    passages = (sentence.passage,)
    place = cite(passages, passage=0, start=sentence.start, end=sentence.end)
    return Answer(
        answered=True,
        answer=text,
        claims=(Claim(text, True, 1.0, (place,), "supported"),),
        quotes=(place,),
        passages=passages,
    )
