"""Questions that ask whether something is so: no words of a passage are their answer."""

import re

from rare_app.words import QUESTION_VERBS

_OPENING = rf"(?:{'|'.join(sorted(QUESTION_VERBS))}|(?:is|are|was|were|do|does|did|ca|wo)n['’]t)"
_ASKS = re.compile(rf"(?:^|[:,;.–-]\s+(?:and\s+|but\s+)?){_OPENING}\s", re.IGNORECASE)
_OPEN = re.compile(
    r"\b(?:who|whom|whose|what|when|where|which|why|how|name|list|tell|describe)\b", re.IGNORECASE
)
_EITHER = re.compile(r"\bor\b(?! not\b)", re.IGNORECASE)


def asks_whether(question: str) -> bool:
    """Tell whether a question asks whether something is so, in English.

    It opens with a verb (“does …”), if need be after a colon or a comma, or is a phrase with a
    question mark and no asking word. A choice between two (“… or …”) asks for one of them.
    """
    text = " ".join(question.split())
    found = _ASKS.search(text)
    if _EITHER.search(text[found.start() :] if found else text):
        return False
    if found:
        return not _OPEN.search(text[: found.start()])
    return text.endswith("?") and not _OPEN.search(text)
