"""A follow-up question made to stand by itself: by rules, or by a model that is able to."""

import logging
import re
from collections.abc import Sequence

from rare_app.followups import last_of, make_standalone, may_need_the_chat, telling_words
from rare_app.model import (
    Cancelled,
    ChatServer,
    Engine,
    Loaded,
    ModelError,
    Sampler,
    Usage,
    generate,
)
from rare_app.reasoning.prompt import Turn
from rare_app.reasoning.refusals import is_refusal
from rare_app.reasoning.run import Stop

log = logging.getLogger(__name__)

WRITES_FROM_BYTES = 700_000_000
"""A smaller model of this machine is not asked: it cannot be relied on for it."""
_TURNS = 3
_LONGEST_ANSWER = 300
"""Characters of an earlier answer that are told."""
_TOKENS = 96
_SERVER_TOKENS = 800
"""Room for what a server thinks before it writes."""
_KNOWN_SHARE = 0.75
_KEPT_SHARE = 0.6

_SYSTEM = (
    "You are given the questions and answers of a conversation and its last question. Write the "
    "last question so that it can be understood without the conversation: put in what words like "
    "“it”, “they” or “and in 2023?” stand for. Keep its language, names, numbers and dates. If it "
    "can be understood by itself, repeat it as it is. Do not answer it. Write the question alone."
)
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL | re.IGNORECASE)
_LABEL = re.compile(r"^\W*(?:(?:standalone|rewritten|last) )?question\W*:\s*", re.IGNORECASE)


class Rewriter:
    """Writes standalone questions.

    Parameters
    ----------
    engine : Engine
        The model of this machine; asked where it is large enough and has no adapter, which has
        taught it to answer and nothing else.
    server : ChatServer, optional
        Asked in its place.
    """

    def __init__(self, *, engine: Engine, server: ChatServer | None = None) -> None:
        self._engine = engine
        self._server = server

    def standalone(
        self,
        question: str,
        history: Sequence[Turn],
        *,
        model: str = "",
        adapter: str = "",
        cancelled: Stop = lambda: False,
    ) -> str:
        """Write a question as it would be asked without the chat before it.

        A model's words are taken where they keep to what was asked and said; else the rules hold.

        Parameters
        ----------
        question : str
            As it was typed.
        history : sequence of Turn
            The chat so far, oldest first; their questions are standalone.
        model, adapter : str
            Names; empty for the defaults.

        Raises
        ------
        Cancelled
            The user stopped the question.
        ModelError
            The model of this machine cannot be loaded.
        """
        if not history:
            return question
        last = history[-1]
        before = last_of(last.question)
        # Of several answers, one below the other, the last one goes with what was asked last.
        answer = last.answer if before == last.question else last.answer.rpartition("\n")[2]
        answer = "" if is_refusal(answer) else answer
        ruled = make_standalone(question, last=before, answer=answer)
        if ruled == question and not may_need_the_chat(question):
            return question
        written = self._write(question, history[-_TURNS:], model, adapter, cancelled)
        return usable(written, question=question, history=history) or ruled

    def _write(
        self, question: str, history: Sequence[Turn], model: str, adapter: str, cancelled: Stop
    ) -> str:
        asked = _conversation(question, history)
        if self._server is None:
            return self._write_here(asked, model, adapter, cancelled)
        messages = [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": asked}]
        try:
            return "".join(
                piece.text
                for piece in self._server.stream(
                    messages, cancelled=cancelled, max_tokens=_SERVER_TOKENS, temperature=0.0
                )
            )
        except Cancelled:
            raise
        except ModelError as error:
            log.warning("The question was not rewritten by the server: %s", error)
            return ""

    def _write_here(self, asked: str, model: str, adapter: str, cancelled: Stop) -> str:
        with self._engine.use(model=model, adapter=adapter) as loaded:
            if not _is_able(loaded):
                return ""
            able = loaded.model
            frame = able.frame(_SYSTEM)
            tokens = [
                *able.start_tokens(frame.before),
                *able.tokenise(asked),
                *able.tokenise(frame.after, special=True),
            ]
            if len(tokens) + _TOKENS > able.context_tokens:
                return ""
            able.forget()
            able.activate(False)
            try:
                able.read(tokens, cancelled=cancelled)
                return "".join(
                    generate(
                        able,
                        sampler=Sampler(temperature=0.0, seed=0),
                        longest=_TOKENS,
                        stop=("?",),
                        usage=Usage(),
                        cancelled=cancelled,
                    )
                )
            finally:
                able.forget()


def _is_able(loaded: Loaded) -> bool:
    """Whether a model that no profile was made for may be asked."""
    return loaded.adapter is None and loaded.file.bytes >= WRITES_FROM_BYTES


def _conversation(question: str, history: Sequence[Turn]) -> str:
    said = "".join(
        f"Question: {turn.question}\nAnswer: {turn.answer[:_LONGEST_ANSWER]}\n\n"
        for turn in history
    )
    return f"{said}Last question: {question}"


def usable(written: str, *, question: str, history: Sequence[Turn]) -> str:
    """Give what a model has written, tidied up; empty where it is not the question.

    It has to be one line, to keep most of the question's words of content, and to take nearly all
    others from the chat.
    """
    lines = [one.strip() for one in _THOUGHT.sub("", written).splitlines() if one.strip()]
    if len(lines) != 1:
        return ""
    text = _LABEL.sub("", lines[0]).strip().strip('"“”*')
    if not text or is_refusal(text) or any(c in text for c in "<>{}"):
        return ""
    if question.rstrip().endswith("?") and not text.endswith(("?", "？")):
        return ""
    if len(text) > len(question) + 240:
        return ""
    chat = " ".join(part for turn in history for part in (turn.question, turn.answer))
    asked, wrote = telling_words(question), telling_words(text)
    told = asked | telling_words(chat)
    if not wrote or len(wrote & told) < _KNOWN_SHARE * len(wrote):
        return ""
    return text if len(wrote & asked) >= _KEPT_SHARE * len(asked) else ""
