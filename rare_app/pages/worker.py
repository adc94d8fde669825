"""Draws one page in a process of its own: a damaged file can end that, and not the app.

Standard input holds one JSON object, the arguments of :func:`view_pdf_page`. Standard output gets
a line of JSON, the view without its picture or ``{"error": …}``, and then the picture.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from rare_app.pages.pdf import view_pdf_page


def main() -> None:
    """Answer one request."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # libraries print
    request = json.load(sys.stdin)
    try:
        view = view_pdf_page(Path(request.pop("path")), **request)
    except Exception as error:  # noqa: BLE001 - whatever it is, the owner hears of it
        answers.write(json.dumps({"error": f"{type(error).__name__}: {error}"}).encode() + b"\n")
    else:
        fields = {**asdict(view), "png": None}
        answers.write(json.dumps(fields).encode() + b"\n" + view.png)
    answers.close()


if __name__ == "__main__":
    main()
