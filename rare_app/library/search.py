"""Retrieve passages for a question."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from rare_app.errors import UserError
from rare_app.language import ENGLISH, language_of
from rare_app.library.catalogue import Catalogue
from rare_app.library.choose import choose
from rare_app.library.embed import Embedder
from rare_app.library.figures import asks_for_figures, share_of_figures
from rare_app.library.fuse import Candidate, Weights, fuse
from rare_app.library.heading import is_asked_for
from rare_app.library.lexical import word_shares
from rare_app.library.names import codes_of_kind, named_documents, naming_words
from rare_app.library.query import Query, parse_query
from rare_app.library.repeats import drop_repeats
from rare_app.library.rerank import Judge, rerank
from rare_app.library.rows import row_likeness, what_of
from rare_app.library.types import Passage
from rare_app.reader import share_of_contents
from rare_app.words import content_words

WEIGHTS = Weights()
"""What the app uses."""

FOREIGN_WORDS = 1.0
"""What words are worth where the question is not in English: the embedder knows English alone."""
_CANDIDATES = 100
"""Chunks that meaning and words each propose."""
_SCORED = 2000
"""Chunks that are scored by words: one that is near in meaning may hold some as well. So many of
the documents that a question asks for are compared with it."""

_NAMED = 50
"""Documents that a question names of which every chunk is looked at."""

Nearest = Callable[[int, NDArray[np.float32], int], list[tuple[int, float]]]
"""Collection, question vector, how many → (chunk, cosine similarity) pairs, best first."""


class QuestionError(UserError):
    """The question cannot be asked as it stands."""


LONGEST_QUESTION = 8000
"""Most characters that a question may have; a longer one is refused, never cut."""


def check_question(question: str) -> str:
    """Return the question, trimmed, or say why it cannot be asked.

    Raises
    ------
    QuestionError
        The question is empty or too long.
    """
    cleaned = "".join(c for c in question if c.isprintable() or c in "\n\t").strip()
    if not cleaned:
        raise QuestionError("The question is empty: write what you want to know.")
    if len(cleaned) > LONGEST_QUESTION:
        raise QuestionError(
            f"The question has {len(cleaned):,} characters, more than the "
            f"{LONGEST_QUESTION:,} that can be asked at once: shorten it, or add the long text as "
            "a document and ask about it."
        )
    return cleaned


def gather(
    question: str,
    *,
    reach: int,
    collection_id: int,
    catalogue: Catalogue,
    nearest: Nearest,
    vector: NDArray[np.float32],
    document_ids: Sequence[int] | None = None,
) -> list[Candidate]:
    """Collect the chunks that may be given: the nearest, and those that hold words or phrases.

    Parameters
    ----------
    question : str
        As the user asked it, checked by :func:`check_question`.
    reach : int
        Chunks that meaning, words and phrases each propose.
    vector : array of float32, shape (dimension,)
        The question's embedding.
    document_ids : sequence of int, optional
        Only chunks of these documents; `nearest` has to keep to them, too.
    """
    near = dict(nearest(collection_id, vector, reach))
    documents = catalogue.document_names(collection_id=collection_id)
    names = {document_id: PurePath(name).stem for document_id, name, _ in documents}
    # Words that name a document say which one is meant, not what is asked of it.
    spoken_for = naming_words(names.values(), (title for _, _, title in documents))
    owners = catalogue.owners(collection_id=collection_id)
    if len(names) > 1:
        spoken_for |= frozenset(word for own in owners.values() for word in own)
    if document_ids is not None:
        names = {one: name for one, name in names.items() if one in set(document_ids)}
    named = named_documents(question, names, owners)
    asked = sorted(named.best)[:_NAMED] if len(named.best) < len(names) else []
    query = parse_query(
        question,
        spoken_for=spoken_for,
        codes=codes_of_kind(question, catalogue.openings(asked or sorted(names)[:_NAMED])),
        abbreviations=catalogue.abbreviations(collection_id=collection_id),
    )

    def look_up(phrase: str) -> list[int]:
        found = catalogue.search_words(
            [phrase], collection_id=collection_id, k=reach, document_ids=document_ids
        )
        return [chunk_id for chunk_id, _ in found]

    words, pairs = word_shares(
        query,
        catalogue=catalogue,
        collection_id=collection_id,
        k=max(reach, _SCORED),
        document_ids=document_ids,
    )
    phrases = Counter(chunk_id for phrase in query.phrases for chunk_id in look_up(phrase))
    proposed = {*_best(words, reach), *_best(pairs, reach), *phrases}
    # Those that are asked for are all looked at: their twins crowd them out of both.
    own = [one for document_id in asked for one in catalogue.chunk_ids_of(document_id)]
    missing = [one for one in dict.fromkeys([*proposed, *own[:_SCORED]]) if one not in near]
    near.update((i, float(stored @ vector)) for i, stored in catalogue.vectors(missing))
    texts = catalogue.texts_of(list(near))
    naming = " ".join(spoken_for)
    stems = frozenset(content_words(question)) - frozenset(content_words(naming))
    wanted = _written_out(what_of(question) - what_of(naming), query)
    counting = asks_for_figures(question)
    return [
        Candidate(
            chunk_id=chunk_id,
            document_id=document_id,
            meaning=near[chunk_id],
            words=words.get(chunk_id, 0.0),
            pairs=pairs.get(chunk_id, 0.0),
            name=named.fit.get(document_id, 0.0),
            asked=document_id in named.best,
            phrases=phrases[chunk_id] / max(1, len(query.phrases)),
            figures=share_of_figures(texts[chunk_id][1]) - 0.5 if counting else 0.0,
            heading=is_asked_for(texts[chunk_id][0], stems),
            row=max(row_likeness(texts[chunk_id][1], own) for own in wanted) if counting else 0.0,
            contents=share_of_contents(texts[chunk_id][1]),
        )
        for chunk_id, document_id in catalogue.documents_of(list(near))
        if chunk_id in texts
    ]


def _written_out(wanted: frozenset[str], query: Query) -> list[frozenset[str]]:
    """Add what is asked for with its abbreviations written out: labels seldom abbreviate."""
    found = [wanted]
    for given, others in query.others:
        if given.isupper() and (short := what_of(given)) <= wanted:
            found += [wanted - short | what_of(other) for other in others]
    return found


def _best(scores: dict[int, float], most: int) -> list[int]:
    return sorted(scores, key=lambda one: (-scores[one], one))[:most]


def search(
    question: str,
    *,
    k: int,
    collection_id: int,
    catalogue: Catalogue,
    nearest: Nearest,
    embedder: Embedder,
    weights: Weights = WEIGHTS,
    judge: Judge | None = None,
    read_again: int = 0,
    document_ids: Sequence[int] | None = None,
) -> list[Passage]:
    """Find the passages for a question by meaning, words, names, figures, headings and the like.

    The score is that of :func:`rare_app.library.fuse.fuse`.

    Parameters
    ----------
    question : str
        As the user asked it, checked by :func:`check_question`.
    k : int
        Most passages to return.
    nearest : callable
        The vector index.
    judge : callable, optional
        Reads the first `read_again` passages again (:func:`rare_app.library.rerank.rerank`).
    document_ids : sequence of int, optional
        Only passages of these documents.

    Returns
    -------
    list of Passage
        Best first; passages that repeat a better one are left out.
    """
    reach = max(_CANDIDATES, 4 * k, 4 * read_again)
    candidates = gather(
        question,
        reach=reach,
        collection_id=collection_id,
        catalogue=catalogue,
        nearest=nearest,
        vector=embedder.embed([question])[0],
        document_ids=document_ids,
    )
    if language_of(question) != ENGLISH:
        weights = replace(weights, words=max(weights.words, FOREIGN_WORDS))
    scored = [(one.chunk_id, fuse(one, weights)) for one in candidates]
    scored.sort(key=lambda pair: (-pair[1], pair[0]))
    asked = {one.document_id for one in candidates if one.asked}
    most = None if len(asked) > 1 else max(k, read_again)
    passages = drop_repeats(catalogue.passages(scored[:reach]), most=most)
    if judge is not None and read_again:
        passages = rerank(question, passages, first=read_again, judge=judge)
    return choose(passages, k=k, asked=asked)
