"""A language model behind an OpenAI-compatible endpoint: ask it, and say what fails.

Used in place of the local model (``RARE_LLM_URL``) and as a teacher of ``tune distill``.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rare_app.errors import UserError
from rare_app.model.errors import ModelError
from rare_app.model.server_call import ServerCall

if TYPE_CHECKING:
    import httpx

ChatMessages = Sequence[Mapping[str, str]]
"""Messages as the endpoint takes them: ``{"role", "content"}`` each."""

_LONGEST_WAIT = 60.0
_CONNECT_SECONDS = 10.0
_TRANSIENT = (408, 409, 425, 429)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerWords:
    """How sentences for the user name the server and the options that it is set by."""

    called: str
    address: str
    model: str
    key: str
    way_out: str


@dataclass(frozen=True, slots=True)
class ServerReply:
    """What the server wrote, and the tokens that it read and wrote (0 where it does not say)."""

    text: str
    read: int = 0
    written: int = 0


@dataclass(frozen=True, slots=True)
class ServerPiece:
    """A piece of a streamed reply.

    ``thought`` is what some servers give apart (``reasoning_content``); ``read`` and ``written``
    are the token counts, which come last where the server tells them.
    """

    text: str = ""
    thought: str = ""
    read: int = 0
    written: int = 0


class ServerError(ModelError):
    """The server is not there, or does not answer as it should."""


class RequestRefusedError(ServerError):
    """The server does not take this request (too long, for example); others may go well."""


class ChatServer:
    """Asks ``chat/completions`` of an endpoint.

    Parameters
    ----------
    url : str
        Up to and with ``/v1``.
    model : str
        The model's name there; empty for the first that the server names.
    words : ServerWords
        For sentences to the user.
    key : str
        Sent as bearer token; empty for none. Never written anywhere.
    timeout : float
        Longest silence of the server, in seconds.

    Raises
    ------
    UserError
        The address is none.
    """

    def __init__(
        self, *, url: str, model: str, words: ServerWords, key: str = "", timeout: float = 120.0
    ) -> None:
        import httpx

        base = url.strip().rstrip("/").removesuffix("/chat/completions")
        if not base.startswith(("http://", "https://")):
            raise UserError(
                f"“{url}” is no address ({words.address}): begin it with http:// or https://."
            )
        try:
            # What is shown to the user holds no password that may stand in the address.
            self.shown = str(httpx.URL(base).copy_with(userinfo=b""))
        except httpx.InvalidURL as error:
            raise UserError(f"“{url}” is no address ({error}): mend {words.address}.") from error
        self._base = base
        self._model = model
        self._words = words
        self._timeout = timeout
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        limits = httpx.Timeout(timeout, connect=min(timeout, _CONNECT_SECONDS))
        self._client = httpx.Client(headers=headers, timeout=limits)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @property
    def model(self) -> str:
        """The model's name; where none was given, the first that the server names.

        Raises
        ------
        ServerError
            The server is down, refuses the key, or names no model.
        """
        if not self._model:
            names = self.models()
            if not names:
                raise self._error("names no model")
            self._model = names[0]
        return self._model

    def models(self) -> list[str]:
        """Ask for the names of the models that are served.

        Raises
        ------
        ServerError
            The server is down, refuses the key, or does not answer as it should.
        """
        import httpx

        try:
            answer = self._client.get(f"{self._base}/models")
        except httpx.HTTPError as error:
            raise self._failed(error) from error
        self._refuse(answer.status_code, answer.text)
        try:
            return [str(one["id"]) for one in answer.json()["data"]]
        except (ValueError, LookupError, TypeError) as error:
            raise self._error(_NONSENSE) from error

    # --- whole replies ---

    def complete(
        self,
        messages: ChatMessages,
        *,
        attempts: int = 6,
        pause: Callable[[float], None] = time.sleep,
        **options: Any,
    ) -> ServerReply:
        """Ask for a whole reply; what may pass is asked again, waiting longer each time.

        Parameters
        ----------
        attempts : int
            How often the request is sent at most.
        pause : callable
            Waits so many seconds.
        **options
            Sent with the request (``temperature``, ``max_tokens``, ``seed`` …).

        Raises
        ------
        RequestRefusedError
            The server does not take this request.
        ServerError
            It is down, refuses the key, or never answers as it should.
        """
        import httpx

        body = {"model": self.model, "messages": list(messages), **options}
        wrong = ""
        for attempt in range(attempts):
            wait = min(_LONGEST_WAIT, 2.0**attempt)
            try:
                answer = self._client.post(f"{self._base}/chat/completions", json=body)
            except httpx.HTTPError as error:
                wrong = self._what_failed(error)
            else:
                self._refuse(answer.status_code, answer.text)
                if answer.is_success:
                    try:
                        return _reply(answer.json())
                    except (ValueError, LookupError, TypeError):
                        wrong = _NONSENSE
                else:
                    wrong = _failing(answer.status_code)
                    wait = min(_LONGEST_WAIT, max(wait, _retry_after(answer)))
            if attempt + 1 < attempts:
                pause(wait)
        raise self._error(wrong + (f", {attempts} times in a row" if attempts > 1 else ""))

    # --- streamed replies ---

    def stream(
        self,
        messages: ChatMessages,
        *,
        cancelled: Callable[[], bool] = lambda: False,
        **options: Any,
    ) -> Iterator[ServerPiece]:
        """Ask for a reply and give it as it comes.

        Yields
        ------
        ServerPiece

        Raises
        ------
        RequestRefusedError
            The server does not take this request.
        ServerError
            It is down, refuses the key, breaks off, or does not answer as it should.
        Cancelled
            The user pressed stop; the connection is closed, on which servers stop writing.
        """
        body = {
            "model": self.model,
            "messages": list(messages),
            "stream": True,
            "stream_options": {"include_usage": True},
            **options,
        }
        call = ServerCall(self._client, f"{self._base}/chat/completions", body)
        import httpx

        finished = False
        try:
            for line in call.lines(cancelled):
                if call.status != 200:
                    continue
                if not line.startswith("data:"):
                    if line and not line.startswith((":", "event:", "id:", "retry:")):
                        raise self._error(_NONSENSE)
                    continue
                data = line[5:].strip()
                if data == "[DONE]":
                    finished = True
                    break
                piece, ended = self._piece(data)
                finished = finished or ended
                yield piece
        except httpx.HTTPError as error:
            raise self._failed(error) from error
        finally:
            call.close()
        if call.status != 200:
            self._refuse(call.status, call.text)
            raise self._error(_failing(call.status))
        if not finished:
            raise self._error("broke off in the middle of its answer")

    def _piece(self, data: str) -> tuple[ServerPiece, bool]:
        try:
            told = json.loads(data)
            if told.get("error"):
                said = told["error"]
                said = said.get("message", said) if isinstance(said, dict) else said
                raise self._error(f"reports an error ({_short(str(said))})")
            usage = told.get("usage") or {}
            choice = (told.get("choices") or [{}])[0]
            delta = choice.get("delta") or {}
            piece = ServerPiece(
                text=str(delta.get("content") or ""),
                thought=str(delta.get("reasoning_content") or delta.get("reasoning") or ""),
                read=int(usage.get("prompt_tokens") or 0),
                written=int(usage.get("completion_tokens") or 0),
            )
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise self._error(_NONSENSE) from error
        return piece, bool(choice.get("finish_reason"))

    # --- what goes wrong ---

    def _error(self, wrong: str) -> ServerError:
        words = self._words
        return ServerError(f"{words.called} at {self.shown} {wrong}: {words.way_out}.")

    def _failed(self, error: "httpx.HTTPError") -> ServerError:
        return self._error(self._what_failed(error))

    def _what_failed(self, error: "httpx.HTTPError") -> str:
        import httpx

        if isinstance(error, httpx.ConnectTimeout):
            return "cannot be reached (no answer)"
        if isinstance(error, httpx.TimeoutException):
            return f"does not answer in time ({self._timeout:.0f} s)"
        if isinstance(error, httpx.ConnectError):
            return f"cannot be reached ({error})"
        if isinstance(error, httpx.TransportError):
            return f"cannot be reached or broke off ({error})"
        return _NONSENSE

    def _refuse(self, status: int, text: str) -> None:
        """Raise where asking again is no use."""
        words = self._words
        if status in (401, 403):
            raise ServerError(
                f"{words.called} at {self.shown} refuses the key (status {status}): set "
                f"{words.key} to a valid one."
            )
        if status in (404, 405) and not self._model:
            raise self._error(
                f"does not tell its models (status {status}); check {words.address} (it ends with "
                f"/v1) and set {words.model}"
            )
        if status in (404, 405):
            raise ServerError(
                f"There is no model “{self._model}” at {self.shown} (status {status}): check "
                f"{words.address} (it ends with /v1) and {words.model}."
            )
        if 300 <= status < 500 and status not in _TRANSIENT:
            raise RequestRefusedError(
                f"{words.called} at {self.shown} refuses the request (status {status}: "
                f"{_short(text)})."
            )


_NONSENSE = "does not answer as an OpenAI-compatible endpoint does"


def _reply(data: Any) -> ServerReply:
    text = data["choices"][0]["message"]["content"]
    if not isinstance(text, str):
        raise TypeError("no text")
    usage = data.get("usage") or {}
    return ServerReply(
        text, int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0)
    )


def _failing(status: int) -> str:
    if status == 429:
        return "allows no more requests for now (status 429)"
    return f"fails (status {status})"


def _retry_after(answer: "httpx.Response") -> float:
    text: str = answer.headers.get("retry-after", "")
    return float(text) if text.replace(".", "", 1).isdigit() else 0.0


def _short(text: str) -> str:
    return " ".join(text.split())[:200]
