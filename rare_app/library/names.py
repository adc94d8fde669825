"""Which documents a question names: by words of their names, by their owner, by “the latest”."""

import re
from collections.abc import Collection, Iterable, Mapping

from rare_app.library.periods import RECENT, latest_of, periods_in
from rare_app.library.query import words_of

_FIRST = 3000
"""Characters of a document's first page in which its owner is looked for."""
_WITH_DIGIT = re.compile(r"[^\s,;:]*\d[^\s,;:]*")
_PIECE = re.compile(r"[^\W_]+")
_FORM = (
    r"(?:Corporation|Corp|Incorporated|Inc|Limited|Ltd|LLC|L\.L\.C|PLC|plc|GmbH|AG|SE|S\.A|N\.V"
    r"|B\.V|KG|KGaA|Oyj?|ASA?|AB|A/S|S\.p\.A|Pty|CORPORATION|CORP|INCORPORATED|INC|LIMITED|LTD)"
)
_COMPANY = re.compile(rf"((?:[^\W\d_a-zß-ÿ][\w&’'.-]*,?[ \t]+){{1,4}}){_FORM}(?![^\W_])")
_NAMED = re.compile(r"(?:(?<=\S)\s+[\"“‘'(]?|^\W*(?=\w+['’]))([^\W\d_a-z]\w+)")
_COMMON = frozenset(
    ["and", "company", "for", "form", "group", "holding", "holdings", "international", "the"]
)
_LATEST = "\0latest"


def naming_words(names: Iterable[str], titles: Iterable[str]) -> frozenset[str]:
    """Collect the words that name documents: those of names, and numbers and codes of titles."""
    codes = (code for title in titles for code in _WITH_DIGIT.findall(title.lower()))
    return frozenset(word for name in names for word in words_of(name)) | frozenset(
        piece for code in codes for piece in _PIECE.findall(code)
    )


def owners_of(title: str, first_page: str) -> set[str]:
    """Find the words that name the companies of a title or first page: “intel”.

    A company is what stands before its legal form (“INTEL CORPORATION”, “Siemens AG”).
    """
    return {
        word
        for company in _COMPANY.findall(f"{title}\n{first_page[:_FIRST]}")
        for word in _PIECE.findall(company.lower())
        if len(word) > 2 and word not in _COMMON
    }


def named_documents(
    question: str,
    names: Mapping[int, str],
    owners: Mapping[int, Collection[str]] | None = None,
) -> dict[int, float]:
    """Say how far a question names each document.

    Parameters
    ----------
    names : mapping of int to str
        Documents' names without their suffixes.
    owners : mapping of int to words, optional
        Words that name the companies of some documents (:func:`owners_of`); they count as words of
        the documents' names.

    Returns
    -------
    dict of int to float
        The share of a name's words that the question holds, over the largest such share; documents
        without such a word are left out. -1 for those of other companies than the question names: a
        row of their tables reads just like the one that is meant. “The latest” counts as a word of
        the newest document of a series (:func:`rare_app.library.periods.latest_of`), “the third
        quarter” as “Q3”.
    """
    asked = set(words_of(question)) | periods_in(question).parts
    words = {document_id: set(words_of(name)) for document_id, name in names.items()}
    for document_id, own in (owners or {}).items():
        words[document_id] |= set(own)
    if RECENT.search(question):
        asked.add(_LATEST)
        for document_id in latest_of(names):
            words[document_id].add(_LATEST)
    shares = {
        document_id: len(name & asked) / len(name)
        for document_id, name in words.items()
        if name & asked
    }
    most = max(shares.values(), default=1.0)
    others = _of_others(question, owners or {})
    return {one: share / most for one, share in shares.items()} | dict.fromkeys(others, -1.0)


def _of_others(question: str, owners: Mapping[int, Collection[str]]) -> list[int]:
    """List the documents of other companies than the question names, if it names any.

    A company is named with a capital: who asks for general terms does not ask for General Electric.
    A question's first word has one anyway, and is a name where something belongs to it.
    """
    named = {one[1].lower() for one in _NAMED.finditer(question)}
    if not any(word in named for own in owners.values() for word in own):
        return []
    return [one for one, own in owners.items() if own and not any(word in named for word in own)]
