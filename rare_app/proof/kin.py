"""Passages of older and newer versions: which say what has been said anew since.

A newer version goes before an older one where both speak of the same thing, and what a mail quotes
of an earlier one is older than the mail.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from rare_app.documents import QUOTED_MARK
from rare_app.library import Edition, Passage, are_apart, is_older
from rare_app.prompt import as_read
from rare_app.reader import sentence_spans
from rare_app.words import content_words

_ALIKE = 0.6
"""Share of words that two sentences must have in common, of all their words, to speak of one
thing; figures are left out, since they are what changes."""
_LEAST_WORDS = 2
_QUOTED = re.compile(re.escape(QUOTED_MARK) + r"[^\]\n]*\](?:(?!\n\n).)*", re.DOTALL)
_SIGN = re.compile(r"\w*\d\w*")

Span = tuple[int, int, int]
"""Passage, start, end."""


@dataclass(frozen=True, slots=True)
class Kin:
    """How passages stand to one another.

    Attributes
    ----------
    older : frozenset of (int, int)
        Pairs of passages of which the first is of an older version than the second.
    apart : frozenset of (int, int)
        Pairs of passages that are about different things, so that neither contradicts the other.
    passed : tuple of (int, int, int)
        What a newer passage says anew, and what is quoted of earlier mails.
    """

    older: frozenset[tuple[int, int]] = frozenset()
    apart: frozenset[tuple[int, int]] = frozenset()
    passed: tuple[Span, ...] = ()

    def is_passed(self, passage: int, start: int) -> bool:
        """Tell whether what stands at a place is said otherwise by now, or quoted."""
        return any(one == passage and begin <= start < end for one, begin, end in self.passed)

    def is_older(self, passage: int, start: int, *, than: int) -> bool:
        """Tell whether what stands at a place is older than a passage."""
        return (passage, than) in self.older or self.is_passed(passage, start)


NO_KIN = Kin()


def find_kin(
    passages: Sequence[Passage],
    editions: Mapping[int, Edition],
    *,
    year: int | None = None,
    page_of: Callable[[Passage], str] = lambda passage: passage.text,
) -> Kin:
    """Find how passages stand to one another.

    Parameters
    ----------
    editions : mapping of int to Edition
        Of the documents that are known, by their keys.
    year : int or None
        The earliest one that the question names: a newer version than of that year goes before no
        other, and neither contradicts the other.
    page_of : callable
        Gives the text of a passage's page, on which a quote may begin before the passage does.
    """
    older: set[tuple[int, int]] = set()
    apart: set[tuple[int, int]] = set()
    for i, one in enumerate(passages):
        for j, other in enumerate(passages):
            mine, theirs = editions.get(one.document_id), editions.get(other.document_id)
            if one.document_id == other.document_id or mine is None or theirs is None:
                continue
            if are_apart(mine, theirs):
                apart.add((i, j))
            elif is_older(mine, theirs):
                later = theirs.dates[0][0] if theirs.dates else 0
                if year is None or later <= year:
                    older.add((i, j))
                else:
                    apart |= {(i, j), (j, i)}
    quoted = [
        (i, *span) for i, one in enumerate(passages) for span in _quoted_inside(one, page_of(one))
    ]
    return Kin(
        older=frozenset(older),
        apart=frozenset(apart),
        passed=tuple(_said_anew(passages, older) + quoted),
    )


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Find what a passage quotes of earlier mails."""
    return [one.span() for one in _QUOTED.finditer(text)]


def _quoted_inside(passage: Passage, page: str) -> list[tuple[int, int]]:
    """Find what a passage has of a page's quotes, from the passage's own beginning."""
    if page[passage.start : passage.end] != passage.text:
        return quoted_spans(passage.text)
    found = [(a - passage.start, b - passage.start) for a, b in quoted_spans(page)]
    length = len(passage.text)
    return [(max(0, a), min(length, b)) for a, b in found if a < length and b > 0]


def newest_first(passages: Sequence[Passage], kin: Kin) -> list[Passage]:
    """Put each passage that a newer one says anew behind that one; else the order stays."""
    anew = {i for i, _, _ in kin.passed}
    behind: dict[int, list[int]] = {}
    moved: set[int] = set()
    for i in sorted(anew):
        newer = [j for one, j in kin.older if one == i and j > i and j not in anew]
        if newer:
            behind.setdefault(min(newer), []).append(i)
            moved.add(i)
    found: list[Passage] = []
    for j, one in enumerate(passages):
        if j in moved:
            continue
        # The better place is worth the better score: the first one's tells whether any answers.
        best = max([one.score, *(passages[i].score for i in behind.get(j, []))])
        found.append(replace(one, score=best) if best > one.score else one)
        found += [passages[i] for i in behind.get(j, [])]
    return found


def _said_anew(passages: Sequence[Passage], older: set[tuple[int, int]]) -> list[Span]:
    """Find the sentences of older versions of which a newer one has its own."""
    found: list[Span] = []
    words = {i: _sentences(passages[i]) for pair in older for i in pair}
    for i in sorted({i for i, _ in older}):
        newer = [own for j in sorted(j for one, j in older if one == i) for _, _, own in words[j]]
        for start, end, own in words[i]:
            if any(len(own & other) >= _ALIKE * len(own | other) for other in newer):
                found.append((i, start, end))
    return found


def _sentences(passage: Passage) -> list[tuple[int, int, frozenset[str]]]:
    text = as_read(passage.text)
    found = []
    for start, end in sentence_spans(text):
        own = frozenset(content_words(_SIGN.sub(" ", text[start:end])))
        if len(own) >= _LEAST_WORDS:
            found.append((start, end, own))
    return found
