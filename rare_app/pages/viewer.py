"""Pages for the app: drawn in a second process, the latest kept."""

import json
import logging
import os
import subprocess
import sys
import threading
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Any

from rare_app.documents import Page
from rare_app.pages.pdf import join_boxes
from rare_app.pages.types import Box, PageView
from rare_app.settings import CODE_FOLDER

log = logging.getLogger(__name__)

_SECONDS = 30.0
_MODULE = "rare_app.pages.worker"
_AROUND = 300
"""Characters of the page's text round the quote that tell its place from others like it."""

Key = tuple[str, int, int, str]


class PageViewer:
    """Shows pages of PDF files with quoted words marked. Safe to share between threads.

    Parameters
    ----------
    kept : int
        How many views are kept.
    """

    def __init__(self, *, kept: int = 24) -> None:
        self._kept = kept
        self._views: OrderedDict[Key, PageView] = OrderedDict()
        self._lock = threading.Lock()

    def view(self, path: Path, *, page: Page, start: int, end: int) -> PageView | None:
        """Draw a page and find ``page.text[start:end]`` on it.

        Words whose places the page tells (form fields, comments, recognised words) are marked
        there; the others are looked for in the file.

        Parameters
        ----------
        path : Path
            A PDF or picture file that does not change (kept by its content's hash).
        page : Page
            As the library has it.
        start, end : int
            Half-open character span in the page's text.

        Returns
        -------
        PageView or None
            ``None`` where the page cannot be drawn; the log says why.
        """
        key = (str(path), page.number, start, page.text[start:end])
        with self._lock:
            view = self._views.pop(key, None) or _view(path, page=page, start=start, end=end)
            if view is not None:  # else drawing took too long just now: it is tried again
                self._views[key] = view
                while len(self._views) > self._kept:
                    self._views.popitem(last=False)
            return view


def _view(path: Path, *, page: Page, start: int, end: int) -> PageView | None:
    placed = [one for one in page.places if one.start < end and one.end > start]
    quote = page.text[start:end]
    for one in placed:
        first, last = max(0, one.start - start), min(one.end, end) - start
        quote = quote[:first] + "\n" * (last - first) + quote[last:]
    view = _draw(
        path,
        number=page.number,
        quote=quote,
        before=page.text[max(0, start - _AROUND) : start],
        after=page.text[end : end + _AROUND],
    )
    if view is None or not placed:
        return view
    boxes = join_boxes(
        [Box(one.left, one.top, one.width, one.height) for one in placed],
        aspect=view.height / view.width,
    )
    words = " ".join(page.text[one.start : one.end] for one in placed)
    return replace(view, boxes=(*view.boxes, *boxes), text=f"{view.text} {words}".strip())


def _draw(path: Path, *, number: int, quote: str, before: str, after: str) -> PageView | None:
    request = {
        "path": str(path.absolute()),
        "number": number,
        "quote": quote,
        "before": before,
        "after": after,
    }
    found = os.environ.get("PYTHONPATH")
    paths = os.pathsep.join(filter(None, [str(CODE_FOLDER), found]))
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
    boxes = tuple(Box(**box) for box in fields["boxes"])
    return PageView(
        png=png, width=fields["width"], height=fields["height"], boxes=boxes, text=fields["text"]
    )
