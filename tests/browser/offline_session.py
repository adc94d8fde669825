"""Use the app with nothing but loopback; run inside a network namespace of its own.

``unshare -n python -m tests.browser.offline_session HOME FILE`` prints one JSON document: the
app's address, every address that the page asked for, and what it showed.
"""

import fcntl
import json
import socket
import struct
import sys
from pathlib import Path

from tests.browser.app_process import open_browser, running_app
from tests.browser.steps import ask, documents, upload

_SIOCSIFFLAGS = 0x8914
_IFF_UP_RUNNING = 0x1 | 0x40


def raise_loopback() -> None:
    """Bring up the loopback device of a fresh network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        request = struct.pack("16sh14x", b"lo", _IFF_UP_RUNNING)
        fcntl.ioctl(one.fileno(), _SIOCSIFFLAGS, request)


def outside_is_closed() -> bool:
    """Whether no address but our own can be reached."""
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=2).close()
    except OSError:
        return True
    return False


def main() -> None:
    """Upload, ask, and write what was seen."""
    home, file = Path(sys.argv[1]), Path(sys.argv[2])
    raise_loopback()
    requests: list[str] = []
    with running_app(home) as address, open_browser() as browser:
        context = browser.new_context()
        context.on("request", lambda request: requests.append(request.url))
        page = context.new_page()
        page.on("websocket", lambda one: requests.append(one.url))
        page.goto(address)
        page.wait_for_selector("#rare-question textarea", timeout=120_000)
        upload(page, file)
        ask(page, "When does the archive open?")
        page.wait_for_timeout(500)
        shown = {
            "address": address,
            "requests": requests,
            "documents": documents(page),
            "facts": page.locator(".rare-facts").count(),
            "closed": outside_is_closed(),
        }
    json.dump(shown, sys.stdout)


if __name__ == "__main__":
    main()
