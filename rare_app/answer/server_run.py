"""One question on a language model behind a server."""

from collections.abc import Iterator, Sequence

from rare_app.answer.question import Question
from rare_app.answer.refusals import is_refusal
from rare_app.answer.run import Clock
from rare_app.library import Passage
from rare_app.model import Cancelled, ChatServer, QuotedSpan, Reading, RequestRefusedError
from rare_app.prompt import (
    ANSWER_CLOSE,
    ANSWER_NOW,
    REFUSAL,
    THINK_CLOSE,
    THINK_OPEN,
    Completion,
    chat_messages,
    parse_completion,
    passage_block,
    question_block,
)
from rare_app.types import Answer, Event, TokenCounts, Writing

_TOKEN_CHARACTERS = 4
"""About how many characters a token has, for what is said before the server has counted."""


class ServerRun:
    """Lets a server write the completion; its quotes are its own, and are looked for afterwards.

    Parameters
    ----------
    question : Question
    passages : sequence of Passage
        A server that refuses the request as too long is asked again with half as many.
    server : ChatServer
    clock : Clock
    """

    def __init__(
        self,
        question: Question,
        passages: Sequence[Passage],
        *,
        server: ChatServer,
        clock: Clock,
    ) -> None:
        self._settings = question.settings
        self._server = server
        self._question = question.told
        self._passages = tuple(passages)
        self._history = question.earlier
        self._clock = clock
        self._cancelled = question.cancelled
        self._thought = self._text = ""
        self._read = self._written = 0
        self._stopped = False

    @property
    def quoted(self) -> Sequence[QuotedSpan]:
        """Nothing: the server writes its quotes freely."""
        return ()

    def events(self, *, memory: bool) -> Iterator[Event]:  # noqa: ARG002 - the server has its own
        """Send the prompt and give what comes."""
        try:
            while True:
                messages = self._messages()
                size = sum(len(one["content"]) for one in messages)
                yield Reading(passages=len(self._passages), tokens=size // _TOKEN_CHARACTERS)
                try:
                    yield from self._write(
                        messages,
                        longest=self._settings.reasoning_tokens + self._settings.answer_tokens,
                    )
                    break
                except RequestRefusedError:
                    if len(self._passages) < 2 or self._text or self._thought:
                        raise
                    self._passages = self._passages[: len(self._passages) // 2]
            if not self._parsed(finished=True).answer:
                yield from self._ask_for_the_answer(messages)
        except Cancelled:
            self._stopped = True
        yield self._progress(finished=True)

    def _ask_for_the_answer(self, messages: list[dict[str, str]]) -> Iterator[Event]:
        """Ask once more where the reasoning has ended without an answer."""
        said = self._whole()
        if not said.strip():
            return
        self._thought, self._text = "", f"{said}\n{THINK_CLOSE}\n"
        asked = [
            *messages,
            {"role": "assistant", "content": said},
            {"role": "user", "content": ANSWER_NOW},
        ]
        yield from self._write(asked, longest=self._settings.answer_tokens)

    def _messages(self, added: str = "") -> list[dict[str, str]]:
        blocks = "".join(
            passage_block(text=one.text, title=one.title, section=one.section, head=one.head)
            for one in self._passages
        )
        return chat_messages(f"{blocks}{question_block(self._question, self._history)}{added}")

    def _write(self, messages: list[dict[str, str]], *, longest: int) -> Iterator[Event]:
        counted = False
        pieces = self._server.stream(
            messages,
            cancelled=self._cancelled,
            max_tokens=longest,
            temperature=self._settings.temperature,
            seed=self._settings.seed,
            stop=[ANSWER_CLOSE],
        )
        for piece in pieces:
            if piece.read or piece.written:
                counted = True
                self._read, self._written = piece.read, self._written + piece.written
            if piece.text or piece.thought:
                self._clock.note_token()
                self._thought += piece.thought
                self._text += piece.text
                yield self._progress(finished=False)
        if not counted:
            self._read = sum(len(one["content"]) for one in messages) // _TOKEN_CHARACTERS
            self._written = len(self._whole()) // _TOKEN_CHARACTERS

    def _whole(self) -> str:
        """Give the completion as one text, with what the server told apart as its reasoning."""
        if not self._thought.strip():
            return self._text
        between = f"\n{THINK_CLOSE}\n" if self._text.strip() else ""
        return f"{self._thought}{between}{self._text.replace(THINK_OPEN, '')}"

    def _parsed(self, *, finished: bool) -> Completion:
        whole = self._whole()
        parsed = parse_completion(whole, finished=finished)
        if finished and not parsed.answer_begun and THINK_OPEN not in whole and not self._thought:
            # A model that knows nothing of our form has answered plainly.
            return Completion(reasoning="", answer=parsed.reasoning, answer_begun=True)
        return parsed

    def _progress(self, *, finished: bool) -> Writing:
        parsed = self._parsed(finished=finished)
        return Writing(reasoning=parsed.reasoning, answer=parsed.answer)

    def answer(self) -> Answer:
        """Sum up; claims and quotes are still to be found."""
        parsed = self._parsed(finished=True)
        said = bool(parsed.answer) and not is_refusal(parsed.answer)
        return Answer(
            answered=said,
            answer=parsed.answer if said or self._stopped else REFUSAL,
            reasoning=parsed.reasoning,
            passages=self._passages,
            model=self._server.model,
            tokens=TokenCounts(prompt=self._read, generated=self._written),
            stopped=self._stopped,
        )
