"""The chat: ask, watch the reasoning, see the answer with its sources."""

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from rare_app.errors import UserError
from rare_app.reasoning import (
    Answer,
    Done,
    Event,
    Reading,
    Retrieved,
    Retrying,
    Turn,
    Waiting,
    Writing,
)
from rare_app.services import Services
from rare_app.ui.render import (
    answer_html,
    error_html,
    partial_answer_html,
    question_html,
    reasoning_html,
)

log = logging.getLogger(__name__)

_UPDATE_SECONDS = 0.12
"""Least time between two updates of the page; the model writes faster than people read."""
_REMEMBERED_TURNS = 2

Message = dict[str, Any]


@dataclass(slots=True)
class Exchange:
    """One question of the chat and what has come of it so far."""

    question: str
    status: str = ""
    reasoning: str = ""
    partial: str = ""
    answer: Answer | None = None
    error: str = ""
    seconds: float = 0.0


class Chat:
    """The chat of one browser tab."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []

    def history(self) -> list[Turn]:
        """Give what the model is told of the chat so far: the last answered questions."""
        answered = [one for one in self.exchanges if one.answer and one.answer.answered]
        turns = [Turn(one.question, one.answer.answer) for one in answered if one.answer]
        return turns[-_REMEMBERED_TURNS:]

    def messages(self) -> list[Message]:
        """Write the whole chat as the chat component shows it."""
        shown: list[Message] = []
        for number, one in enumerate(self.exchanges, start=1):
            # As a component of ours: the chat's own text would show tags as markup.
            shown.append({"role": "user", "content": gr.HTML(question_html(one.question))})
            shown += _assistant_messages(one, number)
        return shown


def _assistant_messages(one: Exchange, number: int) -> list[Message]:
    shown: list[Message] = []
    if one.reasoning or one.status:
        done = one.answer is not None or bool(one.error)
        title = f"Reasoning ({one.seconds:.0f} s)" if done else (one.status or "Reasoning …")
        shown.append(
            {
                "role": "assistant",
                "content": gr.HTML(reasoning_html(one.reasoning or " ")),
                "metadata": {"title": title, "status": "done" if done else "pending"},
            }
        )
    if one.error:
        shown.append({"role": "assistant", "content": gr.HTML(error_html(one.error))})
    elif one.answer is not None:
        shown.append(
            {"role": "assistant", "content": gr.HTML(answer_html(one.answer, turn=number))}
        )
    elif one.partial:
        shown.append({"role": "assistant", "content": gr.HTML(partial_answer_html(one.partial))})
    return shown


class ChatHandlers:
    """What happens when the user asks, stops or clears; one object for the whole app."""

    def __init__(self, *, services: Services) -> None:
        self._services = services
        self._stops: dict[str, threading.Event] = {}

    def stop(self, request: gr.Request) -> None:
        """End the answer that this tab is waiting for."""
        if stop := self._stops.get(str(request.session_hash)):
            stop.set()

    def ask(
        self,
        question: str,
        chat: Chat,
        collection: str,
        model: str,
        passages: float,
        use_adapter: bool,
        request: gr.Request,
    ) -> Iterator[tuple[Chat, list[Message]]]:
        """Answer a question, giving the chat anew whenever something has happened."""
        stop = threading.Event()
        session = str(request.session_hash)
        self._stops[session] = stop
        one = Exchange(question=question.strip() or "(empty)", status="Searching the documents …")
        history = chat.history()
        chat.exchanges.append(one)
        begun = shown_at = time.monotonic()
        yield chat, chat.messages()
        try:
            for event in self._services.assistant.ask(
                question,
                collection=collection or None,
                k=int(passages),
                history=history,
                model=model or "",
                adapter="" if use_adapter else "none",
                cancelled=stop.is_set,
            ):
                one.seconds = time.monotonic() - begun
                _take(one, event)
                writing = isinstance(event, Writing)
                if not writing or time.monotonic() - shown_at >= _UPDATE_SECONDS:
                    shown_at = time.monotonic()
                    yield chat, chat.messages()
        except UserError as error:
            one.error = str(error)
        except Exception:
            log.exception("The question failed")
            one.error = (
                "Something went wrong that should not; the log in "
                f"{self._services.settings.logs_path} has the details. Ask again, please."
            )
        finally:
            stop.set()
            self._stops.pop(session, None)
        one.seconds = time.monotonic() - begun
        yield chat, chat.messages()


def _take(one: Exchange, event: Event) -> None:
    """Note what an event tells."""
    match event:
        case Retrieved(passages=passages):
            one.status = f"Found {len(passages)} passages …"
        case Waiting():
            one.status = "Waiting: another question is being answered …"
        case Reading(passages=count, tokens=tokens):
            one.status = f"Reading {count} passages ({tokens:,} tokens) …"
        case Writing(reasoning=reasoning, answer=answer):
            one.status = "Reasoning …"
            one.reasoning, one.partial = reasoning, answer
        case Retrying():
            one.status = "No passage carries this answer: reading once more …"
            one.partial = ""
        case Done(answer=answer):
            one.answer, one.reasoning = answer, answer.reasoning
            if not answer.model:
                one.status = ""


def welcome_html(*, documents: int, offline: bool = True) -> str:
    """Write what an empty chat shows: what to do next."""
    stays = "Nothing leaves this computer. " if offline else ""
    if documents:
        what = "1 document is" if documents == 1 else f"{documents} documents are"
        return (
            f"<div class='rare-welcome'><h2>Ask your documents</h2><p>{what} ready. Every claim of "
            "an answer is tied to the passage and page it rests on. If the documents do not "
            "answer, you are told so.</p></div>"
        )
    return (
        "<div class='rare-welcome'><h2>Ask your documents</h2><ol><li><b>Add documents</b> on the "
        "left: PDF, Word, PowerPoint, Excel, web pages, e-books, text.</li><li><b>Ask</b> a "
        "question below.</li><li><b>Check</b> the answer: each claim shows its passage and page."
        f"</li></ol><p>{stays}No documents at hand? Try the samples.</p>"
        "</div>"
    )
