"""A follow-up question made to stand by itself, by rules.

The bundled model is too small to be relied on for it, so English follow-ups are taken apart by word
lists. Where the rules are not sure the question stays as it is.
"""

import re

from rare_app.followups import lexicon as known
from rare_app.followups.backwards import points_back, resolve, with_last
from rare_app.followups.fragment import ask_for, finish, put_in
from rare_app.followups.parts import (
    Question,
    is_opening,
    is_period,
    take_apart,
    text_of,
    tokens_of,
)
from rare_app.words import content_words

_POSSESSIVE = re.compile(r"['’]s\b")
_LONGEST = 30
"""Words of a follow-up; a longer question says what it means."""
_LEADS = frozenset(
    ("and", "but", "so", "ok", "okay", "well", "also", "now", "then", "please", "or")
)
_INSTEAD = (
    ("what", "about"),
    ("how", "about"),
    ("what", "of"),
    ("same", "for"),
    ("same", "question", "for"),
    ("the", "same", "for"),
)
_MORE = (
    "tell me more",
    "more",
    "more details",
    "more detail",
    "give me more details",
    "give me details",
    "explain",
    "please explain",
    "can you explain",
    "can you explain further",
    "can you elaborate",
    "elaborate",
    "go on",
    "continue",
    "say more",
)
_ASIDE = frozenset(("because", "thanks", "thank", "hello", "hi"))


def make_standalone(question: str, *, last: str, answer: str = "", close: bool = False) -> str:
    """Write a follow-up question as it would be asked without the chat before it.

    Parameters
    ----------
    question : str
        As it was typed.
    last : str
        The question before it, standalone.
    answer : str
        What was answered; empty where the documents did not answer.
    close : bool
        Whether it is a part of the same sentence, whose pronouns never stand for what only it says.

    Returns
    -------
    str
        The question itself where it is whole, is not English, or cannot be told.
    """
    tokens = tokens_of(question)
    before = take_apart(last)
    if not tokens or before is None or len(tokens) > _LONGEST or "\n" in question.strip():
        return question
    plain = [one.lower() for one in tokens]
    if " ".join(plain) in _MORE:
        return _more(before)
    led = False
    while len(tokens) > 1 and plain[0] in _LEADS | {","} and not _is_clause(plain):
        led = led or plain[0] in ("and", "but", "or", "so")
        tokens, plain = tokens[1:], plain[1:]
    for words in _INSTEAD:
        if tuple(plain[: len(words)]) == words and len(tokens) > len(words):
            tokens, plain, led = tokens[len(words) :], plain[len(words) :], True
            break
    found = _piece(tokens, plain, before, answer, led=led, asks=question.strip().endswith("?"))
    if found is not None:
        return found
    whole = set(plain) & known.ENGLISH
    if not whole:
        return question
    places = points_back(tokens, close=close)
    if places and "do so" in " ".join(plain):
        return with_last(tokens, before)
    if places:
        return resolve(tokens, places, before, answer) or question
    content = [one for one in plain if one not in known.FUNCTION]
    if content and set(content) <= known.RELATIONAL and not _has_object(plain):
        return with_last(tokens, before)
    return finish(tokens) if led and take_apart(finish(tokens)) else question


def telling_words(text: str) -> set[str]:
    """Give the stems of the words that say what a text is about."""
    plain = _POSSESSIVE.sub("", text.lower()).split()
    kept = (one for one in plain if one.strip(".,;:?!") not in known.FUNCTION)
    return set(content_words(" ".join(kept)))


def may_need_the_chat(question: str) -> bool:
    """Whether a question may mean nothing, or something else, without the chat before it.

    It is whole when it is English, holds three words of content and none that points back.
    """
    tokens = tokens_of(question)
    if not tokens or len(tokens) > _LONGEST:
        return False
    plain = [one.lower() for one in tokens]
    content = [one for one in plain if one not in known.FUNCTION and one[0].isalnum()]
    english = bool(set(plain) & known.ENGLISH)
    return not english or len(content) < 3 or plain[0] in _LEADS or bool(points_back(tokens))


def _has_object(plain: list[str]) -> bool:
    """Whether “exceptions to the rule” says itself what it belongs to."""
    return any(one in known.PREPOSITIONS for one in plain[1:])


def _is_clause(plain: list[str]) -> bool:
    """Whether an opening word belongs to what follows: also at night, so they say."""
    if plain[0] == "also":
        return plain[1] in known.PREPOSITIONS | known.DETERMINERS
    return plain[0] in ("so", "then", "now") and plain[1] in known.PRONOUNS


def _more(before: Question) -> str:
    things = [one for one in before.phrases if not is_period(one.words)]
    if not things:
        return f"Tell me more ({text_of(before.tokens)})."
    topic = before.with_attached(min(things, key=lambda one: one.of_people))
    return f"Tell me more about {text_of(topic.words)}."


def _piece(
    tokens: list[str],
    plain: list[str],
    before: Question,
    answer: str,
    *,
    led: bool,
    asks: bool,
) -> str | None:
    """Complete what is no whole question; ``None`` for what is one."""
    opening = is_opening(plain)
    if opening:
        return ask_for([one.lower() for one in tokens], before, answer)
    if part := _part_of(tokens, plain, before):
        return part
    conditional = plain[1:] if plain[:2] == ["what", "if"] else plain
    if conditional[0] in ("if", "unless") and "," not in plain and len(conditional) > 2:
        clause = tokens[len(tokens) - len(conditional) :]
        return finish([*before.tokens, clause[0].lower(), *clause[1:]])
    if set(plain) & (known.AUXILIARIES | {"which", "what", "who", "how"}) or plain[0] in _ASIDE:
        return None
    if plain[0] in known.PRONOUNS or plain[0] in known.VERBS - known.ATTRIBUTES:
        return None
    short = len(tokens) <= (7 if led else 4)
    marked = led or is_period(plain) or plain[0] in known.PREPOSITIONS | known.DETERMINERS
    marked = marked or plain[0] in ("only", "also", "even", "just")
    if not short or not (asks or led) or not (marked or len(tokens) <= 2):
        return None
    if set(plain) <= known.RELATIONAL | {"any", "the", "some", "other"}:
        return with_last(tokens, before)
    if points_back(tokens):
        return None
    return put_in(tokens, before)


def _part_of(tokens: list[str], plain: list[str], before: Question) -> str | None:
    """Complete “how much of it”."""
    if plain[-2:] not in (["of", "it"], ["of", "them"], ["of", "those"], ["of", "these"]):
        return None
    if plain[0] not in ("how", "which", "what") or set(plain) & known.AUXILIARIES:
        return None
    at = before.auxiliary
    things = [one for one in before.phrases if not one.of_people and not is_period(one.words)]
    if not things:
        return None
    topic = before.with_attached(things[0])
    opening = [*tokens[:-1], *topic.words]
    if at is None or before.asks_for_subject or topic.start != at + 1:
        return finish(opening)
    return finish([*opening, before.tokens[at].lower(), *before.tokens[topic.end :]])
