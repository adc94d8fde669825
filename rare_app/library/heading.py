"""Headings: does a question ask for what the one above a chunk announces."""

import functools
import re

from rare_app.words import content_words

_LABELS = frozenset(
    content_words("appendix article chapter item note paragraph part section table")
)
_NUMBER = re.compile(r"[\d.]+[a-z]?|[ivx]+")


@functools.lru_cache(maxsize=4096)
def heading_words(section: str) -> frozenset[str]:
    """Give the stems of the innermost heading above a chunk; labels and numbers are left out.

    “ITEM 1. FINANCIAL STATEMENTS › NOTE 6 — INVENTORIES” gives the stem of “inventories”.
    """
    innermost = section.rsplit(" › ", 1)[-1].lower()
    words = {one for one in content_words(innermost) if not _NUMBER.fullmatch(one)}
    return frozenset(words - _LABELS)


def is_asked_for(section: str, asked: frozenset[str]) -> bool:
    """Whether a question holds every word of the heading above a chunk.

    Parameters
    ----------
    section : str
        The headings above the chunk, outermost first, with “ › ” between.
    asked : frozenset of str
        Stems of the question's words.
    """
    words = heading_words(section)
    return bool(words) and words <= asked
