"""A teacher behind an OpenAI-compatible endpoint: ask, wait and ask again, say what is wrong."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from rare_app.errors import UserError
from rare_app.reasoning.prompt import (
    SYSTEM,
    THINK_OPEN,
    passage_block,
    question_block,
)
from rare_app.tuning.items import Passage

KEY_VARIABLE = "RARE_TEACHER_KEY"
"""Environment variable that holds the endpoint's key."""

TEACHER_SYSTEM = (
    f"{SYSTEM}\n\nWrite exactly in this form:\n<think>\n<quote>words copied from a passage, letter "
    "by letter</quote> what follows from them\n</think>\n<answer>the answer, as short as possible"
    "</answer>"
)
_LONGEST_WAIT = 60.0
_TRANSIENT = (408, 409, 425, 429)


@dataclass(frozen=True, slots=True)
class Task:
    """What a teacher is asked: a question over passages, with the closed set where there is one."""

    question: str
    passages: tuple[Passage, ...]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What a teacher wrote, and the tokens that it read and wrote."""

    text: str
    read: int = 0
    written: int = 0


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
        base = url.rstrip("/").removesuffix("/chat/completions")
        if not base.startswith(("http://", "https://")):
            raise UserError(
                f"“{url}” is no address of a teacher: begin it with http:// or https://."
            )
        self._address = f"{base}/chat/completions"
        self._shown = base
        self._model, self._temperature, self._longest = model, temperature, longest
        self._attempts, self._pause = attempts, pause
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(headers=headers, timeout=timeout)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def write(self, task: Task, *, seed: int) -> Reply:
        """Ask once; what may pass is asked again, waiting longer each time.

        Raises
        ------
        TaskRefusedError
            The endpoint does not take this task.
        UserError
            The endpoint is down, refuses the key, or never answers as it should.
        """
        body = {
            "model": self._model,
            "messages": messages(task),
            "temperature": self._temperature,
            "max_tokens": self._longest,
            "seed": seed,
        }
        wrong = ""
        for attempt in range(self._attempts):
            wait = min(_LONGEST_WAIT, 2.0**attempt)
            try:
                answer = self._client.post(self._address, json=body)
            except httpx.TimeoutException:
                wrong = "does not answer in time"
            except httpx.TransportError as error:
                wrong = f"cannot be reached ({error})"
            else:
                self._refuse(answer)
                if answer.is_success:
                    try:
                        return _reply(answer.json())
                    except (ValueError, LookupError, TypeError):
                        wrong = "does not answer as an OpenAI-compatible endpoint does"
                else:
                    wrong = _failing(answer)
                    wait = min(_LONGEST_WAIT, max(wait, _retry_after(answer)))
            if attempt + 1 < self._attempts:
                self._pause(wait)
        raise UserError(
            f"The teacher at {self._shown} {wrong}, {self._attempts} times in a row: check it and "
            "run the same command again; what is done is kept."
        )

    def _refuse(self, answer: httpx.Response) -> None:
        """Raise where asking again is no use."""
        status = answer.status_code
        if status in (401, 403):
            raise UserError(
                f"The teacher at {self._shown} refuses the key (status {status}): set "
                f"{KEY_VARIABLE} to a valid one."
            )
        if status in (404, 405):
            raise UserError(
                f"There is no model “{self._model}” at {self._shown} (status {status}): check "
                "--url (it ends with /v1) and --model-name."
            )
        if 300 <= status < 500 and status not in _TRANSIENT:
            raise TaskRefusedError(
                f"The teacher at {self._shown} refuses the request (status {status}: "
                f"{' '.join(answer.text.split())[:200]})."
            )


def messages(task: Task) -> list[dict[str, str]]:
    """Write a task as chat messages: the app's prompt, with the form spelt out."""
    blocks = "".join(passage_block(text=one.text, title=one.title) for one in task.passages)
    choices = f"\nThe answer is one of: {', '.join(task.choices)}." if task.choices else ""
    asked = f"{blocks}{question_block(task.question)}{choices}"
    return [
        {"role": "system", "content": TEACHER_SYSTEM},
        {"role": "user", "content": f"{asked}\n\nBegin with {THINK_OPEN}"},
    ]


def _reply(data: Any) -> Reply:
    text = data["choices"][0]["message"]["content"]
    if not isinstance(text, str):
        raise TypeError("no text")
    usage = data.get("usage") or {}
    return Reply(
        text, int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0)
    )


def _failing(answer: httpx.Response) -> str:
    if answer.status_code == 429:
        return "allows no more requests for now (status 429)"
    return f"fails (status {answer.status_code})"


def _retry_after(answer: httpx.Response) -> float:
    text: str = answer.headers.get("retry-after", "")
    return float(text) if text.replace(".", "", 1).isdigit() else 0.0
