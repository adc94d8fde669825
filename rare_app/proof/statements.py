"""A claim as it is checked: a sentence by itself, a short answer together with its question."""

import functools
import re

from rare_app.proof.grounds import Said
from rare_app.proof.naming import names
from rare_app.words import content_words, held_words

_SHORT_WORDS = 7
_VERB = re.compile(
    r"\b(?:is|are|was|were|am|be|been|has|have|had|do|does|did|can|could|will|would|shall|should|"
    r"may|might|must|[a-z]+n['’]t|cannot)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\S+")
_YES_NO = re.compile(r"^\W*(yes|no|maybe)\b[\W_]*$", re.IGNORECASE)
_ASKING = frozenset(
    """
    who what when where which why how whom whose many much name
    """.split()  # noqa: SIM905 - a long list of words reads better so
)
_CONCLUDING = re.compile(
    r"^(?:so|therefore|thus|hence|this means(?: that)?|the answer is)\b[,:]?\s*", re.IGNORECASE
)


class Statement(Said):
    """A claim, with what of its question belongs to it.

    Parameters
    ----------
    text : str
        The claim.
    question : str
        The question that a short answer has to be read with.
    short : bool, optional
        Whether it is one; left out, its form tells.

    Attributes
    ----------
    answers : str or None
        ``yes``, ``no`` or ``maybe`` where that is all it says.
    short : bool
        Whether it is no sentence and is therefore checked together with the question.
    whole : str
        What is compared by meaning.
    """

    def __init__(self, text: str, *, question: str = "", short: bool | None = None) -> None:
        super().__init__(_CONCLUDING.sub("", text.strip()) or text)
        self.question = question.strip()
        words = self.text.split()
        said = _YES_NO.match(self.text) if self.question else None
        self.answers = said[1].lower() if said else None
        if short is None:
            brief = len(words) <= _SHORT_WORDS and not _VERB.search(self.text)
            short = bool(self.question) and (self.answers is not None or brief)
        self.short = short
        self.whole = f"{self.question} {self.text}" if self.short else self.text

    @functools.cached_property
    def asked(self) -> frozenset[str]:
        """Stems of the question, without its asking words."""
        return frozenset(content_words(self.question)) - _ASKING

    def names(self, common: frozenset[str]) -> list[str]:
        """Names in the claim itself."""
        return [name for name, _, _ in names(self.text, common=common)]


def added_words(claim: str, question: str) -> str:
    """Give the part of a claim from its first to its last word of content that is not asked.

    Returns
    -------
    str
        Empty where the claim says the question's words alone.
    """
    asked, words = content_words(question), list(_WORD.finditer(claim))
    own = [content_words(one[0]) for one in words]
    new = [at for at, stems in enumerate(own) if len(held_words(stems, asked)) < len(set(stems))]
    if not new:
        return ""
    return claim[words[new[0]].start() : words[new[-1]].end()].strip(' .,;:!?"“”')
