"""Questions for what a term means.

A term stands on every page of a contract and is explained on one, in a form of its own
(:mod:`rare_app.evidence.definitions`). A reader that looks for what is like the question finds the
pages where the term is used.
"""

import re
from dataclasses import dataclass

from rare_app.words import STOP_WORDS

_TAIL = (
    r"(?:,? (?:in|under|within|for|according to|by|as per|as used|as defined|here|when|on|at|from"
    r"|of|between|throughout|with|exactly|actually|there)\b.*)?"
)
_VERB = r"(?:mean|means|stand for|stands for|refer to|denote|signify|designate|represent|describe)"
_CLASSED = (
    r"(?:count(?:s|ed)? (?:as|towards)|qualif(?:y|ies) as|(?:is|are) (?:considered|regarded as"
    r"|classed as|classified as|treated as|deemed|taken (?:as|to be)|seen as)(?: to be| as)?)"
)
_EXPLICIT = [
    re.compile(form, re.IGNORECASE)
    for form in (
        r"\bwhat (?:do|does) .{1,60}? (?:mean|understand) (?:by|with|under) (?P<term>.+)$",
        rf"\bwhat (?:exactly |actually )?(?:does|do|did|would|could|might) (?P<term>.+?)"
        rf" (?:really |actually |exactly |even )?{_VERB}{_TAIL}$",
        r"\bwhat ?(?:exactly |actually )?(?:is|are|was|were|['’]s)(?: actually| exactly)?"
        r" (?:meant|understood|denoted|described) (?:by|as|under|with) (?P<term>.+)$",
        rf"\bwhat (?:is|are|['’]s) (?P<term>.+?) (?:short for|an? (?:abbreviation|acronym)"
        rf" (?:of|for)|defined (?:as|to be)|an? .{{0,20}}name for){_TAIL}$",
        rf"\b(?:what|who|which \w+) (?:all |exactly )?{_CLASSED} (?P<term>.+)$",
        r"\bwhen (?:is|are) .{1,40}? (?:considered|regarded as|classed as|deemed)"
        r"(?: to be)? (?P<term>an? .+)$",
        r"\b(?:meaning|definition|full form|long form|full name|explanation) (?:of|for|behind)"
        r" (?P<term>.+)$",
        r"^\W*(?:(?:please|can|could|would|you|pls|kindly) )*(?:define|spell out) (?P<term>.+)$",
        rf"\bhow (?:is|are|was|were) (?P<term>.+?) (?:being )?(?:defined|understood|explained)"
        rf"{_TAIL}$",
        r"\bhow (?:do|does|did) .{1,60}? (?:define|understand) (?P<term>.+)$",
        rf"\b(?:explain|tell me|say) what (?P<term>.+?) {_VERB}{_TAIL}$",
        r"\b(?:explain|clarify) (?:to me )?(?:the |this )?(?:term|word|abbreviation|acronym"
        r"|expression|phrase|concept|notion)(?: of)? (?P<term>.+)$",
        rf"^\W*(?P<term>[\w\"“”'‘’ -]{{2,60}}?),? (?:meaning|definition|means what){_TAIL}$",
    )
]
_BROAD = re.compile(
    r"^\W*(?:and |so )?what(?: is|['’]s| are) (?P<term>(?:an? )?.+)$", re.IGNORECASE
)
_VALUE = re.compile(r"[Tt]he\b(?! (?:[\"“‘']|[A-Z][a-z]))")
"""“The rent” is a sum; “the Platform”, with its capital, is a term."""
_IN_DOCUMENT = re.compile(
    r",? (?:in|under|according to|as per|within) (?:the |this |that |our |my |its )?[\w -]*?"
    r"(?:agreement|contract|lease|licen[cs]e|policy|guidelines?|manual|standard|protocol|handbook"
    r"|documents?|report|filing|leaflet|regulations?|act|law|terms|rules|(?-i:[A-Z]{2,}))$",
    re.IGNORECASE,
)
_CUT = re.compile(
    r",? (?:in|under|within|for|according to|as per|as used|as defined|here|on|at|from|throughout"
    r"|by|with|of|between|exactly|actually)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]{1,80})[\"”“»]|(?<!\w)['‘]([^'‘’]{2,80})['’](?!\w)")
