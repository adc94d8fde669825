"""A teacher behind an OpenAI-compatible endpoint."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rare_app.errors import UserError
from rare_app.lab.tuning.items import Passage
from rare_app.lab.tuning.text import shingles
from rare_app.model import ChatServer, RequestRefusedError, ServerWords
from rare_app.prompt import REFUSAL, chat_messages, passage_block, question_block
from rare_app.types import Step

KEY_VARIABLE = "RARE_TEACHER_KEY"
"""Environment variable that holds the endpoint's key."""


FORM = (
    "(Before you quote, say in one short sentence of your own what you are looking for and which "
    "passage speaks of it.)"
)
"""What a teacher is asked for beside the app's prompt; it is no part of what is learned from."""
VERDICT = "(Begin the answer with yes or no.)"
"""The same where yes or no is asked for."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a teacher is asked: a question over passages, with the closed set where there is one.

    Attributes
    ----------
    answers, evidence : tuple of str
        What counts as right (nothing where no passage answers), and what it rests on.
    verdict : bool
        Whether the answer is yes or no.
    told : bool
        Whether the teacher is told answer and evidence, to find the way there.
    """

    question: str
    passages: tuple[Passage, ...]
    choices: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    verdict: bool = False
    told: bool = False

    @property
    def aside(self) -> str:
        """What stands under the question for a teacher that reasons in steps."""
        hint = hint_of(self.answers, self.evidence) if self.told else ""
        return "".join(f"\n{one}" for one in (FORM, VERDICT * self.verdict, hint) if one)


def hint_of(answers: Sequence[str], evidence: Sequence[str]) -> str:
    """Write what a teacher is told that has not found the way by itself.

    So does STaR (arXiv 2203.14465, section 3.2): rationalisation.
    """
    if not answers:
        return (
            "(Known, and not to be mentioned: no passage answers this. Say in one sentence of your "
            f"own what the passages tell of instead, and give this answer: {REFUSAL})"
        )
    rests = f", which rests on {' and '.join(f'“{one}”' for one in evidence)}" if evidence else ""
    return (
        f"(Known, and not to be mentioned: the answer is “{answers[0]}”{rests}. Reason as one who "
        "finds it by reading, and name the answer only behind the quote.)"
    )


def echoes(text: str) -> bool:
    """Whether a text repeats what a teacher was told beside question and passages."""
    said = " ".join([FORM, VERDICT, hint_of((), ()), hint_of(("",), ())])
    return bool(shingles(text) & shingles(said))


@dataclass(frozen=True, slots=True)
class Reply:
    """What a teacher wrote, what code worked out in it, and the tokens that it read and wrote."""

    text: str
    read: int = 0
    written: int = 0
    steps: tuple[Step, ...] = ()


class Teacher(Protocol):
    """Writes a completion for a task."""

    def write(self, task: Task, *, seed: int) -> Reply:
        """Write one try; another seed gives another."""


class TaskRefusedError(UserError):
    """The endpoint does not take this task (too long, for example); others may go well."""


class HttpTeacher:
    """Asks an endpoint's ``chat/completions``.

    Parameters
    ----------
    url : str
        Up to and with ``/v1``.
    model : str
        The model's name there.
    key : str
        Sent as bearer token; empty for none. Never written anywhere.
    temperature : float
    longest : int
        Most tokens of a completion.
    timeout : float
        Seconds for one answer.
    attempts : int
        How often one request is sent before the run ends.
    pause : callable
        Waits so many seconds; tests put in another.
    """

    def __init__(
        self,
        *,
        url: str,
        model: str,
        key: str = "",
        temperature: float = 0.7,
        longest: int = 800,
        timeout: float = 120.0,
        attempts: int = 6,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        words = ServerWords(
            called="The teacher",
            address="--url",
            model="--model-name",
            key=KEY_VARIABLE,
            way_out="check it and run the same command again; what is done is kept",
        )
        self._server = ChatServer(url=url, model=model, words=words, key=key, timeout=timeout)
        self._temperature, self._longest = temperature, longest
        self._attempts, self._pause = attempts, pause

    def close(self) -> None:
        """Close the connections."""
        self._server.close()

    def write(self, task: Task, *, seed: int) -> Reply:
        """Ask once; what may pass is asked again, waiting longer each time.

        Raises
        ------
        TaskRefusedError
            The endpoint does not take this task.
        UserError
            The endpoint is down, refuses the key, or never answers as it should.
        """
        try:
            reply = self._server.complete(
                messages(task),
                attempts=self._attempts,
                pause=self._pause,
                temperature=self._temperature,
                max_tokens=self._longest,
                seed=seed,
            )
        except RequestRefusedError as error:
            raise TaskRefusedError(str(error)) from error
        return Reply(reply.text, read=reply.read, written=reply.written)


def messages(task: Task) -> list[dict[str, str]]:
    """Write a task as chat messages: the app's prompt, with the form spelt out."""
    blocks = "".join(passage_block(text=one.text, title=one.title) for one in task.passages)
    choices = f"\nThe answer is one of: {', '.join(task.choices)}." if task.choices else ""
    return chat_messages(f"{blocks}{question_block(task.question)}{choices}{task.aside}")
