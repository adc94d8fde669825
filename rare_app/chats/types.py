"""The shapes of what is kept of a chat."""

from dataclasses import dataclass
from typing import Any

from rare_app.errors import UserError


class UnknownChatError(UserError):
    """There is no chat of that number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """With what a question was asked; kept with each answer.

    Attributes
    ----------
    collection : str
    documents : tuple of str
        The only documents that were searched; empty for the whole collection.
    passages : int
        How many were handed to the model at most.
    model : str
        Name; empty for the default.
    adapter : str
        Name, ``none``, or empty for the model's own.
    quoting : str
        As in the settings; empty for theirs.
    memory : bool
        Whether stored states were used where there were some.
    """

    collection: str
    documents: tuple[str, ...] = ()
    passages: int = 0
    model: str = ""
    adapter: str = ""
    quoting: str = ""
    memory: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """One answer to a question; asked again, a question has several.

    Attributes
    ----------
    answer_id : int
    standalone : str
        The question as it was searched and answered.
    asked : Asked
    data : dict or None
        The answer as ``ask --json`` writes it; ``None`` for one that was not finished.
    error : str
        Why there is none; empty where there is one, and where the app ended before it came.
    seconds : float
        How long it took.
    rating : int
        1 for good, -1 for bad, 0 for neither.
    created_at : str
        UTC, ISO 8601.
    """

    answer_id: int
    standalone: str
    asked: Asked
    data: dict[str, Any] | None
    error: str
    seconds: float
    rating: int
    created_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTurn:
    """A question as it was typed, and its answers, oldest first; ``shown`` is the place of one."""

    turn_id: int
    question: str
    created_at: str
    answers: tuple[StoredAnswer, ...]
    shown: int

    @property
    def answer(self) -> StoredAnswer | None:
        """The answer that is shown; ``None`` where none was begun."""
        return self.answers[self.shown] if self.answers else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatInfo:
    """A chat as a list shows it; times in UTC (ISO 8601).

    ``found`` is where a search has found something besides the title, in the chat's own words.
    """

    chat_id: int
    title: str
    collection: str
    created_at: str
    changed_at: str
    turns: int
    found: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredChat:
    """A whole chat, its turns oldest first."""

    info: ChatInfo
    turns: tuple[StoredTurn, ...]
