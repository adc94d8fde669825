"""Pages for the app: drawn in a second process, the latest kept."""

import json
import logging
import os
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rare_app.documents import Place
from rare_app.pages.types import Box, PageView
from rare_app.settings import PROJECT_FOLDER

log = logging.getLogger(__name__)

_SECONDS = 30.0
_MODULE = "rare_app.pages.worker"
_AROUND = 300
"""Characters of the page's text round the quote that tell its place from others like it."""

Key = tuple[str, int, int, int]


class PageViewer:
    """Shows pages of PDF and picture files with quoted words marked. Safe to share between threads.

    Parameters
    ----------
    kept : int
        How many views are kept.
    """

    def __init__(self, *, kept: int = 24) -> None:
        self._kept = kept
        self._views: OrderedDict[Key, PageView | None] = OrderedDict()
        self._lock = threading.Lock()

    def view(
        self,
        path: Path,
        *,
        number: int,
        page_text: str,
        start: int,
        end: int,
        places: Sequence[Place] = (),
    ) -> PageView | None:
        """Draw a page and find ``page_text[start:end]`` on it.

        Parameters
        ----------
        path : Path
            A PDF or picture file that does not change (kept by its content's hash).
        number : int
            1-based page number.
        page_text : str
            The page's text as the library has it.
        places : sequence of Place
            Of the words that the file does not state, as the library has them.

        Returns
        -------
        PageView or None
            ``None`` where the page cannot be drawn; the log says why.
        """
        key = (str(path), number, start, end)
        with self._lock:
            if key not in self._views:
                self._views[key] = _draw(
                    path,
                    number=number,
                    quote=page_text[start:end],
                    before=page_text[max(0, start - _AROUND) : start],
                    after=page_text[end : end + _AROUND],
                    boxes=[
                        (one.left, one.top, one.width, one.height)
                        for one in places
                        if one.start < end and start < one.end
                    ],
                )
                while len(self._views) > self._kept:
                    self._views.popitem(last=False)
            self._views.move_to_end(key)
            return self._views[key]


def _draw(
    path: Path,
    *,
    number: int,
    quote: str,
    before: str,
    after: str,
    boxes: Sequence[tuple[float, float, float, float]],
) -> PageView | None:
    request = {
        "path": str(path.absolute()),
        "number": number,
        "quote": quote,
        "before": before,
        "after": after,
        "boxes": boxes,
    }
    found = os.environ.get("PYTHONPATH")
    paths = os.pathsep.join(filter(None, [str(PROJECT_FOLDER), found]))
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", _MODULE],
            input=json.dumps(request).encode("ascii"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": paths},
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.warning("Page %d of %s cannot be drawn: %s", number, path, error)
        return None
    head, _, png = done.stdout.partition(b"\n")
    ended = {"error": f"the process ended with {done.returncode}"}
    fields: dict[str, Any] = json.loads(head) if head else ended
    if "error" in fields:
        log.warning("Page %d of %s cannot be drawn: %s", number, path, fields["error"])
        return None
    marked = tuple(Box(**box) for box in fields["boxes"])
    return PageView(
        png=png, width=fields["width"], height=fields["height"], boxes=marked, text=fields["text"]
    )
