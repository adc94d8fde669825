"""A question as it is handed on from step to step, and what is read for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from rare_app.answer.refusals import is_refusal
from rare_app.answer.run import Stop
from rare_app.answer.searching import Search
from rare_app.library import Passage
from rare_app.prompt import Turn, with_choices
from rare_app.settings import Settings
from rare_app.skills import NOTHING_KNOWN, Surroundings

_TOLD_TURNS = 2
"""Answered questions of the chat that a model is told which reads them."""


class AskOptions(TypedDict, total=False):
    """How a question is to be answered (:meth:`rare_app.answer.Assistant.ask`).

    Attributes
    ----------
    collection : str or None
        Where to look; default from the settings.
    k : int or None
        How many passages; default from the settings.
    documents : sequence of str
        Names of the only documents that are searched; empty for all of the collection.
    passages : sequence of Passage or None
        Given ones in place of retrieval.
    history : sequence of Turn
        The chat so far, oldest first. A question that goes on from it is searched and answered
        as one that stands by itself (:class:`rare_app.types.Understood`).
    standalone : bool
        Whether it does so already and is not to be rewritten.
    model, adapter : str
        Names; empty for the defaults.
    quoting : str
        ``guided``, ``constrained`` or ``free``; empty for what the settings say.
    memory : bool
        Whether what the model has in its context already is used again; default true.
    choices : sequence of str
        The options that the answer is one of, in any words; empty for a free answer. The model is
        told them, and :attr:`rare_app.types.Answer.choice` is the one that it says.
    more : callable or None
        Finds more passages for some words while an answer over given ones is written; over a
        library, by default, it is searched again.
    cancelled : callable
        Asked often; once it is true the answer ends as it stands.
    """

    collection: str | None
    k: int | None
    documents: Sequence[str]
    passages: Sequence[Passage] | None
    history: Sequence[Turn]
    standalone: bool
    model: str
    adapter: str
    quoting: str
    memory: bool
    choices: Sequence[str]
    more: Search | None
    cancelled: Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question for one thing, which stands by itself, and how it is to be answered.

    Attributes
    ----------
    text : str
    settings : Settings
    search : str
        What passages are looked for with; empty for the question's own words.
    collection : str or None
        Where to look; default from the settings.
    k : int or None
        How many passages; default from the settings.
    documents : sequence of str
        Names or hashes of the only documents that are searched; empty for all.
    given : sequence of Passage or None
        Passages in place of retrieval.
    history : sequence of Turn
        The chat so far, oldest first.
    model, adapter : str
        Names; empty for the defaults.
    memory : bool
        Whether what the model has in its context already is used again.
    choices : sequence of str
        The options that the answer is one of; empty for a free answer.
    more : callable or None
        Finds more passages while an answer over given ones is written.
    searches : bool
        Whether the library is searched again while the answer is written.
    aside : str
        What the model alone is told under the question.
    cancelled : callable
        Asked often; once it is true the answer ends as it stands.
    """

    text: str
    settings: Settings
    search: str = ""
    collection: str | None = None
    k: int | None = None
    documents: Sequence[str] = ()
    given: Sequence[Passage] | None = None
    history: Sequence[Turn] = ()
    model: str = ""
    adapter: str = ""
    memory: bool = True
    choices: Sequence[str] = ()
    more: Search | None = None
    searches: bool = True
    aside: str = ""
    cancelled: Stop = lambda: False

    @property
    def is_guided(self) -> bool:
        """Whether the reader leads to the evidence."""
        return self.settings.quoting == "guided"

    @property
    def told(self) -> str:
        """The question as a model reads it, with its options."""
        return with_choices(self.text, self.choices)

    @property
    def earlier(self) -> Sequence[Turn]:
        """Answered questions of the chat that a model is told which reads them."""
        answered = [one for one in self.history if one.answer and not is_refusal(one.answer)]
        return answered[-_TOLD_TURNS:]


@dataclass(frozen=True, slots=True)
class Read:
    """What is read for a question.

    Attributes
    ----------
    passages : sequence of Passage
    around : Surroundings
        What else is known of them.
    """

    passages: Sequence[Passage]
    around: Surroundings = NOTHING_KNOWN
