"""The chat: ask, watch the reasoning, see the answer with its sources, come back to it later."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

import gradio as gr

from rare_app.answer import Draft
from rare_app.chats import Asked
from rare_app.errors import UserError
from rare_app.library import check_question
from rare_app.model import Reading
from rare_app.present import answer_data, reading_line, surveying_line
from rare_app.services import Services
from rare_app.types import (
    Done,
    Event,
    Judged,
    Retrieved,
    Searching,
    Step,
    Surveying,
    Understood,
    Waiting,
    Writing,
)
from rare_app.ui.exchange import Chat, Exchange, Message, Version, note_gone, restored

__all__ = ["Chat", "ChatHandlers", "Exchange", "Message", "welcome_html"]

log = logging.getLogger(__name__)

_UPDATE_SECONDS = 0.12
"""Least time between two updates of the page; the model writes faster than people read."""
_NOT_KEPT = (
    "This chat could not be kept (the log has the details): copy what you need before you leave."
)

_NO_TAGS = str.maketrans("<>", "‹›")

Update = tuple[Any, Any]
"""Chat and messages, or what leaves both as they are."""


class ChatHandlers:
    """What happens when the user asks, stops, rates or opens a chat; one object for the app."""

    def __init__(self, *, services: Services) -> None:
        self._services = services
        self._stops: dict[str, threading.Event] = {}

    def stop(self, request: gr.Request) -> None:
        """End the answer that this tab is waiting for."""
        if stop := self._stops.get(str(request.session_hash)):
            stop.set()

    # --- asking ---

    def draft(
        self,
        text: str,
        collection: str,
        model: str,
        passages: float,
        use_adapter: bool,
        documents: Sequence[str] | None,
    ) -> None:
        """Have the passages read that a question finds as far as it is written."""
        self._services.prefetch.note(
            Draft(
                text=text,
                collection=collection or "",
                documents=tuple(documents or ()),
                k=int(passages),
                model=model or "",
                adapter="" if use_adapter else "none",
            )
        )

    def ask(
        self,
        question: str,
        chat: Chat,
        collection: str,
        model: str,
        passages: float,
        use_adapter: bool,
        documents: Sequence[str] | None,
        request: gr.Request,
    ) -> Iterator[Update]:
        """Answer a question, giving the chat anew whenever something has happened."""
        asked = Asked(
            collection=collection or self._services.settings.collection,
            documents=tuple(documents or ()),
            passages=int(passages),
            model=model or "",
            adapter="" if use_adapter else "none",
        )
        one = Exchange(question=question.strip() or "(empty)")
        chat.exchanges.append(one)
        try:
            check_question(question)
        except UserError as error:
            one.error = str(error)
            yield chat, chat.messages()
            return
        self._keep_question(chat, one, question, asked)
        yield from self._answer(chat, one, asked, question, request, standalone=False)

    def ask_again(
        self,
        form: dict[str, Any],
        chat: Chat,
        collection: str,
        use_adapter: bool,
        documents: Sequence[str] | None,
        request: gr.Request,
    ) -> Iterator[Update]:
        """Answer a question once more, with other words or settings; the older answer is kept."""
        one = self._exchange(chat, form)
        if one is None or str(request.session_hash) in self._stops:
            yield gr.skip(), gr.skip()
            return
        settings = self._services.settings
        quoting = str(form.get("quoting") or "")
        asked = Asked(
            collection=collection or settings.collection,
            documents=tuple(documents or ()),
            passages=min(16, max(1, _whole(form.get("passages"), settings.passages))),
            model=str(form.get("model") or ""),
            adapter="" if use_adapter else "none",
            quoting=quoting if quoting in ("guided", "constrained", "free") else "",
            memory=bool(form.get("memory", True)),
        )
        question = str(form.get("question") or "").strip() or one.standalone or one.question
        yield from self._answer(chat, one, asked, question, request, standalone=True)

    def _answer(
        self,
        chat: Chat,
        one: Exchange,
        asked: Asked,
        question: str,
        request: gr.Request,
        *,
        standalone: bool,
    ) -> Iterator[Update]:
        stop = threading.Event()
        session = str(request.session_hash)
        self._stops[session] = stop
        one.begin(asked, question.strip() if standalone else "")
        one.status = "Searching the documents …"
        answer_id = self._begin(one, question.strip())
        begun = shown_at = time.monotonic()
        yield chat, chat.messages(tools=False)
        try:
            for event in self._services.assistant.ask(
                question,
                collection=asked.collection,
                documents=asked.documents,
                k=asked.passages,
                history=chat.history(before=one),
                standalone=standalone,
                model=asked.model,
                adapter=asked.adapter,
                quoting=asked.quoting,
                memory=asked.memory,
                cancelled=stop.is_set,
            ):
                one.seconds = time.monotonic() - begun
                _take(one, event)
                writing = isinstance(event, Writing)
                if chat.left or isinstance(event, Done):
                    continue
                if not writing or time.monotonic() - shown_at >= _UPDATE_SECONDS:
                    shown_at = time.monotonic()
                    yield chat, chat.messages(tools=False)
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
            if self._stops.get(session) is stop:
                del self._stops[session]
        one.seconds = time.monotonic() - begun
        self._end(one, answer_id)
        if chat.left:
            yield gr.skip(), gr.skip()
            return
        yield chat, chat.messages()

    # --- keeping ---

    def _keep_question(self, chat: Chat, one: Exchange, question: str, asked: Asked) -> None:
        try:
            turn = self._services.chats.add_turn(
                question.strip(), collection=asked.collection, chat_id=chat.chat_id
            )
            one.turn_id = turn.turn_id
            chat.chat_id = self._services.chats.chat_of(turn.turn_id)
        except Exception:
            log.exception("The question could not be kept")

    def _begin(self, one: Exchange, question: str) -> int | None:
        if one.turn_id is None or one.asked is None:
            return None
        try:
            return self._services.chats.begin_answer(
                one.turn_id, standalone=question, asked=one.asked
            )
        except Exception:
            log.exception("The answer could not be kept")
            return None

    def _end(self, one: Exchange, answer_id: int | None) -> None:
        """Keep the answer, and show it as the latest of its question."""
        asked = one.asked or Asked(collection="")
        standalone = one.standalone or one.question
        kept = answer_id is not None
        if answer_id is not None:
            try:
                self._services.chats.end_answer(
                    answer_id,
                    standalone=standalone,
                    data=answer_data(one.answer) if one.answer else None,
                    error=one.error,
                    seconds=one.seconds,
                )
            except Exception:
                log.exception("The answer could not be kept")
                kept = False
        if not kept and not one.error:
            gr.Warning(_NOT_KEPT)
        one.versions.append(
            Version(
                standalone=standalone,
                asked=asked,
                answer_id=answer_id,
                answer=one.answer,
                error=one.error,
                seconds=one.seconds,
            )
        )
        status = one.status
        one.show(len(one.versions) - 1)
        one.status = status

    # --- afterwards ---

    def rate(self, chat: Chat, event: gr.EventData) -> Chat:
        """Keep what the user thinks of an answer."""
        one = self._exchange(chat, event._data)
        version = one.version if one else None
        if version is not None:
            version.rating = max(-1, min(1, _whole(event._data.get("rating"), 0)))
            if version.answer_id is not None:
                try:
                    self._services.chats.rate(version.answer_id, version.rating)
                except UserError as error:
                    gr.Warning(str(error))
        return chat

    def show_version(self, chat: Chat, event: gr.EventData) -> Update:
        """Show another answer to a question."""
        one = self._exchange(chat, event._data)
        place = _whole(event._data.get("place"), -1)
        if one is None or one.version is None or not 0 <= place < len(one.versions):
            return gr.skip(), gr.skip()
        one.show(place)
        note_gone(one, self._known())
        version = one.versions[place]
        if one.turn_id is not None and version.answer_id is not None:
            try:
                self._services.chats.show(one.turn_id, version.answer_id)
            except UserError as error:
                gr.Warning(str(error))
        return chat, chat.messages()

    def open(self, chat_id: int | None) -> Chat:
        """Bring a kept chat back; an empty one where it is gone."""
        if chat_id is None:
            return Chat()
        try:
            stored = self._services.chats.chat(chat_id)
        except UserError:
            return Chat()
        return restored(stored, known=sorted(self._known()))

    def _known(self) -> set[int]:
        return {one.document_id for one in self._services.library.documents()}

    def _exchange(self, chat: Chat, data: dict[str, Any]) -> Exchange | None:
        place = _whole(data.get("turn"), 0) - 1
        return chat.exchanges[place] if 0 <= place < len(chat.exchanges) else None


def _whole(value: Any, otherwise: int) -> int:
    """Read a whole number that comes from the page."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return otherwise


