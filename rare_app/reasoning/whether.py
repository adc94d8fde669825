"""What a sentence says to a question that asks whether something is so: yes, no, or neither.

The bundled model cannot tell (docs/quoting.md), and a wrong “yes” is the worst answer there is. So
yes and no are said by rules that hold a question against a sentence which has all of its words;
where they cannot tell, the sentence itself is the answer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rare_app.evidence import OPPOSITES, whether_of
from rare_app.reasoning.undecided import leaves_open
from rare_app.words import QUESTION_VERBS, content_words, is_same_word

Verdict = Literal["yes", "no"]
Kind = Literal["may", "must", "is"]
"""Whether something may be done, has to be done, or is so."""

_MOST_EXTRA = 2
"""Words that a denial may hold beside those of the question."""
_NAMED_SHARE = 0.5
"""Largest share of the question's words that only the document's names or headings hold."""

_WORD = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*")
_DENYING = re.compile(
    r"\b(?:not(?! only\b)|no(?! later\b| more\b| less\b)|never|neither|nor|cannot|nobody|none"
    r"|prohibit\w*|forbid\w*|forbidden|exclu\w+|contraindicat\w*|refus\w+|reject\w*"
    r"|den(?:y|ies|ied)|disallow\w*|omit\w*|avoid\w*|exempt\w*|left out|lacks?|unable|stops?"
    r"|ceases?|fails?)\b|n['’]t\b",
    re.IGNORECASE,
)
_ACCORDING_TO = re.compile(r"\b(?:under|according to|per)\s+(?=(?:the|this|these|our|my)\b)", re.I)
_ROLES = frozenset(
    content_words(
        "lender borrower landlord tenant buyer seller supplier customer employer employee husband"
        " wife father mother son daughter brother sister king queen male female asset liability"
    )
)
"""Whose opposites are others: what one of them does says nothing of the other."""
_LONG_WORD = 4
_COUNTED = re.compile(
    r"\b(\d(?:[\d.,]*\d)?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|second|third"
    r"|fourth|other|every|half)(?=\s+([\w'’-]+))",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[\W_\d]+")
_PASSIVE = re.compile(r"^(?!.*\bby\b).*\bbe(?:en)? \w+(?:ed|en|t|d)\b", re.IGNORECASE)
"""A question that does not say who does it: “can it be taken”."""
_WITHOUT = re.compile(r"\bwithout\s+((?:[\w'’-]+\s*){1,3})", re.IGNORECASE)
_RESTRICTING = re.compile(
    r"\b(?:only|unless|except|if|when|where|while|until|till|within|during|before|after|provided"
    r"|subject to|as long as|in case|at (?:most|least)|up to|more than|less than|fewer than|over"
    r"|under|above|below|by (?:giving|means)|without|not later than|no (?:later|more|less) than"
    r"|once|twice|unreasonabl[ey]|other than|but|solely|exclusively|rarely|seldom|sometimes"
    r"|usually|generally|normally|mostly|some|certain)\b",
    re.IGNORECASE,
)
"""Words behind which something is said of some cases alone."""
_CONDITION = re.compile(
    r"\b(?:if|when|where|unless|except|provided|in case|as long as|until|to the extent|only)\b",
    re.IGNORECASE,
)
_EXCEPTED = re.compile(r"\W+(?:except|unless|excluding|but not)\b", re.IGNORECASE)
_HEDGED = re.compile(
    r"\b(?:might|could|possibl[ey]|potential(?:ly)?|suspected|perhaps|probabl[ey]|risks?|likely"
    r"|unlikely|hardly|scarcely|expect\w*|intend\w*|plan(?:s|ned)?|propos\w+|assum\w+|believ\w+|would|examples?"
    r"|other than|apart from|instead of|rather than)\b",
    re.IGNORECASE,
)
_MAY = re.compile(
    r"\b(?:may|can|allowed|permit(?:s|ted)?|permission|entitled|free to|optional)\b", re.I
)
_MUST = re.compile(
    r"\b(?:must|shall|should|has to|have to|had to|required?s?|needs?|needed|mandatory|obliged"
    r"|necessary|compulsory)\b",
    re.IGNORECASE,
)
_NEED_NOT = re.compile(
    r"\b(?:need(?:s|ed)? not|not (?:need\w*|required?|necessary|obliged|mandatory|have to)"
    r"|does not have to|no need)\b|n['’]t (?:need|have to|require)",
    re.IGNORECASE,
)
_FILLING = frozenset(
    content_words(
        "allowed permitted permission possible able entitled required necessary needed need needs"
        " mandatory obliged obligatory compulsory responsible have has get be done there any it"
        " this that also one use used case ever still actually really please document documents"
        " say says"
    )
)
"""Words that say whether something may or must be done, and nothing of what."""
_ALIKE = (
    "include cover contain comprise",
    "end terminate finish",
    "start begin commence",
    "licence license",
    "staff employee personnel",
    "reimburse repay refund",
)
_SAME = {stem: number for number, line in enumerate(_ALIKE) for stem in content_words(line)}
_WHOLE = frozenset(content_words("all every always any entire whole both each everything everyone"))


@dataclass(frozen=True, slots=True)
class Told:
    """What a sentence says to a question.

    Attributes
    ----------
    verdict : str or None
        ``yes`` or ``no``; ``None`` where it cannot be told from the words alone.
    limited : bool
        Whether the sentence names a condition, a time or an amount that the question does not.
    """

    verdict: Verdict | None
    limited: bool = False


_UNTOLD = Told(None)


def tell_whether(question: str, sentence: str, *, lead: str = "", names: str = "") -> Told:
    """Tell what a sentence says to a question for yes or no.

    Parameters
    ----------
    question : str
    sentence : str
    lead : str
        What introduces it, if it is an item of a list.
    names : str
        Title, section and name of its document, which the question may use.

    Returns
    -------
    Told
        Without a verdict wherever a word of the question is missing, something else is asked than
        said (a duty for a permission), or what is said holds in some cases only.
    """
    asked = whether_of(question)
    if asked is None:
        return _UNTOLD
    verb, rest = asked
    whole = f"{lead} {sentence}".strip()
    if (
        sentence.rstrip().endswith("?")
        or _is_title(sentence)
        or leaves_open(whole)
        or (_HEDGED.search(whole) and not _HEDGED.search(rest))
    ):
        return _UNTOLD
    wanted = _wanted(rest)
    clause = _clause(wanted, sentence)
    own = _stems(f"{lead} {clause}")
    missing = [one for one in wanted if not _holds(own, one)]
    flipped = [one for one in missing if _opposite(one, own)]
    called = _stems(_SIGNS.sub(" ", names))
    named = [one for one in missing if one not in flipped and _holds(called, one)]
    if (
        not wanted
        or len(missing) > len(flipped) + len(named)
        or len(flipped) > min(1, len(wanted) - len(missing))
        or len(named) > _NAMED_SHARE * len(wanted)
        or _counts_otherwise(wanted, rest, f"{lead} {clause}")
        or _WHOLE & set(_stems(rest)) - set(own)
        or not (
            _PASSIVE.search(rest)
            or any(
                _in_order(wanted, _stems(text), missing)
                for text in (f"{lead} {clause}", f"{clause} {lead}")
            )
        )
    ):
        return _UNTOLD
    held = [one for one in wanted if one not in missing]
    return _judge(verb, rest, clause, lead, held=held, flipped=bool(flipped))


def share_spoken_of(question: str, text: str) -> float:
    """Give the share of a question's words, in [0, 1], that a text holds."""
    asked = whether_of(question)
    wanted = _wanted(asked[1]) if asked else []
    own = _stems(_SIGNS.sub(" ", text)) + _stems(text)
    return sum(_holds(own, one) for one in wanted) / len(wanted) if wanted else 1.0


