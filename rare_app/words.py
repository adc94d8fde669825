"""The words of a text, made comparable."""

import re

_WORD = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*")
_PIECE = re.compile(r"\w+")
_ARTICLES = frozenset({"a", "an", "the"})

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
    is are was were do does did can could will would should has have had may might must
    """.split()  # noqa: SIM905 - a long list of words reads better so
)
"""Verbs that open an English question for yes or no."""


def content_words(text: str) -> list[str]:
    """List the words of a text in lower case, cut to their stems, without function words."""
    return [
        _stem(word)
        for match in _WORD.finditer(text.lower())
        if (word := match[0]) not in STOP_WORDS
    ]


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
