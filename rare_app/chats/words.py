"""A chat's words made comparable, so that a search finds them whatever their capitals and accents.

What is typed is looked for inside words, too: a search has to find while it is being typed.
"""

import unicodedata

_TITLE_CHARACTERS = 70
_AROUND = 36


def fold(text: str) -> str:
    """Give a text without capitals, accents and doubled blanks."""
    bare = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join("".join(bare).casefold().split())


def title_of(question: str) -> str:
    """Make a chat's title of its first question, cut between words."""
    text = " ".join(question.split())
    if len(text) <= _TITLE_CHARACTERS:
        return text
    cut = text[:_TITLE_CHARACTERS]
    return f"{cut.rsplit(' ', 1)[0] if ' ' in cut else cut} …"


def around(text: str, term: str) -> str:
    """Give the words of a text round the first place of a term; empty where it does not stand.

    Parameters
    ----------
    term : str
        As :func:`fold` gives it.
    """
    text = " ".join(text.split())
    # Letter by letter, so that a place in the folded text leads back to one in the text.
    places, folded = [], []
    for place, letter in enumerate(text):
        for one in fold(letter) or (" " if letter == " " else ""):
            folded.append(one)
            places.append(place)
    at = "".join(folded).find(term)
    if at < 0:
        return ""
    start, end = places[at], places[at + len(term) - 1] + 1
    begin = max(0, start - _AROUND)
    stop = min(len(text), end + _AROUND)
    if begin:
        begin = text.find(" ", begin, start) + 1 or start
    if stop < len(text):
        stop = text.rfind(" ", end, stop) if " " in text[end:stop] else stop
    return f"{'… ' if begin else ''}{text[begin:stop]}{' …' if stop < len(text) else ''}"
