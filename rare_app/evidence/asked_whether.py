"""Questions that ask whether something is so, and the sentences that speak of it.

The reader has learned from questions for names, times and reasons, whose answers are spans. What
says yes or no is a sentence which holds the question's own words, however likely a span is.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rare_app.evidence.reader import Sentence
from rare_app.evidence.verdict import asks_for_verdict
from rare_app.words import content_words, is_same_word

WHETHER_NATS = 6.0
"""Nats that a sentence gains which holds, with what introduces it, all words of the question."""
NO_STATEMENT_NATS = 10.0
"""Nats that a line loses which states nothing: a title, or the line above a list."""
_FEWEST_WORDS = 8
"""Words from which a line without a full stop is taken for a statement."""

_OPENING = re.compile(
    r"(?:^|[:,;.–-]\s+)(?P<verb>is|are|am|was|were|do|does|did|can|could|will|would|shall|should"
    r"|has|have|had|may|might|must|need)(?:n['’]t)?\s+(?P<rest>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ASKS_ELSE = re.compile(
    r"^(?:you|we|i)\s+(?:please\s+)?(?:tell|explain|list|give|show|say|describe|name|find|help"
    r"|summari[sz]e)\b"
    r"|\b(?:tell|says?|states?|specif(?:y|ies)|mentions?|knows?|explains?|shows?|lists?|describes?"
    r"|gives?|defines?)\b.*\b(?:what|how|who|whom|which|when|where|why)\b",
    re.IGNORECASE | re.DOTALL,
)
_WHAT = re.compile(r"\b(?:what|how (?:much|many))\b", re.IGNORECASE)
_WHICH = re.compile(r"\b(?:which|who|whom|when|where|why|how)\b", re.IGNORECASE)
_END = re.compile(r"[.!?;][\"”’)\]]*$")


def whether_of(question: str) -> tuple[str, str] | None:
    """Take a question apart that asks whether something is so.

    Returns
    -------
    (str, str) or None
        The verb that opens it, in lower case, and what follows; ``None`` for other questions:
        “can you tell me what …”, “does it say how …”, “is it this or that”.
    """
    text = " ".join(question.split()).rstrip("? ")
    found = _OPENING.search(text)
    if found is None or not asks_for_verdict(question) or _ASKS_ELSE.search(found["rest"]):
        return None
    if _WHAT.search(found["rest"]) or (found.start() and _WHICH.search(found["rest"])):
        return None
    return found["verb"].lower(), found["rest"]


def whether_gains(
    question: str,
    texts: Sequence[str],
    sentences: Sequence[Sentence],
    leads: Sequence[str],
) -> NDArray[np.float32]:
    """Say by how many nats each sentence's score gains for holding the words of the question.

    Rare words count more (the inverse frequency of BM25, over these sentences).

    Parameters
    ----------
    leads : sequence of str
        What introduces each sentence that is an item (:func:`rare_app.evidence.leads.leads_of`).

    Returns
    -------
    array of float32, shape (sentences,)
        Zeros for a question that asks for something else.
    """
    gains = np.zeros(len(sentences), dtype=np.float32)
    asked = whether_of(question)
    if asked is None:
        return gains
    wanted = set(content_words(asked[1]))
    said = [" ".join(texts[one.passage][one.start : one.end].split()) for one in sentences]
    words = [set(content_words(f"{lead} {text}")) for lead, text in zip(leads, said, strict=True)]
    held = [{one for one in wanted if any(is_same_word(one, w) for w in own)} for own in words]
    counts = Counter(word for one in held for word in one)
    rarity = {
        word: math.log1p((len(words) - counts[word] + 0.5) / (counts[word] + 0.5))
        for word in wanted
    }
    whole = sum(rarity.values()) or 1.0
    for i, own in enumerate(held):
        gains[i] = WHETHER_NATS * sum(rarity[word] for word in own) / whole
        if not leads[i] and not _states(said[i]):
            gains[i] = -NO_STATEMENT_NATS
    return gains


def _states(line: str) -> bool:
    """Whether a line that is no item may state something."""
    return line[-1:] != ":" and bool(_END.search(line) or len(line.split()) >= _FEWEST_WORDS)
