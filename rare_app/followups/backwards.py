"""Words of a follow-up that point back: it, its, they, he, that, this pump."""

import re

from rare_app.followups import lexicon as known
from rare_app.followups.fragment import finish, lowered, short_answer
from rare_app.followups.parts import Phrase, Question, is_period, take_apart, text_of, tokens_of

_THINGS = frozenset(("it", "its", "itself"))
_SEVERAL = frozenset(("they", "them", "their", "theirs"))
_PERSONS = frozenset(("he", "she", "him", "her", "his", "hers"))
_POINTING = frozenset(("this", "that", "these", "those"))
_OWNING = frozenset(("its", "their", "his", "her"))
_BOUNDARIES = (known.CONJUNCTIONS - {"whether"}) | {
    *(",", "that", "which", "who", "where", "why", "whether", "until", "till", "after", "before"),
    "since",
}
_ENOUGH = 3
_NAME = re.compile(r"[A-ZÄÖÜ][\w'’.-]*(?:\s+(?:(?:of|de|van|von|der|the|&)\s+)*[A-ZÄÖÜ][\w'’-]*)*")


def points_back(tokens: list[str], *, close: bool = False) -> list[int]:
    """Find the words whose meaning stands in an earlier question.

    Behind a few words of content the question is taken to say itself what they stand for, unless
    it goes on from the other in one sentence (`close`).
    """
    low = [one.lower() for one in tokens]
    enough = len(low) if close else _ENOUGH
    return [i for i, one in enumerate(low) if _points_back(tokens, low, i, one, enough)]


def _points_back(tokens: list[str], low: list[str], i: int, word: str, enough: int) -> bool:
    follows = low[i + 1] if i + 1 < len(low) else ""
    said = sum(one not in known.FUNCTION and one[0].isalnum() for one in low[:i])
    if said >= enough or (said == enough - 1 and low[0] in ("who", "which", "whose")):
        named = word in _POINTING - {"that"} and follows and follows not in known.FUNCTION
        return bool(named) and not _stands_alone(low, i)
    if ":" in low[:i]:
        return False
    if word in _POINTING:
        return _stands_alone(low, i) or (
            word != "that"
            and bool(follows)
            and follows not in known.DOCUMENT_WORDS | known.FUNCTION
            and follows[0].isalpha()
            and follows not in low[:i]
        )
    if word == "there":
        return bool(i) and not {low[i - 1], follows} & known.BE and follows not in known.AUXILIARIES
    if word in ("one", "ones"):
        return i > 0 and low[i - 1] in ("which", "other", "first", "second", "this", "that")
    if word not in _THINGS | _SEVERAL | _PERSONS:
        return False
    if word == "it" and _is_empty(low, i):
        return False
    if word == "her" and "woher" in low:
        return False
    return not _bound(tokens, low, i, word)


def _stands_alone(low: list[str], i: int) -> bool:
    """Whether this or that is a pronoun rather than “this pump” or “says that the …”."""
    before, follows = low[i - 1] if i else "", low[i + 1] if i + 1 < len(low) else ""
    if follows == "of" or (before in known.VERBS and follows):
        return False
    if i and before not in known.AUXILIARIES | known.PREPOSITIONS | known.VERBS | {"and", "to"}:
        return False
    if not follows or follows in known.AUXILIARIES | known.PREPOSITIONS | known.ADVERBS:
        return True
    predicates = known.VERBS | known.WHOLE | known.PREDICATES | known.SAME_AGAIN | known.AMOUNTS
    return follows in predicates | {"a", "an", "the", "not", "be"}


def _is_empty(low: list[str], i: int) -> bool:
    """Whether “it” stands for what comes later: is it allowed to keep pets."""
    later = low[i + 1 :]
    if later[:1] in (["hard"], ["difficult"], ["proposed"], ["true"]) and len(later) > 2:
        return bool({"to", "that", "for"} & set(later))
    for sign in ("to", "that", "whether"):
        if sign in later and len(later) > later.index(sign) + 1:
            following = later[later.index(sign) + 1]
            if sign != "to" or following not in known.DETERMINERS | known.PRONOUNS | known.WH:
                head = [one for one in later[: later.index(sign)] if one not in known.ADVERBS]
                return len(head) <= 2 and not {"have", "has", "need"} & set(head)
    return later[:1] in (["rain"], ["rains"], ["snow"], ["snows"])


def _bound(tokens: list[str], low: list[str], i: int, word: str) -> bool:
    """Whether the question itself names what the pronoun stands for.

    A pronoun and its noun do not meet within one clause, unless it is a possessive.
    """
    parts = take_apart(text_of(tokens[:i]) + " x")
    phrases = [] if parts is None else [one for one in parts.phrases if one.end <= i]
    phrases += _subjects_of_clauses(tokens[:i])
    for phrase in phrases:
        if phrase.start >= i or phrase.words[-1].lower() in ("x", word):
            continue
        if not _fits(phrase, word) or is_period(phrase.words):
            continue
        if word in _OWNING or _BOUNDARIES & set(low[phrase.end : i]):
            return True
    return False


def _subjects_of_clauses(tokens: list[str]) -> list[Phrase]:
    """Find “the tenant” in “if the tenant leaves, …”."""
    if not tokens or tokens[0].lower() not in _BOUNDARIES:
        return []
    parts = take_apart(f"does {text_of(tokens[1:])}")
    return [] if parts is None else list(parts.phrases)


