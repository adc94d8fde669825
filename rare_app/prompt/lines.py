"""Lines that were broken for their length alone are put together again, keeping every offset."""

import re

from rare_app.reader import find_marks, leads_to_page

_BREAK = re.compile(r"(?<=\S)\n[ \t]*(?=\S)")
_GAP = re.compile(r"\S(?: {3,}| *\t)\s*\S")
"""A gap between columns: an indented line with one is of a table, and stands by itself."""
_WRAPPED_FROM = 60
"""A line of so many characters may have been broken for its length alone."""
_FULL_SHARE, _ENDED_SHARE = 0.85, 0.95
"""Share of the longest line from which one is full, since the next word might not have fitted; and
the same behind a sentence, where a break does less harm."""
_HEADING_SHARE = 0.6
"""Share of the longest line up to which a line without a full stop may be a heading."""
_GOES_ON_WITH = "“\"‘'("
_UNIT = re.compile(r"\((?:\w+ )?in (?:[a-z.$]+ )?(?:thousand|million|billion)s\b", re.IGNORECASE)
"""What a table's first line begins with, below the sentence that leads to it."""
_ROW_END = re.compile(r"\d[)%]* +[($€£ ]*\d[\d,.]*[)%]*$")
"""Two figures at a line's end: it is a table's row."""
_WORD = re.compile(r"\S+")


def unwrap(text: str) -> str:
    """Replace the line breaks inside paragraphs by blanks, one character for one.

    Pages of a PDF come in lines. A break ends no paragraph when a word in small letters follows it,
    or when the line is long, does not end like a row of figures, and a word follows; but not behind
    a sentence whose line had room for the next word, or that a heading follows. Rows of a
    table, entries of a table of contents, headings and items of a list stay lines of their own:
    items with marks, and behind a colon short lines without any.
    """
    joined = list(text)
    items = {mark.line for mark in find_marks(text)}
    longest = max(map(len, text.split("\n")))
    full = _FULL_SHARE * longest
    listing = False  # whether the lines since a colon are items
    for match in _BREAK.finditer(text):
        at, after = match.start(), match.end()
        start = text.rfind("\n", 0, at) + 1
        if _is_entry(text, start, at) or leads_to_page(text[after : _line_end(text, after)]):
            listing = False
            continue
        if _UNIT.match(text, after) or (
            after > at + 1 and not _goes_on_indented(text, start, at, after)
        ):
            listing = False
            continue
        small = text[after].islower()
        if text[at - 1] == ":":  # the line may be full: what follows tells whether it is an item
            listing = small and not _is_full(text, at + 1, full)
            if _ROW_END.search(text, after, _line_end(text, after)):
                continue
        else:
            apart = text[start - 2 : start] == "\n\n"
            listing = listing and small and not apart
            if listing and _is_full(text, start, full):
                joined[at] = " "
                continue
        if listing or at + 1 in items:
            continue
        ended = text[at - 1] in ".!?" and (
            not _is_full(text, start, _ENDED_SHARE * longest)
            or _is_heading(text, at + 1, _HEADING_SHARE * longest)
        )
        if not ended and _is_wrapped(text, line_start=start, line_end=at, following=text[after]):
            joined[at] = " "
    return "".join(joined)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _is_entry(text: str, start: int, end: int) -> bool:
    """Whether a line ends an entry of contents: with its dots, or as the page number below them."""
    if text[start:end].strip().isdigit():
        start, end = text.rfind("\n", 0, max(0, start - 1)) + 1, max(0, start - 1)
    return leads_to_page(text[start:end])


def _is_heading(text: str, start: int, longest: float) -> bool:
    """Whether a line behind a sentence is short, without an end, and another one begins below."""
    end = text.find("\n", start)
    below = text[end + 1 : end + 2]
    open_end = text[end - 1].isalnum() or text[end - 1] == ")"
    return 0 <= end <= start + longest and open_end and not below.islower()


def _is_full(text: str, start: int, full: float) -> bool:
    """Whether the next line's first word might not have fitted into a line."""
    end = text.find("\n", start)
    if end < 0:
        return len(text) - start > full
    word = _WORD.match(text, end + 1)
    return end - start + 1 + (word.end() - word.start() if word else 0) > full


def _goes_on_indented(text: str, start: int, at: int, after: int) -> bool:
    """Whether an indented line may be the wrapped rest of the one before.

    In plain text whole paragraphs are indented; so are rows of a table, which have gaps.
    """
    line, below = text[start:at], text[after : _line_end(text, after)]
    return not (_GAP.search(line.strip()) or _GAP.search(below))


def _is_wrapped(text: str, *, line_start: int, line_end: int, following: str) -> bool:
    last = text[line_end - 1]
    if following.islower():
        return True
    if line_end - line_start < _WRAPPED_FROM or last.isdigit() or last in "%)|":
        return False
    return following.isalnum() or following in _GOES_ON_WITH
