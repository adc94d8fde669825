"""Which language a text is in, told offline."""

from functools import lru_cache

ENGLISH = "en"
_KNOWN = frozenset(
    """
    ar bg cs da de el en es fa fi fr he hi hu id it ja ko nl no pl pt ro ru sv th tr uk vi zh
    """.split()  # noqa: SIM905 - a list of codes reads better so
)
"""Languages that a text is taken for (ISO 639-1): those that the standard model writes, and some
that its passages may be in. Rarer ones are likelier for “EBITDA” than English is."""
_MARGIN = 9.0
"""Nats by which another language must be likelier than English."""


@lru_cache(maxsize=1024)
def language_of(text: str) -> str:
    """Tell the language of a text.

    Returns
    -------
    str
        ISO 639-1 code; English for a text that no language is clearly likelier for.
    """
    import py3langid

    likely = {code: nats for code, nats in py3langid.rank(text) if code in _KNOWN}
    best = max(likely, key=lambda one: likely[one])
    return best if likely[best] - likely[ENGLISH] > _MARGIN else ENGLISH
