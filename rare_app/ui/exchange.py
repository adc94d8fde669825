"""The chat of one browser tab: its questions, and what has come of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import gradio as gr

from rare_app.chats import Asked, StoredAnswer, StoredChat, StoredTurn
from rare_app.library import Passage
from rare_app.model import Reading
from rare_app.plain import counted
from rare_app.present import answer_from_data
from rare_app.prompt import Turn
from rare_app.types import Answer, Citation, Step
from rare_app.ui.answer_tools import tools_html, understood_html
from rare_app.ui.render import (
    answer_html,
    error_html,
    found_html,
    partial_answer_html,
    question_html,
)
from rare_app.ui.steps_html import answer_so_far, steps_html, summary, working_html

UNFINISHED = "The app ended before this answer was done: ask again."

Message = dict[str, Any]


@dataclass(slots=True)
class Version:
    """One of the answers to a question; ``answer_id`` is ``None`` where it could not be kept."""

    standalone: str
    asked: Asked
    answer_id: int | None = None
    answer: Answer | None = None
    error: str = ""
    seconds: float = 0.0
    rating: int = 0


@dataclass(slots=True)
class Exchange:
    """One question of the chat and what has come of it so far.

    Attributes
    ----------
    standalone : str
        The question as it is searched and answered; empty while that is not known.
    asked : Asked or None
        With what it is asked.
    versions : list of Version
        Its answers that are done, oldest first; what is shown is one of them, ``shown``.
    turn_id : int or None
        Key in the chats; ``None`` where it could not be kept.
    gone : tuple of str
        Documents of the answer that have left the library since.
    passages, best : tuple
        What was found for the answer that is being written, and the best sentences of it.
    reading : Reading or None
        How far the model has read them.
    searches : list of Step
        What was looked for since, and which passages that brought.
    surveyed : str
        Which of several documents is gone through, as it is told.
    """

    question: str
    status: str = ""
    reasoning: str = ""
    partial: str = ""
    answer: Answer | None = None
    error: str = ""
    seconds: float = 0.0
    standalone: str = ""
    asked: Asked | None = None
    versions: list[Version] = field(default_factory=list)
    shown: int = -1
    turn_id: int | None = None
    gone: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = ()
    best: tuple[Citation, ...] = ()
    reading: Reading | None = None
    searches: list[Step] = field(default_factory=list)
    surveyed: str = ""

    @property
    def found(self) -> Answer | None:
        """The passages with their best sentences quoted; ``None`` before they are found."""
        if not self.passages:
            return None
        return Answer(answered=True, answer="", passages=self.passages, quotes=self.best)

    @property
    def version(self) -> Version | None:
        """The answer that is shown; ``None`` while one is being written."""
        return self.versions[self.shown] if 0 <= self.shown < len(self.versions) else None

    def begin(self, asked: Asked, standalone: str = "") -> None:
        """Make ready for another answer."""
        self.asked, self.standalone, self.shown = asked, standalone, -1
        self.answer, self.error, self.reasoning, self.partial = None, "", "", ""
        self.gone, self.passages, self.best, self.reading = (), (), (), None
        self.searches, self.surveyed = [], ""

    def find(self, passages: tuple[Passage, ...]) -> str:
        """Take the passages that were found, of a search in the reasoning the new ones, too.

        Returns
        -------
        str
            What is said of it.
        """
        known, self.passages, self.reading = self.passages, passages, None
        last = self.searches[-1] if self.searches else None
        if last is None or last.passages:
            return f"Found {counted(len(passages), 'passage')} …"
        new = tuple(at for at, one in enumerate(passages) if one not in known)
        self.searches[-1] = replace(last, passages=new)
        return f"Found {counted(len(new), 'more passage')} …"

    def show(self, place: int) -> None:
        """Show one of the answers."""
        one = self.versions[place]
        self.shown = place
        self.standalone, self.asked = one.standalone, one.asked
        self.answer, self.error, self.seconds = one.answer, one.error, one.seconds
        self.reasoning = one.answer.reasoning if one.answer else ""
        self.status = self.partial = ""


class Chat:
    """The chat of one browser tab.

    Attributes
    ----------
    chat_id : int or None
        Key in the chats; ``None`` before the first question is kept.
    left : bool
        Whether the tab shows another chat now.
    """

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.chat_id: int | None = None
        self.collection = ""
        self.left = False

    def history(self, before: Exchange | None = None) -> list[Turn]:
        """Give the chat as it was said, up to a question; refused ones have no answer."""
        turns = []
        for one in self.exchanges:
            if one is before:
                break
            if one.answer is not None:
                said = one.answer.answer if one.answer.answered else ""
                turns.append(Turn(one.standalone or one.question, said))
        return turns

    def messages(self, tools: bool = True) -> list[Message]:
        """Write the whole chat as the chat component shows it."""
        shown: list[Message] = []
        for number, one in enumerate(self.exchanges, start=1):
            # As a component of ours: the chat's own text would show tags as markup.
            shown.append({"role": "user", "content": gr.HTML(question_html(one.question))})
            shown += _assistant_messages(one, number, tools=tools)
        return shown


def _assistant_messages(one: Exchange, number: int, *, tools: bool) -> list[Message]:
    shown: list[Message] = []
    if one.standalone and one.standalone != one.question.strip():
        content = gr.HTML(understood_html(one.standalone, turn=number))
        shown.append({"role": "assistant", "content": content})
    done = one.answer is not None or bool(one.error)
    if one.reasoning or one.status:
        title = one.status or "Reasoning …"
        if done:
            title, steps = _steps(one, number)
        else:
            steps = working_html(_so_far(one), one.reading, partial=one.partial)
        shown.append(
            {
                "role": "assistant",
                "content": gr.HTML(steps),
                "metadata": {"title": title, "status": "done" if done else "pending"},
            }
        )
    row = ""
    version = one.version
    if tools and version is not None and one.turn_id is not None:
        row = tools_html(
            version.answer,
            question=one.standalone or one.question,
            asked=version.asked,
            turn=number,
            rating=version.rating,
            shown=one.shown,
            versions=len(one.versions),
            gone=one.gone,
        )
    if one.error:
        shown.append({"role": "assistant", "content": gr.HTML(f"{error_html(one.error)}{row}")})
    elif one.answer is not None:
        html = f"{answer_html(one.answer, turn=number)}{row}"
        shown.append({"role": "assistant", "content": gr.HTML(html)})
    elif one.found is not None:
        # The answer's place is there from the beginning: what stands below keeps its own.
        partial = partial_answer_html(one.partial, one.passages)
        for html in (partial, found_html(one.found, turn=number)):
            shown.append({"role": "assistant", "content": gr.HTML(html)})
    elif one.partial:
        shown.append({"role": "assistant", "content": gr.HTML(partial_answer_html(one.partial))})
    return shown


def _steps(one: Exchange, number: int) -> tuple[str, str]:
    """Write the steps of an answer that is done, and the line that says what they are."""
    taken = f"({one.seconds:.0f}\N{NO-BREAK SPACE}s)"
    if one.answer is None:  # it failed half-way
        return f"Reasoning {taken}", steps_html(_so_far(one), turn=None)
    return f"{summary(one.answer) or 'Reasoning'} {taken}", steps_html(one.answer, turn=number)


def _so_far(one: Exchange) -> Answer:
    return answer_so_far(one.reasoning, one.passages, one.searches)


def restored(stored: StoredChat, *, known: Sequence[int]) -> Chat:
    """Bring a kept chat back.

    Parameters
    ----------
    known : sequence of int
        Keys of the documents that are in the library.
    """
    chat = Chat()
    chat.chat_id, chat.collection = stored.info.chat_id, stored.info.collection
    chat.exchanges = [_exchange(turn, {*known}) for turn in stored.turns]
    return chat


def _exchange(turn: StoredTurn, known: set[int]) -> Exchange:
    one = Exchange(question=turn.question, turn_id=turn.turn_id)
    one.versions = [_version(answer) for answer in turn.answers]
    if one.versions:
        one.show(turn.shown)
    else:
        one.error = UNFINISHED
    note_gone(one, known)
    return one


def note_gone(one: Exchange, known: set[int]) -> None:
    """Note which documents of an answer have left the library."""
    passages = one.answer.passages if one.answer else ()
    missing = (p.document for p in passages if p.document_id not in known)
    one.gone = tuple(dict.fromkeys(missing))


def _version(stored: StoredAnswer) -> Version:
    answer, error = None, stored.error
    if stored.data is not None:
        try:
            answer = answer_from_data(stored.data)
        except (KeyError, TypeError, AttributeError, ValueError):
            error = "This answer cannot be read any more: ask again."
    elif not error:
        error = UNFINISHED
    return Version(
        standalone=stored.standalone,
        asked=stored.asked,
        answer_id=stored.answer_id,
        answer=answer,
        error=error,
        seconds=stored.seconds,
        rating=stored.rating,
    )
