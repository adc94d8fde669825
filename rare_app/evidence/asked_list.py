"""Which list of the passages a question asks for, as a whole."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rare_app.evidence.asked import NOTHING_KNOWN, Surroundings
from rare_app.evidence.lists import Listing, read_lists
from rare_app.evidence.reader import Sentence
from rare_app.evidence.sentences import Span
from rare_app.words import content_words

LIST_NATS = 8.0
"""Nats that a list's lead gains where it says just what is asked for: as a table's label does."""
ITEM_SHARE = 0.5
"""Share of that which its items gain."""
LIST_FROM = 0.6
"""How much of a question a list's lead and heading must hold, in [0, 1]."""
_NOWHERE_SHARE = 2.0
"""What a word of the question counts that stands nowhere on the pages."""
_NAME_SHARE = 0.25
"""What one counts that stands in a document's name: it tells which document is meant."""

_ONE_THING = re.compile(
    r"\bhow (?:much|many|long|often|far|old|late|soon|early|high|low|large|big|quickly)\b"
    r"|\bwhat(?:['’]s| is| was) (?!(?:not |also )?(?:\w+ed|done|meant|given|sold)\b)"
    r"(?!.*\b(?:procedure|process|sequence|composition|list|steps)\b)"
    r"|\b(?:at|within|by|in|on|to|from|for) (?:what|which|how)\b"
    r"|\b(?:what|which) (?:[\w-]+ ){1,3}?(?:is|was|has|does)\b"
    r"|^\W*(?:is|are|was|were|do|does|did|can|could|may|must|shall|should|will|would|has|have)\b"
    r"|\bwhy\b|^\W*when (?:was|were|did|will)\b|\bwho (?:was|did)\b"
    r"|\b(?:first|second|third|fourth|fifth|last|next|only) (?:step|phase|stage|point|item|thing"
    r"|condition|criterion|requirement|reason)\b",
    re.IGNORECASE,
)
_UNDER = re.compile(
    r"\b(?:under|in|on) (?:what|which) (?:\w+ )?(?:condition|circumstance|case)", re.I
)
_SEVERAL = re.compile(
    r"\b(?:what|which|who|list|name|give|state|enumerate|summari[sz]e|describe|tell)\b"
    r"|\bhow (?:do|does|can|should|must|is|are|to|shall|may)\b|\bwhen\b|\bwhere\b",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:not|no|never|neither|nor|without|cannot|except\w*|exclu\w*|exempt\w*|other than"
    r"|prohibit\w*|forbid\w*)\b|n['’]t\b",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"['’]s?$")
_COMMON = frozenset(
    content_words(
        "list lists listed name names give state tell enumerate describe summarise summarize say"
        " says said mention mentioned mentions specify specified according following follow"
        " step steps procedure process way ways thing things point points item items kind kinds"
        " type types condition conditions circumstance circumstances case cases example examples"
        " reason reasons factor factors main key different various possible several certain"
        " all each every any exactly under need needs needed"
        " require required requires necessary happen happens"
        " apply applies make made take taken use used get given document documents"
    )
)
"""Words that ask for several things and say nothing of what they are."""

Place = tuple[int, int, int]
"""Passage, start and end in characters."""


@dataclass(frozen=True, slots=True)
class AskedList:
    """A list that a question may ask for.

    Attributes
    ----------
    likeness : float
        How much of the question its lead and heading hold, in [0, 1].
    lead : (int, int, int) or None
        Passage, start and end of what introduces it; ``None`` where no passage holds that.
    items : tuple of (int, int, int)
        The items that passages hold, marks left out.
    marks : tuple of str
        What each is written behind.
    missing : tuple of (int, int)
        What of it no passage holds, by offsets in the page.
    passage : int
        One of its page.
    """

    likeness: float
    lead: Place | None
    items: tuple[Place, ...]
    marks: tuple[str, ...]
    missing: tuple[Span, ...]
    passage: int

    @property
    def places(self) -> tuple[Place, ...]:
        """What is to be quoted, in order."""
        return (*([self.lead] if self.lead else []), *self.items)

    def written(self, texts: Sequence[str]) -> str:
        """Write it as an answer, a line an item."""
        marks = [*([""] if self.lead else []), *(f"{mark} " for mark in self.marks)]
        return "\n".join(
            f"{mark}{' '.join(texts[passage][start:end].split())}"
            for mark, (passage, start, end) in zip(marks, self.places, strict=True)
        )


def asks_for_several(question: str) -> bool:
    """Whether a question may ask for several things: not how much, which one, or whether."""
    if _UNDER.search(question):
        return True
    return bool(_SEVERAL.search(question)) and not _ONE_THING.search(question)


