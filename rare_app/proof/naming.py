"""Names of a claim, and whether a text holds them."""

import re
from collections.abc import Collection, Iterable

from rapidfuzz import fuzz

from rare_app.words import STOP_WORDS, content_words

_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?]\s+|[“\"(\[]\s*)$")
_TITLES = frozenset(
    """
    mr mrs ms dr prof sir lord lady saint st
    """.split()  # noqa: SIM905 - a long list of words reads better so
)
_FUZZY_FROM = 84.0
_OPENERS = frozenset(
    """
    all also although another any because both during each either even every few first following
    here however like many most neither no none not often once one only other others over several
    since some soon such there therefore though through throughout thus today two three under until
    upon various while whether within without yes abstract according among between despite due
    instead later now overall prior recent second similarly so then total unlike
    """.split()  # noqa: SIM905 - a long list of words reads better so
)
"""Words that open sentences in capitals and are no names."""
_CALENDAR = frozenset(
    """
    january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday
    """.split()  # noqa: SIM905 - a long list of words reads better so
)


def bare_word(word: str) -> str:
    """Lower a word and cut its possessive ending."""
    word = word.lower().replace("’", "'")
    return word.removesuffix("'s").strip(".'")


def words_of(text: str) -> set[str]:
    """All words of a text, lowered, hyphens taken apart as well."""
    found = {bare_word(match[0]) for match in _WORD.finditer(text)}
    return found | {part for word in found for part in word.split("-")}


def lower_words(texts: Iterable[str]) -> frozenset[str]:
    """List words, and their stems, that stand somewhere in small letters: they are no names."""
    found = {match[0] for text in texts for match in _WORD.finditer(text) if match[0].islower()}
    return frozenset(found | set(content_words(" ".join(found))))


def names(text: str, *, common: Collection[str] = frozenset()) -> list[tuple[str, int, int]]:
    """List the words of a text that belong to names: capitalised, and not for the sentence's sake.

    Parameters
    ----------
    common : collection of str
        Words that are no names though they may open a sentence in capitals.

    Returns
    -------
    list of (word, start, end)
        The word lowered; the span in characters.
    """
    found = []
    for match in _WORD.finditer(text):
        word = match[0]
        plain = bare_word(word)
        if not word[0].isupper() or len(plain) < 2 or plain in STOP_WORDS | _TITLES | _CALENDAR:
            continue
        opens = bool(_SENTENCE_START.search(text[: match.start()][-3:])) or match.start() == 0
        if opens and not word.isupper():
            stems = [plain, *content_words(plain)]
            if plain in _OPENERS or any(stem in common for stem in stems):
                continue
        found.append((plain, *match.span()))
    return found


def is_named(name: str, said: Collection[str]) -> bool:
    """Tell whether words hold a name: as it is, inflected, misspelt or as initials."""
    if name in said:
        return True
    parts = name.split("-")
    if len(parts) > 1 and all(part in said for part in parts):
        return True
    short = name.replace(".", "")
    if len(short) <= 4 and any(word.replace(".", "") == short for word in said):
        return True
    if len(name) < 5:
        return False
    return any(
        len(word) >= 5
        and (
            (word[:5] == name[:5] and abs(len(word) - len(name)) <= 3)
            or (word[0] == name[0] and fuzz.ratio(word, name) >= _FUZZY_FROM)
        )
        for word in said
    )


_RUN = re.compile(r"(?:[A-Z][\w’'.-]*(?:\s+(?:of|the|and|for)\s+(?=[A-Z])|\s+(?=[A-Z])|)){2,}")


def initials(text: str) -> set[str]:
    """List the initials of the names of a text, lowered: "us" for United States."""
    found = set()
    for match in _RUN.finditer(text):
        short = "".join(word[0] for word in match[0].split() if word[0].isupper()).lower()
        found |= {short[:end] for end in range(2, len(short) + 1)}
    return found
