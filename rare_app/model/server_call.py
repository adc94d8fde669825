"""One streamed request to a language model server, which the user can stop at once."""

import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from rare_app.model.errors import Cancelled

if TYPE_CHECKING:
    import httpx

_LOOK_SECONDS = 0.1
"""How often is looked whether the user has pressed stop."""


class ServerCall:
    """One streamed request, read in a thread of its own, so that a stop need not wait for it.

    Parameters
    ----------
    address : str
        Where the request is posted.
    body : dict
        Sent as JSON.

    Attributes
    ----------
    status : int
        HTTP status of the answer; 0 before there is one.
    text : str
        The answer's body where the status is not 200.
    """

    def __init__(self, client: "httpx.Client", address: str, body: dict[str, Any]) -> None:
        self.status = 0
        self.text = ""
        self._client = client
        self._request = client.build_request("POST", address, json=body)
        self._lines: queue.Queue[str | Exception | None] = queue.Queue()
        self._response: httpx.Response | None = None
        self._closed = threading.Event()
        threading.Thread(target=self._read, name="chat-server", daemon=True).start()

    def lines(self, cancelled: Callable[[], bool]) -> Iterator[str]:
        """Give the lines of the answer as they come.

        Raises
        ------
        Cancelled
            The user does not want the rest.
        httpx.HTTPError
            The server cannot be reached, or hung up.
        """
        while True:
            if cancelled():
                raise Cancelled
            try:
                line = self._lines.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                continue
            if line is None:
                return
            if isinstance(line, Exception):
                raise line
            yield line

    def close(self) -> None:
        """Hang up; a read that waits is woken."""
        self._closed.set()
        if self._response is not None:
            with suppress(Exception):
                stream = self._response.extensions["network_stream"]
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    def _read(self) -> None:
        try:
            response = self._client.send(self._request, stream=True)
            self._response = response
            try:
                if response.status_code != 200:
                    response.read()
                    self.text = response.text
                self.status = response.status_code
                for line in response.iter_lines() if self.status == 200 else ():
                    if self._closed.is_set():
                        break
                    self._lines.put(line)
            finally:
                response.close()
            self._lines.put(None)
        except Exception as error:  # noqa: BLE001 - raised again where the lines are taken
            self._lines.put(error)
