"""Cutting a long text without pages into parts, so that work on one page stays bounded."""

import re

LONGEST_PART = 20_000
"""Characters of a part, about."""

_BOUNDARIES = (
    re.compile(r"\n\n(?=#{1,3} )"),
    re.compile(r"\n\n+"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?。])\s*"),
    re.compile(r"\s"),
)


def cut_into_parts(text: str, *, longest: int = LONGEST_PART) -> list[str]:
    """Cut text into parts, at a heading if one is near, else at a paragraph, line or sentence.

    Parameters
    ----------
    text : str
        Clean text.
    longest : int
        Characters of a part at most.

    Returns
    -------
    list of str
        The parts in order, without white space around them; one empty part for empty text.
    """
    parts: list[str] = []
    start = 0
    while len(text) - start > longest:
        end = _find_cut(text, start=start, longest=longest)
        parts.append(text[start:end].strip("\n"))
        start = end
    parts.append(text[start:].strip("\n"))
    return [part for part in parts if part.strip()] or [""]


def _find_cut(text: str, *, start: int, longest: int) -> int:
    """Position of the last good boundary in the second half of what fits."""
    limit = start + longest
    for boundary in _BOUNDARIES:
        last = -1
        for match in boundary.finditer(text, start + longest // 2, limit):
            last = match.end()
        if last > start:
            return last
    return limit
