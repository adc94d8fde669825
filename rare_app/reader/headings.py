"""Headings among the sentences of a passage: they name what is asked for and do not answer it."""

import functools
import re
from collections.abc import Sequence

from rare_app.reader.sentences import Span

_WORD = re.compile(r"\S+")
_MOST_WORDS, _SENTENCE_WORDS, _LOOK_AHEAD = 12, 8, 3
_NUMBERED = re.compile(
    r"(?:note|item|part|section|chapter|article|annex|§)?\s*[\dIVX]+[.)\d]*", re.I
)

_LEADER = re.compile(r"(?:(?:\. ?){4,}|… ?(?:… ?)+)(?P<page>\d{1,4}|[ivxlc]+)?[ \t]*$", re.I)
_DOTS = ("....", ". . . .", "……", "… …")
_FEWEST_ENTRIES = 3


@functools.lru_cache(maxsize=1024)
def share_of_contents(text: str) -> float:
    """Say how much of a text is lines of a table of contents, in [0, 1].

    Such a line leads the eye over dots to a page number, and the numbers do not fall. Rows of a
    table of figures may have such dots, too, but more than one figure, a sign, or any order.
    """
    if not any(dots in text for dots in _DOTS):
        return 0.0
    lines = [line for line in text.split("\n") if any(sign.isalpha() for sign in line)]
    entries = [found for line in lines if (found := _LEADER.search(line))]
    pages = [int(one["page"]) for one in entries if (one["page"] or "").isdigit()]
    if len(entries) < _FEWEST_ENTRIES or pages != sorted(pages):
        return 0.0
    return len(entries) / len(lines)


def leads_to_page(line: str) -> bool:
    """Tell whether a line ends with dots that lead to a page number, or with the dots alone."""
    return _LEADER.search(line) is not None


def is_contents_line(text: str, start: int, end: int) -> bool:
    """Tell whether part of a text is an entry of the table of contents that the text holds."""
    return leads_to_page(text[start:end]) and share_of_contents(text) > 0


def is_heading(text: str, spans: Sequence[Span], number: int) -> bool:
    """Tell whether a sentence of a passage is a heading of what follows.

    That is a short line of its own that starts with a capital (or ``#``), does not end like a
    sentence, holds no figures but its own number, and has a whole sentence among the next lines; or
    a line of a table of contents.

    Parameters
    ----------
    spans : sequence of (int, int)
        The passage's sentences, in order.
    number : int
        Which of them.
    """
    start, end = spans[number]
    line = text[start:end]
    if is_contents_line(text, start, end):
        return True
    own_line = text[end : end + 1] == "\n" and (start == 0 or text[start - 1] == "\n")
    if not own_line or line[-1] in ".!?;,|" or not (line[0].isupper() or line[0] in "#§0123456789"):
        return False
    words = _WORD.findall(line)
    rest = _NUMBERED.sub("", line, count=1) if _NUMBERED.match(line.lstrip("# ")) else line
    if len(words) > _MOST_WORDS or any(sign.isdigit() for sign in rest):
        return False
    following = spans[number + 1 : number + 1 + _LOOK_AHEAD]
    return any(len(_WORD.findall(text[a:b])) >= _SENTENCE_WORDS for a, b in following)
