"""Scope: the documents that a question names, and whether passages speak of what it asks."""

import re
from collections.abc import Sequence

from rare_app.library import StoredDocument
from rare_app.reader import sentence_spans
from rare_app.words import content_words

_WORD = re.compile(r"\w+")
_KINDS = frozenset(
    """
    act agreement annex appendix article brochure catalogue charter code contract directive
    factsheet filing form guide guideline guidelines handbook instructions law leaflet lease letter
    licence license manual memo memorandum minutes notice order paper plan policy procedure
    prospectus protocol regulation regulations report rules schedule specification standard
    standards statement statutes study terms
    """.split()  # noqa: SIM905 - a long list of words reads better so
)
"""What documents are called; a title that ends otherwise may be the matter itself."""
_LEAST_WORDS = 2
"""Words of a title that must be named: “the policy” may be any."""
_BEFORE = (
    r"(?:\b(?:under|in|within|per|according to|following|by|does|do|did|from) (?:the|our|your|this)"
    r" (?:\w+ )?)"
)
_LEAST_ASKED = 2


def documents_named(question: str, documents: Sequence[StoredDocument]) -> list[StoredDocument]:
    """Say in which documents a question is to be answered, where it says so.

    “Under the data processing agreement”, “according to the security policy”, “in lease.pdf”: the
    title, or at least its last two words, or the file's whole name. A title that is merely spoken
    of (“who signs the lease agreement?”) restricts nothing.

    Returns
    -------
    list of StoredDocument
        Those named in most words; empty for every document.
    """
    said = " ".join(_WORD.findall(question.lower()))
    found: list[tuple[int, StoredDocument]] = []
    for one in documents:
        name = " ".join(_WORD.findall(one.name.lower()))
        if "." in one.name and re.search(rf"\b{re.escape(name)}\b", said):
            found.append((len(name.split()), one))
        elif words := _named(said, _WORD.findall(one.title.lower())):
            found.append((words, one))
    most = max((words for words, _ in found), default=0)
    return [one for words, one in found if words == most]


def _named(said: str, title: Sequence[str]) -> int:
    """Count the words, at the end of a title, that a question names."""
    if not title or title[-1] not in _KINDS:
        return 0
    for words in range(len(title), _LEAST_WORDS - 1, -1):
        if re.search(rf"{_BEFORE}{' '.join(map(re.escape, title[-words:]))}\b", said):
            return words
    return 0


def says_all(question: str, texts: Sequence[str]) -> bool:
    """Whether one sentence holds every word of what a question is about, two or more.

    A short passage on several matters is little like a question on one of them, though a line of it
    may say just that.
    """
    asked = set(content_words(question))
    return len(asked) >= _LEAST_ASKED and any(
        asked <= set(content_words(text[start:end]))
        for text in texts
        for start, end in sentence_spans(text)
    )
