"""How documents and their places are called on the page."""

from pathlib import PurePath


def page_label(kind: str, number: int) -> str:
    """Name a place in a document, as its reader would: "page 3", "slide 3", "part 3"."""
    return f"{kind} {number}"


def short_name(name: str, longest: int = 60) -> str:
    """Shorten a long file name near its end, its suffix kept."""
    if len(name) <= longest:
        return name
    suffix = PurePath(name).suffix[:12]
    return f"{name[: longest - len(suffix) - 1]}…{suffix}"
