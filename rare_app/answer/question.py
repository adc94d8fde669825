"""A question as it is handed on from step to step."""

from collections.abc import Sequence
from dataclasses import dataclass

from rare_app.answer.run import Stop
from rare_app.answer.searching import Search
from rare_app.library import Passage
from rare_app.prompt import Turn
from rare_app.settings import Settings


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
    cancelled: Stop = lambda: False

    @property
    def is_guided(self) -> bool:
        """Whether the reader leads to the evidence."""
        return self.settings.quoting == "guided"
