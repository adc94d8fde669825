"""One score out of meaning, words, names, quoted phrases, figures, headings and rows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A chunk that may be given, and what speaks for it.

    Attributes
    ----------
    chunk_id, document_id : int
        Keys in the catalogue.
    meaning : float
        Cosine similarity of question and chunk, in [-1, 1].
    words : float
        BM25 of the question's words over what a chunk that holds each of them once would reach;
        seldom above 1.
    pairs : float
        The same for words that follow one another in the question, in the same unit.
    name : float
        How much less the question names this document than the one it names best, by words and
        period, in [-1, 0]. A name tells documents apart and says nothing of their contents: it must
        not lift the score that tells whether they answer at all.
    asked : bool
        Whether no document is named better than this one, and one is named at all.
    phrases : float
        Share of the quoted phrases that the chunk holds, in [0, 1].
    figures : float
        Where the question asks for a figure: the share of figures in the chunk less a half, so
        that it hardly moves the score that tells whether the documents answer; else 0.
    heading : bool
        Whether the question holds the words of the heading above the chunk.
    row : float
        Where the question asks for a figure: how like the label of the chunk's best row is to
        what is asked for, in [0, 1] (:func:`rare_app.library.rows.row_likeness`); else 0.
    contents : float
        Share of the chunk's lines that are of a table of contents, in [0, 1]: they name everything
        and tell nothing.
    """

    chunk_id: int
    document_id: int
    meaning: float
    words: float = 0.0
    pairs: float = 0.0
    name: float = 0.0
    asked: bool = False
    phrases: float = 0.0
    figures: float = 0.0
    heading: bool = False
    row: float = 0.0
    contents: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What each sign is worth, in units of cosine similarity (docs/retrieval.md)."""

    words: float = 0.4
    pairs: float = 0.2
    name: float = 1.4
    phrases: float = 1.0
    figures: float = 0.1
    heading: float = 0.1
    row: float = 0.5
    contents: float = 0.3


def fuse(candidate: Candidate, weights: Weights) -> float:
    """Add up what speaks for a chunk: the cosine similarity and the weighted rest."""
    return (
        candidate.meaning
        + weights.words * candidate.words
        + weights.pairs * candidate.pairs
        + weights.name * candidate.name
        + weights.phrases * candidate.phrases
        + weights.figures * candidate.figures
        + weights.heading * candidate.heading
        + weights.row * candidate.row
        - weights.contents * candidate.contents
    )
