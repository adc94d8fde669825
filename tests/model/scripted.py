"""A vocabulary and a writer for the quote filter, without llama.cpp."""

import numpy as np

from rare_app.model import Pieces, QuoteFilter, QuoteStart, Sampler

OPEN, CLOSE = "<quote>", "</quote>"
LONG = [
    "The",
    " the",
    " queen",
    "queen",
    " que",
    "qu",
    "ote",
    "</",
    ".</",
    ">“",
    "<quote",
    "</quote",
]
PIECES = [bytes([i]) for i in range(256)] + [one.encode() for one in LONG] + [b""]


def make_filter(texts, *, starts=None, pieces=PIECES, scores=None, weight=0.0, fewest=1):
    """Make a filter; quotes start at each text's beginning, or at (text, character)."""
    if starts is None:
        starts = [(i, 0) for i, text in enumerate(texts) if text]
    return QuoteFilter(
        pieces=Pieces(pieces),
        texts=texts,
        starts=[QuoteStart(text=text, at=at) for text, at in starts],
        tags=(OPEN, CLOSE),
        scores=scores,
        weight=weight,
        fewest_words=fewest,
    )


def write(quote_filter, *, seed=0, temperature=1.0, longest=400, like=None, pieces=PIECES):
    """Write with random logits (or ones that like some tokens) until a quote was closed.

    Returns the bytes of the whole completion.
    """
    chance = np.random.default_rng(seed)
    sampler = Sampler(temperature=temperature, seed=seed)
    written = b""
    closed = len(quote_filter.quotes)
    for _ in range(longest):
        logits = chance.normal(size=len(pieces)).astype(np.float32) * 3
        for token, bonus in (like or {}).items():
            logits[token] += bonus
        token = sampler.choose(quote_filter.adjust(logits))
        written += pieces[token]
        quote_filter.accept(pieces[token])
        if len(quote_filter.quotes) > closed:
            return written
    return written


def allowed(quote_filter, *, pieces=PIECES):
    """Pieces that are allowed now."""
    adjusted = quote_filter.adjust(np.zeros(len(pieces), dtype=np.float32))
    return {pieces[token] for token in np.flatnonzero(np.isfinite(adjusted))}
