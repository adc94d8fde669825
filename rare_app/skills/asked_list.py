"""Which list of the passages a question asks for, as a whole."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rare_app.reader import Sentence, Span
from rare_app.skills.lists import Listing, read_lists
from rare_app.skills.skill import Seen, Skill
from rare_app.skills.surroundings import NOTHING_KNOWN, Sheet, Surroundings
from rare_app.words import content_words

LIST_NATS = 8.0
"""Nats that a list's lead gains where it and its heading hold all that is asked for."""
ITEM_SHARE = 0.5
"""Share of that which its items gain."""
LIST_FROM = 0.6
"""How much of a question a list's lead and heading must hold, in [0, 1]."""
PLURAL_FROM = 0.25
"""The same where the question's form asks for several things for sure."""
_ALL = 0.8
"""How much counts for all: what is left is the name of a document."""
_NOWHERE_SHARE = 2.0
"""What a word of the question counts that stands nowhere on the pages."""
_NAME_SHARE = 0.25
"""What one counts that stands in a document's name: it tells which document is meant."""

_ONE_THING = re.compile(
    r"\bhow (?:much|many|long|often|far|old|late|soon|early|high|low|large|big|quickly)\b"
    r"|\bwhat(?:['’]s| is| was) (?!(?:not |also )?(?:\w+ed|done|meant|given|sold)\b)"
    r"(?!.*\b(?:procedure|process|sequence|composition|list|steps)\b)"
    r"|\b(?:at|within|by|to|from|for) (?:what|which|how)\b"
    r"|\b(?:in|on) (?:what|which) (?:date|day|year|month|page)\b"
    r"|\b(?:what|which) (?:[\w-]+ ){1,3}?(?:is|was|has)\b"
    r"|^\W*(?:is|are|was|were|do|does|did|can|could|may|must|shall|should|will|would|has|have)\b"
    r"|^\W*when (?:was|were|did|will)\b|\bwho (?:was|did)\b|\bwho (?:is|['’]s) (?:the|an?|our|my)\b"
    r"|\b(?:first|second|third|fourth|fifth|last|next|only) (?:step|phase|stage|point|item|thing"
    r"|condition|criterion|requirement|reason)\b",
    re.IGNORECASE,
)
_PLURAL = re.compile(
    r"\bwhat (?:are|were)\b|\b(?:list|name|enumerate)\b"
    r"|\b(?:what|which) (?:[\w-]+ ){0,3}?[\w-]*[^\Ws]s (?:are|were|do|must|should|may|can|have|need"
    r"|apply|count)\b",
    re.IGNORECASE,
)
"""Forms that ask for several things for sure."""
_UNDER = re.compile(
    r"\b(?:under|in|on) (?:what|which) (?:\w+ )?(?:condition|circumstance|case)", re.I
)
_SEVERAL = re.compile(
    r"\b(?:what|which|who|list|name|give|state|enumerate|summari[sz]e|describe|tell)\b"
    r"|\bhow (?:do|does|can|should|must|is|are|to|shall|may)\b|\b(?:when|where|why)\b",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:not|no|never|neither|nor|without|cannot|except\w*|exclu\w*|exempt\w*|other than"
    r"|omit\w*|le(?:ft|ave) out|prohibit\w*|forbid\w*)\b|n['’]t\b",
    re.IGNORECASE,
)
_WHAT_FOLLOWS = re.compile(
    r"\bwhat (?:(?:will|would|does|can|could) )?happens?\b"
    r"|\bwhat (?:to do|(?:do|does|should|shall|must|can|could) .*\b(?:do|be done))\b",
    re.IGNORECASE,
)
_IF = re.compile(r"\w\W+(?:if|when|where|unless|in case)\b(?:\W+\w+){0,2}\W*:\W*$", re.IGNORECASE)
_GAP = 2
"""Characters of white space that may stand between two chunks and be in neither."""
_BEGINNING = 4
"""Letters of a stem that another one may begin with to be taken for the same."""
_VERB = (
    r"(?:is|are|was|were|do|does|did|must|should|may|can|could|shall|will|have|has|had|need|apply)"
)
_CATEGORY = re.compile(
    rf"\b(?:what|which) (?!{_VERB}\b)((?:[\w-]+ ){{1,4}}?){_VERB}\b",
    re.IGNORECASE,
)
"""What is asked for, as a kind: “which baseline tests are …”; a list need not say so."""
_SUBJECT = re.compile(r"\b(?:of|for|with|about|against) ((?:[\w'’-]+ ?){1,4})", re.IGNORECASE)
"""What comes behind a preposition: whose, or what for."""
_POSSESSIVE = re.compile(r"['’]s?$")
_COMMON = frozenset(
    content_words(
        "list lists listed name names give state tell enumerate describe summarise summarize say"
        " says said mention mentioned mentions specify specified according following follow"
        " step steps procedure process way ways thing things point points item items kind kinds"
        " type types condition conditions circumstance circumstances case cases example examples"
        " reason reasons factor factors main key different various possible several certain"
        " all each every any exactly under need needs needed"
        " require required requires requirement requirements rule rules necessary up must"
        " happen happens appear appears occur occurs arise arises"
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
    asked : bool
        Whether that is enough. Of another one the answer is all of it only where its lead is what
        answers: by itself that is none.
    lead : tuple of (int, int, int)
        Passage, start and end of what introduces it, of each part where passages cut it; empty
        where none holds it.
    items : tuple of tuple of (int, int, int)
        The same of each item that passages hold, marks left out.
    marks : tuple of str
        What each is written behind.
    missing : tuple of (int, int)
        What of it no passage holds, by offsets in its sheet.
    sheet : int
        Which of the surroundings' sheets it stands on.
    is_cut : bool
        Whether its last item ends as the others do, with a comma or semicolon: more items follow
        that its sheet does not show.
    is_foreign : bool
        Whether the question asks it of something that stands nowhere on the pages: “side effects of
        insulin”. Then it is no answer.
    """

    likeness: float
    asked: bool
    lead: tuple[Place, ...]
    items: tuple[tuple[Place, ...], ...]
    marks: tuple[str, ...]
    missing: tuple[Span, ...]
    sheet: int
    is_cut: bool = False
    is_foreign: bool = False

    @property
    def is_sure(self) -> bool:
        """Whether its lead and heading hold all that is asked for, and of nothing else."""
        return self.likeness >= _ALL and not self.is_foreign

    @property
    def places(self) -> tuple[Place, ...]:
        """What is to be quoted, in order."""
        return tuple(place for parts in (self.lead, *self.items) for place in parts)

    def written(self, texts: Sequence[str]) -> str:
        """Write it as an answer, a line an item."""
        lines = [("", self.lead)] if self.lead else []
        lines += [(f"{mark} ", parts) for mark, parts in zip(self.marks, self.items, strict=True)]
        return "\n".join(
            mark + " ".join(" ".join(texts[at][start:end].split()) for at, start, end in parts)
            for mark, parts in lines
        )


def asks_for_several(question: str) -> bool:
    """Whether a question may ask for several things: not how much, which one, or whether."""
    if _UNDER.search(question):
        return True
    return bool(_SEVERAL.search(question)) and not _ONE_THING.search(question)


class Lists(Skill):
    """Lists that are asked for as a whole."""

    def gains(self, seen: Seen) -> NDArray[np.float32]:
        """Lift what introduces such a list, and its items."""
        return gains_of(find_lists(seen.question, seen.texts, seen.around), seen.sentences)


def find_lists(
    question: str, texts: Sequence[str], around: Surroundings = NOTHING_KNOWN
) -> tuple[AskedList, ...]:
    """Find the lists that a question may ask for, the likest first.

    The words of the question that say what is asked for are looked for in what introduces the list
    and in the heading above. Where some stand in single items instead, one of these is asked for;
    where only one of question and lead is negated, something else is.

    Parameters
    ----------
    texts : sequence of str
        The passages.
    around : Surroundings
        Their pages and documents.
    """
    return _find_lists(question, tuple(texts), around)


@functools.lru_cache(maxsize=8)
def _find_lists(
    question: str, texts: tuple[str, ...], around: Surroundings
) -> tuple[AskedList, ...]:
    wanted = _wanted(question)
    if not wanted or not asks_for_several(question):
        return ()
    sheets = around.sheets or tuple(
        Sheet(text, ((number, 0),)) for number, text in enumerate(texts)
    )
    lists = [read_lists(sheet.text) for sheet in sheets]
    if not any(lists):
        return ()
    names = {_bare(one) for one in content_words(around.names)}
    known = {_bare(one) for sheet in sheets for one in content_words(sheet.text)} | names
    subject = {_bare(one) for said in _SUBJECT.findall(question) for one in content_words(said)[:2]}
    foreign = any(not any(_is_same(one, other) for other in known) for one in subject - _COMMON)
    least = PLURAL_FROM if _PLURAL.search(question) else LIST_FROM
    found: list[AskedList] = []
    for number, (sheet, own) in enumerate(zip(sheets, lists, strict=True)):
        places = [(one, start, start + len(texts[one])) for one, start in sheet.passages]
        for listing in own:
            lead = sheet.text[slice(*listing.lead)]
            if _WHAT_FOLLOWS.search(question) and is_followed_by_conditions(lead):
                continue  # “It lapses if:” does not say what happens if it lapses
            likeness = _likeness(wanted, question, listing, sheet.text, known=known, names=names)
            if likeness is None:
                continue
            placed = _place(
                listing, places, likeness, number, page=sheet.text, asked=likeness >= least
            )
            if placed is not None:
                found.append(replace(placed, is_foreign=foreign))
    return tuple(sorted(found, key=lambda one: -one.likeness))


def is_followed_by_conditions(lead: str) -> bool:
    """Whether a list's lead says what its items lead to: “The warranty lapses if:”."""
    return bool(_IF.search(lead))


def gains_of(lists: Sequence[AskedList], sentences: Sequence[Sentence]) -> NDArray[np.float32]:
    """Say by how many nats each sentence's score gains for being of a list that is asked for.

    Returns
    -------
    array of float32, shape (sentences,)
    """
    gains = np.zeros(len(sentences), dtype=np.float32)
    for one in lists:
        for place in one.places if one.is_sure else ():
            gain = LIST_NATS * (1.0 if place in one.lead else ITEM_SHARE)
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


def _is_same(one: str, other: str) -> bool:
    """Whether two stems are the same, or one begins the other: “contraindicated”, “backup”."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= _BEGINNING and long.startswith(short))


def _likeness(
    wanted: frozenset[str],
    question: str,
    listing: Listing,
    page: str,
    *,
    known: set[str],
    names: set[str],
) -> float | None:
    """Share of what is asked for that a list's lead and heading hold, if it may be meant."""
    lead = page[slice(*listing.lead)]
    held = {_bare(one) for one in content_words(f"{listing.heading} {lead}")}
    if bool(_NOT.search(question)) != bool(_NOT.search(f"{listing.heading}: {lead}")):
        return None
    matched = {word for word in wanted if any(_is_same(word, other) for other in held)}
    kinds = {_bare(one) for kind in _CATEGORY.findall(question) for one in content_words(kind)}
    left = wanted - matched - _COMMON - kinds
    items = [{_bare(one) for one in content_words(page[slice(*one)])} for one in listing.items]
    if any(0 < sum(word in item for item in items) < len(items) for word in left - names):
        return None
    whole = float(len(matched))
    for word in left:
        whole += _NAME_SHARE if word in names else 1.0 if word in known else _NOWHERE_SHARE
    return len(matched) / whole if whole else 0.0


def _place(
    listing: Listing,
    own: Sequence[tuple[int, int, int]],
    likeness: float,
    sheet: int,
    *,
    page: str,
    asked: bool,
) -> AskedList | None:
    """Say which passages hold a list's lead and items; ``None`` where none of it stands in any."""
    lead = _held(listing.lead, own)
    items = [_held(item, own) for item in listing.items]
    held = [(parts, mark) for parts, mark in zip(items, listing.marks, strict=True) if parts]
    if not held:
        return None
    missing = [
        span
        for span, parts in zip((listing.lead, *listing.items), (lead, *items), strict=True)
        if not parts
    ]
    return AskedList(
        likeness=likeness,
        asked=asked,
        lead=lead,
        items=tuple(parts for parts, _ in held),
        marks=tuple(mark for _, mark in held),
        missing=tuple(missing),
        sheet=sheet,
        is_cut=all(page[end - 1] in ";," for _, end in listing.items),
    )


def _held(span: Span, own: Sequence[tuple[int, int, int]]) -> tuple[Place, ...]:
    """Give a span of a sheet as places in the passages, as few as hold all of it; else none."""
    parts: list[Place] = []
    at, last = span
    while at < last:
        reach = [
            (min(end, last), -one, start)
            for one, start, end in own
            if start <= at + _GAP and at < end
        ]
        if not reach:
            return ()
        end, one, start = max(reach)
        parts.append((-one, max(at, start) - start, end - start))
        at = end
    return tuple(parts)
