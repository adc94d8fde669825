"""Headings among the sentences of a passage: they name what is asked for and do not answer it."""

import re
from collections.abc import Sequence

from rare_app.evidence.sentences import Span

_WORD = re.compile(r"\S+")
_MOST_WORDS, _SENTENCE_WORDS, _LOOK_AHEAD = 12, 8, 3
_NUMBERED = re.compile(
    r"(?:note|item|part|section|chapter|article|annex|§)?\s*[\dIVX]+[.)\d]*", re.I
)


def is_heading(text: str, spans: Sequence[Span], number: int) -> bool:
    """Tell whether a sentence of a passage is a heading of what follows.

    That is a short line of its own that starts with a capital (or ``#``), does not end like a
    sentence, holds no figures but its own number, and has a whole sentence among the next lines.

    Parameters
    ----------
    spans : sequence of (int, int)
        The passage's sentences, in order.
    number : int
        Which of them.
    """
    start, end = spans[number]
    line = text[start:end]
    own_line = text[end : end + 1] == "\n" and (start == 0 or text[start - 1] == "\n")
    if not own_line or line[-1] in ".!?;,|" or not (line[0].isupper() or line[0] in "#§0123456789"):
        return False
    words = _WORD.findall(line)
    rest = _NUMBERED.sub("", line, count=1) if _NUMBERED.match(line.lstrip("# ")) else line
    if len(words) > _MOST_WORDS or any(sign.isdigit() for sign in rest):
        return False
    following = spans[number + 1 : number + 1 + _LOOK_AHEAD]
    return any(len(_WORD.findall(text[a:b])) >= _SENTENCE_WORDS for a, b in following)
