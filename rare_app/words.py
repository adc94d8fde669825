"""The words of a text, made comparable."""

import re
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*")
_PIECE = re.compile(r"\w+")
_ARTICLES = frozenset({"a", "an", "the"})
UNSPACED = "[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
"""Pattern of a letter that is written without spaces between words: Thai, Lao, Khmer, Japanese,
Chinese."""

STOP_WORDS = frozenset(
    """
    a an and are as at be been being but by can could did do does for from had has have he
    her his how i if in into is it its may might more most no nor not of on or our shall she
    should so than that the their them then there these they this those to was we were what
    when where which who whom whose why will with would yes you your
    """.split()  # noqa: SIM905 - a long list of words reads better so
)
"""English function words; left out where the words of a question or claim are compared."""

QUESTION_VERBS = frozenset(
    """
    is are am was were do does did can could will would shall should has have had may might must
    need
    """.split()  # noqa: SIM905 - a long list of words reads better so
)
"""Verbs that open an English question for yes or no."""


_SHORTEST = 4
"""Letters of a stem that others may begin with."""
_ENDINGS = frozenset(
    """
    s es d ed ing e n en ion ions ation ations ition al als ally ly ment ments ement ements ance
    ence able ible ity ness y t
    """.split()  # noqa: SIM905 - a long list of words reads better so
)
_IRREGULAR = {
    form: verb
    for line in (
        "give gave given",
        "take took taken",
        "keep kept",
        "hold held",
        "pay paid",
        "send sent",
        "bring brought",
        "buy bought",
        "sell sold",
        "make made",
        "write written wrote",
        "choose chosen chose",
        "break broken broke",
        "wear worn wore",
        "drive driven drove",
        "leave left",
        "lose lost loss",
        "find found",
        "meet met",
        "tell told",
        "say said",
        "speak spoken spoke",
        "begin begun began",
        "run ran",
        "know known knew",
        "show shown",
        "drink drunk drank",
        "eat eaten ate",
        "build built",
        "spend spent",
        "teach taught",
        "withdraw withdrawn withdrew",
        "withhold withheld",
        "bind bound",
        "forget forgot forgotten",
        "late later latest",
    )
    for verb, *forms in [line.split()]
    for form in forms
}


def is_joined(letter: str) -> bool:
    """Whether a letter beside another is of the same word: false for signs, and in Chinese."""
    return letter.isalnum() and not re.match(UNSPACED, letter)


def content_words(text: str) -> list[str]:
    """List the words of a text in lower case, cut to their stems, without function words."""
    return [
        _stem(word)
        for match in _WORD.finditer(text.lower())
        if (word := match[0]) not in STOP_WORDS
    ]


def is_same_word(one: str, other: str) -> bool:
    """Whether two stems are of one word: “assign”, “assignment”; “taken”, “take”.

    Not “process”, “processor”: who does a thing is another.
    """
    one, other = _IRREGULAR.get(one, one), _IRREGULAR.get(other, other)
    short, long = sorted((one, other), key=len)
    if short == long:
        return True
    if len(short) < _SHORTEST:
        return False
    return (long.startswith(short) and long[len(short) :] in _ENDINGS) or any(
        # “apply”, “applies”; “deny”, “denial”
        first.endswith("y") and second.startswith(f"{first[:-1]}i")
        for first, second in ((one, other), (other, one))
    )


def held_words(words: Iterable[str], held: Sequence[str]) -> set[str]:
    """Give those of some stems that stand among others, in any form of their word."""
    return {one for one in words if any(is_same_word(one, other) for other in held)}


def answer_words(text: str) -> list[str]:
    """List the words of a text in lower case, without articles: what two answers share."""
    return [word for word in _PIECE.findall(text.lower()) if word not in _ARTICLES]


def _stem(word: str) -> str:
    """Cut the commonest English endings, so that "revenues" meets "revenue"."""
    if any(c.isdigit() for c in word):
        return word.replace(",", "")
    for ending in ("ies", "es", "s", "ed", "ing"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word.rstrip("e") if len(word) > 4 else word
