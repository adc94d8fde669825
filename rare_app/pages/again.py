"""Find cited words again on a page that was read anew."""

import re
from collections.abc import Callable

from rare_app.pages.match import fold

_BEFORE = re.compile(r"\d[.,]?$")
_AFTER = re.compile(r"[.,]?\d")
_NEAREST = 100
"""Pages that are looked through: a quote does not move farther than a reader joins or parts."""


def find_again(
    quote: str, *, page: int, start: int, pages: int, page_text: Callable[[int], str | None]
) -> tuple[int, int, int] | None:
    """Find a quote where it stands now: on its page first, then on the others, nearest first.

    White space, hyphens, capitals, the bars between a table's cells and signs of Markdown do not
    count, all other signs do: another figure is another quote.

    Parameters
    ----------
    page, start : int
        1-based page and first character of its place when it was read.
    pages : int
        How many pages the document has now.
    page_text : callable
        Gives the text of a page; ``None`` where there is none.

    Returns
    -------
    tuple of int or None
        Page, and half-open span in its text; ``None`` where the words stand nowhere any more.
    """
    wanted, _ = fold(quote)
    if not wanted:
        return None
    order = sorted(range(1, pages + 1), key=lambda one: (abs(one - page), one))
    for number in order[:_NEAREST]:
        text = page_text(number)
        if text is None:
            continue
        if number == page and text[start : start + len(quote)] == quote:
            return number, start, start + len(quote)
        found = _places(text, wanted)
        if found:
            near = min(found, key=lambda one: abs(one[0] - start) if number == page else one[0])
            return number, *near
    return None


def _places(text: str, wanted: str) -> list[tuple[int, int]]:
    """Find the spans of folded words in a text; not inside a longer figure."""
    folded, places = fold(text)
    found = []
    at = folded.find(wanted)
    while at >= 0:
        start, end = places[at], places[at + len(wanted) - 1] + 1
        longer = (wanted[0].isdigit() and _BEFORE.search(text[max(0, start - 2) : start])) or (
            wanted[-1].isdigit() and _AFTER.match(text[end : end + 2])
        )
        if not longer:
            found.append((start, end))
        at = folded.find(wanted, at + 1)
    return found