def find_lists(
    question: str, texts: Sequence[str], around: Surroundings = NOTHING_KNOWN
) -> tuple[AskedList, ...]:
    """Find the lists that a question asks for, the likest first.

    The words of the question that say what is asked for are looked for in what introduces the list
    and in the heading above. Where some stand in single items instead, one of these is asked for;
    where only one of question and lead is negated, something else is.

    Parameters
    ----------
    texts : sequence of str
        The passages.
    around : Surroundings
        Their pages, and where they begin there: a list may run over several passages.
    """
    wanted = _wanted(question)
    if not wanted or not asks_for_several(question):
        return ()
    pages = around.pages or tuple(texts)
    starts = around.starts or (0,) * len(texts)
    lists = {page: read_lists(page) for page in dict.fromkeys(pages)}
    if not any(lists.values()):
        return ()
    names = {_bare(one) for one in content_words(around.names)}
    known = {_bare(one) for page in lists for one in content_words(page)} | names
    found: list[AskedList] = []
    for number, page in enumerate(pages):
        if page in pages[:number]:
            continue
        own = [
            (passage, starts[passage], starts[passage] + len(texts[passage]))
            for passage in range(len(texts))
            if pages[passage] == page
        ]
        for listing in lists[page]:
            likeness = _likeness(wanted, question, listing, page, known=known, names=names)
            placed = _place(listing, own, likeness) if likeness >= LIST_FROM else None
            if placed is not None:
                found.append(placed)
    return tuple(sorted(found, key=lambda one: -one.likeness))


def gains_of(lists: Sequence[AskedList], sentences: Sequence[Sentence]) -> NDArray[np.float32]:
    """Say by how many nats each sentence's score gains for being of a list that is asked for.

    Returns
    -------
    array of float32, shape (sentences,)
    """
    gains = np.zeros(len(sentences), dtype=np.float32)
    for one in lists:
        for place in one.places:
            gain = LIST_NATS * one.likeness**2 * (1.0 if place == one.lead else ITEM_SHARE)
            for number, sentence in enumerate(sentences):
                if overlaps(place, (sentence.passage, sentence.start, sentence.end)):
                    gains[number] = max(gains[number], gain)
    return gains


def overlaps(one: Place, other: Place) -> bool:
    """Whether two places have a character in common."""
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def _wanted(question: str) -> frozenset[str]:
    return frozenset(_bare(one) for one in content_words(question))


def _bare(stem: str) -> str:
    return _POSSESSIVE.sub("", stem)


def _likeness(
    wanted: frozenset[str],
    question: str,
    listing: Listing,
    page: str,
    *,
    known: set[str],
    names: set[str],
) -> float:
    """Share of what is asked for that a list's lead and heading hold; 0 where another is meant."""
    lead = page[slice(*listing.lead)]
    held = {_bare(one) for one in content_words(f"{listing.heading} {lead}")}
    if bool(_NOT.search(question)) != bool(_NOT.search(lead)):
        return 0.0
    left = wanted - held - _COMMON
    items = [{_bare(one) for one in content_words(page[slice(*one)])} for one in listing.items]
    if any(0 < sum(word in item for item in items) < len(items) for word in left - names):
        return 0.0
    whole = float(len(wanted & held))
    for word in left:
        whole += _NAME_SHARE if word in names else 1.0 if word in known else _NOWHERE_SHARE
    return len(wanted & held) / whole if whole else 0.0


def _place(
    listing: Listing, own: Sequence[tuple[int, int, int]], likeness: float
) -> AskedList | None:
    """Say which passages hold a list's lead and items; ``None`` where none of it stands in any."""
    lead = _held(listing.lead, own)
    items = [_held(item, own) for item in listing.items]
    held = [(place, mark) for place, mark in zip(items, listing.marks, strict=True) if place]
    if not held:
        return None
    missing = [
        span
        for span, place in zip((listing.lead, *listing.items), (lead, *items), strict=True)
        if place is None
    ]
    return AskedList(
        likeness=likeness,
        lead=lead,
        items=tuple(place for place, _ in held),
        marks=tuple(mark for _, mark in held),
        missing=tuple(missing),
        passage=held[0][0][0],
    )


def _held(span: Span, own: Sequence[tuple[int, int, int]]) -> Place | None:
    """Give a span of the page as a place in the first passage that holds all of it."""
    for passage, start, end in own:
        if start <= span[0] and span[1] <= end:
            return (passage, span[0] - start, span[1] - start)
    return None