def _judge(
    verb: str, rest: str, clause: str, lead: str, *, held: Sequence[str], flipped: bool
) -> Told:
    said = f"{lead} {clause}".strip()
    asked_without, said_without = _WITHOUT.search(rest), _WITHOUT.search(said)
    bare_said = _WITHOUT.sub(" ", said) if said_without else said
    denials = len(_DENYING.findall(bare_said))
    asked_denials = len(_DENYING.findall(rest))
    if denials > 1 or asked_denials > 1 or _only_in_condition(held, said, rest):
        return _UNTOLD
    if said_without and denials and not asked_without:
        return _UNTOLD  # “not without consent”: with it, perhaps
    if asked_without and not said_without:
        return _UNTOLD
    excepted = _EXCEPTED.search(said)
    if excepted and not all(_holds(_stems(said[: excepted.start()]), one) for one in held):
        return _UNTOLD  # “safe, except in pregnancy”
    asked_kind, said_kind = _kind(verb, rest), _kind("", said)
    denied = bool(denials) != bool(asked_denials)
    limited = _is_limited(said, rest)
    if _NEED_NOT.search(said):
        return Told("no", limited) if asked_kind == "must" and denied and not limited else _UNTOLD
    if flipped and (denials or asked_denials):
        return _UNTOLD
    if flipped:
        return Told("no") if _limits(said, rest) <= {"only"} else _UNTOLD
    if denied:
        bare = said[: excepted.start()] if excepted else said
        if _is_limited(bare, rest) or _extra(held, bare) > _MOST_EXTRA:
            return _UNTOLD
        return Told("no", excepted is not None)
    if asked_kind != "may" and said_kind == "may":
        return _UNTOLD
    return Told("yes", limited)


