"""Retrieve passages for a question."""

from collections.abc import Sequence

from rare_app.errors import UserError
from rare_app.library.catalogue import Catalogue
from rare_app.library.embed import Embedder
from rare_app.library.types import Passage
from rare_app.library.vectors import VectorIndex


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
    collection_ids: Sequence[int],
    catalogue: Catalogue,
    index: VectorIndex,
    embedder: Embedder,
) -> list[Passage]:
    """Find the passages nearest in meaning to a question.

    Parameters
    ----------
    question : str
        As the user asked it, checked by :func:`check_question`.
    k : int
        Most passages to return.
    collection_ids : sequence of int
        Collections that are searched.

    Returns
    -------
    list of Passage
        Best first; passages whose text repeats a better one (the same words, white space aside)
        are left out.
    """
    vector = embedder.embed([question])[0]
    scores: list[tuple[int, float]] = []
    for collection_id in collection_ids:
        scores += index.search(collection_id=collection_id, vector=vector, k=2 * k)
    scores.sort(key=lambda pair: (-pair[1], pair[0]))
    passages: list[Passage] = []
    seen: set[str] = set()
    for passage in catalogue.passages(scores):
        words = " ".join(passage.text.split())
        if words not in seen:
            seen.add(words)
            passages.append(passage)
    return passages[:k]
