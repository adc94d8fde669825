"""A Chroma server in place of the embedded index: the real one, started here."""

import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

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

    def open_one(url, home=None):
        chosen = replace(settings, chroma_url=url, home=home or settings.home)
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
