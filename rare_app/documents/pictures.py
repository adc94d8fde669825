"""Picture files as pages: opened within bounds, the right way up, dark on white."""

import contextlib
import warnings
from pathlib import Path
from typing import Any

from rare_app.documents.errors import (
    CorruptFileError,
    TooLargeFileError,
    TooManyPagesError,
    show_name,
)

LONGEST = 3000
"""Most pixels of the longer side of a page that is given out."""
MOST_PIXELS = 150_000_000
"""A picture that would unpack to more is refused: it would take gigabytes."""
_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP")
_MOST_STRETCHED = 4.0
"""Times by which the resolutions across and down may differ (a fax's by 2)."""


def count_pictures(path: Path, *, name: str, maximum: int) -> int:
    """Count the pages of a picture file: a TIFF file may hold many, another one has one.

    Raises
    ------
    TooManyPagesError, CorruptFileError, TooLargeFileError
    """
    with _opened(path, name=name) as picture:
        if picture.format != "TIFF":
            return 1
        count = 1
        with contextlib.suppress(EOFError):
            while count <= maximum:
                picture.seek(count)
                count += 1
        if count > maximum:
            raise TooManyPagesError(
                f"{show_name(name)} has more pages than the {maximum:,} allowed: split it into "
                "smaller files, or raise the option “maximum_pages”."
            )
        return count


def draw_picture(path: Path, *, number: int, name: str) -> Any:
    """Draw a page of a picture file.

    The camera's note which side is up is followed, pixels that are not square are made so, what is
    transparent becomes white.

    Parameters
    ----------
    path : Path
        A PNG, JPEG, TIFF, WebP or BMP file.
    number : int
        1-based page number.
    name : str
        What the user calls the file, for messages.

    Returns
    -------
    PIL.Image.Image
        In mode RGB, at most `LONGEST` pixels a side.

    Raises
    ------
    CorruptFileError
        The file is damaged or no picture, or has no such page.
    TooLargeFileError
        It has more than `MOST_PIXELS`.
    """
    from PIL import ImageOps

    with _opened(path, name=name) as picture:
        if number > 1:
            picture.seek(number - 1)
        _check_size(picture, name=name)
        # A JPEG file can be unpacked at half its size or less, which saves most of the memory.
        picture.draft("RGB", (LONGEST, LONGEST))
        across, down = _resolution(picture)
        drawn = _on_white(picture)
        with contextlib.suppress(Exception):  # a broken note which side is up is no note
            turned = ImageOps.exif_transpose(picture)
            if turned.size != picture.size or turned is not picture:
                drawn = _on_white(turned)
        width, height = drawn.width / across, drawn.height / down
        scale = min(max(across, down), LONGEST / max(width, height))
        return drawn.resize((max(1, round(width * scale)), max(1, round(height * scale))))


@contextlib.contextmanager
def _opened(path: Path, *, name: str) -> Any:
    """Open a picture; whatever goes wrong with it is one sentence."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=_FORMATS) as picture:
                _check_size(picture, name=name)
                yield picture
    except (TooManyPagesError, TooLargeFileError, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise _too_large(name) from error
    except Exception as error:
        raise CorruptFileError(
            f"{show_name(name)} is damaged or no picture: open it in a viewer, save it anew and "
            "add that."
        ) from error


def _check_size(picture: Any, *, name: str) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        raise _too_large(name, f" ({picture.width:,} × {picture.height:,})")


def _too_large(name: str, size: str = "") -> TooLargeFileError:
    return TooLargeFileError(
        f"{show_name(name)} has more than the {MOST_PIXELS // 10**6} million pixels of a picture "
        f"that can be read{size}: save it in a smaller size and add that."
    )


def _resolution(picture: Any) -> tuple[float, float]:
    """Give the resolutions across and down relative to the finer one; (1, 1) for nonsense."""
    try:
        across, down = (float(one) for one in picture.info["dpi"])
        if 1 / _MOST_STRETCHED <= across / down <= _MOST_STRETCHED:
            finer = max(across, down)
            return across / finer, down / finer
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        pass
    return 1.0, 1.0


def _on_white(picture: Any) -> Any:
    """Give a picture in mode RGB, of at most `LONGEST` pixels a side."""
    import numpy as np
    from PIL import Image

    if picture.mode.startswith(("I", "F")):  # 16 bits and more a pixel
        values = np.asarray(picture, dtype=np.float32)
        top = float(values.max()) or 1.0
        picture = Image.fromarray((values * (255 / top)).clip(0, 255).astype(np.uint8))
    if picture.mode == "1":
        picture = picture.convert("L")  # else it is made smaller without greys
    seen = "RGBA" if picture.has_transparency_data else "RGB"
    picture = picture.convert(seen)
    picture.thumbnail((LONGEST, LONGEST))
    if seen == "RGBA":
        white = Image.new("RGBA", picture.size, "white")
        white.alpha_composite(picture)
        picture = white.convert("RGB")
    return picture
