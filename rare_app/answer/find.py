"""Find: the passages of a question, and whether any of them is worth reading."""

from collections.abc import Sequence

from rare_app.answer.gather import Gatherer
from rare_app.answer.guide import Guide
from rare_app.answer.question import Question
from rare_app.answer.scope import says_all
from rare_app.library import Passage
from rare_app.model import Profile
from rare_app.prompt import as_read


def find(question: Question, *, gatherer: Gatherer, alone: bool) -> tuple[Sequence[Passage], bool]:
    """Find the passages, and say whether any may answer; else it is refused without a model.

    Parameters
    ----------
    gatherer : Gatherer
        Knows the library.
    alone : bool
        Whether the reader decides alone what is answered.
    """
    asked, given = question.text, question.given
    if given is not None:
        return given, bool(given)
    found = gatherer.retrieve(
        question.search or asked,
        k=question.k,
        collection=question.collection,
        documents=question.documents,
    )
    passages, listed = gatherer.whole_lists(asked, found)
    answers = (
        not _is_low(question, passages, gatherer.guide, alone=alone)
        or listed
        or says_all(asked, [as_read(one.text) for one in passages])
    )
    return passages, answers


def decides_alone(question: Question, profile: Profile, guide: Guide) -> bool:
    """Whether the reader decides by itself if a question is answered."""
    alone = profile.gate is not None and profile.gate.model == 0.0 and guide.has_reader
    return alone and question.is_guided and question.settings.gate == "on"


def _is_low(question: Question, passages: Sequence[Passage], guide: Guide, *, alone: bool) -> bool:
    """Whether the passages are so little like the question that none is worth reading.

    The reader, where it decides alone, reads better than a score of likeness; and the scores tell
    nothing of a language that the embedder has not learned.
    """
    if not passages:
        return True
    if alone or not guide.knows(question.text):
        return False
    return passages[0].score < question.settings.refuse_below
