"""Lines that were broken for their length alone are put together again, keeping every offset."""

import re

_BREAK = re.compile(r"(?<=\S)\n(?=\S)")
_WRAPPED_FROM = 60
"""A line of so many characters may have been broken for its length alone."""
_GOES_ON_WITH = "“\"‘'("


def unwrap(text: str) -> str:
    """Replace the line breaks inside paragraphs by blanks, one character for one.

    Pages of a PDF come in lines. A break ends no paragraph when a word in small letters follows it,
    or when the line is long, does not end like a row of figures, and a word follows. Rows of a
    table, items of a list and headings stay lines of their own.
    """
    joined = list(text)
    for match in _BREAK.finditer(text):
        at = match.start()
        if _is_wrapped(text, line_start=text.rfind("\n", 0, at) + 1, line_end=at):
            joined[at] = " "
    return "".join(joined)


def _is_wrapped(text: str, *, line_start: int, line_end: int) -> bool:
    following, last = text[line_end + 1], text[line_end - 1]
    if following.islower():
        return True
    if line_end - line_start < _WRAPPED_FROM or last.isdigit() or last in "%)|":
        return False
    return following.isalnum() or following in _GOES_ON_WITH
