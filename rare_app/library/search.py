"""Retrieve passages for a question."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from rare_app.errors import UserError
from rare_app.library.catalogue import Catalogue
from rare_app.library.embed import Embedder
from rare_app.library.types import Passage
from rare_app.words import STOP_WORDS

WORDS_WEIGHT = 0.05
"""Most that the question's words add to a passage's score; see docs/retrieval.md."""
NAME_WEIGHT = 0.06
"""Most that the document's name adds to a passage's score; see docs/retrieval.md."""

_CANDIDATES = 100
"""Chunks that meaning and words each propose."""
_WORDS = 200
"""Words of a question that are looked up; a pasted page of text has thousands."""
_WORD = re.compile(r"\w+")

Nearest = Callable[[int, NDArray[np.float32], int], list[tuple[int, float]]]
"""Collection, question vector, how many → (chunk, cosine similarity) pairs, best first."""


class QuestionError(UserError):
    """The question cannot be asked as it stands."""


def check_question(question: str, *, longest: int) -> str:
    """Return the question, trimmed, or say why it cannot be asked.

    Parameters
    ----------
    longest : int
        Most characters that a question may have. A longer one is refused, never cut.

    Raises
    ------
    QuestionError
        The question is empty or too long.
    """
    cleaned = "".join(c for c in question if c.isprintable() or c in "\n\t").strip()
    if not cleaned:
        raise QuestionError("The question is empty: write what you want to know.")
    if len(cleaned) > longest:
        raise QuestionError(
            f"The question has {len(cleaned):,} characters, more than the {longest:,} that can be "
            "asked at once: shorten it, or add the long text as a document and ask about it."
        )
    return cleaned


def search(
    question: str,
    *,
    k: int,
    collection: str,
    collection_id: int,
    catalogue: Catalogue,
    nearest: Nearest,
    embedder: Embedder,
) -> list[Passage]:
    """Find the passages for a question: nearest in meaning, words and names breaking near ties.

    The score is the cosine similarity of question and passage, plus up to :data:`WORDS_WEIGHT` for
    the question's words in the passage (BM25 over the best passage's BM25) and up to
    :data:`NAME_WEIGHT` for words of the document's name in the question. Documents of one kind (two
    quarterly reports of a company) say nearly the same; what tells them apart is the name.

    Parameters
    ----------
    question : str
        As the user asked it, checked by :func:`check_question`.
    k : int
        Most passages to return.
    nearest : callable
        The vector index.

    Returns
    -------
    list of Passage
        Best first; passages whose text repeats a better one (the same words, white space aside)
        are left out.
    """
    reach = max(_CANDIDATES, 4 * k)
    vector = embedder.embed([question])[0]
    near = dict(nearest(collection_id, vector, reach))
    documents = catalogue.documents(collection=collection)
    names = {one.document_id: set(words_of(PurePath(one.name).stem)) for one in documents}
    # Words that name a document say which one is meant, not what is asked of it.
    spoken_for = set().union(*names.values())
    words = [word for word in words_of(question) if word not in spoken_for]
    lexical = dict(catalogue.search_words(words, collection_id=collection_id, k=reach))
    for chunk_id, stored in catalogue.vectors([one for one in lexical if one not in near]):
        near[chunk_id] = float(stored @ vector)
    most = max(lexical.values(), default=0.0) or 1.0
    named = _named_documents(set(words_of(question)), names)
    passages = [
        replace(
            passage,
            score=passage.score
            + WORDS_WEIGHT * lexical.get(passage.chunk_id, 0.0) / most
            + NAME_WEIGHT * named.get(passage.document_id, 0.0),
        )
        for passage in catalogue.passages(list(near.items()))
    ]
    passages.sort(key=lambda passage: (-passage.score, passage.chunk_id))
    chosen: list[Passage] = []
    seen: set[str] = set()
    for passage in passages:
        text = " ".join(passage.text.split())
        if text not in seen:
            seen.add(text)
            chosen.append(passage)
    return chosen[:k]


def words_of(text: str) -> list[str]:
    """List the words of a text that say what it is about, each once, in order."""
    words = _WORD.findall(text.lower())
    kept = [word for word in words if len(word) > 1 and word not in STOP_WORDS]
    return list(dict.fromkeys(kept))[:_WORDS]


def _named_documents(asked: set[str], names: Mapping[int, set[str]]) -> dict[int, float]:
    """Share of each document's name that the question holds, over the largest such share."""
    shares = {
        document_id: len(name & asked) / len(name)
        for document_id, name in names.items()
        if name & asked
    }
    most = max(shares.values(), default=1.0)
    return {document_id: share / most for document_id, share in shares.items()}
