"""Draws one page in a process of its own: a damaged file can end that, and not the app.

Standard input holds one JSON object, what :func:`view_page` takes. Standard output gets
a line of JSON, the view without its picture or ``{"error": …}``, and then the picture.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rare_app.documents import PICTURES, detect_format
from rare_app.pages.pdf import view_pdf_page
from rare_app.pages.picture import view_picture_page
from rare_app.pages.types import PageView


def view_page(request: Mapping[str, Any]) -> PageView:
    """Draw a page of a PDF or a picture file, and find a quote among the words of the former."""
    path, number = Path(request["path"]), request["number"]
    if detect_format(path, name=path.name) in PICTURES:
        return view_picture_page(path, number=number)
    return view_pdf_page(
        path,
        number=number,
        quote=request["quote"],
        before=request["before"],
        after=request["after"],
    )


def main() -> None:
    """Answer one request."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # libraries print
    request = json.load(sys.stdin)
    try:
        view = view_page(request)
    except Exception as error:  # noqa: BLE001 - whatever it is, the owner hears of it
        answers.write(json.dumps({"error": f"{type(error).__name__}: {error}"}).encode() + b"\n")
    else:
        fields = {**asdict(view), "png": None}
        answers.write(json.dumps(fields).encode() + b"\n" + view.png)
    answers.close()


if __name__ == "__main__":
    main()
