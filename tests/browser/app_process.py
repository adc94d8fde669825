"""Start the real app in a process of its own, and a browser to look at it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
SHORT_ANSWERS = {"RARE_REASONING_TOKENS": "60", "RARE_ANSWER_TOKENS": "40", "RARE_PASSAGES": "3"}


def unused_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_app(home: Path, *, port: int | None = None, **environment: str) -> Iterator[str]:
    """Run ``app.py`` on a home of its own; gives its address once it listens."""
    port = port or unused_port()
    env = {**os.environ, **SHORT_ANSWERS, **environment, "RARE_HOME": str(home)}
    log = home.parent / f"app-{port}.log"
    with log.open("w", encoding="utf-8") as output:
        app = subprocess.Popen(
            [sys.executable, "app.py", "--port", str(port)],
            cwd=PROJECT,
            env=env,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield _address(app, log)
        finally:
            app.terminate()
            try:
                app.wait(timeout=20)
            except subprocess.TimeoutExpired:
                app.kill()
                app.wait()


def _address(app: "subprocess.Popen[bytes]", log: Path, seconds: float = 180.0) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        said = log.read_text(encoding="utf-8")
        if "RARE is ready: open " in said:
            return said.split("RARE is ready: open ")[1].split()[0]
        if app.poll() is not None:
            break
        time.sleep(0.2)
    raise AssertionError(f"the app did not start:\n{log.read_text(encoding='utf-8')}")


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
