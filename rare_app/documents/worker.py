"""Reading files in a second process that can be stopped, limited in memory and replaced.

The process speaks JSON, one object a line, over its standard input and output. To it: first
``{"settings": {…}}``, then ``{"path", "name"}`` for each file. From it: ``{"ready": true}``, then
for each file any number of ``{"page": [done, total], "recognising": seconds spent on that}`` and at
last ``{"document": {…}}`` or
``{"error": kind, "message", "detail"}``.
"""

import base64
import contextlib
import json
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, astuple
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from rare_app.documents.errors import (
    ERROR_KINDS,
    CorruptFileError,
    DocumentError,
    ReadCancelledError,
    ReadTimeoutError,
    show_name,
)
from rare_app.documents.read import read_document
from rare_app.documents.recognise import seconds_spent
from rare_app.documents.types import Attachment, Block, Document, Page, Place
from rare_app.settings import CODE_FOLDER, Settings

_log = logging.getLogger(__name__)

_START_SECONDS = 60.0
_POLL_SECONDS = 0.1
_MODULE = "rare_app.documents.worker"


class ReaderWorker:
    """Reads files one after the other in a process of its own.

    The process is started by the first file (or on entering the context), serves any number of
    files, and is killed and later replaced when a file takes too long, crashes it, or is
    cancelled. Calls from several threads take turns.

    Parameters
    ----------
    settings : Settings
        ``read_seconds`` limits each file, ``read_memory_mb`` the process (Linux only).

    Examples
    --------
    >>> with ReaderWorker(settings=load_settings()) as worker:
    ...     document = worker.read(Path("report.pdf"), name="report.pdf")
    """

    def __init__(self, *, settings: Settings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._ready = False
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        with self._lock:
            self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(
        self,
        path: Path,
        *,
        name: str,
        on_page: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Document:
        """Read a file into pages of clean text.

        Parameters
        ----------
        path : Path
            The file.
        name : str
            What the user calls it.
        on_page : callable, optional
            Called in this thread, while the file is read, with the pages done and in all.
        cancelled : callable, optional
            Asked about ten times a second; when it answers True the process is killed.

        Returns
        -------
        Document
            As :func:`rare_app.documents.read.read_document` returns it.

        Raises
        ------
        ReadTimeoutError
            The file took longer than ``read_seconds``.
        ReadCancelledError
            ``cancelled`` answered True.
        CorruptFileError
            The process died of the file.
        DocumentError
            What :func:`rare_app.documents.read.read_document` raises.
        """
        with self._lock:
            try:
                return self._read(path, name=name, on_page=on_page, cancelled=cancelled)
            except BaseException as error:
                # Whatever cut the exchange short (a limit, a callback, Ctrl-C), the process may
                # be in the middle of the file. After an answer of its own it is ready for more.
                if not getattr(error, "answered", False):
                    self._kill()
                raise

    def close(self) -> None:
        """End the process; a later call of :meth:`read` starts a new one."""
        with self._lock:
            process = self._process
            if process is not None and process.stdin is not None:
                with contextlib.suppress(OSError):
                    process.stdin.close()  # its end of input: it leaves by itself when idle
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=1.0)
            self._kill()

    @property
    def process_id(self) -> int | None:
        """Id of the running process, None when there is none."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def _read(
        self,
        path: Path,
        *,
        name: str,
        on_page: Callable[[int, int], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> Document:
        """One exchange with the process; any exception but an answered one leaves it unusable."""
        if self._process is not None and self._process.poll() is not None:
            self._kill()  # it died while idle
        self._start()
        limit = self._settings.read_seconds
        if not self._ready:
            self._await(name=name, deadline=time.monotonic() + _START_SECONDS, cancelled=cancelled)
            self._ready = True
        self._send({"path": str(path.absolute()), "name": name}, name=name)
        began = time.monotonic()
        recognising = 0.0
        while True:
            deadline = began + recognising + limit
            answer = self._await(name=name, deadline=deadline, cancelled=cancelled)
            if "page" in answer:
                recognising = answer["recognising"]
                if on_page is not None:
                    on_page(*answer["page"])
            elif "document" in answer:
                return _document_from(answer["document"])
            else:
                if answer.get("detail"):
                    _log.info("Reading %s failed:\n%s", show_name(name), answer["detail"])
                raised = ERROR_KINDS.get(answer["error"], DocumentError)(answer["message"])
                raised.answered = True  # type: ignore[attr-defined]
                raise raised

    def _start(self) -> None:
        """Start the process unless it runs; does not wait until it is ready."""
        if self._process is not None:
            return
        environment = dict(os.environ)
        found = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(CODE_FOLDER), found]))
        # -P: a file such as random.py in the user's current folder must not shadow a library.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            # A group of its own: Ctrl-C reaches us alone, and killing takes its children too.
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        self._lines = queue.Queue()
        self._ready = False
        assert self._process.stdout is not None
        threading.Thread(
            target=_collect_lines,
            args=(self._process.stdout, self._lines),
            name="reader-worker-output",
            daemon=True,
        ).start()
        options = {**asdict(self._settings), "home": str(self._settings.home)}
        with contextlib.suppress(OSError):  # a process that died at once is noticed when awaited
            self._write({"settings": options})

    def _send(self, message: dict[str, Any], *, name: str) -> None:
        try:
            self._write(message)
        except OSError as error:
            raise self._death(name) from error

    def _write(self, message: dict[str, Any]) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message).encode("ascii") + b"\n")
        self._process.stdin.flush()

    def _await(
        self, *, name: str, deadline: float, cancelled: Callable[[], bool] | None
    ) -> dict[str, Any]:
        """Next message of the process; raises when there will be none in time."""
        while True:
            if cancelled is not None and cancelled():
                raise ReadCancelledError(f"Reading {show_name(name)} was cancelled.")
            left = deadline - time.monotonic()
            if left <= 0:
                raise ReadTimeoutError(
                    f"{show_name(name)} took longer to read than the "
                    f"{self._settings.read_seconds:g} seconds allowed: split it into smaller "
                    "files, or raise the option “read_seconds”."
                )
            try:
                message = self._lines.get(timeout=min(left, _POLL_SECONDS))
            except queue.Empty:
                continue
            if message is None:
                raise self._death(name)
            return message

    def _death(self, name: str) -> CorruptFileError:
        """Describe the end of the process; the commonest causes are damage and lack of memory."""
        status: int | None = None
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = self._process.wait(timeout=2.0)
        _log.warning("The reader process ended with status %s at %s", status, show_name(name))
        return CorruptFileError(
            f"{show_name(name)} made the reader stop unexpectedly, so it is damaged or needs more "
            "memory than there is: save it anew or split it into smaller files, and add that."
        )

    def _kill(self) -> None:
        """End the process and its children at once; a new one is started when needed."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            if os.name == "posix":
                # The process leads its group, so the group's id is its own, also after its end.
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5.0)
        for stream in (process.stdin, process.stdout):
            if stream is not None and (stream is process.stdin or process.poll() is not None):
                with contextlib.suppress(OSError):
                    stream.close()


