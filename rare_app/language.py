"""Which language a text is in, told offline."""

from functools import lru_cache

ENGLISH = "en"
_MARGIN = 9.0
"""Nats by which another language must be likelier than English: “EBITDA 2023” has none."""


@lru_cache(maxsize=1024)
def language_of(text: str) -> str:
    """Tell the language of a text.

    Returns
    -------
    str
        ISO 639-1 code; English for a text that no language is clearly likelier for.
    """
    import py3langid

    likely = dict(py3langid.rank(text))
    best = max(likely, key=lambda one: likely[one])
    return best if likely[best] - likely[ENGLISH] > _MARGIN else ENGLISH
