"""Where documents say what a term means, in the forms in which that is written.

“Fees” means …; … (the “Fees”); Fees: …; … are called fees; free on board (FOB).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rare_app.evidence.asked_definition import Term
from rare_app.evidence.marks import opens_with_mark
from rare_app.evidence.sentences import paragraph_end, sentence_spans
from rare_app.evidence.short_forms import begins, is_short, long_form
from rare_app.words import STOP_WORDS

Place = tuple[int, int, int]
"""Passage, and the first and last character in it."""

_Q = r"[\"“”„«»'‘’*_`]"
_STRONG = (
    r"(?:(?:also |here |only |hereinafter |hereafter )*(?:(?:shall|will|does|is to|is taken to)"
    r" (?:also )?)?(?:means?\b(?! (?:of|by|for)\b)|refers?\s+to\b|denotes?\b|designates?\b"
    r"|signif(?:y|ies)\b|stands?\s+for\b)"
    r"|(?:is|are|shall\s+be|was|were|has\s+been|have\s+been)\s+(?:here\s+|also\s+|further\s+)?"
    r"(?:defined|understood|interpreted|construed|taken|used)\s+(?:here\s+)?(?:as|to)\b"
    r"|(?:shall\s+)?(?:has|have)\s+the\s+(?:same\s+)?meanings?\b"
    r"|(?:is|are)\s+(?:short|an?\s+(?:abbreviation|acronym))\s+(?:for|of)\b)"
)
_COPULA = r"(?:is|are|includes?|comprises?|consists?\s+of|shall\s+include)\b"
_CLASS = (
    r"(?:is|are)\s+(?:an?|any|every|each|either|when|where|one|those"
    r"|the\s+\w+(?:\s+\w+)?\s+(?:of|that))\b"
)
_CALLED = (
    r"(?:call(?:s|ed)?|known\s+as|termed|referred\s+to(?:\s+\w+)?\s+as|defines?|defined\s+as"
    r"|hereinafter|hereafter|classed\s+as|considered(?:\s+to\s+be)?|counts?\s+as|regarded\s+as"
    r"|qualif(?:y|ies)\s+as|deemed(?:\s+to\s+be)?|understand\s+by|mean\s+by|speak\s+of)"
)
_ID_EST = (
    r"(?:i\.?\s?e\.?|that\s+is(?:\s+to\s+say)?|meaning|defined\s+(?:here\s+)?as|namely"
    r"|which(?:\s+\w+){0,4}?\s+means?|in\s+other\s+words)"
)
_BY_WHICH = r"by\s+(?:which|this|these|that|those)\s+(?:[\w’']+\s+){1,3}means?\b"
_NO_MEANS = re.compile(
    r"\b(?:by|any|other|reasonable|an?|the|some|all|no|such|same|of|these|those|what|which|its|their)"
    r"\s+$",
    re.IGNORECASE,
)
_OTHER_VERB = re.compile(
    r"\b(?:can|could|may|might|must|not|shall|will|would|is|are|was|were|has|have)\b"
    r"|\band\b(?!\s+[\"“])",
    re.IGNORECASE,
)
"""Between a term and its verb these tell that this is another one's."""
_REFERENCE = re.compile(
    r"^\W*(?:see\b|figures?\b|fig\.|tables?\b|sections?\b|chapters?\b|appendix|annex|schedule|clause"
    r"|page|pp?\.|n\s*=|ref|\d+(?:[,–-]\s*\d+)*\W*$|(?:19|20)\d\d|e\.?g|for example|such as|if"
    r"|\w+:\s|or\b|and\b|as\b|not\b|the\s+[\"“])",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:this|the)?\s*\w*\s*(?:(?:agreement|contract|lease)\s+(?:is\s+)?"
    r"(?:made\s+|dated\s+[\w ]+?)?)?\s*\bbetween\s+",
    re.IGNORECASE,
)
_LEADS_ON = re.compile(
    r"(?:[:;,–—-]|\b(?:and|or|means?|either|of|are|is|who|which|that|if|where|when))$"
)
_GLOSSARY = re.compile(
    r"definition|interpretation|glossar|abbreviation|acronym|terms|terminolog|meaning|defined|vocabulary|symbols",
    re.IGNORECASE,
)
_MARKS = re.compile(r"\s*(?:#+ |[-*•] |\(?(?:\d+(?:\.\d+)*|[a-z]{1,3})[.)]\s+|\d+(?:\.\d+)+\s+)*")
_MOST_ITEMS = 12
_LOOK_BACK = 120
"""Characters before a place among which its long form, or what it stands below, is looked for."""
_FLAGS = re.IGNORECASE | re.MULTILINE
_PURPOSE = re.compile(
    r"^(?:for (?:the )?purposes? of|in|within|throughout) (?:this|these|the) \w+\s+"
    r"(?=(?:an?|the)\b)",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(r"(?:this|these|those|such|it|they)\b", re.IGNORECASE)
_ENTRY = re.compile(r"^[ \t]*[-*•]?[ \t]*\w[^:\n|]{1,50}: [a-z]", re.MULTILINE)
"""A line as in a glossary."""
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Definition:
    """Where the documents say what a term means.

    Attributes
    ----------
    rank : int
        How plainly: 0 is an explicit definition.
    places : tuple of Place
        The sentence, row or words; with the items of a list behind it, one each.
    is_sure : bool
        Whether the form leaves no doubt that the term is explained.
    """

    rank: int
    places: tuple[Place, ...]
    is_sure: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """A place in a text: where what is told begins, where the form was found, and its end.

    Without an end it goes to that of the sentence, with the list that this leads.
    """

    rank: int
    start: int
    at: int
    end: int = 0
    is_sure: bool = True


def definitions(
    term: Term, texts: Sequence[str], sections: Sequence[str]
) -> tuple[str, list[Definition]]:
    """Find where passages say what a term means, the plainest first.

    Parameters
    ----------
    texts : sequence of str
        The passages.
    sections : sequence of str
        The headings that each stands below: a line of a glossary explains for sure.

    Returns
    -------
    (name, definitions)
        The term's longest name that is explained; an empty list where none is.
    """
    for name in term.names:
        found = [
            one
            for number, text in enumerate(texts)
            for one in _explained(name, number, text, sections[number])
            if term.is_asked or one.is_sure
        ]
        if found:
            return name, sorted(found, key=lambda one: (not one.is_sure, one.rank))
    return "", []


def _explained(name: str, number: int, text: str, section: str) -> Iterator[Definition]:
    """Go through the forms in which a text may explain a term; no place is given twice."""
    term = _pattern(name)
    taken: list[range] = []
    for found in (
        *_said_to_mean(term, text),
        *_named(term, text),
        *_abbreviated(term, text),
        *_listed(term, text, section),
        *_in_passing(term, text),
    ):
        if any(found.start in known or found.at in known for known in taken):
            continue
        places = [(found.start, found.end)] if found.end else _whole(text, found.start, found.at)
        taken.append(range(found.start, places[-1][1] + 1))
        yield Definition(found.rank, tuple((number, *one) for one in places), found.is_sure)


def _pattern(name: str) -> str:
    """Match a term in the singular and the plural, however its words are parted."""
    *before, last = re.split(r"[\s-]+", name)
    for ending, either in (("ies", "(?:y|ies)"), ("sses", "ss(?:es)?"), ("ss", "ss(?:es)?")):
        if last.lower().endswith(ending):
            last = re.escape(last[: -len(ending)]) + either
            break
    else:
        if last.lower().endswith("y"):
            last = re.escape(last[:-1]) + "(?:y|ies|ys)"
        else:
            last = re.escape(last[:-1] if last.lower().endswith("s") else last) + "(?:e?s)?"
    return r"[\s-]+".join([*map(re.escape, before), last])


def _quoted(term: str) -> str:
    return rf"{_Q}{{1,3}}(?:the\s+)?{term}{_Q}{{1,3}}"


def _plain(term: str) -> str:
    return rf"(?<![\w-]){term}(?![\w-])"


def _said_to_mean(term: str, text: str) -> Iterator[_Found]:
    """“Fees” means …; “You” (or “Your”) shall mean …; heart failure (HF) is defined as so."""
    quoted, plain = _quoted(term), _plain(term)
    for found in re.finditer(
        rf"{quoted}(?P<gap>[^.;:!?\n|]{{0,60}}?)\s*(?P<verb>{_STRONG})", text, _FLAGS
    ):
        if not (_NO_MEANS.search(text[: found.start("verb")]) or _OTHER_VERB.search(found["gap"])):
            yield _Found(0, _start(text, found.start()), found.end())
    for found in re.finditer(rf"\buse\s+(?:the\s+\w+\s+)?{quoted}\s+(?:for|to|of)\b", text, _FLAGS):
        yield _Found(0, _start(text, found.start()), found.end())
    for found in re.finditer(rf"{quoted}\s*(?:\([^)\n]*\)\s*)?{_COPULA}", text, _FLAGS):
        yield _Found(0, _start(text, found.start()), found.end())
    for found in re.finditer(
        rf"{plain}(?:\s*\([^)\n]*\)|,[^,.;:\n]{{1,40}},)?\s+(?P<verb>{_STRONG})", text, _FLAGS
    ):
        if not _NO_MEANS.search(text[: found.start("verb")]):
            start = _start(text, found.start())
            sure = _stands_alone(text[start : found.start()])
            yield _Found(0, start, found.end(), is_sure=sure)


def _named(term: str, text: str) -> Iterator[_Found]:
    """… (the “Fees”)."""
    inside = rf"(?:[^()\n]{{0,60}}?[\s,])?{_quoted(term)}(?:[^()\n]{{0,60}})?"
    for found in re.finditer(rf"\({inside}\)", text, _FLAGS):
        start = _said_before(text, found.start())
        if text[start : found.start()].strip():
            yield _Found(1, start, found.start(), found.end())


def _abbreviated(term: str, text: str) -> Iterator[_Found]:
    """Find a long form before the short one in brackets, or behind it."""
    for found in re.finditer(
        rf"\(\s*(?P<short>{term})\s*[;,:=–—]\s*(?P<long>[^()\n]{{5,120}})\)", text, _FLAGS
    ):
        if is_short(found["short"]) and begins(found["short"], found["long"]):
            yield _Found(0, found.start("short"), found.start("short"), found.end("long"))
    closed = r"(?:\)|(?=[,;])(?:[^()]{0,80}\))?)"
    for found in re.finditer(rf"\(\s*{_Q}?(?P<short>{term}){_Q}?\s*{closed}", text, _FLAGS):
        if is_short(found["short"]):
            begin = max(0, found.start() - _LOOK_BACK)
            at = long_form(found["short"], text[begin : found.start()])
            if at is not None:
                yield _Found(0, begin + at, found.start(), found.end())
    for found in re.finditer(
        rf"(?<![\w-])(?P<short>{term})\s*(?:\((?P<in>[^()\n]{{5,120}})\)|[ \t]*[:=–—|][ \t]*"
        rf"(?P<behind>[^\n|;.,]{{5,120}})|[ \t]{{2,}}(?P<apart>[^\n|]{{5,120}}))",
        text,
        _FLAGS,
    ):
        group = next(one for one in ("in", "behind", "apart") if found[one])
        if is_short(found["short"]) and begins(found["short"], found[group]):
            end = found.end() if group == "in" else found.end(group)
            yield _Found(0, found.start(), found.start(), end)


def items_at_start(text: str) -> list[tuple[int, int]]:
    """Give the items that a text opens with: the list of a definition may go on there."""
    places: list[tuple[int, int]] = []
    at = len(text) - len(text.lstrip())
    while at < len(text) and opens_with_mark(text[at:]) and len(places) < _MOST_ITEMS:
        end = paragraph_end(text, at)
        places.append((at, end))
        at = end + len(text[end:]) - len(text[end:].lstrip())
    return places


def _listed(term: str, text: str, section: str) -> Iterator[_Found]:
    """Take lines and rows: “Fees: …”, “Fees – …”, “| Fees | … |”."""
    marks = rf"[ \t]*(?:[-*•]|\d+(?:\.\d+)*[.)]?)?[ \t]*{_Q}{{0,3}}"
    parts = (
        rf"(?:[ \t]*:{_Q}{{0,3}}[ \t]+|[ \t]+[–—-]{{1,2}}[ \t]+|[ \t]*=[ \t]*|[ \t]{{2,}}|\t)(?=\S)"
    )
    for found in re.finditer(
        rf"^{marks}(?P<term>(?<![\w-]){term})(?:[ \t]*\([^)\n]*\)|,[^:\n]{{1,40}})?"
        rf"(?P<marked>{_Q}{{0,3}}){parts}(?P<rest>[^\n|]+)$",
        text,
        _FLAGS,
    ):
        if not _is_told(found["rest"]):
            continue
        above = text[max(0, found.start() - _LOOK_BACK) : found.start()]
        sure = bool(found["marked"] or _GLOSSARY.search(section) or _GLOSSARY.search(above)) or (
            found["rest"][0].islower() and len(_ENTRY.findall(text)) > 1
        )
        yield _Found(1 if sure else 3, found.start("term"), found.start("rest"), is_sure=sure)
    for found in re.finditer(
        rf"^[ \t]*\|?[ \t]*{_Q}{{0,3}}{term}{_Q}{{0,3}}[ \t]*\|(?P<rest>[^|\n]+)\|?[ \t]*$",
        text,
        _FLAGS,
    ):
        if _is_told(found["rest"]):
            yield _Found(1, found.start(), found.start(), found.end())


def _in_passing(term: str, text: str) -> Iterator[_Found]:
    """… are called fees; fees, that is, …; fees are what …; fees (paid every month)."""
    quoted, plain = _quoted(term), _plain(term)
    either = rf"(?:{quoted}|{plain})"
    for found in re.finditer(rf"\b{_CALLED}\s+(?:as\s+)?(?:an?\s+|the\s+)?{either}", text, _FLAGS):
        start = _start(text, found.start())
        if _POINTS_BACK.match(text[start:]):
            start = _start(text, max(0, len(text[:start].rstrip()) - 1))
        yield _Found(2, start, found.end())
    for found in re.finditer(
        rf"{either}(?:\s*(?:,|\(|–|—|\s-)\s*{_ID_EST}(?!\w)|[^.:\n]{{0,60}}?\W{_BY_WHICH})",
        text,
        _FLAGS,
    ):
        yield _Found(1, _start(text, found.start()), found.end())
    for found in re.finditer(
        rf"{plain}(?:,|\s+[–—-])\s+(?:where|when|(?:the|an?)\s+(?:\w+\s+){{1,2}}"
        r"(?:in|of|that|which|on|for|to|by|where)\b)",
        text,
        _FLAGS,
    ):
        start = _start(text, found.start())
        yield _Found(2, start, found.end(), is_sure=_stands_alone(text[start : found.start()]))
    for found in re.finditer(rf"{plain}\s*(?:\([^)\n]*\)\s*)?{_CLASS}", text, _FLAGS):
        start = _start(text, found.start())
        if _stands_alone(text[start : found.start()]):
            yield _Found(2, start, found.end())
    for found in re.finditer(rf"{plain}\s*\((?P<gloss>[^()\n]{{6,160}})\)", text, _FLAGS):
        if " " in found["gloss"].strip() and not _REFERENCE.search(found["gloss"]):
            yield _Found(3, found.start(), found.end(), found.end(), is_sure=False)


def _is_told(rest: str) -> bool:
    """Whether a cell or line tells in words: a figure beside a term is its value."""
    words = re.findall(r"[^\W\d_]{3,}", rest)
    return len(words) > 2 or bool(words and not any(map(str.isdigit, rest)))


def _stands_alone(before: str) -> bool:
    """Whether no word before a term makes another one of it: “severe hypotension”."""
    words = re.findall(r"[\w'’-]+", _PURPOSE.sub("", " ".join(before.split())).rpartition(",")[2])
    known = {"term", "word", "expression", "here", "thus", "so", "however", "therefore", "also"}
    return not words or all(
        word.lower() in STOP_WORDS | known or not _LETTERS.search(word) for word in words
    )


def _start(text: str, at: int) -> int:
    """Find where the sentence that holds a place begins; its number is left out."""
    for start, end in sentence_spans(text):
        if start <= at < end:
            line = text.rfind("\n", start, at) + 1
            begin = line if line > start and text[:line].rstrip()[-1:] in ":;" else start
            mark = re.match(
                r"\s*(?:#+ |[-*•] |\(?(?:\d+(?:\.\d+)*|[a-z]{1,3})[.)]\s+|\d+(?:\.\d+)+\s+)*",
                text[begin:at],
            )
            return begin + (mark.end() if mark else 0)
    return at


def _said_before(text: str, at: int) -> int:
    """Find where what a bracket names begins: behind the bracket before, or with the sentence."""
    start = _start(text, max(0, at - 1))
    closed = text.rfind('")', start, at), text.rfind("”)", start, at)
    if max(closed) >= 0:
        start = max(closed) + 2
        link = re.match(r"\W*(?:(?:and|or|as well as|by|between)\s+)*", text[start:at])
        return start + (link.end() if link else 0)
    opening = _OPENING.match(text[start:at])
    return start + (opening.end() if opening else 0)


def _whole(text: str, start: int, at: int) -> list[tuple[int, int]]:
    """Give a definition up to the end of its sentence, and the items of the list that it leads."""
    end = next((end for begin, end in sentence_spans(text) if begin <= at <= end), len(text))
    places = [(start, end)]
    listing = False
    while len(places) <= _MOST_ITEMS:
        begin, end = places[-1]
        said = text[begin:end].rstrip()
        rest = text[end:]
        gap = len(rest) - len(rest.lstrip())
        if gap == len(rest):
            break
        follows = end + gap
        line = text.rfind("\n", 0, follows) + 1
        is_item = opens_with_mark(text[line:]) and not text[line:follows].strip()
        leads_on = bool(_LEADS_ON.search(said))
        stop = paragraph_end(text, follows)
        if is_item and "\n" in rest[:gap] and (leads_on or listing):
            places.append((follows, stop))
            listing = True
        elif said[-1] not in ".!?" and text[follows].islower():
            inner = next((e for b, e in sentence_spans(text) if b <= follows < e), stop)
            places[-1] = (begin, inner)
        else:
            break
    return places