_BEFORE = re.compile(
    r"^(?:(?:the |an? |its |this |our )?(?:(?:defined |technical |legal |medical )?(?:term|word"
    r"|abbreviation|acronym|expression|phrase|concept|notion|letters|initials)s?(?: of)?) "
    r"|the |an? |being |to )",
    re.IGNORECASE,
)
_NO_TERM = frozenset(
    """
    it this that they these those he she we you i there all what which who how when
    """.split()  # noqa: SIM905 - a long list of words reads better so
)
"""Words that no term begins with."""
_PARTIES = frozenset({"You", "Your", "We", "Us", "Our"})
"""Terms of contracts, where they stand with a capital."""
_DANGLING = re.compile(r"\b(?:used|needed|good|made|given|meant|required)(?: for| to)?$", re.I)
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Term:
    """What a question wants the meaning of.

    Attributes
    ----------
    names : tuple of str
        As it may be called, the longest first: what follows “in” may be of the term, or may say
        where it is used.
    is_asked : bool
        Whether its meaning is asked for in so many words, and not with “what is a …?” alone.
    parts : tuple of str
        “Landlord and Tenant” may be two terms.
    """

    names: tuple[str, ...]
    is_asked: bool
    parts: tuple[str, ...] = ()

    def apart(self) -> "tuple[Term, ...]":
        """Give the terms that it may be made of; none, if it is one for sure."""
        return tuple(Term((one,), self.is_asked) for one in self.parts)


def term_of(question: str) -> Term | None:
    """Take the term out of a question for what it means; ``None`` for other ones."""
    text = " ".join(question.split()).rstrip("?!. ")
    for form in _EXPLICIT:
        if (found := form.search(text)) and (names := _names(found["term"])):
            return Term(names, True, _parts(names[-1]))
    if (found := _BROAD.search(text)) and not _VALUE.match(found["term"]):
        names = _names(_IN_DOCUMENT.sub("", found["term"]))[:1]  # “EBITDA for 2023” is a figure
        return Term(names, False) if names else None
    return None


def is_unexplained(question: str) -> bool:
    """Whether a question is for the meaning of a word, so that one that only uses it is no answer.

    A code (“E2”) stands in a table beside what it means, which the reader finds.
    """
    term = term_of(question)
    return term is not None and term.is_asked and not any(map(str.isdigit, term.names[0]))


def _parts(name: str) -> tuple[str, ...]:
    parts = [_bare(one) for one in re.split(r",? and |, ", name)]
    return tuple(filter(None, parts)) if len(parts) > 1 else ()


def _bare(said: str) -> str:
    bare = said.strip(" \"“”'‘’*_,.;:()")
    while bare != (less := _BEFORE.sub("", bare)):
        bare = less
    return bare


def _names(said: str) -> tuple[str, ...]:
    if _DANGLING.search(said):
        return ()
    if quoted := _QUOTED.search(said):
        if re.search(r"\bfor\b", said[: quoted.start()]):
            return ()  # “a Chinese word for ‘barracks’” is after the word
        whole = [quoted[1] or quoted[2]]
    else:
        cuts = [one.start() for one in _CUT.finditer(said) if one.start()]
        whole = [said, *(said[:at] for at in reversed(cuts))]
    names: list[str] = []
    for one in whole:
        bare = _bare(one)
        words = bare.lower().split()
        telling = [word for word in words if word not in STOP_WORDS]
        if bare in _PARTIES or (telling and words[0] not in _NO_TERM and len(words) <= _MOST_WORDS):
            names.append(bare)
    return tuple(dict.fromkeys(names))