def _collect_lines(stream: IO[bytes], lines: "queue.Queue[dict[str, Any] | None]") -> None:
    """Put the process's messages into the queue, None at its end.

    A thread, because pipes cannot be waited for with a limit of time on Windows.
    """
    with contextlib.suppress(OSError, ValueError):
        for line in stream:
            lines.put(json.loads(line))
    lines.put(None)


def _document_from(fields: dict[str, Any]) -> Document:
    """Rebuild a document from its JSON form."""
    pages = tuple(
        Page(
            number=number,
            text=text,
            blocks=tuple(Block(*one) for one in blocks),
            label=label,
            places=tuple(Place(*one) for one in places),
        )
        for number, text, blocks, label, places in fields.pop("pages")
    )
    attachments = tuple(
        Attachment(name, base64.b64decode(data)) for name, data in fields.pop("attachments")
    )
    notes = tuple(fields["notes"])
    return Document(**{**fields, "pages": pages, "notes": notes, "attachments": attachments})


def _document_fields(document: Document) -> dict[str, Any]:
    """Write a document in its JSON form."""
    return {
        "name": document.name,
        "content_hash": document.content_hash,
        "media_type": document.media_type,
        "title": document.title,
        "page_kind": document.page_kind,
        "pages": [
            [
                page.number,
                page.text,
                [astuple(one) for one in page.blocks],
                page.label,
                [astuple(one) for one in page.places],
            ]
            for page in document.pages
        ],
        "notes": list(document.notes),
        "attachments": [
            [one.name, base64.b64encode(one.data).decode("ascii")] for one in document.attachments
        ],
    }


def serve() -> None:
    """Serve read requests until standard input ends: what the process runs."""
    requests, answers = _take_over_streams()
    lines: queue.Queue[bytes] = queue.Queue()

    def listen() -> None:
        for line in requests:
            lines.put(line)
        # The owner is gone or done. If a file is being read nobody will want it: leave at once.
        os._exit(0)

    def answer(message: dict[str, Any]) -> None:
        answers.write(json.dumps(message).encode("ascii") + b"\n")
        answers.flush()

    threading.Thread(target=listen, name="requests", daemon=True).start()
    options = json.loads(lines.get())["settings"]
    settings = Settings(**{**options, "home": Path(options["home"])})
    _limit_memory(settings.read_memory_mb)
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    answer({"ready": True})
    while True:
        request = json.loads(lines.get())
        before = seconds_spent()

        def tell(done: int, total: int, before: float = before) -> None:
            answer({"page": [done, total], "recognising": seconds_spent() - before})

        try:
            document = read_document(
                Path(request["path"]),
                name=request["name"],
                settings=settings,
                on_page=tell,
            )
            message: dict[str, Any] = {"document": _document_fields(document)}
            answer(message)
        except DocumentError as error:
            detail = traceback.format_exc() if error.__cause__ is not None else ""
            answer({"error": type(error).__name__, "message": str(error), "detail": detail})


def _take_over_streams() -> tuple[IO[bytes], IO[bytes]]:
    """Keep the pipes for the protocol and give everybody else the null device.

    Libraries print; what they print must not mix with the messages.
    """
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    return requests, answers


def _limit_memory(mebibytes: int) -> None:
    """Limit the address space beyond what the process has now, where the system can (Linux)."""
    if not sys.platform.startswith("linux"):
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + (mebibytes << 20)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


if __name__ == "__main__":
    serve()
