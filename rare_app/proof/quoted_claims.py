"""Claims in a language that the proof does not read: they rest on what the reasoning quoted.

The proof's embedding has learned English; of a German claim over an English table it finds the one
word that both share. The model has said what it rests on, and where its quotes stand is known; what
code can check in any language is that the claim's figures are theirs.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rare_app.numbers import figures_in
from rare_app.prompt import as_read
from rare_app.reader import HEADING_NATS, mark_headings, overlap_scores, sentences_of
from rare_app.types import Answer, Citation, Claim

NEAR = 0.8
"""Share of the best sentence's likeness to the question that the words which an answer rests on
must have; right answers in German and Chinese had 0.97 and more, but for three of 27."""


def rests_aside(answer: Answer, question: str) -> bool:
    """Tell whether an answer rests on words that are less like the question than others are.

    Likeness is that of :func:`rare_app.reader.overlap_scores`, which knows no language. Headings
    do not count: they name what is asked for and do not answer it.
    """
    texts = [as_read(one.text) for one in answer.passages]
    sentences = sentences_of(texts)
    central = next((one for one in answer.claims if one.citations), None)
    if central is None or not sentences:
        return False
    said = [texts[one.passage][one.start : one.end] for one in sentences]
    likeness = overlap_scores(question, said) - HEADING_NATS * mark_headings(texts, sentences)
    rests = [
        any(
            quote.passage == one.passage
            and quote.start < answer.passages[one.passage].start + one.end
            and answer.passages[one.passage].start + one.start < quote.end
            for quote in central.citations
        )
        for one in sentences
    ]
    own = max((score for score, own in zip(likeness, rests, strict=True) if own), default=0.0)
    return bool(own < NEAR * np.max(likeness))


def rest_on_quotes(claim: Claim, question: str, quotes: Sequence[Citation]) -> Claim:
    """Tie a claim to the quotes that hold its figures, or to all of them.

    Returns
    -------
    Claim
        No more than weak where the proof did not find it. Unchanged where nothing was quoted or a
        figure of it stands in no quote.
    """
    told = figures_in(question)
    said = [one for one in figures_in(claim.text) if not any(one & other for other in told)]
    held = [figures_in(quote.quote) for quote in quotes]
    if not quotes or not all(any(one & own for row in held for own in row) for one in said):
        return claim
    found = [
        quote
        for quote, row in zip(quotes, held, strict=True)
        if any(one & own for one in said for own in row)
    ]
    cited = replace(claim, citations=tuple(found or quotes), contradicted_by=())
    # A figure that stands there may be another thing's: what the proof found counts, if anything.
    return cited if claim.supported else replace(cited, status="weak")