def _take(one: Exchange, event: Event) -> None:
    """Note what an event tells."""
    match event:
        case Understood(question=question):
            one.standalone = question
        case Surveying():
            one.status = one.surveyed = surveying_line(event)
        case Retrieved(passages=passages):
            found = one.find(passages)
            one.status = one.surveyed or found
        case Searching(words=words):
            one.status = f"Looking for {words.translate(_NO_TAGS)} …"
            one.searches.append(Step("search", " ".join(words.split())))
        case Judged(best=best):
            one.best = best
        case Waiting():
            one.status = "Waiting: another question is being answered …"
        case Reading(passages=count) if count:
            one.status, one.reading = one.surveyed or reading_line(event), event
        case Writing(reasoning=reasoning, answer=answer):
            one.status = one.surveyed or "Reasoning …"
            one.reasoning, one.partial = reasoning, answer
        case Done(answer=answer):
            one.answer, one.reasoning = answer, answer.reasoning
            if not answer.model:
                one.status = ""


def welcome_html(*, documents: int, offline: bool = True, notice: str = "") -> str:
    """Write what an empty chat shows: what to do next, and what is to be said of the model."""
    notice = f"<p class='rare-notice'>{escape(notice)}</p>" if notice else ""
    stays = "Nothing leaves this computer. " if offline else ""
    if documents:
        what = "1 document is" if documents == 1 else f"{documents} documents are"
        return (
            f"<div class='rare-welcome'><h2>Ask your documents</h2><p>{what} ready. Every claim of "
            "an answer is tied to the passage and page it rests on. If the documents do not "
            f"answer, you are told so.</p>{notice}</div>"
        )
    return (
        "<div class='rare-welcome'><h2>Ask your documents</h2><ol><li><b>Add documents</b> on the "
        "left: PDF, Word, PowerPoint, Excel, mail, web pages, e-books, text.</li><li><b>Ask</b> a "
        "question below.</li><li><b>Check</b> the answer: each claim shows its passage and page."
        f"</li></ol><p>{stays}No documents at hand? Try the samples.</p>{notice}</div>"
    )
