"""Reading notes: of each passage that matters the one sentence that says most.

The evidence is made explicit before a question is answered a second time, as in Chain-of-Note
(Yu et al. 2023, arXiv 2311.09210); which passage matters is judged from the reader's probabilities,
in the place of the critic's tokens of Self-RAG (Asai et al. 2023, arXiv 2310.11511).
"""

from collections.abc import Sequence

import numpy as np

from rare_app.answer.guide import Judgement
from rare_app.answer.quoting import with_retrieval
from rare_app.library import Passage
from rare_app.model import QuotedSpan
from rare_app.prompt import as_read

MOST = 3
"""Notes of an answer."""
WITHIN_NATS = 6.0
"""How much less likely than the best one a passage's sentence may be and still be noted."""
_LONGEST = 400
"""Characters; a longer sentence (a table that runs on) is noted from its beginning."""


def take_notes(
    guidance: Judgement, passages: Sequence[Passage], *, most: int = MOST
) -> list[QuotedSpan]:
    """Pick the best sentence of each passage that may answer, likeliest first.

    Parameters
    ----------
    guidance : Judgement
        What the guide says of the question and these passages.
    most : int
        From how many passages at most.
    """
    if not guidance.sentences:
        return []
    scores = with_retrieval(guidance, passages).scores
    order = [int(i) for i in np.argsort(-scores, kind="stable")]
    noted: dict[int, QuotedSpan] = {}
    for i in order:
        one = guidance.sentences[i]
        if scores[i] < scores[order[0]] - WITHIN_NATS or len(noted) == most:
            break
        text = as_read(passages[one.passage].text)
        end = _word_end(text, one.start, one.end)
        noted.setdefault(one.passage, QuotedSpan(text=one.passage, start=one.start, end=end))
    return list(noted.values())


def _word_end(text: str, start: int, end: int) -> int:
    """Give where a sentence ends, or its last whole word before it is too long."""
    if end - start <= _LONGEST:
        return end
    most = start + _LONGEST
    gap = text.rfind(" ", start, most + 1)
    return start + len(text[start:gap].rstrip()) if gap > start else most
