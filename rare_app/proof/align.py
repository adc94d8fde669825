"""Find where a quote stands in the passages; citations are found by code, never by the model."""

import re
from collections.abc import Sequence

from rare_app.library import Passage
from rare_app.types import Citation


def find_quote(quote: str, passages: Sequence[Passage]) -> Citation | None:
    """Find a quote in the passages: word for word, white space and capitals aside.

    Returns
    -------
    Citation or None
        The first passage that holds it; ``None`` for a quote that stands in no passage.
    """
    for i, passage in enumerate(passages):
        if (span := find_exact(quote, passage.text)) is not None:
            return cite(passages, passage=i, start=span[0], end=span[1])
    return None


def cite(passages: Sequence[Passage], *, passage: int, start: int, end: int) -> Citation:
    """Cite a span of a passage; offsets count from the passage's first character."""
    cited = passages[passage]
    return Citation(
        passage=passage,
        document=cited.document,
        page=cited.page,
        start=cited.start + start,
        end=cited.start + end,
        quote=cited.text[start:end],
    )


def find_exact(needle: str, text: str) -> tuple[int, int] | None:
    """Find the span of words in a text, white space and capitals aside, at word borders."""
    words = needle.split()
    if not words:
        return None
    # The model is shown our own tags with "‹" for "<" and may quote them so.
    pattern = r"\s+".join(re.escape(word).replace("‹", "[<‹]") for word in words)
    left = r"(?<!\w)" if words[0][0].isalnum() else ""
    right = r"(?![\w])" if words[-1][-1].isalnum() else ""
    found = re.search(left + pattern + right, text, re.IGNORECASE)
    return found.span() if found else None