def _wanted(rest: str) -> list[str]:
    """List the words of a question that a sentence must hold."""
    return [one for one in _stems(_ACCORDING_TO.sub(" ", rest)) if one not in _FILLING]


def _stems(text: str) -> list[str]:
    return content_words(text.replace("’", "'").replace("'s", ""))


def _holds(own: Sequence[str], word: str) -> bool:
    group = _SAME.get(word)
    return any(
        is_same_word(word, one) or (group is not None and _SAME.get(one) == group) for one in own
    )


def _opposite(word: str, own: Sequence[str]) -> bool:
    """Whether a text has the opposite of a word: “indoors” for “outdoors”."""
    others = OPPOSITES.get(word, frozenset()) - _ROLES
    return any(
        one in others or one == f"un{word}" or word == f"un{one}" or one == f"in{word}"
        for one in own
    )


def _is_title(sentence: str) -> bool:
    """Whether all longer words have capitals: “Grant of Patent License.” states nothing."""
    words = [word for word in _WORD.findall(sentence) if len(word) >= _LONG_WORD]
    return len(words) > 1 and all(word[0].isupper() for word in words)


def _counts_otherwise(wanted: Sequence[str], rest: str, said: str) -> bool:
    """Whether a number stands before a word of the question that has none there: “three months”."""
    asked = {one.lower() for one in _WORD.findall(rest)}
    return any(
        count.lower() not in asked and _holds(wanted, stem)
        for count, word in _COUNTED.findall(said)
        for stem in content_words(word)
    )


def _in_order(wanted: Sequence[str], own: Sequence[str], missing: Sequence[str]) -> bool:
    """Whether what the question speaks of first comes first: who does what to whom."""
    held = [one for one in wanted if one not in missing]
    if len(held) < 2 or wanted[0] not in held:
        return True
    first = next(i for i, one in enumerate(own) if _holds([one], held[0]))
    return all(any(_holds([other], one) for other in own[first:]) for one in held[1:]) and not any(
        _holds(own[:first], one) for one in held[1:2]
    )


def _clause(wanted: Sequence[str], sentence: str) -> str:
    """Take the part of a sentence that speaks of the question, where two are joined."""
    parts = re.split(
        r";\s+|,?\s+\b(?:and|or|but|nor)\s+(?=(?:must|shall|may|can|is|are|was|were|do|does|did|not"
        r"|will|has|have|should|need)\b)",
        sentence,
    )
    if len(parts) == 1:
        return sentence
    counts = [sum(_holds(_stems(part), one) for one in wanted) for part in parts]
    best = counts.index(max(counts))
    return parts[best] if best == 0 else f"{_subject(parts[0])} {parts[best]}"


def _subject(part: str) -> str:
    """Take what stands before the first verb that can open a question."""
    words = part.split()
    for number, word in enumerate(words):
        if word.lower().strip(",") in QUESTION_VERBS:
            return " ".join(words[:number])
    return ""


def _kind(verb: str, text: str) -> Kind:
    """Tell whether a question (with the verb that opens it) or a sentence speaks of may or must."""
    if verb in ("may", "can", "could", "might"):
        return "may"
    if verb in ("must", "shall", "should", "need"):
        return "must"
    if _MAY.search(text):
        return "may"
    return "must" if _MUST.search(text) else "is"


def _only_in_condition(wanted: Sequence[str], said: str, rest: str) -> bool:
    """Whether what is asked stands in a condition alone: “if the tenant becomes insolvent”."""
    found = _CONDITION.search(said)
    if found is None or _CONDITION.search(rest) or found[0].lower() == "only":
        return False
    main = said[: found.start()]  # a sentence that opens with its condition says nothing by itself
    return sum(_holds(_stems(main), one) for one in wanted) * 2 <= len(wanted)


def _is_limited(said: str, rest: str) -> bool:
    """Whether a sentence names a condition, a time or an amount that the question does not."""
    return bool(_limits(said, rest))


def _limits(said: str, rest: str) -> set[str]:
    asked = {one.lower() for one in _RESTRICTING.findall(rest)}
    return {one.lower() for one in _RESTRICTING.findall(said)} - asked


def _extra(wanted: Sequence[str], clause: str) -> int:
    """Count the words of a denial's part that the question does not have.

    Of a row of things (“it does not cover this, that, or patients under 18”) the first is another.
    """
    parts = re.split(r"[,;]", clause)
    if len(parts) > 2:
        words = _stems(parts[0])
        held = [i for i, one in enumerate(words) if _holds(wanted, one)]
        parts[0] = " ".join(words[: held[-1] + 1] if held else words)
    own = [part for part in parts if any(_holds(_stems(part), one) for one in wanted)]
    extra = {one for part in own for one in _stems(_DENYING.sub(" ", part))} - _FILLING
    return sum(not _holds(wanted, one) for one in extra)