def _fits(phrase: Phrase, word: str) -> bool:
    """Whether a pronoun can stand for a phrase."""
    if word in _PERSONS:
        return phrase.of_people or (phrase.named and not phrase.coded)
    if word in _SEVERAL:
        return phrase.plural or phrase.of_people or phrase.named
    return not phrase.of_people and not phrase.plural


def resolve(tokens: list[str], places: list[int], last: Question, answer: str) -> str:
    """Put what the words that point back stand for in their place; empty where nothing is known.

    Where they stand for the whole of the last question, it follows in brackets.
    """
    low = [one.lower() for one in tokens]
    words = list(tokens)
    for i in reversed(places):
        follows = low[i + 1] if i + 1 < len(low) else ""
        if low[i] in _POINTING | {"one", "ones", "there"}:
            meant = _pointed_at(low, i, last, answer)
            if meant is None and low[i] in _POINTING and not _stands_alone(low, i):
                continue  # of what this kind of thing was not spoken
            if meant is None:
                return with_last(tokens, last)
            words[i : i + 2 if follows and not _stands_alone(low, i) else i + 1] = meant
            continue
        if low[i] == "it" and {*low[i + 1 :]} & (known.WHOLE - {"happen", "happens", "happened"}):
            return with_last(tokens, last)
        topic = _meant(low, i, last, answer)
        if topic is None:
            return with_last(tokens, last)
        is_owning = low[i] in ("its", "their", "his") or (low[i] == "her" and _noun_follows(low, i))
        if is_owning:
            _own(words, i, topic)
        else:
            words[i : i + 1] = topic
    return finish(words) if words != tokens else ""


def with_last(tokens: list[str], last: Question) -> str:
    """Ask with the last question in brackets behind."""
    return f"{finish(tokens)[:-1]} ({text_of(lowered(last))})?"


def _noun_follows(low: list[str], i: int) -> bool:
    follows = low[i + 1] if i + 1 < len(low) else ""
    stops = known.AUXILIARIES | known.PREPOSITIONS | known.ADVERBS | known.CONJUNCTIONS
    return bool(follows) and follows not in stops | known.VERBS


def _own(words: list[str], i: int, topic: list[str]) -> None:
    """Write “its pressure” as “the pressure of the pump”, “his duties” as “the tenant's duties”."""
    end = i + 1
    while end < len(words) and _noun_follows([one.lower() for one in words], end - 1):
        if end > i + 1 and words[end].lower() in known.FINITE | known.PREDICATES:
            break
        end += 1
    short = len(topic) <= 2 and not topic[-1].endswith("s")
    if short or end == i + 1:
        words[i : i + 1] = [*topic[:-1], f"{topic[-1]}'s"]
    else:
        words[i:end] = ["the", *words[i + 1 : end], "of", *topic]


def _pointed_at(low: list[str], i: int, last: Question, answer: str) -> list[str] | None:
    """Find what “this pump” or “that” stands for; ``None`` where it is the whole question."""
    follows = low[i + 1] if i + 1 < len(low) else ""
    if low[i] in _POINTING and not _stands_alone(low, i):
        for phrase in last.phrases:
            if follows in (one.lower() for one in phrase.words):
                return list(last.with_attached(phrase).words)
        opening = [one.lower() for one in last.tokens[slice(*last.opening)]]
        said = short_answer(answer)
        if last.asks_for_subject and follows in opening and said and said[0][0].isalpha():
            return said
    return None


def _meant(low: list[str], i: int, last: Question, answer: str) -> list[str] | None:
    """Find what a pronoun stands for."""
    word = low[i]
    phrases = [
        one
        for one in last.phrases
        if not is_period(one.words) and one.head not in known.DOCUMENT_WORDS
    ] or [one for one in last.phrases if not is_period(one.words)]
    opening = {one.lower() for one in last.tokens[slice(*last.opening)]}
    said = short_answer(answer)
    if word in _PERSONS:
        if "who" in opening and said:
            return said
        people = [one for one in phrases if one.of_people] or [one for one in phrases if one.named]
        if people:
            return list(people[0].words)
        return _name_in(answer, last)
    if word in _SEVERAL:
        several = [one for one in phrases if one.plural and not one.of_people]
        several = several or [one for one in phrases if one.plural]
        if several:
            return list(last.with_attached(several[0]).words)
        if said and last.asks_for_subject and not said[0][0].isdigit():
            return said
        phrases = [one for one in phrases if one.of_people or one.named]
        return list(phrases[0].words) if phrases else None
    if last.asks_for_subject and "which" in opening and said and not said[0][0].isdigit():
        return said
    things = [one for one in phrases if not one.of_people and not one.plural]
    if not things:
        return None
    first = things[0]
    inner = next((one for one in things[1:] if one.start == first.end + 1), None)
    again = {*low[i + 1 :]} & known.SAME_AGAIN
    if first.head in known.ATTRIBUTES and inner is not None and not again:
        return list(last.with_attached(inner).words)
    return list(last.with_attached(first).words)


def _name_in(answer: str, last: Question) -> list[str] | None:
    """Find the one name that an answer tells and its question does not."""
    asked = {one.lower() for one in last.tokens}
    names = [
        found
        for match in _NAME.finditer(answer)
        if (found := match[0]).lower() not in asked
        and (match.start() or " " in found)
        and found.split()[0].lower() not in known.DETERMINERS
    ]
    return tokens_of(names[0]) if len(set(names)) == 1 else None
