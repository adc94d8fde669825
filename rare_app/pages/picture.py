"""A page of a picture file: drawn as it is read."""

import io
from pathlib import Path

from rare_app.documents.pictures import draw_picture
from rare_app.pages.pdf import LONGEST, WIDTH
from rare_app.pages.types import PageView


def view_picture_page(path: Path, *, number: int) -> PageView:
    """Draw a page of a picture file; whoever recognised its words knows where they stand.

    Parameters
    ----------
    path : Path
        The file.
    number : int
        1-based page number.

    Raises
    ------
    rare_app.documents.DocumentError
        The file is damaged, or has no such page.
    """
    picture = draw_picture(path, number=number, name=path.name)
    scale = min(1.0, WIDTH / picture.width, LONGEST / max(picture.size))
    picture = picture.resize([max(1, round(side * scale)) for side in picture.size])
    stream = io.BytesIO()
    picture.save(stream, format="PNG", compress_level=3)
    return PageView(
        png=stream.getvalue(), width=picture.width, height=picture.height, boxes=(), text=""
    )
