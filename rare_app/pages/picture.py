"""A page of a picture file: drawn as it is read."""

import io
from collections.abc import Sequence
from pathlib import Path

from rare_app.documents.pictures import draw_picture
from rare_app.pages.pdf import LONGEST, WIDTH, join_boxes
from rare_app.pages.types import Box, PageView


def view_picture_page(path: Path, *, number: int, quote: str, boxes: Sequence[Box]) -> PageView:
    """Draw a page of a picture file and mark words whose places are known.

    Parameters
    ----------
    path : Path
        The file.
    number : int
        1-based page number.
    quote : str
        The words.
    boxes : sequence of Box
        Their places, in the order of the text.

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
        png=stream.getvalue(),
        width=picture.width,
        height=picture.height,
        boxes=tuple(join_boxes(boxes, aspect=picture.height / picture.width)),
        text=quote if boxes else "",
    )
