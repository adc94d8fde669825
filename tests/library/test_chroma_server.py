"""A Chroma server in place of the embedded index: the real one, started here."""

import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from rare_app.library import IndexServerError, Library

from ..conftest import BRIDGES

pytestmark = pytest.mark.slow


@contextmanager
def chroma(folder, port=None):
    """Run ``chroma run`` on a free port; gives its address and a way to end it early."""
    if port is None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    command = [Path(sys.executable).parent / "chroma", "run", "--path", folder, "--host"]
    server = subprocess.Popen(
        [*map(str, command), "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 120
        while time.monotonic() < end and server.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}", server
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def open_with(settings, embedder):
    opened = []

    def open_one(url, home=None, token=""):
        home = home or settings.home
        chosen = replace(settings, chroma_url=url, chroma_token=token, home=home)
        opened.append(Library(settings=chosen, embedder=embedder))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def test_two_libraries_share_a_server_and_neither_sees_the_other(
    open_with, settings, write, tmp_path
):
    with chroma(tmp_path / "server") as (url, server):
        library, other = open_with(url), open_with(url, tmp_path / "other")
        library.add([write("bees.md")])
        other.add([write("bridge.md", BRIDGES)])
        assert [one.document for one in library.retrieve("queen", k=9)] == ["bees.md"] * len(
            library.retrieve("queen", k=9)
        )
        assert other.retrieve("queen", k=1)[0].document == "bridge.md"
        assert not settings.chroma_path.exists()
        assert library.check() == other.check() == 0
        [found] = library.audit(repair=True)
        assert found.now.good

        library.add([write("bridge.md", BRIDGES)])
        library.remove("bees.md")
        assert {one.document for one in library.retrieve("queen", k=9)} == {"bridge.md"}
        library._index.reset()
        assert other.check() == 0
        assert library.check() > 0  # written anew from the catalogue
        [found] = library.audit()
        assert found.now.good

        # The server goes: questions are answered from the catalogue, adding says what is wrong.
        server.kill()
        server.wait()
        assert library.retrieve("railway tracks", k=1)[0].document == "bridge.md"
        report = library.add([write("late.md", "Too late.")])
        [failed] = report.failed
        assert "The Chroma server at http://127.0.0.1:" in failed.reason
        assert "does not answer: start it" in failed.reason
        assert [one.name for one in library.documents()] == ["bridge.md"]


class Doorkeeper(BaseHTTPRequestHandler):
    """Passes on to the server behind what brings the token; ``chroma run`` itself asks for none."""

    behind = ""
    seen: ClassVar[list[str | None]] = []

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.seen.append(self.headers["X-Chroma-Token"])
        if self.headers["Authorization"] != "Bearer let me in":
            self.answer(401, b'{"error":"AuthError","message":"Unauthorized"}')
            return
        request = urllib.request.Request(
            self.behind + self.path, data=body or None, method=self.command
        )
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                self.answer(answer.status, answer.read())
        except urllib.error.HTTPError as error:
            self.answer(error.code, error.read())

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def doorkeeper(behind=""):
    handler = type("Own", (Doorkeeper,), {"behind": behind, "seen": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", handler.seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_token_opens_a_server_that_wants_one(open_with, write, tmp_path):
    with chroma(tmp_path / "server") as (behind, _), doorkeeper(behind) as (url, seen):
        library = open_with(url, token="let me in")
        library.add([write("bees.md")])
        assert library.retrieve("queen", k=1)[0].document == "bees.md"
        assert library._index.count(collection_id=1) == library.count_chunks()
        assert set(seen) == {"let me in"}


def test_a_server_that_wants_another_token_is_one_sentence(open_with):
    with doorkeeper() as (url, _):
        with pytest.raises(IndexServerError, match=r"without a token: set RARE_CHROMA_TOKEN"):
            open_with(url)
        with pytest.raises(IndexServerError, match=r"refuses the token in RARE_CHROMA_TOKEN"):
            open_with(url, token="wrong")


def test_from_the_embedded_index_to_a_server_and_back(
    open_with, settings, library, write, tmp_path
):
    library.add([write("bees.md")])
    library.close()
    with chroma(tmp_path / "server") as (url, _):
        served = open_with(url)
        assert served.retrieve("queen", k=1)[0].document == "bees.md"
        served.add([write("bridge.md", BRIDGES)])
    back = open_with("")
    assert back.retrieve("railway tracks", k=1)[0].document == "bridge.md"


def test_a_server_that_is_not_there_is_one_sentence(open_with):
    with pytest.raises(IndexServerError, match=r"Chroma server at http://127.0.0.1:9 does not"):
        open_with("http://127.0.0.1:9")
