"""Questions for what follows from something, and where the documents tell it.

“What happens if the rent is 30 days late?”: the condition is an item of a list, and what follows
is told above the list; or it is a heading, and what follows stands below. A reader that looks for
spans within sentences finds the condition itself, which the user has just named.
"""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from rare_app.evidence.asked_list import Place, is_followed_by_conditions
from rare_app.evidence.reader import Sentence
from rare_app.words import content_words, is_same_word

SHARE_FROM = 0.6
"""Share of the condition's words that an item and its lead must hold, in [0, 1]."""
OWN_FROM = 0.3
"""What the item must hold by itself."""
_ALL = 0.99
_HEADING_SHARE = 0.5
"""Share of a heading's words that the condition must hold: “Overview of errors” is none."""
_HEADING_WORDS = 10
MOST_LINES = 8
"""Lines below a heading that are taken for what follows."""

_WHEN = (
    r"(?:if|when(?:ever)?|once|after|unless|who|as soon as|upon"
    r"|in (?:the )?(?:case|event)(?: (?:of|that))?)"
)
_IF = rf"(?:{_WHEN}|should|following|with|for|at|on|in|during)"
_ACTOR = r"(?P<actor>[\w'’ -]{1,60}?)"
_FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\bwhat (?:(?:will|would|does|can|could|may|might|is going to) )?happens?\b"
        rf"(?: (?:to|with) (?P<what>.+?))?,? {_IF} (?P<condition>.+)$",
        r"\bwhat happens? (?:to|with) (?P<condition>.+)$",
        rf"\bwhat (?:are|is) the consequences? {_IF.replace('|for', '|of|for')} (?P<condition>.+)$",
        rf"\bwhat (?:(?:should|shall|must|may) {_ACTOR}|(?:do|can|will|have|am|are) (?:i|we|you))"
        rf"(?: (?:have|need))? ?(?:to )?\b(?:do|be done),? {_IF} (?P<condition>.+)$",
        rf"\bwhat (?:do|does|can|could|will|would|has|have|is|are) {_ACTOR} ?(?:to )?"
        rf"\b(?:do|be done),? {_WHEN} (?P<condition>.+)$",
        rf"\bwhat (?:to do|(?:should|must|can|shall|has to|needs to) (?:be done|happen)),?"
        rf" {_IF} (?P<condition>.+)$",
        rf"\bhow (?:do|does|should|shall|must|can|to) ?{_ACTOR} ?"
        rf"(?:react|respond|proceed|deal with|handle|cope|resolve|solve|fix)"
        rf"(?: (?:to|with|{_IF}))? (?P<condition>.+)$",
        rf"^\W*(?:if|when|once|after|as soon as|in (?:the )?(?:case|event) (?:of|that))"
        rf" (?P<condition>[^,]+), (?:then )?what (?:happens|follows|(?:do|does|should|shall|must"
        rf"|can|has|have|is|are|will)(?: {_ACTOR})? (?:to )?(?:do|be done|happen))\W*$",
    )
]
_UNITS = (
    r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|%|percent|per cent|degrees?|mmhg"
    r"|euros?|dollars?|pounds?)"
)
_NUMBER = (
    r"(?:\d[\d.,]*|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen"
    r"|fifteen|twenty|thirty|sixty|ninety)"
)
_AMOUNT = re.compile(
    rf"(?:\b(?:more|less|longer|fewer) than )?[£$€]?\b{_NUMBER}[ -]?{_UNITS}(?!\w)|[£$€]\d[\d.,]*",
    re.IGNORECASE,
)
_LIGHT = frozenset(
    content_words(
        "my me us mine own after before upon during "
        "go goes gone went get gets got come comes came happen happens occur occurs occurred"
        " appear appears appeared appearing show shows shown displayed arise arises there away out"
        " up off down some any something someone somebody anything still again already also only"
        " just really suddenly keep keeps want wants have message"
    )
)
"""Words that tell little of a condition."""
_NOT = re.compile(
    r"\b(?:not|no|never|without|cannot|fails?|failed|failure|refus\w*)\b|n['’]t\b", re.IGNORECASE
)
_CAUSES = re.compile(
    r"\b(?:causes?|reasons?|criteria|signs?|symptoms?|risks?|examples?)\b", re.IGNORECASE
)
"""A list of these tells what a condition is, not what follows from it."""
_OPENS_CONDITION = re.compile(
    r"(?<!even )\b(?:if|when(?:ever)?|where|once|after|unless|upon|as soon as"
    r"|(?:at the end|in (?:the )?(?:case|event)|in [\w-]+ cases?|(?:every|each|any) case) of"
    r"|in (?:the )?(?:case|event))\b",
    re.IGNORECASE,
)
"""What stands behind it, up to a comma, is the condition."""
_ENDS_CONDITION = re.compile(r"\b(?:leads? to|(?:results?|ends?) in)\b", re.IGNORECASE)
"""What stands before it is the condition."""
_RELATIVE = re.compile(r"^\W*(?:[\w'’-]+ ){1,5}(?:that|who|which)\b", re.IGNORECASE)
"""What opens a sentence so has the condition in its first half."""
_STATED = re.compile(r"[.!][\"”’)\]]*$")
_END = re.compile(r"[.!?;,|][\"”’)\]]*$")
_MARKS = re.compile(r"^(?:#+ *|[*•·–—-] +|\(?(?:\d+(?:\.\d+)*|[a-z]|[ivx]+)[.)] +)+")
_LINE = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class Condition:
    """What a question wants the consequences of.

    Attributes
    ----------
    words : frozenset of str
        Stems of its content words; amounts left out, for those have to be compared.
    amounts : tuple of str
        “30 days”, in lower case.
    negated : bool
        Whether it is that something is not so.
    """

    words: frozenset[str]
    amounts: tuple[str, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Consequence:
    """What the documents tell of a condition.

    Attributes
    ----------
    share : float
        Share of the condition's words that it holds, in [0, 1].
    own : float
        Share that its item holds without the lead, or the heading.
    lead : str
        What introduces it, as :func:`rare_app.evidence.leads.leads_of` gives it; empty for a
        sentence, and where a heading does.
    heading : Place or None
        The heading, where one names the condition.
    places : tuple of Place
        The sentence; one item or all of the list; what stands below the heading, a line each.
    is_sure : bool
        Whether all of the condition is there, and nothing else.
    """

    share: float
    own: float
    lead: str
    heading: Place | None
    places: tuple[Place, ...]
    is_sure: bool

    @property
    def is_sentence(self) -> bool:
        """Whether it is neither of a list nor a section."""
        return not self.lead and self.heading is None


def condition_of(question: str) -> Condition | None:
    """Take the condition out of a question for what follows from it; ``None`` for other ones."""
    text = " ".join(question.split()).rstrip("?!. ")
    for form in _FORMS:
        if found := form.search(text):
            parts = found.groupdict()
            said = " ".join(parts.get(part) or "" for part in ("what", "condition"))
            amounts = tuple(one[0].lower() for one in _AMOUNT.finditer(said))
            words = frozenset(content_words(_AMOUNT.sub(" ", said))) - _LIGHT
            return Condition(words, amounts, bool(_NOT.search(said))) if words else None
    return None


def is_unheard_of(question: str, texts: Sequence[str]) -> bool:
    """Whether a question is for what follows from something whose code stands nowhere: “alarm E7”.

    Parameters
    ----------
    texts : sequence of str
        The passages.
    """
    asked = condition_of(question)
    codes = {one for one in asked.words if any(map(str.isdigit, one))} if asked else set()
    return bool(codes) and not codes <= {word for text in texts for word in content_words(text)}


def consequences(
    question: str,
    texts: Sequence[str],
    sentences: Sequence[Sentence],
    leads: Sequence[str],
    *,
    called: Sequence[str],
    ranked: Sequence[float],
) -> list[Consequence]:
    """Find what follows from what a question names, the likeliest first.

    Items whose condition or consequence stands above the list, sections whose heading is the
    condition, and sentences that hold all of it.

    Parameters
    ----------
    texts : sequence of str
        The passages.
    leads : sequence of str
        What introduces each sentence that is an item (:func:`rare_app.evidence.leads.leads_of`).
    called : sequence of str
        What the document of each passage, and the section, is called.
    ranked : sequence of float
        Each passage's retrieval score, in [0, 1]: it counts as much as the share of the words.
    """
    asked = condition_of(question)
    if asked is None:
        return []
    names = [frozenset(content_words(one)) for one in called]
    found = []
    for number, lead in enumerate(leads):
        own = names[sentences[number].passage]
        if lead:
            one = _item(asked, number, texts, sentences, leads, own)
        else:
            one = _sentence(asked, sentences[number], texts, own)
        if one is not None:
            found.append(one)
    for number, text in enumerate(texts):
        found += _sections(asked, number, text, names[number])

    def order(one: Consequence) -> tuple[bool, float, bool, float]:
        score = one.share + ranked[one.places[0][0]]
        return (not one.is_sure, -round(score, 3), one.is_sentence, -one.own)

    return sorted(found, key=order)


def _item(
    asked: Condition,
    number: int,
    texts: Sequence[str],
    sentences: Sequence[Sentence],
    leads: Sequence[str],
    names: frozenset[str],
) -> Consequence | None:
    """Take an item that holds the condition together with its lead; or all of them, if that does.

    Of a list of causes, the section that it stands in.
    """
    one, lead = sentences[number], leads[number]
    text = texts[one.passage]
    item = text[one.start : one.end]
    both = len(_held(asked.words, f"{lead} {item}", names)) / len(asked.words)
    own = len(_held(asked.words, item, frozenset())) / len(asked.words)
    above = len(_held(asked.words, lead, names)) / len(asked.words)
    leads_to = is_followed_by_conditions(lead)
    if above >= _ALL and _held(asked.words, lead, frozenset()):
        if leads_to:
            return None  # its items are the conditions of what the question takes for one
        items = [two for two, said in zip(sentences, leads, strict=True) if said == lead]
        if items[0] is not one:
            return None
        places = tuple((two.passage, two.start, two.end) for two in items)
        sure = bool(_NOT.search(lead)) == asked.negated and not asked.amounts
        return Consequence(above, above, lead, None, places, sure)
    if both < SHARE_FROM or own < OWN_FROM or (both < _ALL and own < 0.5 and both - own <= 0):
        return None
    same = bool(_NOT.search(item)) == asked.negated
    sure = both >= _ALL and same and all(amount in item.lower() for amount in asked.amounts)
    sure = sure and len(_held(asked.words, f"{lead} {item}", frozenset())) * 2 > len(asked.words)
    sure = sure and (leads_to or bool(_CAUSES.search(lead)) or _is_condition(asked.words, item))
    if _CAUSES.search(lead):
        around = _section_of(one, text)
        return Consequence(both, own, "", around[0], around[1:], sure) if around else None
    return Consequence(both, own, lead, None, ((one.passage, one.start, one.end),), sure)


def _sentence(
    asked: Condition, one: Sentence, texts: Sequence[str], names: frozenset[str]
) -> Consequence | None:
    """Take a sentence that holds all of the condition; whether it is told as one makes it sure."""
    text = texts[one.passage][one.start : one.end]
    own = _held(asked.words, text, frozenset())
    if not _STATED.search(text) or not own or own | _held(asked.words, "", names) != asked.words:
        return None
    share = len(own) / len(asked.words)
    sure = (
        share > 0.5
        and _is_condition(asked.words, text)
        and bool(_NOT.search(text)) == asked.negated
        and all(amount in text.lower() for amount in asked.amounts)
    )
    return Consequence(1.0, share, "", None, ((one.passage, one.start, one.end),), sure)


def _leads_to(told: Set[str], line: str) -> bool:
    """Whether a line says under which conditions there is what a heading names."""
    return is_followed_by_conditions(line) and _held(told, line, frozenset()) == told


def _is_condition(wanted: Set[str], text: str) -> bool:
    """Whether most of the words that a sentence holds stand where it tells a condition.

    “We may cancel the policy if cover is suspended” tells what follows from a suspended cover, not
    from a cancelled policy.
    """
    parts = [text[one.end() :].partition(",")[0] for one in _OPENS_CONDITION.finditer(text)]
    parts += [text[: one.start()] for one in _ENDS_CONDITION.finditer(text)]
    if _RELATIVE.search(text):
        parts.append(text[: len(text) // 2])
    held = _held(wanted, text, frozenset())
    return any(2 * len(_held(held, part, frozenset())) > len(held) for part in parts)


def opening_lines(text: str, most: int) -> list[tuple[int, int]]:
    """Give the lines before the first heading of a chunk: what a section before it goes on with."""
    lines = [match.span() for match in _LINE.finditer(text)]
    end = next((i for i in range(len(lines)) if _is_head(text, lines, i)), len(lines))
    return lines[: min(end, max(0, most))]


def _section_of(one: Sentence, text: str) -> tuple[Place, ...]:
    """Give the heading above a place and the lines below it; nothing where there is no heading."""
    lines = [match.span() for match in _LINE.finditer(text)]
    heads = [i for i in range(len(lines)) if _is_head(text, lines, i)]
    before = [i for i in heads if lines[i][0] < one.start]
    if not before:
        return ()
    at = before[-1]
    return _with_body(one.passage, lines, heads, at)


def _with_body(
    number: int, lines: Sequence[tuple[int, int]], heads: Sequence[int], at: int
) -> tuple[Place, ...]:
    end = next((i for i in heads if i > at), len(lines))
    return tuple((number, *lines[i]) for i in range(at, min(end, at + 1 + MOST_LINES)))


def _sections(asked: Condition, number: int, text: str, names: frozenset[str]) -> list[Consequence]:
    """Take what stands below each heading that is the condition."""
    lines = [match.span() for match in _LINE.finditer(text)]
    heads = [i for i in range(len(lines)) if _is_head(text, lines, i)]
    found = []
    for at in heads:
        heading = _MARKS.sub("", text[slice(*lines[at])])
        heading, _, rest = heading.partition(":")
        if not _held(asked.words, rest, frozenset()) <= _held(asked.words, heading, names):
            heading = f"{heading} {rest}"
        words = set(content_words(heading)) - _LIGHT
        held = _held(asked.words, heading, names)
        told = _held(asked.words, heading, frozenset())
        share = len(held) / len(asked.words)
        if share < _ALL or not told or len(told) < _HEADING_SHARE * len(words - names):
            continue
        place, *body = _with_body(number, lines, heads, at)
        below = [text[start:end] for _, start, end in body]
        if body and not any(_leads_to(told, line) for line in below):
            own = len(told) / len(asked.words)
            same = bool(_NOT.search(heading)) == asked.negated
            sure = same and own > 0.5 and not asked.amounts
            found.append(Consequence(share, own, "", place, tuple(body), sure))
    return found


def _is_head(text: str, lines: Sequence[tuple[int, int]], at: int) -> bool:
    """Whether a line is a heading: short, with a capital, no sentence, and something below it."""
    start, end = lines[at]
    line = text[start:end].strip()
    if line.startswith("#"):
        return True
    bare = _MARKS.sub("", line)
    return (
        at + 1 < len(lines)
        and bare[:1].isupper()
        and line[-1] != ":"
        and not _END.search(line)
        and len(line.split()) <= _HEADING_WORDS
        and line[0] not in "*•·–—-"
    )


def _held(wanted: Set[str], text: str, names: frozenset[str]) -> set[str]:
    words = set(content_words(text)) | names
    return {one for one in wanted if any(is_same_word(one, word) for word in words)}
