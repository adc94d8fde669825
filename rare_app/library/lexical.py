"""How much of a question's words a chunk holds, as a share of all of them."""

import math
from collections.abc import Sequence

from rare_app.library.catalogue import Catalogue
from rare_app.library.query import Query

SMALL = 100
"""Below so many chunks words are weighed here: FTS5's BM25 takes a word of every second chunk for
worthless, and a library of a few pages has hardly others."""


def word_shares(
    query: Query,
    *,
    catalogue: Catalogue,
    collection_id: int,
    k: int,
    document_ids: Sequence[int] | None = None,
) -> tuple[dict[int, float], dict[int, float]]:
    """Score chunks by a question's words and by its pairs of neighbouring words.

    Parameters
    ----------
    k : int
        Most chunks that words and pairs each give.
    document_ids : sequence of int, optional
        Only chunks of these documents; how rare a word is, is counted over all.

    Returns
    -------
    words, pairs : dict of int to float
        Chunk to BM25, over what a chunk would reach that holds each word of the question once;
        words that stand in no chunk count against all. Seldom above 1. Other forms of a word
        (:attr:`Query.others`) count as far as they score above the word itself.
    """
    words, pairs = _shares(
        query, catalogue=catalogue, collection_id=collection_id, k=k, document_ids=document_ids
    )
    whole = catalogue.rarity(query.words or query.forms) if query.others else 1.0

    def score(terms: Sequence[str]) -> dict[int, float]:
        return dict(
            catalogue.search_words(
                terms, collection_id=collection_id, k=k, document_ids=document_ids
            )
        )

    for given, others in query.others:
        known = score([given])
        for chunk_id, other in score(others).items():
            more = max(0.0, other - known.get(chunk_id, 0.0)) / whole
            words[chunk_id] = words.get(chunk_id, 0.0) + more
    return words, pairs


def _shares(
    query: Query,
    *,
    catalogue: Catalogue,
    collection_id: int,
    k: int,
    document_ids: Sequence[int] | None,
) -> tuple[dict[int, float], dict[int, float]]:
    chunks = catalogue.count_all_chunks()
    known = query.words or query.forms
    found = [(*query.words, *query.forms), query.pairs]
    if chunks >= SMALL:
        whole = catalogue.rarity(known)
        words, pairs = (
            {
                chunk_id: score / whole
                for chunk_id, score in catalogue.search_words(
                    terms, collection_id=collection_id, k=k, document_ids=document_ids
                )
            }
            for terms in found
        )
        return words, pairs
    whole, (words, pairs) = 0.0, ({}, {})
    for terms, shares in zip(found, (words, pairs), strict=True):
        for term in terms:
            holding = catalogue.search_words([term], collection_id=collection_id, k=chunks)
            rarity = math.log1p((chunks - len(holding) + 0.5) / (len(holding) + 0.5))
            whole += rarity if term in known and shares is words else 0.0
            if document_ids is not None and holding:
                holding = catalogue.search_words(
                    [term], collection_id=collection_id, k=chunks, document_ids=document_ids
                )
            for chunk_id, _ in holding:
                shares[chunk_id] = shares.get(chunk_id, 0.0) + rarity
    whole = max(whole, 1e-9)
    return (
        {chunk_id: share / whole for chunk_id, share in words.items()},
        {chunk_id: share / whole for chunk_id, share in pairs.items()},
    )
