"""Marking in a page's text where a chunk may end, best places first."""

import re
from collections.abc import Sequence

from rare_app.documents.clean import is_row
from rare_app.documents.headings import Heading

SECTION, PARAGRAPH, SENTENCE = "\x1c", "\x1d", "\x1e"
ALL_MARKS = (SECTION, PARAGRAPH, SENTENCE)
"""Marks in the order of preference: the control characters made for separating, which clean text
cannot hold. Each replaces one character, so positions stay those of the text."""

_SENTENCE_END = re.compile(r"(?:[.!?…][\"”’')\]]*|:)$")
# A space after a sentence, before what may begin the next one. Not after an initial ("J. Smith",
# "U.S. law") nor after the commonest abbreviations.
_SENTENCE_GAP = re.compile(
    r"(?:(?<=[.!?…])|(?<=[.!?…][\"”’')\]]))"
    r"(?<!\b[A-Z]\.)(?<!\b[a-z]\.)(?<!\bNo\.)(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bMrs\.)"
    r"(?<!\bSt\.)(?<!\bvs\.)(?<!\bcf\.)(?<!\bFig\.)(?<!\bfig\.)(?<!\bEq\.)(?<!\bet al\.)"
    r"(?<!\bInc\.)(?<!\bCorp\.)(?<!\bLtd\.)(?<!\bCo\.)(?<!\bapprox\.)(?<!\bpp\.)(?<!\bSec\.)"
    r" (?=[\"“‘'(\[]?[^\W_a-z])"
)
_FULL_STOP = re.compile(r"[。！？](?=\S)")
_ITEM = re.compile(r"(?:[•◦▪●○■□–—*☐☒☑-]|\(?[a-zA-Z\d]{1,3}[.)])(?:\s|$)")


def mark_boundaries(text: str, headings: Sequence[Heading]) -> str:
    r"""Replace white space at good places for a cut by marks.

    Parameters
    ----------
    text : str
        A page's text.
    headings : sequence of Heading
        Its headings.

    Returns
    -------
    str
        The text, as long as before, with a mark in place of: the line end before a heading
        (``SECTION``), the line end after an empty line (``PARAGRAPH``), the space or line end after
        a sentence, and the end of a line that is not wrapped prose, such as a table row or a list
        item (``SENTENCE``). Line ends within prose stay ``\n``.
    """
    starts = {heading.start for heading in headings}
    ends = {heading.end for heading in headings}
    lines = text.split("\n")
    width = _wrap_width(lines)
    pieces: list[str] = []
    position = 0
    for index, line in enumerate(lines):
        pieces.append(_mark_sentences(line))
        position += len(line)
        if index + 1 == len(lines):
            break
        following = lines[index + 1]
        if position + 1 in starts and position not in ends:
            mark = SECTION
        elif position in ends:
            mark = "\n"
        elif not line.strip():
            mark = PARAGRAPH
        elif not following.strip():
            mark = "\n"
        else:
            mark = "\n" if _goes_on(line, following, width=width) else SENTENCE
        pieces.append(mark)
        position += 1
    return "".join(pieces)


def _mark_sentences(line: str) -> str:
    """Mark the spaces between the sentences of a line."""
    if is_row(line):
        return line
    return _FULL_STOP.sub(SENTENCE, _SENTENCE_GAP.sub(SENTENCE, line))


def _wrap_width(lines: Sequence[str]) -> int:
    """Characters at which the page's prose is wrapped, about: nine tenths of its long lines'."""
    lengths = sorted(len(line) for line in lines if line.strip())
    return lengths[(len(lengths) * 9) // 10] if lengths else 0


def _goes_on(line: str, following: str, *, width: int) -> bool:
    """Whether a sentence goes on from one line to the next."""
    if is_row(line) or is_row(following) or _SENTENCE_END.search(line):
        return False
    start = following.lstrip()
    if _ITEM.match(start):
        return False
    # A line much shorter than the others was ended on purpose, unless the next goes on in lower
    # case.
    return start[0].islower() or len(line) >= 0.6 * width
