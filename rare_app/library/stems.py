"""Words of other languages than English cut to their stems, so that other inflections are found.

The index of words (FTS5) cuts English endings only. A document in another language is indexed by
its stems (Snowball, Porter 2001), and a question's words are looked up by theirs, too.
"""

import functools
import re
from collections.abc import Sequence

from rare_app.documents import Page
from rare_app.language import ENGLISH, language_of

_ALGORITHMS = {
    "ar": "arabic",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "es": "spanish",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
"""Snowball's algorithms by language (ISO 639-1)."""
_SAMPLE = 4000
"""Characters of a document by which its language is told."""
_SAMPLED_PAGES = 8
_WORD = re.compile(r"[^\W\d_]+")


def stemmed_language(pages: Sequence[Page]) -> str:
    """Give the language by whose stems a document is indexed; empty for English and unknown ones.

    Pages from all over the document count: the first may be a cover.
    """
    every = max(1, len(pages) // _SAMPLED_PAGES)
    chosen = pages[::every][:_SAMPLED_PAGES]
    share = _SAMPLE // max(1, len(chosen))
    language = language_of(" ".join(page.text[:share] for page in chosen))
    return language if language != ENGLISH and language in _ALGORITHMS else ""


def stem_text(text: str, language: str) -> str:
    """Cut every word of a text to its stem; all else stays as it is.

    Parameters
    ----------
    language : str
        As :func:`stemmed_language` gives it; empty leaves the text alone.
    """
    if not language:
        return text
    return _WORD.sub(lambda found: _stem(found[0].lower(), language), text)


@functools.lru_cache(maxsize=65_536)
def _stem(word: str, language: str) -> str:
    from snowballstemmer import stemmer

    return str(stemmer(_ALGORITHMS[language]).stemWord(word))
